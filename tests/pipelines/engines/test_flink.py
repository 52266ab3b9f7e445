"""Batches on a real cluster: the same content as in process, whatever is killed on the way."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from scripts.flink_cluster.cluster import Cluster
from tests.helpers import flink
from tests.helpers.commands import content, discretion, files_below, run_of

CASES = 20_000
GUIDE = Path(__file__).parents[3] / "docs/cluster.md"


@pytest.mark.xdist_group("flink")
def test_batches_on_a_cluster(cluster: Cluster, tmp_path: Path) -> None:
    made = discretion("sample", "--output", tmp_path / "sample", "--cases", CASES, "--files", 8)
    assert made.returncode == 0, made.stderr
    done = discretion("backlog", "--input", tmp_path / "sample", "--output", tmp_path / "here")
    assert done.returncode == 0, done.stderr
    a_lost_command_leaves_nothing_that_counts(cluster, tmp_path)
    err = killed_parts_change_nothing(cluster, tmp_path)
    # The job that the lost command left is ended, and what it wrote is gone.
    assert re.fullmatch(
        r"discretion backlog: canceling \w+, which an earlier command left running\n", err
    )
    job, lost = flink.jobs(cluster)
    assert (job["state"], lost["state"]) == ("FINISHED", "CANCELED")
    run = run_of(tmp_path / "out")
    assert content(run) == content(run_of(tmp_path / "here"))
    assert [path.name for path in (tmp_path / "out/runs").iterdir()] == [run.name]
    assert not [path for path in files_below(run) if path.name.startswith(("_", "."))]
    assert all(path.stat().st_mode & 0o077 == 0 for path in files_below(run))
    # Each worker writes one file of what it has assessed.
    shares = [path.stat().st_size for path in sorted((run / "cases").glob("part-a-*"))]
    assert len(shares) == 2
    assert min(shares) > 0.1 * sum(shares)


def begun(cluster: Cluster, place: Path) -> Any:
    """Start the guide's batch, and wait until it writes cases."""
    lines = re.findall(r"^\$ (.*)$", GUIDE.read_text("utf-8"), re.MULTILINE)
    [line] = [line for line in lines if line.startswith("discretion backlog")]
    assert line.endswith(" --engine flink")
    words = shlex.split(line.removesuffix(" --engine flink"))[1:]
    known = set(place.glob("out/runs/_*.partial"))
    running = flink.start(*words, *flink.on(cluster), "--parallelism=2", cwd=place)

    def writes() -> bool:
        mine = set(place.glob("out/runs/_*.partial")) - known
        return any(list(folder.glob("cases/_*")) for folder in mine)

    flink.until(writes, running)
    return running


def a_lost_command_leaves_nothing_that_counts(cluster: Cluster, place: Path) -> None:
    running = begun(cluster, place)
    flink.kill(running.pid)
    running.communicate()
    assert not (place / "out/LATEST").exists()
    assert all(path.name.startswith("_") for path in (place / "out/runs").iterdir())
    assert flink.jobs(cluster)[0]["state"] == "RUNNING"


def killed_parts_change_nothing(cluster: Cluster, place: Path) -> str:
    """Kill a worker, then a TaskManager and the job server, all in one batch."""
    # Those of the lost job end only some time after it.
    old = flink.workers(cluster)
    running = begun(cluster, place)
    flink.kill(next(one for one in flink.workers(cluster) if one not in old))
    job = flink.jobs(cluster)[0]["jid"]

    def failures() -> int:
        entries = flink.ask(cluster, f"jobs/{job}/exceptions")["exceptionHistory"]["entries"]
        return len(entries)

    flink.until(lambda: failures() == 1, running)
    flink.until(lambda: flink.ask(cluster, f"jobs/{job}")["state"] == "RUNNING", running)
    busy = [one for one in cluster.processes if flink.children(one.pid)]
    flink.kill(busy[0].pid)
    flink.kill(flink.pid_of(cluster, "job-server"))
    _, err = running.communicate(timeout=flink.PATIENCE)
    assert running.returncode == 0, err
    assert failures() >= 2
    return str(err)
