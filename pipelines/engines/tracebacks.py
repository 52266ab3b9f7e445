"""Tracebacks for an engine's log, without the words of errors that aren't ours.

Our own errors never say what a person's field holds. Those of libraries may quote it.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback

from pipelines.cli.run_command import own
from schemas.errors import DiscretionError

# Beam replaces an error that it can't make again with a RuntimeError that has its kind and words.
_WRAPPED = re.compile(r"^([\w.]+): ")
_SYSTEM = re.compile(r"\[Errno \d+\] [A-Za-z ]+")


class OnlyOurWords:
    """What `apache_beam.runners.worker.sdk_worker` uses of the module `traceback`."""

    def format_exc(self) -> str:
        """Format the error that is being handled."""
        error = sys.exc_info()[1]
        return "" if error is None else "".join(self.format_exception(error))

    def format_exception(self, error: BaseException) -> list[str]:
        """Format an error: where it was raised, its kind, and its words if they are ours.

        Args:
            error: The error.
        """
        return [*traceback.format_tb(error.__traceback__), f"{_told(error)}\n"]


def _told(error: BaseException) -> str:
    ours = own(error)
    if isinstance(ours, DiscretionError):
        return f"{type(ours).__name__}: {ours}"
    wrapped = _WRAPPED.match(str(error)) if isinstance(error, RuntimeError) else None
    kind = wrapped[1] if wrapped else type(error).__name__
    system = _SYSTEM.search(str(error))
    return f"{kind}: {system[0].strip()}" if system else kind


def keep_out_of_log() -> None:
    """Keep Beam from logging an error, with its words, before it is formatted here."""
    logging.getLogger("apache_beam.runners.common").setLevel(logging.CRITICAL)
