"""`discretion status` on states made by hand; for real nights, see test_prune.py."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli.exit_codes import ExitCode
from pipelines.commands.status import is_ahead, prometheus, read_status, status_lines
from schemas.errors import InputError
from schemas.status import Status
from tests.helpers.commands import discretion

STARTED = datetime.datetime(2011, 11, 17, 1, 30, tzinfo=datetime.UTC)
# It took 90.5 seconds; this is five and a half hours after its end.
NOW = STARTED + datetime.timedelta(seconds=90.5) + datetime.timedelta(hours=5.5)
NONE = {"read": 0, "conflicts": 0, "quarantined": 0}
NIGHT: dict[str, Any] = {
    "run_id": "night-2011-11-16",
    "rulebook": {"id": "small", "digest": "0f"},
    "as_of": "2011-11-16",
    "presume": True,
    "scope": None,
    "courts": None,
    "inputs": [],
    "outputs": [],
    "counts": {
        "read": 1317,
        "routed": {"close": 200, "continue": 1000, "expedite": 30},
        "quarantined": 50,
        "duplicates": 20,
        "completed": 10,
        "out_of_scope": 7,
        "unreadable_places": 0,
    },
    **{key: {} for key in ("reasons", "unknown", "missing_facts", "quarantine", "warnings")},
    "states": {
        "close": {"AFTER_CHECKS": 200},
        "continue": {"OPEN": 1000},
        "expedite": {"AFTER_CHECKS": 30},
    },
    "needs_review": {"close": 7, "continue": 0, "expedite": 0},
    **{key: {} for key in ("forms", "review_reasons", "ask_first", "conflicts")},
    "settling_facts": {},
    "quarantined_records": {"BAD_DATE": 50},
    "scope_unknown": 0,
    "versions": {},
    "started": STARTED.isoformat(),
    "seconds": 90.5,
    "nightly": {
        "previous": None,
        "buckets": 8,
        "second_reader": False,
        "consumed": [],
        "consumed_list": "ab",
        "left_unread": ["events/a.avro", "events/b.avro"],
        "foreign": ["events/song.avro"],
        "cases_before": 1239,
        "opened": 1,
        "cases": 1240,
        "events": {**NONE, "repeated": 0, "unread": 0, "pending": 4},
        "reviews": {**NONE, "new": 0, "kept": 17},
        "changed": 12,
        "causes": {"fact": 9, "milestone": 5},
        "queue": {"": 210, "FACTS_CHANGED": 3},
    },
}


def state_of(place: Path, manifest: object = NIGHT) -> str:
    """Make a state whose last run has this manifest."""
    text = manifest if isinstance(manifest, str) else json.dumps(manifest)
    run = place / "OUT/runs/night-2011-11-16"
    run.mkdir(parents=True)
    (run / "manifest.json").write_text(text)
    (place / "OUT/LATEST").write_text("night-2011-11-16\n")
    return str(place / "OUT")


def test_reports_the_last_good_night_with_its_age_and_counts(tmp_path: Path) -> None:
    state = state_of(tmp_path)
    status = read_status(state, NOW)
    assert (status.state, status.failed, status.unfinished) == (state, None, ())
    assert status.last_good is not None
    assert status.last_good.model_dump() == {
        "run_id": "night-2011-11-16",
        "as_of": datetime.date(2011, 11, 16),
        "rulebook": "small",
        "finished": STARTED + datetime.timedelta(seconds=90.5),
        "age_seconds": 19800.0,
        "seconds": 90.5,
        "cases": 1240,
        "routed": {
            "close": {"ON_THE_RECORD": 0, "AFTER_CHECKS": 200, "OPEN": 0},
            "continue": {"ON_THE_RECORD": 0, "AFTER_CHECKS": 0, "OPEN": 1000},
            "expedite": {"ON_THE_RECORD": 0, "AFTER_CHECKS": 30, "OPEN": 0},
        },
        "needs_review": {"close": 7, "continue": 0, "expedite": 0},
        "completed": 10,
        "out_of_scope": 7,
        "quarantined": 50,
        "changed": 12,
        "causes": {"fact": 9, "milestone": 5},
        "queue": {"": 210, "FACTS_CHANGED": 3},
        "reviews": 17,
        "pending": 4,
        "left_unread": 2,
        "foreign": 1,
        "damaged_files": 0,
        "lost_records": 0,
        "lost_uncounted": 0,
        "left_out": 0,
    }


LOSSES = {
    **NIGHT,
    "damaged": [
        {"path": "a.avro", "places": 2, "records": 3, "uncounted": 1, "cut_short": False},
        {"path": "b.avro", "places": 1, "records": 4, "uncounted": 0, "cut_short": False},
    ],
    "left_out": [{"path": "c.avro", "reason": "is not an Avro file"}],
}


def test_reports_input_that_was_not_read(tmp_path: Path) -> None:
    state = state_of(tmp_path, LOSSES)
    assert status_lines(read_status(state, NOW))[-1] == (
        "NOT READ: 7 records and an unknown number in 1 place lost in 2 damaged files; "
        f"left out, files and folders: 1; discretion show {state} names them"
    )
    found = scraped(list(prometheus(read_status(state, NOW))))
    names = ("damaged_files", "lost_records", "lost_uncounted_places", "left_out_files")
    assert [found[f"discretion_{name}", ()] for name in names] == [2, 7, 1, 1]


def test_a_night_that_ended_in_the_future_has_no_age(tmp_path: Path) -> None:
    state = state_of(tmp_path)
    for minutes, is_told in ((4, False), (6, True)):
        now = STARTED + datetime.timedelta(seconds=90.5, minutes=-minutes)
        status = read_status(state, now)
        assert status.last_good is not None
        assert is_ahead(status.last_good) is is_told
        assert ("ahead of this machine's clock" in status_lines(status)[1]) is is_told
        assert scraped(list(prometheus(status)))["discretion_clock_ahead", ()] == is_told


def test_describes_the_status_in_words(tmp_path: Path) -> None:
    state = state_of(tmp_path)
    (tmp_path / "OUT/FAILED").write_text('{"at": "2011-11-17T05:06:07Z", "why": "disk full"}\n')
    (tmp_path / "OUT/runs/_night-2011-11-17.partial").mkdir()
    assert status_lines(read_status(state, NOW)) == [
        "last good night: night-2011-11-16, as of 2011-11-16 under small",
        "finished 2011-11-17 01:31 UTC, 5.5 hours ago",
        "cases: 1,240 (close 200, continue 1,000, expedite 30, completed 10, out of scope 7, "
        "quarantined 50)",
        "  close: on the record 0, after checks 200, open 0; needs review 7",
        "  continue: on the record 0, after checks 0, open 1,000; needs review 0",
        "  expedite: on the record 0, after checks 30, open 0; needs review 0",
        "changed: 12 (fact 9, milestone 5)",
        "waiting for an attorney: 213 (waits 210, facts changed 3)",
        "reviews kept: 17; events waiting for their case: 4",
        "files left unread: 2; not of events or reviews: 1",
        "FAILED since, 2011-11-17 05:06 UTC: disk full",
        f"unfinished, running or killed: {state}/runs/_night-2011-11-17.partial",
    ]


Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def scraped(lines: list[str]) -> Samples:
    """Samples of Prometheus' text format; each family is described once, before its samples."""
    samples: Samples = {}
    families: list[str] = []
    described = ""
    for line in lines:
        if found := re.fullmatch(r"# HELP ([a-zA-Z_:][\w:]*) (\S.*)", line):
            described = found[1]
        elif found := re.fullmatch(r"# TYPE ([a-zA-Z_:][\w:]*) gauge", line):
            assert found[1] == described
            assert found[1] not in families
            families.append(found[1])
        else:
            found = re.fullmatch(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (-?\d+(?:\.\d+)?)", line)
            assert found is not None, line
            assert found[1] == families[-1]
            labels = re.findall(r'([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)', found[2] or "")
            assert (found[1], tuple(labels)) not in samples
            samples[found[1], tuple(labels)] = float(found[3])
    return samples


def test_writes_prometheus_text(tmp_path: Path) -> None:
    state = state_of(tmp_path)
    (tmp_path / "OUT/runs/_night-2011-11-17.partial").mkdir()
    expected: Samples = {
        ("night_failed", ()): 0,
        ("unfinished_runs", ()): 1,
        ("last_good_timestamp_seconds", ()): STARTED.timestamp() + 90.5,
        ("last_good_duration_seconds", ()): 90.5,
        ("cases", ()): 1240,
        ("routed_cases", (("route", "close"), ("state", "on_the_record"))): 0,
        ("routed_cases", (("route", "close"), ("state", "after_checks"))): 200,
        ("routed_cases", (("route", "close"), ("state", "open"))): 0,
        ("routed_cases", (("route", "continue"), ("state", "on_the_record"))): 0,
        ("routed_cases", (("route", "continue"), ("state", "after_checks"))): 0,
        ("routed_cases", (("route", "continue"), ("state", "open"))): 1000,
        ("routed_cases", (("route", "expedite"), ("state", "on_the_record"))): 0,
        ("routed_cases", (("route", "expedite"), ("state", "after_checks"))): 30,
        ("routed_cases", (("route", "expedite"), ("state", "open"))): 0,
        ("needs_review_cases", (("route", "close"),)): 7,
        ("needs_review_cases", (("route", "continue"),)): 0,
        ("needs_review_cases", (("route", "expedite"),)): 0,
        ("completed_cases", ()): 10,
        ("out_of_scope_cases", ()): 7,
        ("quarantined_records", ()): 50,
        ("changed_cases", ()): 12,
        ("changes", (("cause", "fact"),)): 9,
        ("changes", (("cause", "milestone"),)): 5,
        ("queue_cases", (("mark", ""),)): 210,
        ("queue_cases", (("mark", "FACTS_CHANGED"),)): 3,
        ("reviews", ()): 17,
        ("pending_events", ()): 4,
        ("unread_files", ()): 2,
        ("foreign_files", ()): 1,
        ("damaged_files", ()): 0,
        ("lost_records", ()): 0,
        ("lost_uncounted_places", ()): 0,
        ("left_out_files", ()): 0,
        ("clock_ahead", ()): 0,
    }
    assert scraped(list(prometheus(read_status(state, NOW)))) == {
        (f"discretion_{name}", labels): value for (name, labels), value in expected.items()
    }


def test_without_a_good_night_prometheus_has_no_counts(tmp_path: Path) -> None:
    (tmp_path / "FAILED").write_text('{"at": "2011-11-17T05:06:07Z", "why": "no such directory"}')
    assert scraped(list(prometheus(read_status(str(tmp_path), NOW)))) == {
        ("discretion_night_failed", ()): 1,
        ("discretion_unfinished_runs", ()): 0,
    }
    assert status_lines(read_status(str(tmp_path), NOW)) == [
        f"{tmp_path}: has no good night yet",
        "FAILED since, 2011-11-17 05:06 UTC: no such directory",
    ]


@pytest.mark.parametrize("content", [b"", b"{", b'{"at": "noon"}', b"\xff\xfe\x00"])
def test_a_damaged_failure_note_still_counts_as_a_failure(content: bytes, tmp_path: Path) -> None:
    state = state_of(tmp_path)
    (tmp_path / "OUT/FAILED").write_bytes(content)
    status = read_status(state, NOW)
    assert status.last_good is not None
    assert status.failed is not None
    assert status.failed.why == f"{state}/FAILED is damaged"


def spoilt(**other: object) -> str:
    return json.dumps({**NIGHT, **other})


DAMAGED = {
    "cut short": (json.dumps(NIGHT)[:-40], "is damaged or of another version"),
    "of another version": (spoilt(color="red"), "is damaged or of another version"),
    "a count changed": (spoilt(counts=NIGHT["counts"] | {"read": 1}), "is damaged"),
    "a backlog run's": (spoilt(nightly=None), "belongs to a backlog run, not to a night"),
}


@pytest.mark.parametrize("how", DAMAGED)
def test_reports_a_damaged_manifest(how: str, tmp_path: Path) -> None:
    text, message = DAMAGED[how]
    state = state_of(tmp_path, text)
    with pytest.raises(InputError, match=f"^{state}/runs/night-2011-11-16/manifest.json: ") as e:
        read_status(state, NOW)
    assert message in str(e.value)


def test_reports_damage_in_one_line_with_an_exit_code(tmp_path: Path) -> None:
    state = Path(state_of(tmp_path))
    (state / "runs/night-2011-11-16/manifest.json").write_bytes(b"\xff\xfe\x00")
    failed(state, "night-2011-11-16/manifest.json: is damaged or of another version")
    for changed in ({"started": "9999-12-31T23:00:00Z", "seconds": 1e6}, {"seconds": 1e300}):
        damaged = json.dumps({**NIGHT, **changed})
        (state / "runs/night-2011-11-16/manifest.json").write_text(damaged)
        failed(state, "night-2011-11-16/manifest.json: is damaged: no night has ended then")
    (state / "runs/night-2011-11-16/manifest.json").unlink()
    failed(state, "night-2011-11-16/manifest.json: is missing, but LATEST names that run")
    (state / "LATEST").write_bytes(b"night\0")
    failed(state, "LATEST: is damaged; write the name of the last good run to it")
    (state / "LATEST").unlink()
    (state / "LATEST").mkdir()
    failed(state, "LATEST: cannot be read (Is a directory)")


def failed(state: Path, message: str) -> None:
    done = discretion("status", "--state", state)
    assert (done.returncode, done.stdout) == (ExitCode.INPUT, "")
    assert done.stderr.startswith(f"discretion status: {state}/")
    assert done.stderr.endswith(f"{message}\n")
    assert done.stderr.count("\n") == 1


def test_the_command_prints_the_same_as_json(tmp_path: Path) -> None:
    state = state_of(tmp_path)
    before = datetime.datetime.now(datetime.UTC)
    done = discretion("status", "--state", f"{state}/", "--json")
    assert (done.returncode, done.stderr) == (ExitCode.OK, "")
    printed, then = Status.model_validate_json(done.stdout), read_status(state, before)
    assert printed.last_good is not None
    assert then.last_good is not None
    late = printed.last_good.age_seconds - then.last_good.age_seconds
    assert 0 <= late < 60
    same = then.last_good.model_copy(update={"age_seconds": printed.last_good.age_seconds})
    assert printed == then.model_copy(update={"last_good": same})
    # A night from 2011 is too old for all but a very patient monitor.
    for hours, code in ((24, ExitCode.STALE), (1e7, ExitCode.OK)):
        done = discretion("status", "--state", state, "--prometheus", "--max-age", hours)
        assert done.returncode == code
        assert ("discretion_cases", ()) in scraped(done.stdout.splitlines())
    later = json.dumps(NIGHT).replace("2011-11-17T", "2999-11-17T")
    (Path(state) / "runs/night-2011-11-16/manifest.json").write_text(later)
    ahead = discretion("status", "--state", state, "--max-age", 24)
    assert ahead.returncode == ExitCode.STALE
    assert "ahead of this machine's clock" in ahead.stdout
    for wrong in ("nan", "-1", "0", "inf", "a day"):
        done = discretion("status", "--state", state, f"--max-age={wrong}")
        assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
        assert "isn't a number of hours; write a number above 0" in done.stderr
    both = discretion("status", "--state", state, "--json", "--prometheus")
    assert (both.returncode, both.stdout) == (ExitCode.USAGE, "")
