"""A command's standard output and standard error, and what else may write to them."""

from __future__ import annotations

import contextlib
import faulthandler
import io
import os
import select
import sys
from collections.abc import Callable

import pipelines
from pipelines.cli.complain import complain
from schemas.errors import OutputError

_ERROR = 2


def print_result(command: str, done: str, print_it: Callable[[], None]) -> None:
    """Print the result of finished work; a failure to print doesn't undo the work.

    Args:
        command: The command's name.
        done: What has been done, such as "RUN is complete".
        print_it: Prints the result.
    """
    try:
        print_it()
        flush_output()
    except Exception as error:
        print_no_more()
        reason = getattr(error, "strerror", None) or type(error).__name__
        if not isinstance(error, BrokenPipeError):
            complain(command, f"{done}, but the result can't be printed ({reason})")


def flush_output() -> None:
    """Flush standard output. If its reader is gone, there is nothing more to do.

    Raises:
        OutputError: Standard output can't be written.
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
    """Tell whether standard output's reader is gone; if so, print nothing from then on."""
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
    """Discard everything printed from now on, and what is left to flush at exit."""
    with contextlib.suppress(OSError, AttributeError, io.UnsupportedOperation):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def silence_native() -> None:
    """Hide what native libraries write on standard error, but not what Python writes.

    Rust writes about a panic before it becomes a Python exception, which is reported. This lasts
    until the command ends, because data decoded ahead may panic while the process exits.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that can't show a letter shows its number.
            stream.reconfigure(errors="backslashreplace")
    if not pipelines.IS_COMMAND or os.environ.get("DISCRETION_DEBUG") or not _is_standard():
        return
    kept = os.dup(_ERROR)
    sys.stderr = open(  # noqa: SIM115 - open to the end of the process
        kept, "w", 1, sys.stderr.encoding, "backslashreplace", closefd=False
    )
    if faulthandler.is_enabled():
        # It writes to the file descriptor that standard error had when it was enabled.
        faulthandler.enable(sys.stderr)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _ERROR)
    os.close(nowhere)


def _is_standard() -> bool:
    try:
        return sys.stderr is not None and sys.stderr.fileno() == _ERROR
    except (OSError, io.UnsupportedOperation):
        return False
