"""LATEST: the file of an output directory that names its latest run."""

from __future__ import annotations

import re
from typing import NamedTuple

from schemas.errors import RunError

LATEST = "LATEST"
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")


class Unmoved(NamedTuple):
    """What LATEST must still be when a night in an object store moves it.

    Args:
        tag: Its version; None if it must not exist.
    """

    tag: str | None


def is_run_id(text: str) -> bool:
    """Whether a text can be a run's id: letters, digits, dots, dashes and underscores."""
    return _RUN_ID.fullmatch(text) is not None


def run_named(text: str, path: str) -> str:
    """The id of the run that LATEST names.

    Args:
        text: What the file says.
        path: Its path, for the message.

    Raises:
        RunError: It is damaged, and names none.
    """
    name = text.strip()
    if not is_run_id(name):
        raise RunError(f"{path}: is damaged; write the name of the last good run to it")
    return name
