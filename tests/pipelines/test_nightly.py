"""Nights as their user runs them: real processes, arriving files, kills, and a changed rulebook."""

from __future__ import annotations

import datetime
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from schemas.avro import avro_schema
from schemas.case_event import CaseEvent
from schemas.case_record import CaseRecord
from schemas.review import Review
from schemas.rulebooks import read
from tests.helpers.commands import Row, Running, discretion, rows, run_of
from tests.helpers.news import CLEAN, ELDER, RULEBOOK, event, events_of, felony
from transforms.assess.frame import Terms, assess
from transforms.avro.whole import read_whole
from transforms.avro.write import encode_blocks, write_header
from transforms.frames.frame import Frame
from transforms.nightly.buckets import PART_SCHEMAS
from transforms.nightly.events import base_events, normalize_events
from transforms.nightly.fold import fold
from transforms.nightly.reviews import REVIEWS
from transforms.normalize.case_frame import to_frame
from transforms.sample.events import sample_events

# ELDER turns 65 between the second and the third.
N1, N2, N3, N4 = (datetime.date(2011, 11, day) for day in (22, 23, 25, 26))
CASES = {
    name: CaseRecord(**{**CLEAN, "case_id": name})
    for name in ("plain", "felon", "reviewed", "done", "late", "broken")
} | {
    "elder": CaseRecord(
        **{**ELDER, "case_id": "elder", "birth_date": "1946-11-24", "updated_at": "2011-11-01"}
    )
}
# Of the cases at BAL and DEN, only the first is in the 2011 review: it is on the master calendar.
MASTER = {"calendar_type": "MASTER", "nta_filed_with_court": True}
HELD = {
    "calendar_type": "INDIVIDUAL",
    "nta_filed_with_court": True,
    "custody": "DETAINED",
    "moved_from_detained_docket": False,
}
CASES |= {
    name: CaseRecord(**{**CLEAN, "case_id": name, "court": court, **more})
    for name, court, more in (("bal", "BAL", MASTER), ("held", "BAL", HELD), ("los", "LOS", MASTER))
}


def write(path: Path, frame: Frame, name: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    schema = avro_schema(name)
    path.write_bytes(write_header(schema) + encode_blocks(frame, schema))


def write_events(path: Path, *events: CaseEvent) -> None:
    write(path, events_of(*events), "case_event")


def nightly(place: Path, as_of: datetime.date, *more: object) -> Any:
    return discretion(
        "nightly", "--state", place / "OUT", "--events", place / "events", "--reviews",
        place / "reviews", "--as-of", as_of, *more,
    )  # fmt: skip


def good(done: subprocess.CompletedProcess[str]) -> None:
    assert (done.returncode, done.stderr) == (0, "")


def noticed(done: subprocess.CompletedProcess[str], rulebook: Path) -> None:
    """Check that it succeeded, and warned that the rulebook fails its examples."""
    warned = re.fullmatch(
        r"discretion nightly: warning: (ice-2011-11-17 does not pass its check \(\d+ problems\); "
        rf"to see them, run discretion rulebook check {re.escape(str(rulebook))})\n",
        done.stderr,
    )
    assert done.returncode == 0
    assert warned, done.stderr


def changes(run: Path) -> dict[str, Row]:
    return {row["case_id"]: row for row in rows(run, "changes")}


def causes(row: Row) -> list[tuple[Any, ...]]:
    return [
        tuple(cause[k] for k in ("kind", "field", "event_id", "milestone", "on") if cause[k])
        for cause in row["causes"]
    ]


def manifest(run: Path) -> Any:
    return json.loads((run / "manifest.json").read_text())


def reconciled(run: Path) -> None:
    """Check that every case in the snapshot is in exactly one part."""
    found = manifest(run)
    routed = [row["case_id"] for route in ("close", "continue", "expedite")
              for row in rows(run, route)]  # fmt: skip
    cases = [row["case_id"] for row in rows(run, "cases")]
    assert len(set(routed)) == len(routed)
    assert set(routed) <= set(cases)
    away = [r for r in rows(run, "quarantine") if r["stage"] == "normalize"]
    counts = found["counts"]
    assert len(cases) == len(routed) + len(away) + counts["completed"] + counts["out_of_scope"]
    assert found["nightly"]["cases"] == len(cases)
    assert counts["read"] == len(cases) + counts["duplicates"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three nights, and a fourth under another rulebook; a night is missed before the third."""
    place = tmp_path_factory.mktemp("nights")
    (place / "events").mkdir()
    (place / "reviews").mkdir()
    good(discretion("sample", "--output", place / "cases", "--cases", 400, "--files", 1))
    write(place / "cases/known.avro", to_frame(CASES.values()), "case_record")
    good(nightly(place, N1, "--input", place / "cases"))
    shutil.copytree(place / "OUT", place / "first")

    ids = sorted(str(row["case_id"]) for row in rows(run_of(place / "OUT"), "continue"))
    ids = [case for case in ids if case not in CASES]
    write(place / "events/sample-1.avro", sample_events(ids, 150, N2, 1), "case_event")
    write_events(
        place / "events/known-1.avro",
        felony("e1", "felon", happened_at="2011-11-10"),
        felony("e1", "felon", happened_at="2011-11-10"),
        event("e2", "done", "CASE_COMPLETED", "2011-11-22", sets=["completed_on"],
              facts={"completed_on": "11/21/2011"}),
        event("e3", "late", "VENUE_CHANGED", "2011-11-22", sets=["court"], facts={"court": "DEN"}),
        event("e4", "new", "CASE_OPENED", "2011-11-22", facts={"court": "BAL"}),
        event("e5", "unheard of", "VENUE_CHANGED", "2011-11-22", sets=["court"]),
        event("e6", "plain", "FACT_CHANGED", "2011-11-22", sets=["shoe_size"]),
    )  # fmt: skip
    write_events(place / "events/known-2.avro", *(
        event(f"c{n}", "plain", "HEARING_SET", "2011-11-22", sets=["next_hearing"],
              facts={"next_hearing": "2012-03-01"}) for n in range(3)
    ))  # fmt: skip
    whole = (place / "events/known-2.avro").read_bytes()
    (place / "events/known-2.avro").write_bytes(whole[:-20])
    review = Review(review_id="r1", case_id="reviewed", reviewer="a", route="continue",
                    decided_at="2011-11-22T12:00")  # fmt: skip
    reviews = pl.DataFrame([review.model_dump()], schema=REVIEWS)
    write(place / "reviews/1.avro", reviews, "review")
    done = nightly(place, N2)
    assert done.returncode == 7
    assert f"{place}/events/known-2.avro: is cut short, as if still being written" in done.stderr
    assert done.stderr.count("\n") == 1
    shutil.copytree(place / "OUT", place / "second")

    (place / "events/known-2.avro").write_bytes(whole)
    write(place / "events/sample-2.avro", sample_events(ids, 100, N3, 1), "case_event")
    write_events(
        place / "events/known-3.avro",
        felony("e7", "reviewed", "2011-11-24", happened_at="2011-11-10"),
        event("e8", "late", "VENUE_CHANGED", "2011-11-21", sets=["court"], facts={"court": "LOS"}),
        event("e9", "broken", "FACT_CHANGED", "2011-11-24", sets=["birth_date"],
              facts={"birth_date": "2005-01-01"}),
        event("e10", "unheard of", "CASE_OPENED", "2011-11-21", facts={"court": "BAL"}),
    )  # fmt: skip
    good(nightly(place, N3))
    shutil.copytree(place / "OUT", place / "third")

    _, text = read("ice-2011-11-17")
    at = text.index("over_65_age:")
    other = text[:at] + text[at:].replace("value: 65", "value: 66", 1)
    (place / "other.yaml").write_text(other)
    done = nightly(place, N3, "--rulebook", place / "other.yaml")
    noticed(done, place / "other.yaml")
    return place


def test_a_first_night_recommends_the_same_as_a_backlog(place: Path) -> None:
    run = run_of(place / "first")
    reconciled(run)
    assert manifest(run)["nightly"]["previous"] is None
    assert rows(run, "changes") == []
    assert {row["mark"] for row in rows(run, "queue")} == {None}
    good(discretion("backlog", "--input", place / "cases", "--output", place / "backlog",
                    "--as-of", N1))  # fmt: skip
    for part in ("close", "continue", "expedite", "duplicates"):
        assert rows(run, part) == rows(run_of(place / "backlog"), part)


def test_changes_from_new_facts_name_the_events_that_set_them(place: Path) -> None:
    run = run_of(place / "second")
    reconciled(run)
    found = changes(run)
    row = found["felon"]
    assert (row["from_route"], row["to_route"], row["status"]) == ("continue", "expedite", "routed")
    assert (row["from_reasons"], row["to_reasons"]) == ([], ["P2a"])
    assert {"route", "rule", "reasons"} <= set(row["differs"])
    assert causes(row) == [("FACT", "convictions", "e1", datetime.date(2011, 11, 10))]
    assert row["causes"][0]["event_kind"] == "CONVICTION_ENTERED"
    assert (found["done"]["to_route"], found["done"]["status"]) == (None, "completed")
    assert causes(found["done"]) == [
        ("COMPLETED", "completed_on", "e2", datetime.date(2011, 11, 22))
    ]
    assert (found["new"]["from_route"], found["new"]["court"]) == (None, "BAL")
    assert causes(found["new"]) == [("OPENED", "e4", datetime.date(2011, 11, 22))]
    assert not {"elder", "plain", "reviewed"} & set(found)


def test_keeps_and_counts_events_that_cannot_be_applied(place: Path) -> None:
    run = run_of(place / "second")
    night = manifest(run)["nightly"]
    assert night["left_unread"] == [str(place / "events/known-2.avro")]
    assert night["events"]["pending"] == 1
    assert night["events"]["quarantined"] == 1
    assert night["events"]["repeated"] >= 1
    [bad] = [row for row in rows(run, "quarantine") if row["reason"] == "UNKNOWN_FIELD"]
    assert (bad["case_id"], bad["field"]) == ("plain", "sets")
    third = manifest(run_of(place / "third"))["nightly"]
    assert str(place / "events/known-2.avro") in [file["path"] for file in third["consumed"]]
    assert third["events"]["pending"] == 0
    assert "unheard of" in changes(run_of(place / "third"))


def test_a_missed_night_is_caught_up_and_a_milestone_is_the_cause(place: Path) -> None:
    run = run_of(place / "third")
    reconciled(run)
    row = changes(run)["elder"]
    assert (row["from_route"], row["to_route"], row["to_reasons"]) == ("continue", "close", ["F4"])
    # F4 uses one age, and the factor for the elderly its own.
    assert causes(row) == [
        ("MILESTONE", name, datetime.date(2011, 11, 24)) for name in ("turned_65", "turned_elderly")
    ]


def test_a_late_event_changes_nothing_that_was_recorded_after_it(place: Path) -> None:
    run = run_of(place / "third")
    [late] = [row for row in rows(run, "cases") if row["case_id"] == "late"]
    assert late["court"] == "DEN"
    assert "late" not in changes(run)


def test_a_record_that_contradicts_itself_keeps_its_recommendation(place: Path) -> None:
    run = run_of(place / "third")
    assert "broken" in [row["case_id"] for row in rows(run, "continue")]
    assert "broken" in [row["case_id"] for row in rows(run, "cases")]


def test_names_another_rulebook_as_the_cause(place: Path) -> None:
    run = run_of(place / "OUT")
    assert run.name == f"night-{N3}.2"
    reconciled(run)
    row = changes(run)["elder"]
    assert (row["from_route"], row["to_route"]) == ("close", "continue")
    assert causes(row) == [("RULEBOOK",)]
    kinds = {cause["kind"] for row in changes(run).values() for cause in row["causes"]}
    assert kinds == {"RULEBOOK"}
    [notice] = manifest(run)["rulebook"]["notices"]
    assert "does not pass its check" in notice


def test_a_reviewed_case_leaves_the_queue_and_comes_back_when_it_changes(place: Path) -> None:
    queues = [
        {row["case_id"]: row for row in rows(run_of(place / name), "queue")}
        for name in ("first", "second", "third")
    ]
    assert queues[0]["reviewed"]["mark"] is None
    assert "reviewed" not in queues[1]
    assert queues[1]["new"]["mark"] == "NEW"
    back = queues[2]["reviewed"]
    assert (back["mark"], back["review_id"]) == ("CHANGED_SINCE_REVIEW", "r1")
    assert back["changed"] == [
        "route was continue, is expedite",
        "reason gained: P2a",
        "convictions set by event e7 (CONVICTION_ENTERED)",
    ]
    assert queues[2]["new"]["mark"] is None
    [review] = rows(run_of(place / "third"), "reviews")
    assert (review["route_then"], review["reasons_then"]) == ("continue", [])
    assert review["seen_on"] == N2


def test_cases_out_of_scope_are_kept_and_so_are_their_reviews(place: Path) -> None:
    there = place / "scoped"
    shutil.copytree(place / "third", there / "OUT")
    (there / "events").symlink_to(place / "events")
    # Decided after the night of N3, which recommended to continue all three.
    made = [Review(review_id=f"s-{case}", case_id=case, reviewer="a", route="continue",
                   decided_at=f"{N3}T09:00").model_dump() for case in ("held", "los")]  # fmt: skip
    write(there / "reviews/2.avro", pl.DataFrame(made, schema=REVIEWS), "review")
    good(nightly(there, N4, "--scope", "vincent-2011", "--courts", "BAL,DEN"))
    run = run_of(there / "OUT")
    reconciled(run)
    assert manifest(run)["counts"]["out_of_scope"] > 2
    third = {row["case_id"]: row for row in rows(run_of(place / "third"), "cases")}
    assert {row["case_id"]: row for row in rows(run, "cases")} == third
    queued = {row["case_id"] for row in rows(run, "queue")}
    routed = {row["case_id"]: row["court"] for route in ("close", "continue", "expedite")
              for row in rows(run, route)}  # fmt: skip
    assert "bal" in queued
    assert queued <= set(routed)
    assert not {"held", "los"} & set(routed)
    # Whether a case without a known court is in scope is unknown.
    assert set(routed.values()) == {"BAL", "DEN", None}
    for case in ("held", "los"):
        row = changes(run)[case]
        assert (row["from_route"], row["to_route"]) == ("continue", None)
        assert (row["status"], causes(row)) == ("out_of_scope", [("OPTIONS",)])

    good(nightly(there, N4))
    back = run_of(there / "OUT")
    reconciled(back)
    kept = {row["review_id"]: row for row in rows(back, "reviews")}
    assert set(kept) == {"r1", "s-held", "s-los"}
    assert (kept["s-held"]["route_then"], kept["s-held"]["reasons_then"]) == ("continue", [])
    # With the same recommendations as before their reviews, they don't wait.
    assert changes(back)["held"]["to_route"] == "continue"
    waits = {row["case_id"] for row in rows(back, "queue")}
    assert "bal" in waits
    assert not {"held", "los"} & waits


def test_many_nights_give_the_same_result_as_folding_everything_at_once(place: Path) -> None:
    first, third = run_of(place / "first"), run_of(place / "third")
    begun = base_events(_part(first, "cases").filter(pl.col("case_id").is_not_null()))
    events = [read_whole(str(p), avro_schema("case_event"))
              for p in sorted((place / "events").glob("*.avro"))]  # fmt: skip
    whole = fold(pl.concat([begun, normalize_events(pl.concat(events)).good])).records
    cases = _part(third, "cases").filter(pl.col("case_id").is_not_null())
    touched = fold(_part(third, "log")).records
    assert_frame_equal(touched, cases.join(touched, on="case_id", how="semi"))
    # A case without events keeps its record unchanged, including its update time.
    assert_frame_equal(
        cases.drop("updated_at"), whole.drop("updated_at").sort("case_id"), check_row_order=True
    )
    assessed = assess(cases, Terms(RULEBOOK, N3)).recommendations
    written = pl.concat([_part(third, route) for route in ("close", "continue", "expedite")])
    assert_frame_equal(assessed, written, check_row_order=False)


def _part(run: Path, part: str) -> Frame:
    schema = avro_schema(PART_SCHEMAS[part])
    files = sorted((run / part).glob("*.avro"))
    return pl.concat(read_whole(str(path), schema) for path in files)


def _bytes(run: Path) -> dict[str, bytes]:
    return {str(p.relative_to(run)): p.read_bytes() for p in sorted(run.rglob("*.avro"))}


def test_a_repeated_night_gives_the_same_and_one_without_news_does_nothing(place: Path) -> None:
    before = sorted(p.name for p in (place / "OUT/runs").iterdir())
    done = nightly(place, N3, "--rulebook", place / "other.yaml")
    good(done)
    assert "nothing new" in done.stdout
    done = nightly(place, N3, "--rulebook", place / "other.yaml", "--json")
    manifest = (run_of(place / "OUT") / "manifest.json").read_text()
    assert json.loads(done.stdout) == json.loads(manifest)
    plan = nightly(place, N3, "--dry-run")
    assert f"would write {place}/OUT/runs/night-{N3}.3" in plan.stdout
    assert sorted(p.name for p in (place / "OUT/runs").iterdir()) == before

    again = place / "again"
    shutil.copytree(place / "third", again / "OUT")
    shutil.rmtree(again / "OUT/runs" / f"night-{N3}")
    (again / "OUT/LATEST").write_text(f"night-{N2}\n")
    for folder in ("events", "reviews"):
        (again / folder).symlink_to(place / folder)
    done = discretion("nightly", "--state", again / "OUT", "--events", place / "events",
                      "--reviews", place / "reviews", "--as-of", N3)  # fmt: skip
    good(done)
    assert _bytes(run_of(again / "OUT")) == _bytes(run_of(place / "third"))


def test_a_killed_night_leaves_last_nights_result_and_the_next_one_cleans_up(place: Path) -> None:
    there = place / "killed"
    shutil.copytree(place / "second", there / "OUT")
    words = ("nightly", "--state", there / "OUT", "--events", place / "events", "--as-of", N3)
    process = Running(*words, out=os.devnull, err=os.devnull)
    while not list((there / "OUT/runs").glob("_*")) and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert list((there / "OUT/runs").glob("_*.partial"))
    assert run_of(there / "OUT").name == f"night-{N2}"
    good(discretion(*words))
    assert _bytes(run_of(there / "OUT")) == _bytes(run_of(place / "third"))
    assert not list((there / "OUT/runs").glob("_*"))


def test_a_second_night_at_once_reports_that_the_state_is_busy(place: Path) -> None:
    with (place / "OUT/.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        done = nightly(place, N3)
    assert done.returncode == 5
    assert done.stderr.strip() == (
        f"discretion nightly: {place}/OUT: another night or prune is running on it"
    )


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--as-of", "2011-11-18"], 2, "last night was as of 2011-11-25, after 2011-11-18"),
        (["--as-of", "2011-11-26", "--input", "x"], 2, "already has the cases"),
        (["--as-of", "2011-11-26", "--scope", "moon"], 2, "has no scope moon"),
        (["--as-of", "2011-11-26", "--events", "/nowhere"], 3, "/nowhere: no such directory"),
        (["--as-of", "2011-11-26", "--state", "/dev/null/x"], 4, "cannot be written"),
        (["--state", "azfs://a/b/OUT"], 2, "give a directory on a local or mounted disk, or in s3"),
    ],
)
def test_reports_invalid_options_in_one_line(
    place: Path, words: list[str], code: int, says: str
) -> None:
    done = nightly(place, N3, *words)
    assert done.returncode == code
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def test_names_a_damaged_state(place: Path) -> None:
    there = place / "damaged"
    shutil.copytree(place / "second", there / "OUT")
    [path] = run_of(there / "OUT").glob("cases/*.avro")
    words = ("nightly", "--state", there / "OUT", "--events", place / "events", "--as-of", N3)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 40] = b"\xff" * 40
    path.write_bytes(data)
    done = discretion(*words)
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert str(path) in done.stderr
    path.unlink()
    done = discretion(*words)
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert run_of(there / "OUT").name == f"night-{N2}"
