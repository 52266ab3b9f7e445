"""Batches on a real cluster: the same content as in process, whatever is killed on the way."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

from scripts.flink_cluster.cluster import Cluster
from tests.helpers import flink
from tests.helpers.commands import content, discretion, files_below, rows, run_of

CASES = 20_000
GUIDE = Path(__file__).parents[3] / "docs/cluster.md"


def batches_survive(cluster: Cluster, tmp_path: Path) -> None:
    """Kill a command, and parts of the cluster under the next one."""
    made = discretion("sample", "--output", tmp_path / "sample", "--cases", CASES, "--files", 8)
    assert made.returncode == 0, made.stderr
    done = discretion("backlog", "--input", tmp_path / "sample", "--output", tmp_path / "here")
    assert done.returncode == 0, done.stderr
    lost = a_lost_command_leaves_nothing_that_counts(cluster, tmp_path)
    err = killed_parts_change_nothing(cluster, tmp_path, lost)
    # The job that the lost command left is ended, and what it wrote is gone.
    assert re.fullmatch(
        r"discretion backlog: canceling \w+, which an earlier command left running\n", err
    )
    states = {job["jid"]: job["state"] for job in flink.jobs(cluster)}
    assert states[lost] == "CANCELED"
    run = run_of(tmp_path / "out")
    assert content(run) == content(run_of(tmp_path / "here"))
    assert [path.name for path in (tmp_path / "out/runs").iterdir()] == [run.name]
    assert not [path for path in files_below(run) if path.name.startswith(("_", "."))]
    assert all(path.stat().st_mode & 0o077 == 0 for path in files_below(run))
    # Each worker writes one file of what it has assessed.
    shares = [path.stat().st_size for path in sorted((run / "cases").glob("part-a-*"))]
    assert len(shares) == 2
    assert min(shares) > 0.1 * sum(shares)


def a_night_and_an_import_are_the_same(cluster: Cluster, place: Path) -> None:
    """Run both in process and on the cluster, with the sample and a release of as many cases."""
    (place / "events").mkdir()
    released = [sys.executable, "-m", "scripts.eoir_release", "--output", str(place / "release")]
    subprocess.run([*released, "--cases", str(CASES)], check=True, capture_output=True)
    on_flink = (*flink.on(cluster), "--parallelism=2")
    for name, engine in (("here", ()), ("there", on_flink)):
        for words in (
            ("nightly", "--state", place / name / "OUT", "--events", place / "events",
             "--as-of", "2011-11-17", "--input", place / "sample"),
            ("import-eoir", place / "release", "--output", place / name / "imported"),
        ):  # fmt: skip
            done = discretion(*words, *engine)
            assert done.returncode == 0, done.stderr
    for found in ("OUT/runs/night-2011-11-17", "imported"):
        here, there = place / "here" / found, place / "there" / found
        parts = {path.parent.relative_to(here) for path in here.rglob("*.avro")}
        assert parts == {path.parent.relative_to(there) for path in there.rglob("*.avro")}
        for part in parts:
            assert rows(there, str(part)) == rows(here, str(part)), part


def started(cluster: Cluster, place: Path) -> subprocess.Popen[str]:
    """Start the guide's batch."""
    lines = re.findall(r"^\$ (.*)$", GUIDE.read_text("utf-8"), re.MULTILINE)
    [line] = [line for line in lines if line.startswith("discretion backlog")]
    assert line.endswith(" --engine flink")
    words = shlex.split(line.removesuffix(" --engine flink"))[1:]
    return flink.start(*words, *flink.on(cluster), "--parallelism=2", cwd=place)


def a_lost_command_leaves_nothing_that_counts(cluster: Cluster, place: Path) -> str:
    running = started(cluster, place)
    flink.until(lambda: list(place.glob("out/runs/_*.partial/cases/_*")), running)
    # Its workers wait, so that its job can't end before the next command ends it.
    for worker in flink.workers(cluster):
        os.kill(worker, signal.SIGSTOP)
    flink.kill(running.pid)
    running.communicate()
    assert not (place / "out/LATEST").exists()
    assert all(path.name.startswith("_") for path in (place / "out/runs").iterdir())
    job = flink.jobs(cluster)[0]
    assert job["state"] == "RUNNING"
    return str(job["jid"])


def killed_parts_change_nothing(cluster: Cluster, place: Path, lost: str) -> str:
    """Kill a worker, then a TaskManager and the job server, all in one batch."""
    [left], old = place.glob("out/runs/_*.partial"), flink.workers(cluster)
    running = started(cluster, place)
    flink.until(lambda: cluster.ask(f"jobs/{lost}")["state"] != "RUNNING", running)
    for worker in old:
        os.kill(worker, signal.SIGCONT)
    flink.until(
        lambda: [
            path for path in place.glob("out/runs/_*.partial/cases/_*") if left not in path.parents
        ],
        running,
    )
    flink.kill(next(one for one in flink.workers(cluster) if one not in old))
    job = flink.jobs(cluster)[0]["jid"]

    def failures() -> int:
        entries = cluster.ask(f"jobs/{job}/exceptions")["exceptionHistory"]["entries"]
        return len(entries)

    flink.until(lambda: failures() >= 1, running)
    flink.until(lambda: cluster.ask(f"jobs/{job}")["state"] == "RUNNING", running)

    def busy() -> list[int]:
        return [one.pid for one in cluster.processes if flink.children(one.pid)]

    # A job runs a moment before its workers do.
    flink.until(busy, running)
    flink.kill(busy()[0])
    flink.kill(flink.pid_of(cluster, "job-server"))
    _, err = running.communicate(timeout=flink.PATIENCE)
    assert running.returncode == 0, err
    assert failures() >= 2
    return str(err)
