"""The exit codes of all commands."""

from enum import IntEnum

from schemas.errors import BusyError, EngineError, InputError, OutputError, UsageError


class ExitCode(IntEnum):
    """The exit code of a command. Scripts may rely on the numbers."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    INPUT = 3
    OUTPUT = 4
    BUSY = 5
    STALE = 6
    DAMAGED = 7
    ENGINE = 8
    INTERRUPTED = 130


_OF_ERRORS = (
    (UsageError, ExitCode.USAGE),
    (InputError, ExitCode.INPUT),
    (OutputError, ExitCode.OUTPUT),
    (BusyError, ExitCode.BUSY),
    (EngineError, ExitCode.ENGINE),
)


def exit_code_of(error: BaseException) -> ExitCode:
    """Return the exit code for an error that ended a command."""
    if isinstance(error, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    return next((code for kind, code in _OF_ERRORS if isinstance(error, kind)), ExitCode.INTERNAL)
