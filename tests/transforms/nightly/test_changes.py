from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from schemas.case_event import CaseEvent
from schemas.case_record import CaseRecord, Tie
from schemas.rulebooks import load
from transforms.assess.frame import Terms, TermsKey, assess
from transforms.frames.frame import Frame
from transforms.nightly.causes import changed_fields, setters
from transforms.nightly.changes import (
    CHANGES,
    Compared,
    Folded,
    changes,
    differences,
    only_different,
    summarize,
    together,
)
from transforms.nightly.events import EVENTS
from transforms.nightly.folding import fold_in
from transforms.normalize.case_frame import to_frame

RULEBOOK = load("ice-2011-11-17")
CLEAN = next(e for e in RULEBOOK.rulebook.examples if e.name == "F4, on the 65th birthday").case
DAY = datetime.date(2011, 11, 17)
LAST = Terms(RULEBOOK, DAY).key


def records(**cases: dict[str, Any]) -> Frame:
    return to_frame(
        CaseRecord(**{**CLEAN, "case_id": name, **more}) for name, more in cases.items()
    )


def night(
    old: Frame, *events: CaseEvent, since: datetime.date = DAY, last: TermsKey | None = None,
    **terms: Any,
) -> dict[str, list[dict[str, Any]]]:  # fmt: skip
    """Return the causes of changes by case."""
    last = last or dataclasses.replace(LAST, as_of=since)
    before = summarize(assess(old, Terms(RULEBOOK, since)).recommendations)
    news = pl.DataFrame([event.model_dump() for event in events], schema=EVENTS)
    folding = fold_in(old, EVENTS.to_frame(), news)
    now = Terms(**{"rulebook": RULEBOOK, "as_of": DAY, **terms})
    folded = Folded(old, folding.records, folding.log)
    compared = Compared(before, assess(folding.records, now), folded)
    found = changes(compared, last, now)
    assert found.schema == CHANGES
    return {row["case_id"]: row["causes"] for row in found.to_dicts()}


def sets(case: str, name: str = "e", recorded: str = "2011-11-16", **facts: Any) -> CaseEvent:
    return CaseEvent(
        event_id=name, case_id=case, kind="FACT_CHANGED", recorded_at=recorded,
        sets=list(facts), facts=CaseRecord(**facts),
    )  # fmt: skip


def test_without_news_there_are_no_changes() -> None:
    assert night(records(a={}, b={"birth_date": None})) == {}


def test_names_the_changed_fields_with_the_events_that_set_them() -> None:
    news = [
        sets("a", "1", serious_condition=True),
        sets("a", "2", gang_member=False, court="DEN"),
        sets("b", "3", court="DEN"),
    ]
    found = night(records(a={"court": "BAL", "birth_date": "1980-01-01"}, b={}), *news)
    assert list(found) == ["a"]
    by_field = {cause["field"]: cause["event_id"] for cause in found["a"]}
    # gang_member was false before.
    assert by_field == {"serious_condition": "1", "court": "2"}


def test_another_spelling_is_not_a_change() -> None:
    found = night(
        records(a={"birth_date": "1980-11-17"}),
        sets("a", serious_condition=True, birth_date="11/17/1980"),
    )
    assert [cause["field"] for cause in found["a"]] == ["serious_condition"]


def test_names_both_a_fact_and_a_milestone_on_one_night() -> None:
    old = records(a={})
    found = night(old, sets("a", serious_condition=True), since=DAY - datetime.timedelta(days=1))
    assert [(c["kind"], c["milestone"], c["on"]) for c in found["a"]] == [
        ("MILESTONE", "turned_65", DAY),
        ("MILESTONE", "turned_elderly", DAY),
        ("FACT", None, datetime.date(2011, 11, 16)),
    ]


def test_names_the_calendar_for_a_completed_case() -> None:
    old = records(a={"completed_on": "2011-11-17"})
    [cause] = night(old, since=DAY - datetime.timedelta(days=1))["a"]
    assert (cause["kind"], cause["field"], cause["on"]) == ("COMPLETED", "completed_on", DAY)


def test_names_the_calendar_for_a_date_that_was_in_the_future() -> None:
    since = DAY - datetime.timedelta(days=1)
    old = records(
        a={"birth_date": "1980-01-01", "removals": [{"date": str(DAY), "kind": "REMOVAL"}]}
    )
    # A conflict until the removal is no longer in the future.
    found = night(old, since=since)
    assert [cause["kind"] for cause in found["a"]] == ["CALENDAR"]


@pytest.mark.parametrize(
    ("last", "kind"),
    [
        ({"rulebook": "another"}, "RULEBOOK"),
        ({}, "OPTIONS"),
        ({"courts": frozenset({"DEN"}), "presume": False}, "OPTIONS"),
        ({"courts": frozenset({"DEN"}), "scope": "pilot-2011"}, "OPTIONS"),
        ({"courts": frozenset({"DEN"})}, "SOFTWARE"),
    ],
)
def test_names_the_other_kinds_of_causes(last: dict[str, Any], kind: str) -> None:
    # Only Denver's cases are assessed, and this one is Baltimore's.
    found = night(records(a={"court": "BAL"}), last=dataclasses.replace(LAST, **last),
                  courts=frozenset({"DEN"}))  # fmt: skip
    assert [cause["kind"] for cause in found["a"]] == [kind]


def test_names_the_columns_that_differ() -> None:
    one = summarize(assess(records(a={}, b={}), Terms(RULEBOOK, DAY)).recommendations)
    other = one.with_columns(
        needs_review=pl.when(pl.col("case_id") == "a").then(True).otherwise("needs_review"),
        route=pl.when(pl.col("case_id") == "a").then(pl.lit("continue")).otherwise("route"),
    )
    [row] = differences(one, other).to_dicts()
    assert (row["case_id"], row["differs"]) == ("a", ["route", "needs_review"])
    assert differences(one, one).is_empty()


def test_finds_the_changes_of_several_buckets_at_once() -> None:
    since = DAY - datetime.timedelta(days=1)
    last = dataclasses.replace(LAST, as_of=since)
    every = records(a={}, b={"birth_date": None}, c={"completed_on": "2011-11-17"}, d={}, e={})
    news = [sets("b", serious_condition=True), sets("d", "x", court="DEN"), sets("f", "y")]
    opened = CaseEvent(event_id="o", case_id="f", kind="CASE_OPENED", recorded_at="2011-11-16",
                       facts=CaseRecord(court="BAL"))  # fmt: skip
    events = pl.DataFrame([e.model_dump() for e in (*news, opened)], schema=EVENTS)

    def compared(of: pl.Expr) -> Compared:
        old = every.filter(of)
        folding = fold_in(old, EVENTS.to_frame(), events.filter(of))
        before = summarize(assess(old, Terms(RULEBOOK, since)).recommendations)
        tonight = assess(folding.records, Terms(RULEBOOK, DAY))
        return Compared(before, tonight, Folded(old, folding.records, folding.log))

    buckets = [compared(pl.col("case_id").is_in(list(ids))) for ids in ("abe", "", "cdf")]
    found = changes(together([only_different(b) for b in buckets]), last, Terms(RULEBOOK, DAY))
    assert_frame_equal(found, changes(compared(pl.lit(True)), last, Terms(RULEBOOK, DAY)))
    kinds = {row["case_id"]: {c["kind"] for c in row["causes"]} for row in found.to_dicts()}
    assert kinds == {
        "a": {"MILESTONE"}, "b": {"FACT"}, "c": {"COMPLETED"}, "d": {"MILESTONE"},
        "e": {"MILESTONE"}, "f": {"OPENED"},
    }  # fmt: skip


def test_distinguishes_null_from_empty() -> None:
    before = to_frame([CaseRecord(case_id="a", ties=[], orders=None)])
    after = to_frame([CaseRecord(case_id="a", ties=[Tie()], orders=[])])
    assert changed_fields(before, after)["field"].to_list() == ["orders", "ties"]


def test_finds_the_last_event_to_set_or_add() -> None:
    added = CaseEvent(event_id="2", case_id="a", recorded_at="2011-11-02", adds=["ties"])
    log = pl.DataFrame(
        [sets("a", "1", "2011-11-01", ties=[]).model_dump(), added.model_dump()], schema=EVENTS
    ).with_columns(pl.col("sets", "adds").fill_null([]))
    asked = pl.DataFrame({"case_id": ["a", "a"], "field": ["ties", "court"]})
    [row] = setters(log, asked).to_dicts()
    assert (row["field"], row["event_id"], row["on"]) == ("ties", "2", datetime.date(2011, 11, 2))
