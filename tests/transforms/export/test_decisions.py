"""Decisions that come back: each is a review, or its cells are named."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from schemas.worklist import DECIDED
from transforms.export.decisions import NAMES, Decided, decisions
from transforms.nightly.reviews import REVIEWS, normalize_reviews

GOOD = {"case_id": "1", "decision": "Close", "reviewer": "a", "decided_on": "11/18/2011"}


def decided(*rows: dict[str, str]) -> Decided:
    schema = {"row": pl.Int64, **dict.fromkeys(NAMES, pl.String)}
    numbered = [{"row": at, **row} for at, row in enumerate(rows, 3)]
    return decisions(pl.DataFrame(numbered, schema=schema))


def refused(made: Decided) -> list[tuple[Any, ...]]:
    return made.refused.select("row", "name", "wrong").rows()


def test_a_decision_is_a_review_that_a_night_keeps() -> None:
    row = {
        **GOOD,
        "supervisor": "s",
        "reason_code": "new fact",
        "reason": "a letter came",
        "offered": "YES",
        "accepted": "no",
        "humanitarian": "Y",
        "route": "expedite",
        "criteria": "P2c P4",
    }
    made = decided(row)
    assert made.refused.is_empty()
    [review] = made.reviews.to_dicts()
    assert made.reviews.schema == REVIEWS
    assert review.pop("review_id").startswith("W")
    assert review == {
        "case_id": "1",
        "reviewer": "a",
        "supervisor": "s",
        "decided_at": "2011-11-18",
        "route": "close",
        "reason_code": "NEW_FACT",
        "reason": "a letter came",
        "offer": "DECLINED",
        "background_check": None,
        "humanitarian_considered": True,
        "route_then": "expedite",
        "reasons_then": ["P2c", "P4"],
        "seen_on": None,
    }
    checked = normalize_reviews(made.reviews)
    assert checked.quarantined.is_empty()
    assert checked.good.equals(made.reviews)


@pytest.mark.parametrize(
    ("offered", "accepted", "offer"),
    [("no", "", "NOT_OFFERED"), ("y", "", "OFFERED"), ("1", "true", "ACCEPTED"), ("", "", None)],
)
def test_an_offer_and_its_answer(offered: str, accepted: str, offer: str | None) -> None:
    made = decided({**GOOD, "offered": offered, "accepted": accepted})
    assert made.reviews["offer"].to_list() == [offer]
    assert made.refused.is_empty()


def test_rows_without_a_decision_are_only_counted() -> None:
    made = decided({"case_id": "1", "route": "close"}, GOOD, {"case_id": "3"})
    assert (made.reviews.height, made.undecided, made.incomplete) == (1, 2, 0)


def test_a_row_is_refused_if_a_required_cell_is() -> None:
    made = decided(
        {**GOOD, "case_id": ""},
        {**GOOD, "decision": "dismiss"},
        {**GOOD, "reviewer": ""},
        {**GOOD, "decided_on": "soon"},
        {"case_id": "9", "reason": "only a note"},
    )
    assert made.reviews.is_empty()
    assert made.incomplete == 5
    assert refused(made) == [
        (3, "case_id", "is empty"),
        (4, "decision", "isn't one of the values"),
        (5, "reviewer", "is empty"),
        (6, "decided_on", "can't be read as a date"),
        (7, "decision", "is empty"),
        (7, "reviewer", "is empty"),
        (7, "decided_on", "is empty"),
    ]
    assert "soon" not in str(made.refused.rows())


def test_a_refused_optional_cell_is_left_out() -> None:
    made = decided({**GOOD, "reason_code": "BECAUSE", "offered": "no", "accepted": "yes"})
    assert refused(made) == [
        (3, "reason_code", "isn't one of the values"),
        (3, "accepted", "isn't one of the values"),
    ]
    [review] = made.reviews.to_dicts()
    assert (review["reason_code"], review["offer"]) == (None, "NOT_OFFERED")


def test_repeated_rows_count_once_and_conflicting_rows_are_named() -> None:
    made = decided(GOOD, GOOD, {**GOOD, "decision": "continue"})
    assert made.reviews["route"].to_list() == ["close"]
    assert (made.repeated, made.incomplete) == (1, 1)
    assert [row[:2] for row in refused(made)] == [(5, "decision")]


def test_the_apostrophe_before_a_formula_is_not_part_of_an_id() -> None:
    assert decided({**GOOD, "case_id": "'-7"}).reviews["case_id"].to_list() == ["-7"]


def test_the_recommendation_is_known_only_if_the_row_has_it() -> None:
    none, empty = decided(GOOD, {**GOOD, "case_id": "2", "route": "close"}).reviews.select(
        "route_then", "reasons_then"
    ).rows()  # fmt: skip
    assert none == (None, None)
    assert empty == ("close", [])
    assert len(DECIDED) == 9
