"""Ctrl-C and SIGTERM: either one ends a command, which cleans up first."""

from __future__ import annotations

import contextlib
import importlib
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pipelines

# Seconds after which a command that is still running is interrupted again.
AGAIN = 0.2
# Seconds that a command has to print its result once it is asked to end.
LAST_WORDS = 1.0

_asked: list[int] = []
_before: dict[int, Any] = {}


class Interrupted(KeyboardInterrupt):
    """A signal asked the command to stop.

    If Python's own KeyboardInterrupt passes through an extension module that runs Python code, the
    process dies of the signal at exit, even if the exception was handled.
    """


def listen() -> None:
    """Let SIGINT and SIGTERM raise `Interrupted`, but not while one is being handled."""
    # When polars is imported, it installs a handler in front of ours, which would interrupt again
    # during cleanup. If it is imported first, ours replaces it.
    importlib.import_module("polars")
    _asked.clear()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
        if signal.getsignal(number) != signal.SIG_IGN:
            _before[number] = signal.signal(number, _ask)


def was_asked() -> bool:
    """Tell whether a signal has asked the command to stop."""
    return bool(_asked)


@contextlib.contextmanager
def finishing(cut_short: Callable[[], None]) -> Iterator[None]:
    """Take the final step, after which the result exists; no signal interrupts it.

    A command that has its result succeeds, so from here on a signal doesn't end it. If it is
    still printing a second after a signal, as when the reader has stalled, it stops printing.

    Args:
        cut_short: Keeps the command from printing any more.
    """
    if _asked:
        # The signal came where no exception could be raised.
        raise Interrupted

    def note(number: int, frame: object) -> None:
        if number == signal.SIGALRM:
            cut_short()
        else:
            signal.setitimer(signal.ITIMER_REAL, LAST_WORDS)

    for number in _before:
        signal.signal(number, note)
    try:
        yield
    except BaseException:
        for number in _before:
            signal.signal(number, _ask)
        raise


def settle() -> None:
    """Stop listening: the command has ended, and no signal may change its exit code."""
    while _before:
        # The command has ended, so an exception raised in here changes nothing.
        with contextlib.suppress(Interrupted):
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number, handler in list(_before.items()):
                signal.signal(number, signal.SIG_IGN if pipelines.IS_COMMAND else handler)
                del _before[number]


def _ask(number: int, frame: object) -> None:
    _asked.append(number)
    # A callback that can't raise loses the exception, so raise it until it is seen.
    signal.setitimer(signal.ITIMER_REAL, AGAIN)
    if len(_asked) == 1 or sys.exc_info()[0] is None:
        raise Interrupted
