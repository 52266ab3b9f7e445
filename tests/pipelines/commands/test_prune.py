"""Old nights are removed, and later nights give the same result."""

from __future__ import annotations

import fcntl
import json
import re
import shutil
from pathlib import Path

import pytest

from pipelines.commands.prune import old_nights
from tests.helpers.commands import discretion, run_of


def test_removes_the_oldest_first_and_keeps_the_last_good_night() -> None:
    there = ["night-2011-11-23.10", "night-2011-11-23.9", "night-2011-11-23", "night-2011-11-22",
             "_night-2011-11-24.partial", "backlog"]  # fmt: skip
    assert old_nights(there, "night-2011-11-23.10", 2) == [
        "night-2011-11-22", "night-2011-11-23",
    ]  # fmt: skip
    # After going back a night, LATEST doesn't name the newest night, but the one it names stays.
    assert "night-2011-11-22" not in old_nights(there, "night-2011-11-22", 1)
    assert old_nights(there, "night-2011-11-23.10", 9) == []


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two nights."""
    place = tmp_path_factory.mktemp("kept")
    (place / "events").mkdir()
    sample = discretion("sample", "--output", place / "cases", "--cases", 200, "--files", 1)
    assert sample.returncode == 0
    first = ("--input", place / "cases", "--as-of", "2011-11-22")
    assert night(place / "OUT", place, *first) == (0, "")
    made = discretion("sample-events", "--run", run_of(place / "OUT"), "--output", place,
                      "--events", 60, "--day", "2011-11-23")  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert night(place / "OUT", place, "--as-of", "2011-11-23") == (0, "")
    return place


def night(state: Path, place: Path, *more: object) -> tuple[int, str]:
    done = discretion("nightly", "--state", state, "--events", place / "events", *more)
    return done.returncode, done.stderr


def test_a_night_after_a_prune_gives_the_same_result(place: Path, tmp_path: Path) -> None:
    for name in ("whole", "pruned"):
        shutil.copytree(place / "OUT", tmp_path / name)
    state = tmp_path / "pruned"
    (state / "runs/_night-2011-11-21.partial").mkdir()
    for what in ("batches", "changes", "recommendations"):
        for day in (20, 22, 23):
            (state / f"watch/{what}/night-2011-11-{day}").mkdir(parents=True)
    plan = discretion("prune", "--state", state, "--keep", 1, "--dry-run")
    assert (state / "runs/night-2011-11-22").exists()
    done = discretion("prune", "--state", state, "--keep", 1)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"removed {state}/runs/_night-2011-11-21.partial",
        f"removed {state}/runs/night-2011-11-22",
    ]
    assert plan.stdout.replace("would remove", "removed") == done.stdout
    for folder in ("runs", "watch/batches", "watch/changes", "watch/recommendations"):
        assert [path.name for path in (state / folder).iterdir()] == ["night-2011-11-23"]
    assert discretion("prune", "--state", state, "--keep", 1).stdout == "nothing to remove\n"
    runs = []
    for name in ("whole", "pruned"):
        assert night(tmp_path / name, place, "--as-of", "2011-11-27") == (0, "")
        run = run_of(tmp_path / name)
        runs.append({str(p.relative_to(run)): p.read_bytes() for p in run.rglob("*.avro")})
    assert runs[0] == runs[1]


def test_fails_during_a_night_and_without_any_night(place: Path, tmp_path: Path) -> None:
    with (place / "OUT/.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        done = discretion("prune", "--state", place / "OUT", "--keep", 1)
    assert (done.returncode, done.stderr.count("\n")) == (5, 1)
    assert len(list((place / "OUT/runs").iterdir())) == 2
    assert discretion("prune", "--state", tmp_path, "--keep", 1).returncode == 3
    assert discretion("prune", "--state", place / "OUT", "--keep", 0).returncode == 2
    alone = discretion("prune", "--state", place / "OUT", "--keep", 1, "--events", place)
    assert (alone.returncode, alone.stderr) == (
        2, "discretion prune: --events and --archive: give both or neither\n",
    )  # fmt: skip


def test_status_reports_the_last_good_night_and_a_later_failure(
    place: Path, tmp_path: Path
) -> None:
    state = tmp_path / "OUT"
    none = discretion("status", "--state", state)
    assert (none.returncode, none.stdout) == (6, f"{state}: has no good night yet\n")
    shutil.copytree(place / "OUT", state)
    manifest = json.loads((run_of(state) / "manifest.json").read_text())
    done = discretion("status", "--state", state, "--json", "--max-age", 24)
    got = json.loads(done.stdout)
    assert (done.returncode, got["failed"]) == (0, None)
    assert got["last_good"]["run_id"] == "night-2011-11-23"
    for route, states in got["last_good"]["routed"].items():
        assert states == manifest["states"][route]
        assert sum(states.values()) == manifest["counts"]["routed"][route]
    assert got["last_good"]["changed"] == manifest["nightly"]["changed"] > 0
    assert 0 < got["last_good"]["age_seconds"] < 24 * 3600
    assert discretion("status", "--state", state, "--max-age", 0.0001).returncode == 6

    failed = discretion("nightly", "--state", state, "--events", tmp_path / "none")
    assert failed.returncode == 3
    got = json.loads(discretion("status", "--state", state, "--json").stdout)
    assert f"discretion nightly: {got['failed']['why']}\n" == failed.stderr
    assert night(state, place, "--as-of", "2011-11-23") == (0, "")
    assert not (state / "FAILED").exists()


ROUTED = "discretion_routed_cases"


def test_writes_status_as_prometheus_text(place: Path) -> None:
    done = discretion("status", "--state", place / "OUT", "--prometheus")
    manifest = json.loads((run_of(place / "OUT") / "manifest.json").read_text())
    seen: dict[str, float] = {}
    typed = ""
    for line in done.stdout.splitlines():
        if line.startswith("# TYPE"):
            typed = line.split()[2]
        elif not line.startswith("# HELP"):
            found = re.fullmatch(
                r'([a-z_]+)(\{[a-z]+="\w*"(?:,[a-z]+="\w*")?\})? (-?\d+(?:\.\d+)?)', line
            )
            assert found is not None, line
            assert found[1] == typed
            seen[f"{found[1]}{found[2] or ''}"] = float(found[3])
    routed = manifest["counts"]["routed"]
    of_route = {
        route: sum(n for name, n in seen.items() if name.startswith(f'{ROUTED}{{route="{route}"'))
        for route in routed
    }
    assert of_route == routed
    assert seen["discretion_night_failed"] == 0
