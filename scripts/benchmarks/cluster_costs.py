"""What a backlog costs on a cluster, in CPU seconds, bytes, and time apart from submission."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from scripts.flink_cluster.cluster import Cluster, down, up
from scripts.flink_cluster.processes import children

_TICK = os.sysconf("SC_CLK_TCK")
_WITH_CHILDREN, _ALONE = slice(11, 15), slice(11, 13)


@dataclass(frozen=True)
class Cost:
    """What one run cost.

    Args:
        cases: How many cases it assessed.
        task_managers: How many TaskManagers it used, each with one worker.
        command: CPU seconds of the command.
        workers: CPU seconds of the workers.
        engine: CPU seconds of the TaskManagers while it ran.
        managers: CPU seconds of the JobManager and the job server while it ran.
        before: Seconds until Flink had the job.
        job: Seconds that Flink ran it.
        shuffled: Bytes that tasks handed to each other.
        read: Bytes of input.
        written: Bytes of output.
    """

    cases: int
    task_managers: int
    command: float
    workers: float
    engine: float
    managers: float
    before: float
    job: float
    shuffled: int
    read: int
    written: int


def cost_of(sample: Path, cases: int, task_managers: int, first: Path) -> Cost:
    """Run a backlog on a new cluster.

    Args:
        sample: Its input.
        cases: The number of cases in it.
        task_managers: How many TaskManagers to start.
        first: The input of a run before it, which isn't measured.
    """
    with tempfile.TemporaryDirectory(prefix="discretion-cost-") as folder:
        place = Path(folder)
        cluster = up(place / "cluster", task_managers, 0, 0)
        try:
            # The first job compiles what later jobs use.
            _run(cluster, place / "first", first)
            return _cost(cluster, place / "out", sample, cases, task_managers)
        finally:
            down(place / "cluster")


def _cost(cluster: Cluster, out: Path, sample: Path, cases: int, task_managers: int) -> Cost:
    parts = {one.name: one.pid for one in cluster.processes}
    mine = [pid for name, pid in parts.items() if name.startswith("task-manager")]
    others = [pid for name, pid in parts.items() if not name.startswith("task-manager")]
    engine, managers = _seconds(mine, _ALONE), _seconds(others, _ALONE)
    begun = time.time()
    with _Workers(mine) as workers:
        command = _run(cluster, out, sample)
        # Flink keeps workers for a while after a job.
        time.sleep(3)
    engine, managers = _seconds(mine, _ALONE) - engine, _seconds(others, _ALONE) - managers
    jobs = cluster.ask("jobs/overview")["jobs"]
    newest = max(jobs, key=lambda job: int(job["start-time"]))
    job = cluster.ask(f"jobs/{newest['jid']}")
    return Cost(
        cases, task_managers, command, workers.seconds(), engine, managers,
        before=job["start-time"] / 1000 - begun,
        job=job["duration"] / 1000,
        shuffled=sum(int(one["metrics"]["write-bytes"]) for one in job["vertices"]),
        read=_bytes_in(sample),
        written=_bytes_in(out),
    )  # fmt: skip


def _run(cluster: Cluster, out: Path, sample: Path) -> float:
    """Run a backlog, and return the command's own CPU seconds."""
    words = ["backlog", "--input", sample, "--output", out,
             f"--engine=flink=localhost:{cluster.port}",
             f"--flink_master=localhost:{cluster.rest_port}"]  # fmt: skip
    command = [sys.executable, "-m", "pipelines.cli.main", *map(str, words)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"backlog ended with exit code {process.returncode}")
    return usage.ru_utime + usage.ru_stime


class _Workers:
    """Looks at the CPU time of workers until they have ended."""

    def __init__(self, task_managers: list[int]) -> None:
        self.task_managers = task_managers
        self.found: dict[int, float] = {}
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._look)

    def __enter__(self) -> _Workers:
        # Those of an earlier job.
        self.before = set(self._now())
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.ended.set()
        self.thread.join()

    def _now(self) -> list[int]:
        return [child for pid in self.task_managers for child in children(pid)]

    def _look(self) -> None:
        while not self.ended.wait(0.1):
            for pid in self._now():
                self.found[pid] = max(self.found.get(pid, 0.0), _seconds([pid], _WITH_CHILDREN))

    def seconds(self) -> float:
        return sum(spent for pid, spent in self.found.items() if pid not in self.before)


def _seconds(pids: list[int], which: slice) -> float:
    """Return the CPU seconds of processes; 0 for one that has ended."""
    ticks = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[which]))
    return ticks / _TICK


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
