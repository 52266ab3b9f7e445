"""When cases are due, compared with assessing every case on every day."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from schemas.case_record import CaseRecord, Removal
from tests.helpers.news import CLEAN, ELDER, RULEBOOK, VETERAN
from tests.transforms.watch.test_step import BIRTHDAY, NIGHT, first_night
from transforms.assess.frame import Terms, assess
from transforms.frames.frame import Frame
from transforms.nightly.changes import CHANGES, Compared, Folded, changes, summarize
from transforms.nightly.events import EVENTS
from transforms.nightly.night import Night
from transforms.normalize.case_frame import case_key, to_frame
from transforms.sample.backlog import sample_cases
from transforms.watch.due import due_dates, due_since
from transforms.watch.step import Known, Snapshot, step

DAY = datetime.timedelta(days=1)
DAYS = 18
# For each case, the reason for its day, and the day.
BY_HAND: dict[str, tuple[dict[str, Any], datetime.date | None]] = {
    "turns 65": (ELDER, BIRTHDAY),
    # In November, so from the 30th on at the latest.
    "turns 65 in the month": ({**ELDER, "birth_date": "1946-11"}, datetime.date(2011, 11, 30)),
    "ends": ({**ELDER, "completed_on": "11/16/2011"}, datetime.date(2011, 11, 16)),
    "has ended": ({**ELDER, "completed_on": "2011-11-15"}, None),
    "a birth ahead": ({**CLEAN, "birth_date": "Dec 2011"}, datetime.date(2011, 12, 1)),
    "an entry ahead": (
        {**ELDER, "entries": [{"date": "2011-11-16", "manner": "ADMITTED"}]},
        datetime.date(2011, 11, 16),
    ),
    "a removal ahead": (
        {**CLEAN, "removals": [Removal(kind="REMOVAL", date="2011-11-19")]},
        datetime.date(2011, 11, 19),
    ),
    "entered before birth": (
        {**ELDER, "entries": [{"date": "1940-01-01", "manner": "ADMITTED"}]},
        None,
    ),
    "born ahead, entered before": (
        {**ELDER, "birth_date": "2011-11-18", "entries": [{"date": "1999-01-01"}]},
        datetime.date(2011, 11, 18),
    ),
}  # fmt: skip


def records() -> Frame:
    cases = [
        CaseRecord(**{**facts, "case_id": name, "updated_at": "2011-11-01"})
        for name, facts in [*((n, f) for n, (f, _) in BY_HAND.items()), ("veteran", VETERAN)]
    ]
    [(_, sample)] = sample_cases(7, 500, 1)
    every = pl.concat([to_frame(cases), sample]).with_columns(case_id=case_key())
    return every.unique("case_id", keep="first", maintain_order=True)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    return first_night(tmp_path_factory.mktemp("night"), records(), 2)


def of_records(frame: Frame, terms: Terms) -> Frame:
    return due_dates(frame, assess(frame, terms), terms)


def test_finds_the_due_days_worked_out_by_hand() -> None:
    days = dict(of_records(records(), Terms(RULEBOOK, NIGHT)).iter_rows())
    assert {name: days.get(name) for name in BY_HAND} == {
        name: day for name, (_, day) in BY_HAND.items()
    }


@pytest.mark.parametrize("scope", [None, "pilot-2011"])
def test_last_nights_files_give_the_same_except_for_future_dates(
    tmp_path: Path, scope: str | None
) -> None:
    frame = records()
    terms = Terms(RULEBOOK, NIGHT, scope=scope)
    first = first_night(tmp_path, frame, 2)
    found = due_since(dataclasses.replace(first, terms=terms), 0, 1).sort("case_id")
    assessed = assess(frame, terms)
    ahead = assessed.records.filter(
        pl.col("warnings").list.eval(pl.element().str.ends_with("FUTURE_DATE")).list.any()
        | pl.col("conflicts").list.eval(pl.element().str.ends_with("AFTER_AS_OF")).list.any()
    )
    soon = ahead["case_id"].to_list()
    assert 5 < len(soon) < frame.height / 10
    exact = of_records(frame, terms).sort("case_id")
    rest = ~pl.col("case_id").is_in(soon)
    assert_frame_equal(found.filter(rest), exact.filter(rest))
    assert set(found.filter(~rest)["due"]) == {NIGHT + DAY}
    assert set(exact["case_id"]) <= set(found["case_id"])


def nights(frame: Frame, night: Night) -> Frame:
    """Return what a night on each day would report: every case assessed, day by day."""
    found = []
    before = assess(frame, night.terms)
    for number in range(DAYS):
        last = Terms(RULEBOOK, NIGHT + number * DAY)
        terms = Terms(RULEBOOK, last.as_of + DAY)
        tonight, log = assess(frame, terms), EVENTS.to_frame()
        summary = summarize(before.recommendations)
        compared = Compared(summary, tonight, Folded(frame, frame, log))
        found.append(changes(compared, last.key, terms))
        before = tonight
    return pl.concat(found)


def watched(night: Night) -> Frame:
    """Return what a watch reports: only the cases that are due, each on its day."""
    found = [CHANGES.to_frame()]
    known, snapshot, due = Known.nothing(), Snapshot(night), due_since(night, 0, 1)
    while (come := due.filter(pl.col("due") <= NIGHT + DAYS * DAY)).height:
        day = come["due"].min()
        assert isinstance(day, datetime.date)
        cases = due.filter(due=day).select("case_id")
        new = cases.join(known.reported, on="case_id", how="anti")
        made = step(known.of(cases).plus(snapshot.of(new)), EVENTS.to_frame(), night, day)
        known = known.but(cases).plus(made.known)
        due = pl.concat([due.join(cases, on="case_id", how="anti"), made.due])
        found.append(made.changes)
    return pl.concat(found)


def test_a_watch_reports_the_same_as_nights(night: Night) -> None:
    expected = nights(records(), night).sort("as_of", "case_id")
    assert_frame_equal(watched(night).sort("as_of", "case_id"), expected)
    differ = {(row["case_id"], tuple(row["differs"])) for row in expected.to_dicts()}
    assert any("route" not in differs for _, differs in differ)
    assert ("veteran", ("reasons",)) in differ
    # What the entry adds isn't a reason.
    due = {name for name, (_, day) in BY_HAND.items() if day}
    assert due - {case for case, _ in differ} == {"an entry ahead"}
    assert expected.height >= 8
