"""The checks of the fault trials find what they should, on invented commands and runs."""

from __future__ import annotations

import json
import random
import signal
from dataclasses import replace
from pathlib import Path

import fastavro
import pytest

from scripts.fault_trials.checks import ending, nothing_left, same
from scripts.fault_trials.limits import CPU_SECONDS, MEMORY_BYTES, Limits
from scripts.fault_trials.process import Ended, Running
from scripts.fault_trials.results import ROUTES, content, recounted
from scripts.fault_trials.table import table, what_broke
from scripts.fault_trials.trial import Bench, Kind, make
from scripts.fault_trials.world import World

GOOD = Ended(("backlog",), 3, "", "discretion backlog: a.avro: is empty\n", 1.0, 1 << 20)
PARTS = (*ROUTES, "cases")


def test_accepts_a_command_that_ends_as_it_should() -> None:
    assert ending(GOOD, (0, 3)) == []
    assert ending(replace(GOOD, code=0, stderr=""), (0, 3)) == []
    warned = "discretion backlog: warning: not in force\n"
    assert ending(replace(GOOD, stderr=warned + GOOD.stderr), (0, 3)) == []


@pytest.mark.parametrize(
    ("ended", "problem"),
    [
        (replace(GOOD, code=1), "ended with 1, not one of [0, 3]"),
        (replace(GOOD, code=-11), "ended with -11"),
        (replace(GOOD, stderr="Traceback (most recent call last):\n"), "a traceback"),
        (replace(GOOD, stdout="thread 'main' panicked at src"), "a traceback"),
        (replace(GOOD, stdout="\x1b[31mred"), "control sequences"),
        (
            replace(GOOD, stderr="discretion backlog: \u202ea: is empty\n"),
            "control sequences",
        ),
        (replace(GOOD, stderr="WARNING: apitools\n"), "lines that aren't its own"),
        (replace(GOOD, stderr=GOOD.stderr * 2), "in 2 lines"),
        (replace(GOOD, stderr=""), "exited with 3 without saying why"),
        (replace(GOOD, memory=MEMORY_BYTES + 1), "MiB"),
        (replace(GOOD, cpu=CPU_SECONDS + 1), "CPU seconds"),
    ],
)
def test_names_what_is_wrong_with_an_ending(ended: Ended, problem: str) -> None:
    assert any(problem in each for each in ending(ended, (0, 3)))


def _run(folder: Path, ids: tuple[str, ...]) -> Path:
    """A run of some cases, all of which continue."""
    run = folder / "runs/r"
    schema = {
        "type": "record",
        "name": "R",
        "fields": [{"name": "case_id", "type": "string"}, {"name": "stage", "type": "string"}],
    }
    rows = [{"case_id": each, "stage": "read"} for each in ids]
    for part in ("cases", "continue"):
        (run / part).mkdir(parents=True)
        with (run / part / "a.avro").open("wb") as file:
            fastavro.writer(file, schema, rows)
    counts = {
        "read": len(ids),
        "routed": {"close": 0, "continue": len(ids), "expedite": 0},
        **dict.fromkeys(("quarantined", "duplicates", "completed", "out_of_scope"), 0),
    }
    outputs = [{"path": f"{part}/a.avro", "records": len(ids)} for part in ("cases", "continue")]
    (run / "manifest.json").write_text(json.dumps({"counts": counts, "outputs": outputs}))
    (folder / "LATEST").write_text("r\n")
    return run


def test_accepts_a_run_equal_to_the_clean_one(tmp_path: Path) -> None:
    run = _run(tmp_path, ("a", "b"))
    assert recounted(run) == []
    assert same(run, content(run, PARTS)) == []


def test_finds_a_missing_case_and_a_wrong_count(tmp_path: Path) -> None:
    clean = content(_run(tmp_path / "clean", ("a", "b")), PARTS)
    run = _run(tmp_path / "other", ("a",))
    assert same(run, clean) == ["continue, cases differ from the clean run"]
    manifest = json.loads((run / "manifest.json").read_text())
    manifest["counts"]["routed"]["continue"] = 2
    (run / "manifest.json").write_text(json.dumps(manifest))
    assert recounted(run) == ["routed counts differ from the files", "the counts don't add up"]
    (run / "cases/a.avro").unlink()
    assert "the manifest's list of files or counts is wrong" in recounted(run)
    assert same(None, clean) == ["there is no run"]


def test_finds_what_a_failed_command_leaves_behind(tmp_path: Path) -> None:
    assert nothing_left(tmp_path, GOOD) == []
    _run(tmp_path, ("a",))
    assert nothing_left(tmp_path, GOOD) == ["a failed command moved LATEST"]
    assert nothing_left(tmp_path, GOOD, tmp_path / "runs/r") == []
    (tmp_path / "runs/_s.partial").mkdir()
    left = nothing_left(tmp_path, GOOD, tmp_path / "runs/r")
    assert left == ["_s.partial was left behind"]
    interrupted = replace(GOOD, stderr="discretion backlog: interrupted; it is left behind\n")
    assert nothing_left(tmp_path, interrupted, tmp_path / "runs/r") == []


def test_a_command_runs_within_its_limits_and_is_measured(tmp_path: Path) -> None:
    ended = Running(("--version",), tmp_path).end()
    assert (ended.code, ended.stderr) == (0, "")
    assert ended.stdout.startswith("discretion ")
    assert ended.cpu > 0
    assert ended.memory > 1 << 20
    running = Running(("rulebook", "check", "ice-2011-11-17"), tmp_path, Limits(cpu=1))
    running.until(lambda: running.cpu() > 0)
    running.send(signal.SIGKILL)
    assert running.end().code == -signal.SIGKILL


def test_reports_a_broken_or_failed_trial_with_its_seed(tmp_path: Path) -> None:
    def breaks(bench: Bench) -> list[str]:
        bench.note(f"number {bench.source.randrange(1000)}")
        return ["it broke\n"]

    def fails(bench: Bench) -> list[str]:
        raise ValueError("no")

    world = World(tmp_path / "world")
    kinds = [Kind("faults", name, made) for name, made in (("a", breaks), ("b", fails))]
    outcomes = [make(kind, 7, world, tmp_path / kind.command) for kind in kinds]
    outcomes.append(make(kinds[0], 7, world, tmp_path / "again"))
    number = random.Random(7).randrange(1000)
    first, second, again = what_broke(outcomes)
    assert first == f"--seed 7 --trials 1: faults, a: number {number}: it broke\\n"
    assert "the trial itself failed" in second
    assert again == first
    assert list(table(outcomes))[2:] == [
        "| faults | a | 2 | 2 |",
        "| faults | b | 1 | 1 |",
        "| all | | 3 | 3 |",
    ]
