"""A cluster on loopback: a JobManager, TaskManagers, and Beam's job server."""

from __future__ import annotations

import json
import random
import shutil
import socket
import time
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scripts.flink_cluster.errors import ClusterError
from scripts.flink_cluster.fetch import find_java, flink_jars
from scripts.flink_cluster.processes import Started, start, stop
from scripts.flink_cluster.settings import commands, write_settings

_STATE = "cluster.json"
_PATIENCE = 120.0


@dataclass(frozen=True)
class Cluster:
    """A cluster that has been started.

    Args:
        port: The job server's port.
        rest_port: The JobManager's port.
        processes: Its processes.
    """

    port: int
    rest_port: int
    processes: tuple[Started, ...]

    @property
    def ended(self) -> list[str]:
        """The names of the processes that are no longer running."""
        return [one.name for one in self.processes if not one.is_running()]

    def ask(self, path: str) -> Any:
        """Return what the JobManager's REST interface has at a path."""
        with urllib.request.urlopen(f"http://localhost:{self.rest_port}/{path}") as answer:
            return json.load(answer)


def up(folder: Path, task_managers: int, port: int, rest_port: int, slots: int = 1) -> Cluster:
    """Start a cluster, or fail and leave no process.

    Args:
        folder: The cluster's directory.
        task_managers: The number of TaskManagers.
        port: The job server's port; 0 for any.
        rest_port: The JobManager's port; 0 for any.
        slots: The number of slots of each TaskManager, which starts a worker for each.

    Raises:
        ClusterError: It can't be started, or one is running in that directory.
    """
    java, jars = find_java(), flink_jars()
    if (found := load(folder)) is not None:
        if len(found.ended) < len(found.processes):
            raise ClusterError(
                "a cluster is running; stop it first, with scripts/flink down, or start again what "
                "has ended, with scripts/flink mend"
            )
        down(folder)
    port, rest_port, rpc_port = (_free(port), _free(rest_port), _free(0))
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    write_settings(folder, task_managers, slots, rpc_port, rest_port)
    cluster = Cluster(port, rest_port, ())
    try:
        for name, command in commands(java, jars, folder, task_managers, port, rest_port).items():
            begun = start(name, command, folder)
            cluster = Cluster(port, rest_port, (*cluster.processes, begun))
            _save(folder, cluster)
        _wait(cluster, task_managers, folder)
    except BaseException:
        stop(cluster.processes)
        (folder / _STATE).unlink(missing_ok=True)
        raise
    return cluster


def mend(folder: Path) -> list[str]:
    """Start again the processes of a cluster that have ended, with the settings it has.

    Args:
        folder: The cluster's directory.

    Returns:
        Their names.

    Raises:
        ClusterError: There is no cluster, or one of them can't be started.
    """
    cluster = load(folder)
    if cluster is None:
        raise ClusterError("no cluster is running; start one, with scripts/flink up")
    ended, processes = cluster.ended, list(cluster.processes)
    managers = sum(one.name.startswith("task-manager") for one in processes)
    java, jars = find_java(), flink_jars()
    lines = commands(java, jars, folder, managers, cluster.port, cluster.rest_port)
    for place, one in enumerate(processes):
        if one.name in ended:
            processes[place] = start(one.name, lines[one.name], folder)
            cluster = Cluster(cluster.port, cluster.rest_port, tuple(processes))
            _save(folder, cluster)
    _wait(cluster, managers, folder)
    return ended


def down(folder: Path) -> bool:
    """Stop a cluster, and remove its directory.

    Args:
        folder: The cluster's directory.

    Returns:
        Whether there was one.
    """
    cluster = load(folder)
    if cluster is None:
        return False
    # The job server first, so that nothing new arrives.
    stop(reversed(cluster.processes))
    shutil.rmtree(folder)
    return True


def load(folder: Path) -> Cluster | None:
    """Return the cluster that was started in a directory; None if there is none."""
    try:
        found = json.loads((folder / _STATE).read_text("utf-8"))
    except FileNotFoundError:
        return None
    started = tuple(Started(**one) for one in found["processes"])
    return Cluster(found["port"], found["rest_port"], started)


def task_managers_at(rest_port: int) -> int:
    """Return how many TaskManagers the JobManager has; 0 if it doesn't answer."""
    try:
        with urllib.request.urlopen(f"http://localhost:{rest_port}/overview", timeout=5) as answer:
            return int(json.load(answer)["taskmanagers"])
    except (OSError, ValueError):
        return 0


def _save(folder: Path, cluster: Cluster) -> None:
    (folder / _STATE).write_text(json.dumps(asdict(cluster)), "utf-8")


def _wait(cluster: Cluster, task_managers: int, folder: Path) -> None:
    """Wait until a cluster can take a job."""
    deadline = time.monotonic() + _PATIENCE
    while not (_listens(cluster.port) and task_managers_at(cluster.rest_port) >= task_managers):
        if ended := cluster.ended:
            raise ClusterError(f"{ended[0]} ended: {_last_line(folder / f'{ended[0]}.log')}")
        if time.monotonic() > deadline:
            raise ClusterError(f"is not up after {_PATIENCE:.0f} seconds; see {folder}/*.log")
        time.sleep(0.2)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("localhost", port), timeout=1).close()
    except OSError:
        return False
    return True


def _free(port: int) -> int:
    """Return the port if it is free; for 0, any that is."""
    if port == 0:
        return _any_free()
    if not _is_free(port):
        raise ClusterError(f"port {port} is in use; give another one (see --help)")
    return port


def _any_free() -> int:
    # Below those that the system gives to connections: a Java program takes seconds to bind one.
    while not _is_free(port := random.randrange(20_000, 32_000)):
        pass
    return port


def _is_free(port: int) -> bool:
    with socket.socket() as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(("localhost", port))
        except OSError:
            return False
        return True


def _last_line(log: Path) -> str:
    """Return what a log says last, without the places in Java code."""
    lines = log.read_text("utf-8", "replace").split("\n")
    said = [line for line in lines if line.strip() and not line.startswith("\t")]
    return said[-1][:300] if said else "it said nothing"
