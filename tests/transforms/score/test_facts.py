"""Facts, each compared with a plain reading of one record at a time."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.facts import FACTS, high, low
from schemas.rulebook.model import CountedConvictions
from tests.helpers.plain_facts import Row, plainly
from tests.helpers.random_facts import SCHEMA
from tests.helpers.random_records import frame, random_completion, random_record
from transforms.score.facts import FACT_COLUMNS, derive_facts

SEEDS = st.integers(0, 2**32 - 1)
COUNTED = CountedConvictions()


def records(seed: int, rows: int = 12) -> list[Row]:
    rng = random.Random(seed)
    return [random_record(rng, rng.choice([0.4, 0.7, 0.95])) for _ in range(rows)]


@given(SEEDS, st.tuples(*[st.booleans()] * 5))
@settings(max_examples=40)
def test_gives_the_same_facts_as_a_plain_reading(seed: int, counts: tuple[bool, ...]) -> None:
    kinds = ("foreign", "juvenile", "vacated", "expunged", "pardoned")
    counted = CountedConvictions.model_validate(dict(zip(kinds, counts, strict=True)))
    rows = records(seed)
    derived = derive_facts(frame(rows), counted)
    assert tuple(derived.columns) == FACT_COLUMNS
    assert derived.schema == SCHEMA
    for row, facts in zip(rows, derived.to_dicts(), strict=True):
        expected = plainly(row, counted)
        assert set(expected) == set(FACT_COLUMNS)
        assert facts == expected


@given(SEEDS)
@settings(max_examples=40)
def test_every_completion_is_within_the_known_bounds(seed: int) -> None:
    rows = records(seed)
    rng = random.Random(seed + 1)
    partial = derive_facts(frame(rows), COUNTED).to_dicts()
    settled = derive_facts(frame([random_completion(rng, row) for row in rows]), COUNTED)
    for before, after in zip(partial, settled.to_dicts(), strict=True):
        for fact in FACTS.values():
            # About the record, not the person: it couldn't be read, whatever it says.
            if fact.name == "unreadable_charge":
                continue
            if fact.kind in ("bool", "code"):
                assert before[fact.name] in (None, after[fact.name]), fact.name
                continue
            least, most = before[low(fact.name)], before[high(fact.name)]
            assert least is None or after[low(fact.name)] >= least, fact.name
            # The date of something that turns out not to exist has no bounds.
            there = after[high(fact.name)]
            assert most is None or there is None or there <= most, fact.name


@pytest.mark.parametrize(
    ("convictions", "bounds"),
    [
        (None, (0, None)),
        ([], (0, 0)),
        ([None], (0, None)),
        ([{"grade": "MISDEMEANOR", "category": "DUI"}], (1, 1)),
        ([{"grade": None, "category": "DUI"}], (0, 1)),
        ([{"grade": "MISDEMEANOR", "category": "DUI"}, None], (1, None)),
        ([{"grade": "FELONY", "category": "DUI"}], (0, 0)),
    ],
)
def test_counts_partly_known_lists_between_bounds(
    convictions: Any, bounds: tuple[int, int | None]
) -> None:
    counts_all = CountedConvictions(foreign=True, juvenile=True, vacated=True)
    record = frame([{"case_id": "1", "convictions": convictions}])
    facts = derive_facts(record, counts_all)
    assert facts.select(pl.col("^driving_under_influence_misdemeanors.*$")).row(0) == bounds


@pytest.mark.parametrize(
    ("name", "category", "days", "bounds"),
    [
        ("felonies_by_maximum_sentence", "THEFT", 365, (0, 0)),
        ("felonies_by_maximum_sentence", "THEFT", 366, (1, 1)),
        ("felonies_by_maximum_sentence", "THEFT", None, (0, 1)),
        ("dui_in_federal_range", "DUI", 5, (0, 0)),
        ("dui_in_federal_range", "DUI", 6, (1, 1)),
        ("dui_in_federal_range", "DUI", 365, (1, 1)),
        ("dui_in_federal_range", "DUI", 366, (0, 0)),
        ("dui_in_federal_range", "DUI", None, (0, 1)),
        ("dui_in_federal_range", "DWAI", 100, (0, 0)),
        ("dui_in_federal_range", None, 100, (0, 1)),
    ],
)
def test_grades_an_offense_by_maximum_sentence_as_federal_law_does(
    name: str, category: str | None, days: int | None, bounds: tuple[int, int]
) -> None:
    conviction = {
        "grade": "MISDEMEANOR",
        "category": category,
        "maximum_sentence_days": days,
        "juvenile_adjudication": False,
        "vacated": False,
    }
    facts = derive_facts(frame([{"convictions": [conviction]}]), COUNTED)
    assert facts.select(low(name), high(name)).row(0) == bounds


def test_counts_a_consular_officers_finding_of_fraud_separately() -> None:
    findings = [{"found_by": "CONSULAR_OFFICER"}, {"found_by": None}]
    facts = derive_facts(frame([{"fraud_findings": findings}]), COUNTED)
    for name, bounds in (("fraud_findings", (0, 1)), ("consular_fraud_findings", (1, 2))):
        assert facts.select(low(name), high(name)).row(0) == bounds


@pytest.mark.parametrize(
    ("ties", "caretaking", "expected"),
    [
        (None, None, (0, None, None)),
        ([], [], (0, 0, False)),
        ([None], [None], (0, None, None)),
        ([{"documented": True}, None], [{"of": "MINOR"}, None], (1, None, True)),
        ([{"documented": False}, None], [{"of": "OTHER"}, None], (0, None, None)),
        ([{"documented": False}], [{"of": "OTHER"}], (0, 0, False)),
        ([{"documented": None}], [{"of": "UNKNOWN"}], (0, 1, None)),
    ],
)
def test_distinguishes_none_unknown_and_perhaps_more(
    ties: Any, caretaking: Any, expected: tuple[Any, ...]
) -> None:
    facts = derive_facts(frame([{"ties": ties, "caretaking": caretaking}]), COUNTED)
    names = (low("documented_ties"), high("documented_ties"), "primary_caretaker")
    assert facts.select(names).row(0) == expected


def test_no_records_give_no_facts() -> None:
    assert derive_facts(frame([]), COUNTED).schema == SCHEMA
