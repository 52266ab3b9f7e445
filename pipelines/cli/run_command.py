"""Run a command, and turn an error into one line and an exit code."""

from __future__ import annotations

import atexit
import contextlib
import errno
import gc
import logging
import os
import re
import sys
import time
from collections.abc import Callable
from typing import NoReturn

import pipelines
from pipelines.cli import signals
from pipelines.cli.abort import answer_abort
from pipelines.cli.complain import complain
from pipelines.cli.exit_codes import ExitCode, exit_code_of
from pipelines.cli.log_format import is_json, line
from pipelines.cli.output import flush_output, reader_has_gone, silence_native
from schemas import errors
from schemas.errors import DiscretionError

# Beam raises a transform's error as a RuntimeError whose text is a traceback, even within one
# process. Only that text shows which error it was, so the error is rebuilt from its message.
_BY_NAME: dict[str, type[DiscretionError]] = {
    kind.__name__: kind
    for kind in (
        errors.UsageError,
        errors.InputError,
        errors.OutputError,
        errors.RunError,
        errors.DamagedError,
    )
}
_SENT = re.compile(rf"\b({'|'.join(_BY_NAME)}): (.+?)(?: \[while running|\\n|\n|$)")
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)


def run_command(name: str, command: Callable[[], int]) -> int:
    """Run a command, and turn an error into one line and an exit code.

    Args:
        name: The command's name, for messages.
        command: What to run; returns an exit code.

    Returns:
        The exit code.
    """
    if not _debug():
        # Beam logs an exception from a transform, with its traceback, before it raises it here.
        logging.getLogger("apache_beam.runners").setLevel(logging.CRITICAL)
    codes: list[int] = []
    clock = time.monotonic()
    try:
        signals.listen()
        # Objects made by imports last to the end, so the garbage collector needn't visit them.
        gc.freeze()
        gc.enable()
        silence_native()
        answer_abort(name)
        _run(name, command, codes)
    except signals.Interrupted:
        # The signal came after the command had an exit code, or before it started.
        if not codes:
            complain(name, "interrupted")
            codes.append(ExitCode.INTERRUPTED)
    finally:
        signals.settle()
    if is_json():
        seconds = round(time.monotonic() - clock, 3)
        with contextlib.suppress(OSError):
            print(line(name, "ended", exit_code=codes[0], seconds=seconds), file=sys.stderr)
    if pipelines.IS_COMMAND:
        _leave(codes[0])
    return codes[0]


def _leave(code: int) -> NoReturn:
    """End the process at once.

    Python would first free every object, which takes 0.04 seconds after `explain` and 0.2 after a
    backlog, and wait for its threads: after an interruption, for the frames that they assess.
    """
    if code != ExitCode.INTERRUPTED:
        # What libraries have to stop or remove, such as the job server of an engine.
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            # It may have been closed.
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    os._exit(code)


def _run(name: str, command: Callable[[], int], codes: list[int]) -> None:
    """Run a command, and keep its first exit code."""
    try:
        codes.append(command())
        flush_output()
    except (Exception, KeyboardInterrupt, _panic()) as error:
        if codes and isinstance(error, KeyboardInterrupt):
            return
        if isinstance(error, BrokenPipeError) and reader_has_gone():
            codes.append(ExitCode.OK)
            return
        ours = own(error)
        if _debug() and isinstance(ours, Exception) and not isinstance(ours, DiscretionError):
            raise
        for line in lines_of(ours):
            complain(name, line)
        codes.insert(0, ExitCode.OUTPUT if _disk_full(ours) else exit_code_of(ours))


def _panic() -> type[BaseException]:
    """Return the class of a panic in polars, which isn't an Exception."""
    polars = sys.modules.get("polars.exceptions")
    return KeyboardInterrupt if polars is None else polars.PanicException


def _debug() -> bool:
    return bool(os.environ.get("DISCRETION_DEBUG"))


def own(error: BaseException) -> BaseException:
    """Find our own error in what a pipeline raised; if there is none, return what was raised."""
    if signals.was_asked() and not isinstance(error, KeyboardInterrupt):
        # Beam wraps an error that is raised within a transform.
        return KeyboardInterrupt()
    if isinstance(error, DiscretionError) or not isinstance(error, Exception):
        return error
    found = _SENT.search(str(error))
    return _BY_NAME[found[1]](found[2]) if found else error


def reason(error: BaseException) -> str:
    """Say why a command failed, in one line without personal data, as `run_command` does."""
    return lines_of(own(error))[0]


def lines_of(error: BaseException) -> list[str]:
    """Return the lines to print for our own, the system's, or an unexpected error."""
    if isinstance(error, errors.RulebookError):
        return error.lines
    if isinstance(error, DiscretionError):
        return [str(error)]
    if isinstance(error, KeyboardInterrupt):
        return ["interrupted"]
    checked = "".join(f"; {note}" for note in getattr(error, "__notes__", ()))
    if full := _disk_full(error):
        return [f"cannot write: {full}{checked}"]
    kind = type(error).__name__
    return [f"failed unexpectedly ({kind}){checked}. Set DISCRETION_DEBUG=1 for the traceback"]


def _disk_full(error: BaseException) -> str | None:
    """Tell whether the disk is full; Beam keeps an error's number only as text."""
    if isinstance(error, DiscretionError):
        return None
    if (nowhere := "No usable temporary directory") in str(error):
        return nowhere
    return next((os.strerror(n) for n in _DISK if f"[Errno {n}]" in str(error)), None)
