"""Run the commands as users do: as real processes."""

from __future__ import annotations

import atexit
import functools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import fastavro

from scripts.fault_trials.limits import Limits
from scripts.fault_trials.warm import Order, Status, Warm

PARTS = ("close", "continue", "expedite", "quarantine", "duplicates", "cases")
Row = dict[str, Any]
LIMITS = Limits(cpu=600)


def argv(*words: object) -> list[str]:
    """The command line for a command, with this interpreter."""
    return [sys.executable, "-m", "pipelines.cli.main", *map(str, words)]


def discretion(*words: object, limit: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command to its end.

    Args:
        words: The command and its options.
        limit: A limit that the shell sets first, such as `ulimit -f 60`.
    """
    if limit is None:
        return _forked(tuple(map(str, words)))
    command = ["bash", "-c", f'{limit}; exec "$@"', "bash", *argv(*words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment())


class Running:
    """A command that runs meanwhile: a process of its own, started as `discretion` does.

    Args:
        words: The command and its options.
        out: The file for its standard output.
        err: The file for its standard error.
    """

    def __init__(self, *words: object, out: Path | str, err: Path | str) -> None:
        order = (os.getcwd(), str(out), str(err), LIMITS, environment())
        self.pid = _warm().start(Order(tuple(map(str, words)), *order))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return its exit code; None while it runs."""
        if self.returncode is None and (status := _warm().ended(self.pid)) is not None:
            self.returncode = os.waitstatus_to_exitcode(status.status)
        return self.returncode

    def wait(self, timeout: float = 600) -> int:
        """Wait for its end, and return its exit code."""
        end = time.monotonic() + timeout
        while (code := self.poll()) is None:
            assert time.monotonic() < end, "it did not end"
            time.sleep(0.01)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


def _forked(words: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as folder:
        out, err = f"{folder}/out", f"{folder}/err"
        code = run_warm(Order(words, os.getcwd(), out, err, LIMITS, environment()))
        return subprocess.CompletedProcess(
            argv(*words), code, Path(out).read_text("utf-8"), Path(err).read_text("utf-8")
        )


def run_warm(order: Order) -> int:
    """Run a command as a process that need not import Beam first, and return its exit code."""
    return os.waitstatus_to_exitcode(_waited(_warm().start(order)).status)


def _waited(pid: int) -> Status:
    while (status := _warm().ended(pid)) is None:
        time.sleep(0.01)
    return status


@functools.cache
def _warm() -> Warm:
    warm = Warm()
    atexit.register(warm.close)
    return warm


def environment() -> dict[str, str]:
    """An environment without our own variables."""
    return {name: value for name, value in os.environ.items() if name != "DISCRETION_DEBUG"}


def unwrapped(text: str) -> str:
    """Text that was wrapped to a width, as one line."""
    return " ".join(text.split())


def run_of(output: Path) -> Path:
    """Return the latest run in an output directory."""
    return output / "runs" / (output / "LATEST").read_text().strip()


def rows(run: Path, part: str) -> list[Row]:
    """Read the records of a part of a run with fastavro, by case."""
    found: list[Row] = []
    for path in sorted((run / part).glob("*.avro")):
        with path.open("rb") as file:
            found += [row for row in fastavro.reader(file) if isinstance(row, dict)]
    return sorted(found, key=lambda row: (str(row["case_id"]), repr(row)))


def content(run: Path) -> dict[str, list[Row]]:
    """Return all records of a run, however they are split into files."""
    return {part: rows(run, part) for part in PARTS}


def files_below(folder: Path) -> Sequence[Path]:
    """List all files in a directory and below it."""
    return sorted(path for path in folder.rglob("*") if path.is_file())
