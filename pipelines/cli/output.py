"""Standard output and standard error of a command, and what else may write there."""

from __future__ import annotations

import contextlib
import faulthandler
import io
import os
import select
import sys
from collections.abc import Callable

import pipelines
from pipelines.cli.console import complain
from schemas.errors import OutputError

_ERROR = 2


def print_result(command: str, done: str, print_it: Callable[[], None]) -> None:
    """Print the result of work that is done, and that no failure to print it can undo.

    Args:
        command: The command's name.
        done: What is done, such as that a run is complete.
        print_it: Prints the result.
    """
    try:
        print_it()
        flush_output()
    except Exception as error:
        print_no_more()
        reason = getattr(error, "strerror", None) or type(error).__name__
        if not isinstance(error, BrokenPipeError):
            complain(command, f"{done}, but that cannot be printed ({reason})")


def print_lines(text: str) -> None:
    """Print lines that are a command's whole result.

    Raises:
        OutputError: Standard output cannot be written.
    """
    print(text)
    flush_output()


def flush_output() -> None:
    """Have what was printed go out; where its reader has gone there is nothing more to do.

    Raises:
        OutputError: Standard output cannot be written.
    """
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        print_no_more()
    except OSError as error:
        print_no_more()
        raise OutputError(f"standard output: cannot be written ({error.strerror})") from None


def reader_has_gone() -> bool:
    """Whether nobody reads standard output any more; nothing is printed from then on."""
    poll = select.poll()
    try:
        poll.register(sys.stdout.fileno(), select.POLLERR)
    except (OSError, AttributeError, io.UnsupportedOperation):
        return False
    has_gone = bool(poll.poll(0))
    if has_gone:
        print_no_more()
    return has_gone


def print_no_more() -> None:
    """Let what is printed from now on, and what is left to flush at the exit, go nowhere."""
    with contextlib.suppress(OSError, AttributeError, io.UnsupportedOperation):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def silence_native() -> None:
    """Keep what libraries write on standard error from the user, not what Python does.

    Rust writes of a panic there before it is an exception of Python's, which is reported. It stays
    so to the end of a command: what is decoded ahead may panic while the process ends.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that has no such letter shows its number.
            stream.reconfigure(errors="backslashreplace")
    if not pipelines.IS_COMMAND or os.environ.get("DISCRETION_DEBUG") or not _is_standard():
        return
    kept = os.dup(_ERROR)
    sys.stderr = open(  # noqa: SIM115 - open to the end of the process
        kept, "w", 1, sys.stderr.encoding, "backslashreplace", closefd=False
    )
    if faulthandler.is_enabled():
        # It writes to the number that standard error had when it was enabled.
        faulthandler.enable(sys.stderr)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _ERROR)
    os.close(nowhere)


def _is_standard() -> bool:
    try:
        return sys.stderr is not None and sys.stderr.fileno() == _ERROR
    except (OSError, io.UnsupportedOperation):
        return False
