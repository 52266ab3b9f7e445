"""A watch on a real cluster: nothing lost, nothing twice, whatever is killed in its midst."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fastavro
import pytest

from pipelines import nightly
from pipelines.cli.exit_codes import ExitCode
from schemas.case_record import CaseRecord
from scripts.flink_cluster.cluster import Cluster
from tests.helpers import flink
from tests.helpers.commands import Row, environment
from tests.helpers.news import CLEAN, ELDER, VETERAN, completed, felony
from tests.helpers.watches import N1, N2, encoded, land, lines_of, printed
from transforms.nightly import buckets
from transforms.normalize.case_frame import to_frame

# A watch whose clock can be moved on by days, so that midnight comes when a test wants it.
WATCH = """
import datetime, pathlib, sys
from pipelines.inbox import plan
real, days = plan.utc_now, pathlib.Path(sys.argv[1])
plan.utc_now = lambda: real() + datetime.timedelta(days=int(days.read_text()))
from pipelines.watch import main
sys.exit(main(sys.argv[2:]))
"""
SHARDS = 2
# Cases in two buckets, and cases of each kind that turn 65 on the next day.
CASES, TURNING = 30, 6


def first_night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a first night with several buckets, so that there is more than one shard."""
    known = [CaseRecord(**{**CLEAN, "case_id": f"known {n}"}) for n in range(CASES)]
    turning = [CaseRecord(**{**facts, "case_id": f"{name} {n}", "updated_at": "2011-11-01"})
               for name, facts in (("elder", ELDER), ("veteran", VETERAN))
               for n in range(TURNING)]  # fmt: skip
    for name in ("inbox", "cases"):
        (tmp_path / name).mkdir()
    content = encoded(to_frame([*known, *turning]), "case_record")
    (tmp_path / "cases/known.avro").write_bytes(content)
    monkeypatch.setattr(buckets, "BUCKET_CASES", 24)
    words = ["--state", tmp_path / "OUT", "--events", tmp_path / "inbox", "--as-of", N1,
             "--input", tmp_path / "cases"]  # fmt: skip
    assert nightly.main([str(word) for word in words]) == ExitCode.OK


@contextmanager
def watching(place: Path, *engine: str) -> Iterator[subprocess.Popen[str]]:
    words = ["watch", "--state", place / "OUT", "--inbox", place / "inbox", "--as-of", N2, "--json"]
    (place / "days").write_text("0")
    with (place / "said.txt").open("w") as out, (place / "err.txt").open("w") as err:
        process = subprocess.Popen(
            [sys.executable, "-c", WATCH, place / "days", *map(str, words[1:]), *engine],
            stdout=out, stderr=err, text=True, env=environment(),
        )  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            process.wait(flink.PATIENCE)


def midnight(place: Path) -> None:
    (place / "_days").write_text("1")
    os.replace(place / "_days", place / "days")


def reported(place: Path) -> list[Row]:
    """All changes that a watch has reported, by case."""
    found: list[Row] = []
    for path in (place / f"OUT/watch/changes/night-{N1}").glob("*.avro"):
        with path.open("rb") as file:
            found += [row for row in fastavro.reader(file) if isinstance(row, dict)]
    return sorted(found, key=lambda row: str(row["case_id"]))


def shards_of(place: Path, name: str) -> int:
    return len(list((place / f"OUT/watch/changes/night-{N1}").glob(f"{name}-*.avro")))


def applied_by_each(cluster: Cluster) -> list[int]:
    """How many batches each worker has applied, as far as Flink has heard."""
    job = cluster.ask(f"jobs/{flink.jobs(cluster)[0]['jid']}")
    [step] = [step["id"] for step in job["vertices"] if "Watch" in step["name"]]
    tasks = cluster.ask(f"jobs/{job['jid']}/vertices/{step}")["subtasks"]
    return [int(task["metrics"]["read-records"]) for task in tasks]


def a_watch_survives(cluster: Cluster, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kill parts of the cluster under a watch, and compare it with one in process."""
    first_night(place, monkeypatch)
    here, inbox = place / "here", place / "inbox"
    shutil.copytree(place / "OUT", here / "OUT")
    (here / "inbox").mkdir()
    words = (*flink.on(cluster), f"--parallelism={SHARDS}", "--checkpointing_interval=1000")
    with watching(place, *words) as process:

        def until_done(name: str) -> None:
            flink.until(lambda: shards_of(place, name) == SHARDS, process)

        land(inbox, "1", *(felony(f"a{n}", f"known {n}") for n in range(8)))
        until_done("batch-000001")
        # Each worker has a shard.
        flink.until(lambda: 0 not in applied_by_each(cluster), process)
        land(inbox, "2", *(felony(f"b{n}", f"known {n}") for n in range(8, 16)))
        flink.kill(flink.workers(cluster)[0])
        until_done("batch-000002")
        land(inbox, "3", *(completed(f"c{n}", f"known {n}") for n in range(16, 24)))
        busy = [one for one in cluster.processes if flink.children(one.pid)]
        flink.kill(busy[0].pid)
        until_done("batch-000003")
        midnight(place)
        flink.until(lambda: shards_of(place, "day-2011-11-17"), process)
        # One is new, and one comes again.
        land(inbox, "4", felony("d", "known 24"), felony("a1", "known 1"))
        until_done("batch-000004")
        flink.until(lambda: "batch-000004" in printed(place), process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(flink.PATIENCE) == ExitCode.OK
    job = flink.jobs(cluster)[0]
    assert job["state"] == "CANCELED"
    said = lines_of((place / "err.txt").read_text())
    assert said[1:] == [
        f"discretion watch: canceling Flink's job {job['jid']}",
        "discretion watch: stopped",
    ]
    there = reported(place)
    # Each case that changed is reported once.
    changed = [f"known {n}" for n in range(25)]
    changed += [f"{name} {n}" for name in ("elder", "veteran") for n in range(TURNING)]
    assert [row["case_id"] for row in there] == sorted(changed)

    with watching(here) as process:

        def until_applied(events: int) -> None:
            flink.until(
                lambda: sum(int(line["events"]) for line in printed(here).values()) == events,
                process,
            )

        for name in "123":
            shutil.copy(inbox / f"{name}.avro", here / "inbox")
        until_applied(24)
        midnight(here)
        flink.until(lambda: "day-2011-11-17" in printed(here), process)
        shutil.copy(inbox / "4.avro", here / "inbox")
        until_applied(26)
    assert reported(here) == there
