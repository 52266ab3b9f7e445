"""Running a command: what goes wrong becomes one line and an exit code."""

from __future__ import annotations

import errno
import gc
import logging
import os
import re
from collections.abc import Callable

from pipelines.cli import signals
from pipelines.cli.console import complain
from pipelines.cli.exit_codes import ExitCode, exit_code_of
from pipelines.cli.output import flush_output, reader_has_gone, silence_native
from schemas import errors
from schemas.errors import DiscretionError

# Of these a worker in another process sends only the text; each is made of a message alone.
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
    """Run a command and turn what goes wrong into one line and an exit code.

    Args:
        name: The command's name, for the message.
        command: What to run; returns an exit code.

    Returns:
        The exit code.
    """
    if not _debug():
        # Beam logs what a transform raises, traceback and all, before it raises it here.
        logging.getLogger("apache_beam.runners").setLevel(logging.CRITICAL)
    codes: list[int] = []
    try:
        signals.listen()
        # What the imports made stays to the end; the collector need not go over it again and again.
        gc.freeze()
        silence_native()
        _run(name, command, codes)
    except signals.Interrupted:
        # It came too late to end the command, which has its code, or too early for it to begin.
        if not codes:
            complain(name, "interrupted")
            codes.append(ExitCode.INTERRUPTED)
    finally:
        signals.settle()
    return codes[0]


def _run(name: str, command: Callable[[], int], codes: list[int]) -> None:
    """Run a command and keep its exit code, if only the first."""
    try:
        codes.append(command())
        flush_output()
    except (Exception, KeyboardInterrupt) as error:
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


def _debug() -> bool:
    return bool(os.environ.get("DISCRETION_DEBUG"))


def own(error: BaseException) -> BaseException:
    """The error of ours in what a pipeline raised, if there is one; else what was raised."""
    if signals.was_asked() and not isinstance(error, KeyboardInterrupt):
        # Raised within a transform, Beam makes another error of it.
        return KeyboardInterrupt()
    if isinstance(error, DiscretionError) or not isinstance(error, Exception):
        return error
    found = _SENT.search(str(error))
    return _BY_NAME[found[1]](found[2]) if found else error


def reason(error: BaseException) -> str:
    """Why a command failed, in one line without a person's data, as `run_command` would say it."""
    return lines_of(own(error))[0]


def lines_of(error: BaseException) -> list[str]:
    """What to say of an error of ours, of the system or of an unexpected kind."""
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
    """Why nothing more could be written; Beam keeps an error's number only in a text."""
    if isinstance(error, DiscretionError):
        return None
    if (nowhere := "No usable temporary directory") in str(error):
        return nowhere
    return next((os.strerror(n) for n in _DISK if f"[Errno {n}]" in str(error)), None)
