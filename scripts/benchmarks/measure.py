"""Measure whole processes: wall-clock seconds, CPU seconds, and peak memory."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class MeasureError(RuntimeError):
    """A process failed; the message is one line."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of a process.

    Args:
        seconds: Wall-clock time from start to end.
        peak_mb: Largest resident memory of the process, or of one that it waited for (MB of 10^6).
        cpu_seconds: Processor time of the process and of those that it waited for.
    """

    seconds: float
    peak_mb: float
    cpu_seconds: float


@dataclass(frozen=True)
class WatchRun:
    """How fast a watch was.

    Args:
        events_per_second: For many files that arrive at once, until the last change is written.
        delays: Seconds from a file's arrival to its changes, for files that arrive one by one.
    """

    events_per_second: float
    delays: tuple[float, ...]


def measure(command: Sequence[str], where: Path) -> Measured:
    """Run a process to its end.

    Args:
        command: Program and arguments.
        where: The directory to run it in.

    Returns:
        What it took.

    Raises:
        MeasureError: It cannot be started, or fails.
    """
    start = time.perf_counter()
    try:
        process = subprocess.Popen(
            list(command), cwd=where, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
    except OSError as error:
        raise MeasureError(f"{command[0]}: cannot be run ({error.strerror})") from None
    assert process.stderr is not None
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.stderr.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        last = (errors.decode(errors="replace").strip().splitlines() or ["no error message"])[-1]
        raise MeasureError(f"{' '.join(command)}: exit code {process.returncode}: {last}")
    cpu_seconds = usage.ru_utime + usage.ru_stime
    return Measured(seconds, usage.ru_maxrss * 1024 / 1e6, cpu_seconds)
