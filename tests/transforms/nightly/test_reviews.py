from __future__ import annotations

import datetime
from typing import Any

import polars as pl
import pytest

from schemas.case_event import CaseEvent
from schemas.review import Review
from transforms.frames.frame import Frame
from transforms.nightly.events import EVENTS
from transforms.nightly.reviews import QUEUE, REVIEWS, keep_reviews, normalize_reviews, queue

DAY = datetime.date(2011, 11, 17)
LAST = datetime.date(2011, 11, 16)
NO_LOG = EVENTS.to_frame()
Row = dict[str, Any]


def review(name: str, case: str = "a", **more: Any) -> Review:
    fields = {"decided_at": "2011-11-16", "route": "close", "reviewer": "x", **more}
    return Review(review_id=name, case_id=case, **fields)


def reviews(*made: Review) -> Frame:
    return pl.DataFrame([one.model_dump() for one in made], schema=REVIEWS)


def summary(**routes: tuple[str, list[str]]) -> Frame:
    rows = [
        {"case_id": case, "court": "BAL", "route": route, "reasons": reasons, "score_low": 1}
        for case, (route, reasons) in routes.items()
    ]
    return pl.DataFrame(
        rows,
        schema={"case_id": pl.String, "court": pl.String, "route": pl.String,
                "reasons": pl.List(pl.String), "score_low": pl.Int32},
    )  # fmt: skip


def waiting(after: Frame, kept: Frame, *, second: bool = False, log: Frame = NO_LOG) -> list[Row]:
    found = queue(after, kept, log, after, DAY, second_reader=second)
    assert found.schema == QUEUE
    return found.to_dicts()


def kept(*made: Review, before: Frame, log: Frame | None = None) -> Frame:
    good = normalize_reviews(reviews(*made)).good
    return keep_reviews(REVIEWS.to_frame(), good, before, before.clear(), DAY, LAST).reviews


CLOSE = summary(a=("close", ["F4"]))


def test_quarantines_reviews_that_cannot_be_kept() -> None:
    bad = reviews(
        Review(review_id="1"),
        Review(case_id="a"),
        Review(review_id="2", case_id="a"),
        review("3", decided_at="soon"),
        review("4", route="dismiss"),
        review("5", route=" CLOSE "),
        review("6", route_then="dismiss", reasons_then=[]),
    )
    good, quarantined = normalize_reviews(bad)
    assert good["review_id"].to_list() == ["5"]
    assert good["route"].to_list() == ["close"]
    assert quarantined["reason"].to_list() == [
        "MISSING_CASE_ID", "MISSING_REVIEW_ID", "MISSING_DECIDED_AT", "BAD_DATE", "UNKNOWN_CODE",
        "UNKNOWN_CODE",
    ]  # fmt: skip


def test_keeps_text_with_odd_line_ends_whole() -> None:
    pair = kept(review("1", reviewer="a\x85b"), review("2", reviewer="a\u2028b"), before=CLOSE)
    assert pair["reviewer"].to_list() == ["a\x85b", "a\u2028b"]


def test_a_review_keeps_what_the_attorney_saw() -> None:
    good = normalize_reviews(reviews(review("1"), review("2", "b"))).good
    after = summary(a=("continue", []), b=("expedite", ["P1"]))
    done = keep_reviews(REVIEWS.to_frame(), good, CLOSE, after, DAY, LAST)
    one, two = done.reviews.to_dicts()
    assert (one["route_then"], one["reasons_then"], one["seen_on"]) == ("close", ["F4"], DAY)
    assert (two["route_then"], two["reasons_then"]) == ("expedite", ["P1"])


def test_for_a_late_review_what_the_attorney_saw_is_unknown() -> None:
    # Decided on the 15th, on "close". The night of the 16th said expedite; that of the 17th reads.
    expedite = summary(a=("expedite", ["P2a"]))
    late = kept(review("1", decided_at="2011-11-15T23:59", route="close"), before=expedite)
    assert late.select("route_then", "reasons_then").row(0) == (None, None)
    [row] = waiting(expedite, late)
    assert (row["mark"], row["review_id"]) == ("CHANGED_SINCE_REVIEW", "1")
    assert row["changed"] == ["what was recommended when it was decided is not known"]
    # Another review, of the current recommendation, removes it from the queue.
    good = normalize_reviews(reviews(review("2", decided_at="2011-11-17"))).good
    both = keep_reviews(late, good, expedite, expedite, datetime.date(2011, 11, 18), DAY).reviews
    assert waiting(expedite, both) == []


@pytest.mark.parametrize("when", ["2011-11-15", "2011-11-16"])
def test_trusts_what_the_review_says_was_recommended(when: str) -> None:
    expedite = summary(a=("expedite", ["P2a"]))
    says: Row = {"decided_at": when, "route_then": " Close", "reasons_then": ["F4 "]}
    done = kept(review("1", **says), before=expedite)
    assert done.select("route_then", "reasons_then").row(0) == ("close", ["F4"])
    assert waiting(CLOSE, done) == []
    [row] = waiting(expedite, done)
    assert row["changed"] == [
        "route was close, is expedite", "reason gained: P2a", "reason lost: F4",
    ]  # fmt: skip


def test_of_repeated_reviews_keeps_the_one_with_the_recommendation() -> None:
    pair = [review("1"), review("1", route_then="close", reasons_then=["F4"])]
    for made in (pair, pair[::-1]):
        [one] = kept(*made, before=summary(a=("expedite", []))).to_dicts()
        assert (one["route_then"], one["reasons_then"]) == ("close", ["F4"])


def test_a_review_of_a_case_without_a_recommendation_saw_none() -> None:
    none = kept(review("1"), before=CLOSE.clear())
    assert none.select("route_then", "reasons_then").row(0) == (None, [])
    [row] = waiting(CLOSE, none)
    assert row["changed"] == ["route was none, is close", "reason gained: F4"]


def test_on_a_first_night_a_review_saw_that_nights_recommendation() -> None:
    good = normalize_reviews(reviews(review("1", decided_at="2011-10-01"))).good
    first = keep_reviews(REVIEWS.to_frame(), good, CLOSE.clear(), CLOSE, DAY, None).reviews
    assert waiting(CLOSE, first) == []


def test_a_review_is_never_overwritten() -> None:
    first = kept(review("1", reason="one"), before=CLOSE)
    again = normalize_reviews(reviews(review("1", reason="one"), review("1", reason="two"))).good
    done = keep_reviews(first, again, CLOSE, CLOSE, DAY, LAST)
    assert done.reviews.equals(first)
    assert done.new == 0
    [refused] = done.conflicts.to_dicts()
    assert (refused["reason"], refused["case_id"]) == ("REVIEW_CONFLICT", "a")


def test_a_reviewed_case_waits_again_only_if_its_route_or_reasons_change() -> None:
    done = kept(review("1"), before=CLOSE)
    assert waiting(CLOSE, done) == []
    [row] = waiting(summary(a=("close", ["F4", "F5"])), done)
    assert (row["mark"], row["review_id"]) == ("CHANGED_SINCE_REVIEW", "1")
    assert row["changed"] == ["reason gained: F5"]
    [row] = waiting(summary(a=("continue", [])), done)
    assert row["changed"] == ["route was close, is continue", "reason lost: F4"]


def test_removes_the_mark_if_route_and_reasons_change_back() -> None:
    done = kept(review("1"), before=CLOSE)
    nights = (CLOSE, summary(a=("expedite", ["P1"])), summary(a=("close", ["F5"])), CLOSE)
    marks = [[row["mark"] for row in waiting(night, done)] for night in nights]
    assert marks == [[], ["CHANGED_SINCE_REVIEW"], ["CHANGED_SINCE_REVIEW"], []]


def test_lists_events_since_the_review() -> None:
    log = pl.DataFrame(
        [
            CaseEvent(event_id=name, case_id="a", kind="FACT_CHANGED", recorded_at=when,
                      sets=["court"], adds=[]).model_dump()
            for name, when in (("old", "2011-11-15"), ("new", "2011-11-17"))
        ],
        schema=EVENTS,
    )  # fmt: skip
    [row] = waiting(summary(a=("continue", ["F4"])), kept(review("1"), before=CLOSE), log=log)
    assert row["changed"] == [
        "route was close, is continue", "court set by event new (FACT_CHANGED)",
    ]  # fmt: skip


def test_new_cases_are_marked_but_not_on_a_first_night() -> None:
    after = summary(a=("close", []), b=("close", []))
    none = REVIEWS.to_frame()
    marks = queue(after, none, NO_LOG, CLOSE, DAY, second_reader=False)
    assert dict(marks.select("case_id", "mark").iter_rows()) == {"a": None, "b": "NEW"}
    first = queue(after, none, NO_LOG, None, DAY, second_reader=False)
    assert first["mark"].to_list() == [None, None]


def test_orders_the_queue_by_route_and_score() -> None:
    after = summary(a=("expedite", []), b=("close", []), c=("close", []))
    after = after.with_columns(score_low=pl.Series([9, 1, 2], dtype=pl.Int32))
    assert [row["case_id"] for row in waiting(after, REVIEWS.to_frame())] == ["c", "b", "a"]


def test_expediting_requires_two_readers_or_a_supervisor_if_configured() -> None:
    seen = summary(a=("expedite", ["P1"]))
    one = review("1", route="expedite")
    for made, waits in (
        ([one], True),
        ([one, review("2", route="expedite")], True),
        ([one, review("2", route="expedite", reviewer="y")], False),
        ([review("1", route="expedite", supervisor="x")], True),
        ([review("1", route="expedite", supervisor="z")], False),
        ([review("1", route="continue")], False),
    ):
        found = waiting(seen, kept(*made, before=seen), second=True)
        assert [row["mark"] for row in found] == ["AWAITS_SECOND_READER"] * waits
        assert waiting(seen, kept(*made, before=seen)) == []


def test_a_second_reader_must_have_seen_the_same_recommendation() -> None:
    other, seen = summary(a=("expedite", ["P3"])), summary(a=("expedite", ["P1"]))
    first = kept(review("1", route="expedite", reviewer="x"), before=other)
    second = review("2", route="expedite", reviewer="y", decided_at="2011-11-18")
    third = review("3", route="expedite", reviewer="x", decided_at="2011-11-19")
    held = first
    for new, waits in ((second, True), (third, False)):
        good = normalize_reviews(reviews(new)).good
        held = keep_reviews(held, good, seen, seen, DAY, LAST).reviews
        found = waiting(seen, held, second=True)
        assert [row["mark"] for row in found] == ["AWAITS_SECOND_READER"] * waits
