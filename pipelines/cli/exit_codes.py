"""What the exit status of every command means."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit status of a command; scripts and timers may rely on the numbers."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    INPUT = 3
    OUTPUT = 4
    BUSY = 5
    STALE = 6
    DAMAGED = 7
    INTERRUPTED = 130


OK = ExitCode.OK
INTERNAL = ExitCode.INTERNAL
USAGE = ExitCode.USAGE
INPUT = ExitCode.INPUT
OUTPUT = ExitCode.OUTPUT
BUSY = ExitCode.BUSY
STALE = ExitCode.STALE
DAMAGED = ExitCode.DAMAGED
INTERRUPTED = ExitCode.INTERRUPTED
