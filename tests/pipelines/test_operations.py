"""What goes wrong in a year of nights, and how they continue: real processes, disks, and damage."""

from __future__ import annotations

import datetime
import hashlib
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import fastavro
import polars as pl
import pytest

from pipelines.nights.archive import move_read
from pipelines.nights.options import NightlyOptions
from pipelines.nights.plan import plan_night
from pipelines.nights.state import find_previous
from schemas.avro import avro_schema
from schemas.errors import InputError, RunError
from schemas.rulebook.default import DEFAULT
from schemas.rulebooks import load
from tests.helpers.commands import Row, Running, argv, discretion, environment, rows, run_of
from transforms.assess.frame import Terms
from transforms.avro.write import encode_blocks, write_header
from transforms.frames.frame import Frame
from transforms.sample.events import sample_events, sample_reviews

ROOT = Path(__file__).parents[2]
N1, N2, N3 = (datetime.date(2011, 11, day) for day in (17, 18, 20))
STATE = ("close", "continue", "expedite", "cases", "log")


def write(path: Path, frame: Frame, name: str) -> None:
    schema = avro_schema(name)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(write_header(schema) + encode_blocks(frame, schema))


def words(place: Path, state: Path, as_of: datetime.date, *more: object) -> tuple[object, ...]:
    return ("nightly", "--state", state, "--events", place / "events", "--reviews",
            place / "reviews", "--as-of", as_of, *more)  # fmt: skip


def nightly(place: Path, state: Path, as_of: datetime.date, *more: object) -> None:
    done = discretion(*words(place, state, as_of, *more))
    assert (done.returncode, done.stderr) == (0, "")


def contents(run: Path, parts: tuple[str, ...] | None = None) -> dict[str, bytes]:
    """Return the bytes of a run's Avro files, by part and name."""
    found = {str(path.relative_to(run)): path.read_bytes() for path in run.rglob("*.avro")}
    return {name: data for name, data in found.items() if not parts or name.split("/")[0] in parts}


def one_line(done: subprocess.CompletedProcess[str], code: int) -> str:
    assert done.returncode == code, done.stderr
    assert done.stderr.count("\n") == 1
    return done.stderr.strip()


def status(state: Path) -> tuple[int, Any]:
    done = discretion("status", "--state", state, "--json")
    return done.returncode, json.loads(done.stdout or "null")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two nights, in `before`, and files that the third one hasn't read yet."""
    place = tmp_path_factory.mktemp("year")
    for folder in ("events", "reviews"):
        (place / folder).mkdir()
    made = discretion("sample", "--output", place / "cases", "--cases", 250, "--files", 1)
    assert made.returncode == 0
    state = place / "before"
    nightly(place, state, N1, "--input", place / "cases")
    routed = pl.DataFrame(
        [(row["case_id"], route) for route in ("close", "continue", "expedite")
         for row in rows(run_of(state), route)],
        schema=["case_id", "route"], orient="row",
    )  # fmt: skip
    ids = routed["case_id"].sort().to_list()
    write(place / "events/2.avro", sample_events(ids, 60, N2, 1), "case_event")
    write(place / "reviews/2.avro", sample_reviews(routed, 20, N2, 1), "review")
    nightly(place, state, N2)
    write(place / "events/3.avro", sample_events(ids, 80, N3, 2), "case_event")
    write(place / "reviews/3.avro", sample_reviews(routed, 20, N3, 2), "review")
    return place


@pytest.fixture(scope="module")
def good(place: Path) -> Path:
    """The third night without any incident; `backup` was made while it ran."""
    state = place / "good"
    shutil.copytree(place / "before", state)
    process = Running(*words(place, state, N3), out=place / "out.txt", err=place / "err.txt")
    while not list((state / "runs").glob("_*")) and process.poll() is None:
        time.sleep(0.01)
    # Stopped, so that it is in the middle of its work while the copy is made.
    process.send_signal(signal.SIGSTOP)
    copied = subprocess.run(
        ["bash", "-ec", 'night=$(cat "$0/LATEST"); mkdir -p "$1/runs"; '
         'cp -r "$0/runs/$night" "$1/runs/"; echo "$night" > "$1/LATEST"',
         state, place / "backup"], check=False)  # fmt: skip
    assert process.poll() is None
    process.send_signal(signal.SIGCONT)
    assert (copied.returncode, process.wait()) == (0, 0)
    assert rows(run_of(state), "changes")
    return run_of(state)


def test_a_backup_made_during_a_night_continues_even_after_a_full_disk(
    place: Path, good: Path, tmp_path: Path
) -> None:
    """Last night stays, status gives the reason, and the next night is unaffected."""
    state = tmp_path / "OUT"
    shutil.copytree(place / "backup", state)
    done = discretion(*words(place, state, N3), limit="ulimit -f 16")
    assert "cannot write: File too large" in one_line(done, 4)
    assert run_of(state).name == f"night-{N2}"
    code, now = status(state)
    assert (code, now["last_good"]["run_id"]) == (0, f"night-{N2}")
    assert (now["failed"]["why"], now["unfinished"]) == (
        "cannot write: File too large; nothing was left behind",
        [],
    )
    # Worker processes know only what they are sent.
    done = discretion(*words(place, state, N3, "--direct_num_workers", 2,
                             "--direct_running_mode", "multi_processing"))  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert contents(run_of(state)) == contents(good)
    assert sorted(p.name for p in state.iterdir()) == [".lock", "LATEST", "runs"]


def failing(state: Path, what: str, limit: str = "true") -> subprocess.CompletedProcess[str]:
    """Run the part of a night that handles failures, with the test's code in it."""
    script = f"""
import logging, os, signal, sys, tempfile
from pipelines.nights.failures import noted
from pipelines.cli.run_command import run_command
logging.disable()

def night():
    with noted(sys.argv[1]):
        {what}
    return 0

sys.exit(run_command("nightly", night))
"""
    return subprocess.run(
        ["bash", "-c", f'{limit}; exec "$@"', "bash", sys.executable, "-c", script, state],
        capture_output=True, text=True, check=False, env=environment(), cwd=ROOT,
    )  # fmt: skip


def test_status_reports_a_disk_too_full_to_record_the_reason(tmp_path: Path) -> None:
    done = failing(tmp_path, "tempfile.mkdtemp()", "ulimit -f 0")
    assert "No usable temporary directory" in one_line(done, 4)
    _, now = status(tmp_path)
    assert "could not be written; the disk may be full" in now["failed"]["why"]
    assert failing(tmp_path, "pass").returncode == 0
    _, now = status(tmp_path)
    assert now["failed"] is None


def test_a_night_stopped_within_a_transform_counts_as_interrupted(tmp_path: Path) -> None:
    """Stopped by SIGTERM, whatever Beam turns the exception into."""
    done = failing(
        tmp_path,
        "import apache_beam as beam; "
        "runner = 'apache_beam.runners.portability.fn_api_runner.FnApiRunner'; "
        "end = lambda _: os.kill(os.getpid(), signal.SIGTERM); "
        "(beam.Pipeline(runner) | beam.Create([1]) | beam.Map(end)).pipeline.run()",
    )
    assert one_line(done, 130) == "discretion nightly: interrupted"
    assert json.loads((tmp_path / "FAILED").read_text())["why"] == "interrupted"


def test_can_go_back_to_an_earlier_night_if_files_are_damaged(
    place: Path, good: Path, tmp_path: Path
) -> None:
    state = tmp_path / "OUT"
    shutil.copytree(place / "before", state)
    [path] = run_of(state).glob("cases/*.avro")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    refused = one_line(discretion(*words(place, state, N3)), 3)
    assert str(path) in refused
    assert f"write the name of an earlier one to {state}/LATEST" in refused
    code, now = status(state)
    assert (code, f"discretion nightly: {now['failed']['why']}") == (0, refused)
    # The night before is the last good one, and must not be pruned.
    assert str(path) in one_line(discretion("prune", "--state", state, "--keep", 1), 3)
    assert (state / "runs" / f"night-{N1}").exists()

    (state / "LATEST").write_text(f"night-{N1}\n")
    nightly(place, state, N3)
    run = run_of(state)
    assert contents(run, STATE) == contents(good, STATE)
    reviews = [{(row["case_id"], row["review_id"]) for row in rows(r, "reviews")}
               for r in (run, good)]  # fmt: skip
    assert reviews[0] == reviews[1]
    # It makes the changes of both nights at once.
    two = {str(row["case_id"]) for r in (place / "before/runs" / f"night-{N2}", good)
           for row in rows(r, "changes")}  # fmt: skip
    assert {str(row["case_id"]) for row in rows(run, "changes")} <= two


@pytest.mark.parametrize(
    ("lost", "says"),
    [
        (f"runs/night-{N2}/manifest.json", "no finished run there"),
        ("LATEST", f"LATEST: is missing; the newest night is night-{N2}; write the name"),
    ],
)
def test_reports_an_inconsistent_state(place: Path, tmp_path: Path, lost: str, says: str) -> None:
    state = tmp_path / "OUT"
    shutil.copytree(place / "before", state)
    (state / lost).unlink()
    options = NightlyOptions(state=str(state), events=str(place / "events"))
    with pytest.raises((RunError, InputError), match=says):
        plan_night(options, str(state), Terms(load(DEFAULT), N3))


def test_archives_only_events_that_no_remaining_night_needs(
    place: Path, good: Path, tmp_path: Path
) -> None:
    state, events, shelf = tmp_path / "OUT", tmp_path / "events", tmp_path / "shelf"
    shutil.copytree(place / "good", state)
    shutil.copytree(place / "events", events)
    for run in (state / "runs").iterdir():
        _read_from(run, events)
    archive = ("prune", "--state", state, "--events", events, "--archive", shelf, "--keep")
    runs = [str(run) for run in (state / "runs").iterdir()]
    assert list(move_read(runs, str(events), str(shelf))) == []
    done = discretion(*archive, 2)
    assert done.stdout.splitlines() == [
        f"removed {state}/runs/night-{N1}", f"moved {events}/2.avro to {shelf}/2.avro",
    ]  # fmt: skip
    # The oldest remaining night and the remaining files give the newest night again.
    (state / "LATEST").write_text(f"night-{N2}\n")
    done = discretion("nightly", "--state", state, "--events", events, "--reviews",
                      place / "reviews", "--as-of", N3)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert contents(run_of(state)) == contents(good)

    shutil.rmtree(state / "runs" / f"night-{N2}")
    (events / "3.avro").write_bytes((events / "3.avro").read_bytes()[::-1])
    assert list(move_read([str(run_of(state))], str(events), str(shelf))) == [
        f"kept {events}/3.avro: it has changed since it was read"
    ]
    # Files copied back to continue from a backup are archived again.
    shutil.copy(shelf / "2.avro", events)
    again = [f"moved {events}/2.avro to {shelf}/2.avro"]
    (events / "3.avro").unlink()
    assert list(move_read([str(run_of(state))], str(events), str(shelf))) == again
    assert [path.name for path in shelf.iterdir()] == ["2.avro"]
    shutil.copy(shelf / "2.avro", events)
    (shelf / "2.avro").write_bytes(b"another")
    assert list(move_read([str(run_of(state))], str(events), str(shelf))) == [
        f"kept {events}/2.avro: {shelf}/2.avro already exists and differs"
    ]


def _read_from(run: Path, events: Path) -> None:
    """Change a run's list as if the events had been read from another directory."""
    path = run / "consumed.ndjson"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:
        if line["kind"] == "events":
            line["path"] = str(events / Path(line["path"]).name)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    manifest = json.loads((run / "manifest.json").read_text())
    manifest["nightly"]["consumed_list"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (run / "manifest.json").write_text(json.dumps(manifest))


def test_a_newer_schema_reads_the_snapshots_of_an_older_one(
    place: Path, good: Path, tmp_path: Path
) -> None:
    """A field with a default and a symbol are added to the case record: the program's own copy."""
    newer = tmp_path / "newer"
    for part in ("schemas", "transforms", "pipelines"):
        shutil.copytree(ROOT / part, newer / part, ignore=shutil.ignore_patterns("__pycache__"))
    path = newer / "schemas/case_record.avsc"
    schema = json.loads(path.read_text())
    [custody] = [field for field in schema["fields"] if field["name"] == "custody"]
    custody["type"][1]["symbols"].append("MONITORED")
    schema["fields"].append(
        {"name": "closed_before", "type": ["null", "boolean"], "doc": "Added.", "default": None}
    )
    path.write_text(json.dumps(schema))
    model = newer / "schemas/case_record.py"
    field = "    case_id: str | None = None\n"
    model.write_text(model.read_text().replace(
        field, field + "    closed_before: bool | None = None\n", 1))  # fmt: skip
    case = rows(good, "continue")[0]["case_id"]
    (tmp_path / "events").mkdir()
    shutil.copytree(place / "before", tmp_path / "OUT")
    shutil.copy(place / "events/3.avro", tmp_path / "events")
    _write_newer(tmp_path / "events/4.avro", schema, case)
    command = argv("nightly", "--state", tmp_path / "OUT", "--events", tmp_path / "events",
                   "--reviews", place / "reviews", "--as-of", N3)  # fmt: skip
    done = subprocess.run(command, cwd=newer, env=environment(), capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    run = run_of(tmp_path / "OUT")
    for part in ("close", "continue", "expedite", "changes", "reviews"):
        assert rows(run, part) == rows(good, part), part
    news = {"closed_before": True, "custody": "MONITORED"}
    for old, new in zip(rows(good, "cases"), rows(run, "cases"), strict=True):
        expected = news if new["case_id"] == case else {"closed_before": None}
        assert _without_time(new) == _without_time(old | expected)
    # This program, the older one, would lose what was added.
    with pytest.raises(RunError, match=r"wrote closed_before, custody\.MONITORED there"):
        find_previous(str(tmp_path / "OUT"))


def _without_time(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "updated_at"}


def _write_newer(path: Path, record: Any, case: str) -> None:
    """Write an event that sets a field of the newer schema only."""
    schema = json.loads(json.dumps(avro_schema("case_event")))
    [facts] = [field for field in schema["fields"] if field["name"] == "facts"]
    facts["type"] = ["null", record]
    # Later than any of the sample's events.
    event = {
        "event_id": "newer", "case_id": case, "kind": "FACT_CHANGED",
        "recorded_at": f"{N3}T23:59:59", "sets": ["closed_before", "custody"],
        "facts": {"closed_before": True, "custody": "MONITORED"},
    }  # fmt: skip
    with path.open("wb") as file:
        fastavro.writer(file, fastavro.parse_schema(schema), [event])
