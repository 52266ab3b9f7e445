"""Ctrl-C and SIGTERM: either ends a command, which cleans up first."""

from __future__ import annotations

import contextlib
import importlib
import signal
import sys
from typing import Any

import pipelines

# Seconds after which a command that goes on is asked once more.
AGAIN = 0.2

_asked: list[int] = []
_before: dict[int, Any] = {}


class Interrupted(KeyboardInterrupt):
    """A signal has asked for the end.

    Where Python's own kind passes through an extension module that runs Python's code, the process
    dies of the signal at its exit, whatever was made of it by then.
    """


def listen() -> None:
    """Let SIGINT and SIGTERM raise `Interrupted`; not again while what was raised is handled."""
    # Polars, when imported, puts a handler of its own before ours: it would interrupt once more, in
    # the middle of the cleaning up. Imported first, its handler is replaced.
    importlib.import_module("polars")
    _asked.clear()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
        if signal.getsignal(number) != signal.SIG_IGN:
            _before[number] = signal.signal(number, _ask)


def was_asked() -> bool:
    """Whether a signal has asked for the end."""
    return bool(_asked)


def settle() -> None:
    """End the asking: the command has ended, and no signal may change how."""
    while _before:
        # What is raised in here has no more to end.
        with contextlib.suppress(Interrupted):
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number, handler in list(_before.items()):
                signal.signal(number, signal.SIG_IGN if pipelines.IS_COMMAND else handler)
                del _before[number]


def _ask(number: int, frame: object) -> None:
    _asked.append(number)
    # A callback that may raise nothing loses what is raised in it, so it is raised until heard.
    signal.setitimer(signal.ITIMER_REAL, AGAIN)
    if len(_asked) == 1 or sys.exc_info()[0] is None:
        raise Interrupted
