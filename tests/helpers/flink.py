"""A real Flink cluster for tests, and what they do to it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from scripts.flink_cluster.cluster import Cluster, down, load, mend, up
from scripts.flink_cluster.errors import ClusterError
from scripts.flink_cluster.fetch import jars_place
from tests.helpers.commands import environment

# Only a guard against a test that hangs; the machine may be busy.
PATIENCE = 900


@contextmanager
def cluster(folder: Path, task_managers: int) -> Iterator[None]:
    """A cluster that is stopped at the end; a test that needs one is skipped without."""
    if not jars_place().is_dir():
        pytest.skip("Flink isn't in the cache; scripts/flink fetch gets it")
    try:
        up(folder, task_managers, 0, 0)
    except ClusterError as error:
        pytest.skip(f"there is no Flink: {error}")
    try:
        yield
    finally:
        started = load(folder)
        assert started is not None
        down(folder)
    assert not [pid for one in started.processes for pid in children(one.pid)]
    assert started.ended == [one.name for one in started.processes]


def mended(folder: Path) -> Cluster:
    """A cluster whose parts that were killed have been started again."""
    mend(folder)
    found = load(folder)
    assert found is not None
    assert not found.ended
    return found


def on(started: Cluster) -> tuple[str, ...]:
    """The options that run a command on a cluster."""
    return (
        f"--engine=flink=localhost:{started.port}",
        f"--flink_master=localhost:{started.rest_port}",
    )


def jobs(started: Cluster) -> list[dict[str, Any]]:
    """The cluster's jobs, the newest first."""
    found = started.ask("jobs/overview")["jobs"]
    return sorted(found, key=lambda job: -job["start-time"])


def until(is_so: Callable[[], Any], running: subprocess.Popen[str] | None = None) -> None:
    """Wait until something is so, while a process runs."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        if running is not None and running.poll() is not None:
            raise AssertionError(running.communicate()[1])
        time.sleep(0.05)


def start(*words: object, cwd: Path) -> subprocess.Popen[str]:
    """Start a command."""
    program = Path(sys.executable).with_name("discretion")
    assert shutil.which(program), "the project is not installed here"
    return subprocess.Popen(
        [str(program), *map(str, words)], cwd=cwd, text=True, env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def pid_of(started: Cluster, name: str) -> int:
    """The process of a part of the cluster."""
    return next(one.pid for one in started.processes if one.name == name)


def children(pid: int) -> list[int]:
    """The processes that a process has started: a TaskManager's are its workers."""
    asked = ["ps", "-o", "pid=", "--ppid", str(pid)]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    return [int(one) for one in said.split()]


def workers(started: Cluster) -> list[int]:
    """The workers of all TaskManagers."""
    names = [one for one in started.processes if one.name.startswith("task-manager")]
    return [child for one in names for child in children(one.pid)]


def kill(pid: int) -> None:
    """Kill a process."""
    os.kill(pid, signal.SIGKILL)
