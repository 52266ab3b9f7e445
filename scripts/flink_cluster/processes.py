"""Processes that outlive the command that starts them, each found again by its id and start."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# Seconds that a process has to end by itself.
_PATIENCE = 15.0


@dataclass(frozen=True)
class Started:
    """A process.

    Args:
        name: What it is.
        pid: Its id, which is also its process group's.
        since: When it started, as `ps` says it; another process may get the same id later.
    """

    name: str
    pid: int
    since: str

    def is_running(self) -> bool:
        """Tell whether it is still running."""
        with contextlib.suppress(ChildProcessError):
            # If this process started it, it stays a zombie until then.
            os.waitpid(self.pid, os.WNOHANG)
        return _since(self.pid) == self.since


def children(pid: int) -> list[int]:
    """Return what a process has started, whichever of its threads did."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += [int(one) for one in path.read_text().split()]
    return found


def start(name: str, command: list[str], folder: Path) -> Started:
    """Start a process in a group of its own, with its output in a file.

    Args:
        name: What it is, for the file's name.
        command: The command line.
        folder: The directory to run in.
    """
    with (folder / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    # Whether it ends is asked of the system, as for a process that an earlier command started.
    process.returncode = 0
    return Started(name, process.pid, _since(process.pid))


def stop(processes: Iterable[Started]) -> None:
    """Stop processes, and whatever they started, and wait for them.

    Args:
        processes: What to stop; each is asked at first.
    """
    running = [one for one in processes if one.is_running()]
    for one in running:
        _signal(one, signal.SIGTERM)
    deadline = time.monotonic() + _PATIENCE
    while any(one.is_running() for one in running) and time.monotonic() < deadline:
        time.sleep(0.1)
    for one in running:
        # Its workers are in its group, even if it is gone.
        _signal(one, signal.SIGKILL)
    while any(one.is_running() for one in running):
        time.sleep(0.05)


def _signal(process: Started, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _since(pid: int) -> str:
    asked = ["ps", "-o", "lstart=", "-o", "stat=", "-p", str(pid)]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.split()
    # A zombie has ended.
    return "" if not said or said[-1].startswith("Z") else " ".join(said[:-1])
