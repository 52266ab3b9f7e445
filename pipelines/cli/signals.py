"""Ctrl-C and SIGTERM: either ends a command, which cleans up first."""

from __future__ import annotations

import contextlib
import importlib
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pipelines

# Seconds after which a command that goes on is asked once more.
AGAIN = 0.2
# Seconds that a command has to print its result once it is asked to end.
LAST_WORDS = 1.0

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


@contextlib.contextmanager
def finishing(cut_short: Callable[[], None]) -> Iterator[None]:
    """Take the step after which a result is there, and which no signal may come between.

    A command that has its result ends well, so from here on a signal does not end it. If it is
    still printing a second after one came, such as to a reader that does not read, it prints no
    more.

    Args:
        cut_short: Keeps the command from printing any more.
    """
    if _asked:
        # It was raised where nothing could be raised.
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
