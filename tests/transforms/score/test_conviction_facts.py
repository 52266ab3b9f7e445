"""Which convictions count, and for how much: cases by hand."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.facts import FACTS, high, low
from schemas.rulebook.model import CountedConvictions
from tests.helpers.random_records import frame
from transforms.score.facts import derive_facts

Row = dict[str, Any]
STANDS = {"vacated": False, "juvenile_adjudication": False}
THEFT = {**STANDS, "grade": "MISDEMEANOR", "category": "THEFT", "jurisdiction": "STATE"}
REENTRY = {**STANDS, "grade": "FELONY", "category": "ILLEGAL_REENTRY"}


def bounds(fact: str, *convictions: Row | None, counted: Row | None = None, **record: Any) -> Any:
    """Return the bounds of a fact about some convictions."""
    counts = CountedConvictions.model_validate(counted or {})
    facts = derive_facts(frame([{"convictions": list(convictions), **record}]), counts)
    return facts.select(low(fact), high(fact)).row(0)


@pytest.mark.parametrize(
    ("convictions", "expected"),
    [
        # Three on one day may come from one incident, or from three.
        ([{**THEFT, "date": "2010-01-01"}] * 3, (1, 3)),
        ([{**THEFT, "date": "2010-01-01", "incident": "a"}] * 3, (1, 1)),
        ([{**THEFT, "date": f"2010-01-0{day}"} for day in (1, 2, 3)], (3, 3)),
        ([{**THEFT, "incident": text} for text in "abc"], (3, 3)),
        ([{**THEFT, "date": f"2010-01-0{day}", "incident": "a"} for day in (1, 2, 3)], (1, 1)),
        ([THEFT] * 3, (1, 3)),
        ([{**THEFT, "incident": "a"}, {**THEFT, "date": "2010-01-01"}], (1, 2)),
        ([{**THEFT, "category": "TRAFFIC"}] * 3, (0, 0)),
        ([{**THEFT, "category": None, "date": f"2010-01-0{day}"} for day in (1, 2, 3)], (0, 3)),
        ([THEFT, None], (1, None)),
        ([], (0, 0)),
    ],
)
def test_counts_misdemeanors_by_separate_incident(
    convictions: list[Row | None], expected: tuple[int, int | None]
) -> None:
    assert bounds("misdemeanor_incidents", *convictions) == expected


@pytest.mark.parametrize(
    ("jurisdiction", "expected"),
    [("FEDERAL", (1, 1)), ("STATE", (0, 0)), ("LOCAL", (0, 0)), ("UNKNOWN", (0, 1))],
)
def test_only_a_state_or_local_status_offense_is_excepted(
    jurisdiction: str, expected: tuple[int, int]
) -> None:
    felony = {**REENTRY, "jurisdiction": jurisdiction}
    assert bounds("felonies_not_state_status", felony) == expected
    assert bounds("felonies_not_status", felony) == (0, 0)


@pytest.mark.parametrize(
    ("conviction", "counted", "expected"),
    [
        ({"vacated": True}, {}, (0, 0)),
        ({"vacated": None}, {}, (0, 1)),
        ({"vacated": None}, {"vacated": True}, (1, 1)),
        # Expunged and pardoned convictions remain convictions unless the rulebook says otherwise.
        ({"expunged": True, "pardoned": True}, {}, (1, 1)),
        ({"expunged": True}, {"expunged": False}, (0, 0)),
        ({"pardoned": True}, {"pardoned": False}, (0, 0)),
        ({"pardoned": None}, {"pardoned": False}, (0, 1)),
        ({"juvenile_adjudication": None}, {}, (0, 1)),
        ({"juvenile_adjudication": None}, {"juvenile": True}, (1, 1)),
    ],
)
def test_vacated_expunged_and_pardoned_convictions_count_by_rulebook(
    conviction: Row, counted: Row, expected: tuple[int, int]
) -> None:
    felony = {**REENTRY, **conviction}
    assert bounds("felony_convictions", felony, counted=counted) == expected


@pytest.mark.parametrize(
    ("birth", "convicted", "expected"),
    [
        ("1980-05-05", "2001-05-05", (1, 1)),
        ("1980-05-05", "2001-05-04", (0, 1)),
        # Born on May 31 at the latest.
        ("1980-05", "2001-05-31", (1, 1)),
        ("1980-05", "2001-05-30", (0, 1)),
        (None, "2001-05-05", (0, 1)),
        ("1980-05-05", None, (0, 1)),
    ],
)
def test_a_person_who_has_turned_21_is_not_a_juvenile(
    birth: str | None, convicted: str | None, expected: tuple[int, int]
) -> None:
    felony = {**REENTRY, "juvenile_adjudication": None, "date": convicted}
    assert bounds("felony_convictions", felony, birth_date=birth) == expected
    asked = bounds("juvenile_adjudications", felony, birth_date=birth)
    assert asked == ((0, 0) if expected == (1, 1) else (0, 1))


def test_asks_for_what_a_conviction_depends_on() -> None:
    asked = FACTS["felony_convictions"].settled_by
    assert asked == ("vacated_convictions", "juvenile_adjudications")
    felony = {**REENTRY, "vacated": None}
    assert bounds("vacated_convictions", felony) == (0, 1)
    assert bounds("juvenile_adjudications", felony) == (0, 0)


@pytest.mark.parametrize(
    ("conviction", "fact", "expected"),
    [
        ({"category": "THREATS"}, "violent_misdemeanors", (1, 1)),
        ({"category": "THREATS", "category_open": True}, "violent_misdemeanors", (0, 1)),
        ({"category": "THREATS", "category_open": True}, "nonviolent_misdemeanors", (0, 1)),
        ({"category": "THREATS", "category_open": True}, "misdemeanor_convictions", (1, 1)),
        ({"category": "THREATS", "category_open": True}, "open_category_convictions", (1, 1)),
        ({"category": "THREATS"}, "open_category_convictions", (0, 0)),
        ({"category": "DWAI"}, "dwai_misdemeanors", (1, 1)),
        ({"category": "DWAI"}, "driving_under_influence_misdemeanors", (0, 0)),
        ({"category": "TRAFFIC"}, "traffic_misdemeanors", (1, 1)),
        ({"category": "FIREARM"}, "open_threat_misdemeanors", (1, 1)),
        ({"category": "ARSON"}, "open_threat_misdemeanors", (1, 1)),
        ({"category": "ARSON", "category_open": True}, "open_threat_misdemeanors", (1, 1)),
        ({"category": "THREATS", "category_open": True}, "open_threat_misdemeanors", (0, 1)),
        ({"category": "THEFT"}, "open_threat_misdemeanors", (0, 0)),
        ({"category": "THEFT", "weapon": True}, "open_threat_misdemeanors", (1, 1)),
        ({"category": "GANG"}, "gang_element_convictions", (0, 1)),
        ({"category": "GANG", "gang_element": True}, "gang_element_convictions", (1, 1)),
        ({"category": "THEFT"}, "gang_element_convictions", (0, 0)),
        ({"sentence_days": 90}, "misdemeanors_90_days_sentence", (1, 1)),
        ({"sentence_days": 89}, "misdemeanors_90_days_sentence", (0, 0)),
        ({"sentence_days": 90}, "longest_sentence_days", (90, 90)),
    ],
)
def test_distinguishes_kinds_of_misdemeanors(
    conviction: Row, fact: str, expected: tuple[int, int]
) -> None:
    assert bounds(fact, {**THEFT, **conviction}) == expected


def test_the_longest_sentence_is_open_if_one_is_unknown() -> None:
    known, unknown = {**THEFT, "sentence_days": 30}, {**THEFT, "sentence_days": None}
    assert bounds("longest_sentence_days", known, unknown) == (30, None)
    assert bounds("longest_sentence_days", known, {**unknown, "vacated": True}) == (30, 30)
    assert bounds("longest_sentence_days") == (0, 0)
