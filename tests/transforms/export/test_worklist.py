"""The worklist: what each cell of a case says."""

from __future__ import annotations

import datetime
from typing import Any

import polars as pl
import pytest

from schemas.codes import court_names
from schemas.facts import FACTS
from schemas.rulebooks import load, names
from schemas.worklist import COLUMNS, DECIDED
from tests.helpers.news import CLEAN, VETERAN
from transforms.export.words import Words
from transforms.export.worklist import SCHEMA, worklist
from transforms.frames.frame import Frame
from transforms.normalize.records import normalize
from transforms.route.recommendation import recommend_records
from transforms.testing import case_frame

DAY = datetime.date(2011, 11, 17)
BOOK = load("ice-2011-11-17")
CASES = [
    {**VETERAN, "case_id": "veteran", "court": "BAL", "opla_office": "BAL OCC"},
    {"case_id": "blank-1"},
    {
        **CLEAN,
        "case_id": "felon",
        "convictions": [{"grade": "FELONY", "category": "MURDER", "date": "2010-05-04"}],
        "next_hearing": "2012-03-04",
    },
    {
        "case_id": "victim",
        "victimization": [{"kind": "DOMESTIC_VIOLENCE", "in_united_states": True}],
    },
]


def recommended(cases: list[dict[str, Any]]) -> Frame:
    records, _ = normalize(case_frame(cases), DAY)
    made = recommend_records(records, BOOK, DAY)
    return made.with_columns(records["next_hearing"])


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, Any]]:
    made = worklist(recommended(CASES), Words(BOOK))
    assert made.schema == SCHEMA
    return {row["case_id"]: row for row in made.to_dicts()}


def test_a_row_says_what_is_recommended_and_why(rows: dict[str, dict[str, Any]]) -> None:
    row = rows["veteran"]
    assert (row["route"], row["court"], row["court_name"]) == ("close", "BAL", "Baltimore")
    assert row["form"] == "offer administrative closure"
    assert row["office"] == "BAL OCC"
    assert row["reasons"].startswith("F1, ")
    assert "(Guidance to ICE attorneys of November 17, 2011" not in row["reasons"]
    assert "Section II, second list, 1st item)" in row["reasons"]
    assert row["criteria"].split()[0] == "F1"
    assert all(row[column.name] is None for column in DECIDED)
    assert rows["felon"]["next_hearing"] == datetime.date(2012, 3, 4)


def test_the_most_decisive_questions_are_asked_and_the_rest_counted() -> None:
    made = recommended(CASES)
    [missing] = made.filter(case_id="blank-1")["missing_facts"].to_list()
    [ask] = worklist(made, Words(BOOK)).filter(case_id="blank-1")["ask"].to_list()
    for fact in missing[:5]:
        assert FACTS[fact].question in ask
    assert ask.endswith(f"And {len(missing) - 5} more.")
    [lines] = worklist(made, Words(BOOK), lines=True).filter(case_id="blank-1")["ask"].to_list()
    assert len(lines.split("\n")) == 6


def test_confidential_texts_are_marked_and_their_columns_named(
    rows: dict[str, dict[str, Any]],
) -> None:
    row = rows["victim"]
    assert "[confidential]" in row["reasons"]
    assert "reasons" in row["confidential"].split()
    for each in rows.values():
        named = (each["confidential"] or "").split()
        marked = [c.name for c in COLUMNS if c.marked and "[confidential]" in (each[c.name] or "")]
        assert named == marked


@pytest.mark.parametrize("name", names())
def test_every_protected_criterion_of_every_rulebook_is_marked(name: str) -> None:
    book = load(name)
    words = Words(book)
    for one in book.criteria:
        [text] = words.reasons([one.id])
        secret = any(FACTS[fact].confidential for fact in book.facts_read(one.condition))
        assert text.endswith("[confidential]") == secret


def test_the_same_document_is_cited_once() -> None:
    ids = [one.id for one in BOOK.of_list("favored")][:2]
    first, second = Words(BOOK).reasons(ids)
    assert "(the same, " not in first
    assert "(the same, " in second


def test_courts_have_names() -> None:
    assert court_names()["BAL"] == "Baltimore"
    frame = recommended([{"case_id": "1", "court": "CIC"}])
    assert worklist(frame, Words(BOOK))["court_name"].to_list() == [None]


def test_no_cases_give_no_rows() -> None:
    assert worklist(recommended(CASES).clear(), Words(BOOK)).schema == SCHEMA
    assert pl.concat([worklist(recommended(CASES).clear(), Words(BOOK))]).is_empty()
