from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from schemas.case_event import CaseEvent
from schemas.case_record import CaseRecord, Conviction, Tie
from tests.helpers.case_records import from_frame
from transforms.frames.frame import Frame
from transforms.nightly.events import (
    BASE,
    EVENTS,
    FIELDS,
    LIST_FIELDS,
    OPENERS,
    base_events,
    normalize_events,
)
from transforms.nightly.fold import fold
from transforms.normalize.case_frame import to_frame


def log_of(*events: CaseEvent) -> Frame:
    frame = pl.DataFrame([event.model_dump() for event in events], schema=EVENTS)
    checked = normalize_events(frame)
    assert checked.quarantined.is_empty()
    return checked.good


def event(event_id: str, recorded: str, kind: str = "FACT_CHANGED", **more: Any) -> CaseEvent:
    facts = more.pop("facts", {})
    fields = {"event_id": event_id, "case_id": "1", "kind": kind, "recorded_at": recorded, **more}
    return CaseEvent(facts=CaseRecord(**facts), **fields)


def only(log: Frame) -> CaseRecord:
    [record] = from_frame(fold(log).records)
    return record


BEGUN = base_events(to_frame([CaseRecord(case_id="1", updated_at="2011-01-01", court="BAL")]))
FELONY, THEFT = Conviction(grade="FELONY"), Conviction(category="THEFT")


def test_the_later_recorded_event_wins_whatever_the_order() -> None:
    later = event("a", "2011-03-01", sets=["court"], facts={"court": "DEN"})
    earlier = event("b", "02/01/2011", sets=["court"], facts={"court": "LOS"})
    for pair in ([later, earlier], [earlier, later]):
        assert only(pl.concat([BEGUN, log_of(*pair)])).court == "DEN"


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("11/17/2011 9:00 AM", "11/17/2011 3:30 PM"),
        ("2011-11-17 9:05", "2011-11-17 10:00"),
        ("2011-11-17T04:00Z", "2011-11-17T01:00-05:00"),
        ("2011-11-17T23:59:00", "2011-11-17T20:00-0500"),
    ],
)
def test_the_later_recorded_event_wins_however_its_time_is_written(
    earlier: str, later: str
) -> None:
    # By id, which breaks ties, the earlier one would win.
    pair = [
        event("b", earlier, sets=["court"], facts={"court": "LOS"}),
        event("a", later, sets=["court"], facts={"court": "DEN"}),
    ]
    assert only(pl.concat([BEGUN, log_of(*pair)])).court == "DEN"


def test_keeps_the_day_of_an_event_if_its_time_cannot_be_read() -> None:
    written = ["2011-11-17 99:00", "2011-11-17 9:05", "lately"]
    made = [event(str(n), "2011-02-01", happened_at=text) for n, text in enumerate(written)]
    days = ["2011-11-17", "2011-11-17T09:05", None]
    assert log_of(*made).sort("event_id")["happened_at"].to_list() == days


def test_an_event_recorded_before_the_record_changes_nothing() -> None:
    stale = event("a", "2010-12-31", sets=["court"], facts={"court": "DEN"})
    assert only(pl.concat([BEGUN, log_of(stale)])).court == "BAL"


def test_setting_null_makes_a_field_unknown() -> None:
    forgotten = event("a", "2011-02-01", sets=["court"])
    assert only(pl.concat([BEGUN, log_of(forgotten)])).court is None


def test_adding_to_an_unknown_list_leaves_it_open() -> None:
    added = event("a", "2011-02-01", adds=["convictions"], facts={"convictions": [FELONY]})
    assert only(pl.concat([BEGUN, log_of(added)])).convictions == [FELONY, None]


def test_compares_text_with_odd_line_ends_as_a_whole() -> None:
    odd = "a\x85b\u2028c"
    pair = [event("1", "2011-02-01", sets=["source"], facts={"source": odd}) for _ in range(2)]
    done = fold(pl.concat([BEGUN, log_of(*pair)]))
    assert from_frame(done.records)[0].source == odd
    assert (done.repeated, done.conflicts.height) == (1, 0)


def test_appends_each_events_elements_once_and_in_order() -> None:
    none = event("0", "2011-02-01", sets=["convictions"], facts={"convictions": []})
    one = event("1", "2011-02-02", adds=["convictions"], facts={"convictions": [FELONY]})
    two = event("2", "2011-02-03", adds=["convictions"], facts={"convictions": [THEFT]})
    log = pl.concat([BEGUN, log_of(two, one, none, two, one)])
    assert only(log).convictions == [FELONY, THEFT]
    assert fold(log).repeated == 2


def test_setting_a_list_discards_what_was_added_before() -> None:
    one = event("1", "2011-02-02", adds=["convictions"], facts={"convictions": [FELONY]})
    replaced = event("2", "2011-02-03", sets=["convictions"], facts={"convictions": [THEFT]})
    assert only(pl.concat([BEGUN, log_of(replaced, one)])).convictions == [THEFT]


def test_an_event_of_an_unknown_case_waits_until_it_is_opened() -> None:
    early = event("a", "2011-02-02", case_id="9", sets=["court"], facts={"court": "DEN"})
    first = fold(log_of(early))
    assert first.records.is_empty()
    assert first.pending["event_id"].to_list() == ["a"]
    opened = event("b", "2011-02-01", "CASE_OPENED", case_id="9", facts={"case_type": "RMV"})
    record = only(pl.concat([first.log, log_of(opened)]))
    assert (record.court, record.case_type) == ("DEN", "RMV")


def test_quarantines_a_conflict_and_keeps_the_later_recorded_event() -> None:
    one = event("a", "2011-02-01", sets=["court"], facts={"court": "LOS"})
    two = event("a", "2011-02-02", sets=["court"], facts={"court": "DEN"})
    for pair in ([one, two], [two, one]):
        done = fold(pl.concat([BEGUN, log_of(*pair)]))
        assert done.records["court"].item() == "DEN"
        [row] = done.conflicts.to_dicts()
        assert (row["reason"], row["case_id"]) == ("EVENT_CONFLICT", "1")
        assert b"LOS" in row["raw"]


def test_removes_events_no_longer_in_force_from_the_log() -> None:
    one = event("a", "2011-02-01", sets=["court"], facts={"court": "LOS"})
    two = event("b", "2011-02-02", sets=["court"], facts={"court": "DEN"})
    assert fold(pl.concat([BEGUN, log_of(one, two)])).log["event_id"].to_list() == [BASE, "b"]


def test_quarantines_events_that_cannot_be_applied() -> None:
    bad = [
        CaseEvent(case_id="1", recorded_at="2011-01-01"),
        CaseEvent(event_id="a", case_id=" ", recorded_at="2011-01-01"),
        CaseEvent(event_id="b", case_id="1"),
        CaseEvent(event_id="c", case_id="1", recorded_at="lately"),
        CaseEvent(event_id="c", case_id="1", recorded_at="2011-01-01 25:00"),
        CaseEvent(event_id="d", case_id="1", recorded_at="2011-01-01", sets=["shoe_size"]),
        CaseEvent(event_id="e", case_id="1", recorded_at="2011-01-01", sets=["case_id"]),
        CaseEvent(event_id="f", case_id="1", recorded_at="2011-01-01", adds=["court"]),
    ]
    frame = pl.DataFrame([one.model_dump() for one in bad], schema=EVENTS)
    good, quarantined = normalize_events(frame)
    assert good.is_empty()
    assert sorted(quarantined["reason"]) == sorted([
        "MISSING_EVENT_ID", "MISSING_CASE_ID", "MISSING_RECORDED_AT", "BAD_DATE", "BAD_DATE",
        "UNKNOWN_FIELD", "UNKNOWN_FIELD", "UNKNOWN_FIELD",
    ])  # fmt: skip


# A simpler method: replay events one by one in sorted order, in Python.


def replay(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    unique = {json.dumps(row, default=str): row for row in rows}
    text = {id(row): pl.DataFrame([row], schema=EVENTS).write_ndjson() for row in unique.values()}
    ordered = sorted(
        unique.values(), key=lambda r: (r["recorded_at"] or "", r["event_id"], text[id(r)])
    )
    known = {row["case_id"] for row in ordered if row["kind"] in OPENERS}
    cases: dict[str, dict[str, Any]] = {case: dict.fromkeys(FIELDS) for case in known}
    # For each list: what it started with, and what each event added, by the event's id.
    lists: dict[tuple[str, str], tuple[list[Any] | None, dict[str, list[Any] | None]]] = {}
    for row in ordered:
        case = row["case_id"]
        if case not in known:
            continue
        for name in row["sets"]:
            cases[case][name] = row["facts"][name]
            if name in LIST_FIELDS:
                lists[case, name] = (row["facts"][name], {})
        for name in row["adds"]:
            if name not in row["sets"]:
                start, added = lists.setdefault((case, name), (None, {}))
                added.pop(row["event_id"], None)
                added[row["event_id"]] = row["facts"][name]
    for (case, name), (start, added) in lists.items():
        if added:
            parts = [start, *added.values()]
            there = [e for p in parts for e in p or [] if e is not None]
            more = any(p is None or None in p for p in parts)
            cases[case][name] = None if more and not there else there + [None] * more
    return cases


VALUES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "court": st.sampled_from(["BAL", "DEN", None]),
        "arrests": st.sampled_from([0, 1, None]),
        "convictions": st.sampled_from([None, [], [FELONY], [THEFT, FELONY], [None]]),
        "ties": st.sampled_from([None, [], [Tie(kind="HOME")], [Tie(kind="HOME"), None]]),
    },
)


@st.composite
def one_event(draw: st.DrawFn) -> CaseEvent:
    fields = st.sampled_from(["court", "arrests", "convictions", "ties"])
    return CaseEvent(
        event_id=draw(st.sampled_from("abcdef")),
        case_id=draw(st.sampled_from("123")),
        kind=draw(st.sampled_from(["FACT_CHANGED", "FACT_CHANGED", *OPENERS])),
        recorded_at=draw(st.sampled_from(["2011-01-01", "2011-01-01T08:00", "2011-01-02"])),
        sets=draw(st.none() | st.lists(fields, max_size=3, unique=True)),
        adds=draw(st.lists(st.sampled_from(["convictions", "ties"]), max_size=2, unique=True)),
        facts=CaseRecord(**draw(VALUES)),
    )


BASES = base_events(
    to_frame(
        [
            CaseRecord(case_id="1", updated_at="2011-01-01", convictions=[THEFT]),
            CaseRecord(case_id="2", court="LOS"),
        ]
    )
)


def as_cases(records: Frame) -> dict[str, dict[str, Any]]:
    return {row["case_id"]: {name: row[name] for name in FIELDS} for row in records.to_dicts()}


@settings(deadline=None, max_examples=60)
@given(st.lists(one_event(), max_size=9), st.randoms(use_true_random=False))
def test_any_order_repeats_and_nights_agree_with_a_plain_replay(
    events: list[CaseEvent], random: Any
) -> None:
    log = pl.concat([BASES, log_of(*events)])
    whole = fold(log)
    assert as_cases(whole.records) == replay(log.to_dicts())

    shuffled = [*events, *random.sample(events, len(events) // 2)]
    random.shuffle(shuffled)
    cut = random.randint(0, len(shuffled))
    night = fold(pl.concat([log_of(*shuffled[:cut]), BASES]))
    after = fold(pl.concat([log_of(*shuffled[cut:]), night.log]))
    assert_frame_equal(after.records, whole.records, check_row_order=False)
    assert_frame_equal(after.log, whole.log, check_row_order=False)
    again = fold(after.log)
    assert_frame_equal(again.records, after.records)
    assert_frame_equal(again.log, after.log)


ARRESTS, GRADE, COURT = "arrests:OUT_OF_RANGE", "convictions.grade:UNKNOWN_CODE", "court:BAD_NUMBER"


@pytest.mark.parametrize(
    ("events", "kept"),
    [
        ([], [ARRESTS, GRADE]),
        # They don't set any other value of the field, known or not.
        ([{"sets": ["arrests"], "facts": {"arrests": 2}}], [GRADE]),
        ([{"sets": ["arrests"]}], [GRADE]),
        ([{"sets": ["arrests"], "facts": {"warnings": [ARRESTS, COURT]}}], [ARRESTS, GRADE]),
        ([{"sets": ["convictions"], "facts": {"convictions": [FELONY]}}], [ARRESTS]),
        # Adding to a list keeps what was there.
        ([{"adds": ["convictions"], "facts": {"convictions": [FELONY]}}], [ARRESTS, GRADE]),
        (
            [
                {"sets": ["convictions"], "facts": {"convictions": []}},
                {"adds": ["convictions"], "facts": {"convictions": [{}], "warnings": [GRADE]}},
            ],
            [ARRESTS, GRADE],
        ),
        ([{"kind": "RECORD_REPLACED"}], None),
        (
            [{"sets": ["court"], "facts": {"court": "DEN", "warnings": [COURT]}}],
            [ARRESTS, GRADE, COURT],
        ),
    ],
)
def test_the_warnings_of_a_field_come_with_its_value(
    events: list[dict[str, Any]], kept: list[str] | None
) -> None:
    record = CaseRecord(case_id="1", updated_at="2011-01-01", warnings=[ARRESTS, None, GRADE])
    log = base_events(to_frame([record]))
    for number, more in enumerate(events):
        log = pl.concat([log, log_of(event(f"e{number}", f"2011-03-0{number + 1}", **more))])
    assert only(log).warnings == kept
    left = fold(log).log
    assert only(left).warnings == kept
