"""Fields of every manifest: the terms, the software, the time, and the speed."""

from __future__ import annotations

import datetime
import platform
import time
from importlib.metadata import version
from typing import Any

from schemas.manifest import RulebookUsed
from transforms.assess.frame import Terms

PACKAGES = ("discretion", "apache-beam", "polars", "fastavro")


def terms_fields(terms: Terms, notices: tuple[str, ...]) -> dict[str, Any]:
    """Return the fields for the terms on which cases were assessed.

    Args:
        terms: The terms.
        notices: Warnings about using the rulebook.
    """
    used = terms.rulebook
    return {
        "rulebook": RulebookUsed(id=used.id, digest=used.digest, notices=notices),
        "as_of": terms.as_of,
        "presume": terms.presume,
        "scope": terms.scope,
        "courts": None if terms.courts is None else tuple(sorted(terms.courts)),
    }


def versions() -> dict[str, str]:
    """Return the versions of the software, by name."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def computed(started: datetime.datetime, clock: float) -> dict[str, Any]:
    """Return the fields for the software and the time of a run.

    Args:
        started: When it began, UTC.
        clock: The value of `time.monotonic` then.
    """
    return {
        "versions": versions(),
        "started": started,
        "seconds": round(time.monotonic() - clock, 3),
    }
