"""Steps of a watch, compared with a night over the same events."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from schemas.avro import avro_schema
from schemas.case_record import CaseRecord
from tests.helpers.news import CLEAN, ELDER, RULEBOOK, completed, event, events_of, felony
from transforms.assess.frame import Terms
from transforms.avro.encode import encode_blocks, write_header
from transforms.frames.frame import Frame
from transforms.nightly.buckets import PART_SCHEMAS, bucket_file, by_bucket
from transforms.nightly.night import Came, Night, one_bucket
from transforms.normalize.case_frame import to_frame
from transforms.sample.backlog import sample_cases
from transforms.sample.events import sample_events
from transforms.watch.step import Known, Snapshot, ids_of, step

NIGHT = datetime.date(2011, 11, 15)
BIRTHDAY = datetime.date(2011, 11, 17)


def first_night(run: Path, records: Frame, buckets: int = 1) -> Night:
    """A night's files, and the night as the next one sees it."""
    terms = Terms(RULEBOOK, NIGHT)
    night = Night(terms, buckets, False, None, None)
    keyed = [(0, records)]
    if buckets > 1:
        keyed = list(by_bucket(records, buckets))
    for bucket, part in keyed:
        for name, frame in one_bucket(night, bucket, Came(cases=part)).parts.items():
            path = run / bucket_file(name, bucket, buckets)
            path.parent.mkdir(parents=True, exist_ok=True)
            schema = avro_schema(PART_SCHEMAS[name])
            path.write_bytes(write_header(schema) + encode_blocks(frame, schema))
    return Night(terms, buckets, False, str(run), terms.key)


@pytest.fixture(scope="module")
def known_night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    names = ("plain", "felon", "done", "late")
    cases = [CaseRecord(**{**CLEAN, "case_id": name}) for name in names]
    elders = [CaseRecord(**{**ELDER, "case_id": name, "updated_at": "2011-11-01"})
              for name in ("elder", "elder done")]  # fmt: skip
    return first_night(tmp_path_factory.mktemp("night"), to_frame([*cases, *elders]))


@pytest.fixture(scope="module")
def sample_night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    [(_, records)] = sample_cases(7, 120, 1)
    return first_night(tmp_path_factory.mktemp("night"), records, 3)


def stepped(night: Night, events: Frame, as_of: datetime.date = NIGHT) -> Any:
    return step(Snapshot(night).of(ids_of(events)), events, night, as_of)


def test_a_case_starts_from_last_night(known_night: Night) -> None:
    known = Snapshot(known_night).of(pl.DataFrame({"case_id": ["felon", "nobody"]}))
    assert known.records["case_id"].to_list() == ["felon"]
    reported = {row["case_id"]: row for row in known.reported.to_dicts()}
    assert (reported["felon"]["route"], reported["nobody"]["route"]) == ("continue", None)
    assert {row["reported_on"] for row in reported.values()} == {NIGHT}


def test_an_unknown_case_waits_until_it_is_opened(known_night: Night) -> None:
    first = stepped(known_night, events_of(felony("e1", "new")))
    assert (first.changes.height, first.known.log.height) == (0, 1)
    opened = event("e2", "new", "CASE_OPENED", "2011-11-14", facts={**CLEAN, "case_id": "new"})
    second = step(first.known, events_of(opened), known_night, NIGHT)
    [row] = second.changes.to_dicts()
    assert (row["from_route"], row["to_route"], row["to_reasons"]) == (None, "expedite", ["P2a"])
    assert [cause["kind"] for cause in row["causes"]] == ["OPENED"]


def test_a_completed_case_is_no_longer_due(known_night: Night) -> None:
    made = stepped(known_night, events_of(completed("e1", "elder done"), felony("e2", "elder")))
    rows = {row["case_id"]: row for row in made.changes.to_dicts()}
    assert rows["elder done"]["status"] == "completed"
    assert made.recommendations["case_id"].to_list() == ["elder"]
    assert "elder done" not in made.due["case_id"].to_list()


def test_counts_an_event_that_cannot_be_applied(known_night: Night) -> None:
    bad = event("e1", "plain", "FACT_CHANGED", "2011-11-15", sets=["shoe_size"])
    made = stepped(known_night, events_of(bad))
    assert (made.unusable, made.changes.height) == (1, 0)


@settings(max_examples=4)
@given(data=st.data())
def test_any_order_of_events_ends_in_the_nights_result(sample_night: Night, data: Any) -> None:
    routed = pl.concat(sample_night.state("continue", b, ("case_id",)) for b in range(3))
    ids = routed["case_id"].sort().to_list()[:20]
    events = sample_events(ids, 25, NIGHT + datetime.timedelta(days=1), 3)
    order = data.draw(st.permutations(range(events.height)))
    shuffled = events[order]
    cuts = sorted(data.draw(st.sets(st.integers(1, events.height - 1), max_size=3)))
    parts = [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, events.height], strict=True)]
    as_of = NIGHT + datetime.timedelta(days=1)
    known, snapshot = Known.nothing(), Snapshot(sample_night, 2)
    for part in parts:
        cases = ids_of(part)
        others = cases.join(known.reported, on="case_id", how="anti")
        mine = known.of(cases).plus(snapshot.of(others))
        known = known.but(cases).plus(step(mine, part, sample_night, as_of).known)
    once = stepped(sample_night, events, as_of).known
    for got, its in zip(known, once, strict=True):
        key = ["case_id"] if "event_id" not in got.columns else ["case_id", "event_id"]
        assert_frame_equal(got.sort(key), its.sort(key))
