"""Batches on a real cluster: the same content as in process, whatever is killed on the way."""

from __future__ import annotations

import re
import shlex
import signal
from pathlib import Path
from typing import Any

from pipelines.cli.exit_codes import ExitCode
from scripts.flink_cluster.cluster import Cluster
from tests.helpers import flink
from tests.helpers.commands import Row, content, discretion, files_below, run_of

CASES = 20_000
GUIDE = Path(__file__).parents[3] / "docs/cluster.md"


def test_batches_on_a_cluster(tmp_path: Path) -> None:
    """One cluster serves all of it: starting one takes as long as a batch."""
    made = discretion("sample", "--output", tmp_path / "sample", "--cases", CASES, "--files", 8)
    assert made.returncode == 0, made.stderr
    done = discretion("backlog", "--input", tmp_path / "sample", "--output", tmp_path / "here")
    assert done.returncode == 0, done.stderr
    expected = content(run_of(tmp_path / "here"))
    # One more than is used, which takes over from one that is killed.
    with flink.cluster(tmp_path / "cluster", 3) as cluster:
        a_lost_command_leaves_nothing_that_counts(cluster, tmp_path)
        the_guide_works_and_all_workers_do_their_share(cluster, tmp_path, expected)
        an_interrupted_command_cancels_its_job(cluster, tmp_path)
        killed_parts_change_nothing(cluster, tmp_path, expected)
    assert not [pid for one in cluster.processes for pid in flink.children(one.pid)]
    assert cluster.ended == [one.name for one in cluster.processes]


def begun(cluster: Cluster, place: Path, *more: str) -> Any:
    """Start a batch, and wait until it writes cases."""
    words = ("backlog", "--input", "sample", "--output", "out", *flink.on(cluster), *more)
    running = flink.start(*words, cwd=place)
    flink.until(lambda: list(place.glob("out/runs/_*.partial/cases/_*")), running)
    return running


def a_lost_command_leaves_nothing_that_counts(cluster: Cluster, place: Path) -> None:
    running = begun(cluster, place)
    flink.kill(running.pid)
    running.communicate()
    assert not (place / "out/LATEST").exists()
    assert all(path.name.startswith("_") for path in (place / "out/runs").iterdir())
    assert flink.jobs(cluster)[0]["state"] == "RUNNING"


def the_guide_works_and_all_workers_do_their_share(
    cluster: Cluster, place: Path, expected: dict[str, list[Row]]
) -> None:
    lines = re.findall(r"^\$ (.*)$", GUIDE.read_text("utf-8"), re.MULTILINE)
    [line] = [line for line in lines if line.startswith("discretion backlog")]
    assert line.endswith(" --engine flink")
    words = shlex.split(line.removesuffix(" --engine flink"))[1:]
    running = flink.start(*words, *flink.on(cluster), "--checkpointing_interval=10000", cwd=place)
    out, err = running.communicate(timeout=flink.PATIENCE)
    assert running.returncode == 0, err
    # The job that the lost command left is ended, and what it wrote is gone.
    assert re.fullmatch(
        r"discretion backlog: canceling \w+, which an earlier command left running\n", err
    )
    assert f"{len(expected['cases']):,}" in out
    job, lost = flink.jobs(cluster)
    assert (job["state"], lost["state"]) == ("FINISHED", "CANCELED")
    run = run_of(place / "out")
    assert content(run) == expected
    assert [path.name for path in (place / "out/runs").iterdir()] == [run.name]
    assert not [path for path in files_below(run) if path.name.startswith(("_", "."))]
    assert all(path.stat().st_mode & 0o077 == 0 for path in files_below(run))
    # Each worker writes one file of what it has assessed.
    shares = [path.stat().st_size for path in sorted((run / "cases").glob("part-a-*"))]
    assert len(shares) == 3
    assert min(shares) > 0.1 * sum(shares)


def an_interrupted_command_cancels_its_job(cluster: Cluster, place: Path) -> None:
    running = begun(cluster, place, "--run-id", "stopped")
    running.send_signal(signal.SIGTERM)
    _, err = running.communicate(timeout=flink.PATIENCE)
    assert running.returncode == ExitCode.INTERRUPTED
    job = flink.jobs(cluster)[0]
    assert job["state"] == "CANCELED"
    assert err.splitlines() == [
        f"discretion backlog: canceling Flink's job {job['jid']}",
        "discretion backlog: interrupted",
    ]
    assert len(list((place / "out/runs").iterdir())) == 1


def killed_parts_change_nothing(
    cluster: Cluster, place: Path, expected: dict[str, list[Row]]
) -> None:
    """Kill a worker, then a TaskManager, then the job server, all in one batch."""
    running = begun(cluster, place, "--run-id", "struck", "--parallelism=2")
    flink.kill(flink.workers(cluster)[0])
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
    assert (running.returncode, err) == (0, "")
    assert failures() >= 2
    run = place / "out/runs/struck"
    assert content(run) == expected
    assert not [path for path in files_below(run) if path.name.startswith(("_", "."))]
