"""Random partial fact frames and their completions, for property tests."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import polars as pl

from schemas.facts import FACTS, Fact, high, low
from schemas.rulebook.compiled import CompiledRulebook
from transforms.score.facts import FACT_COLUMNS

AS_OF = datetime.date(2011, 11, 17)
DTYPES = {"bool": pl.Boolean, "count": pl.Int32, "date": pl.Date, "code": pl.String}
SCHEMA = pl.Schema(
    {column: DTYPES[fact.kind] for fact in FACTS.values() for column in fact.columns}
)
FIRST, LAST = datetime.date(1925, 1, 1), datetime.date(2030, 1, 1)
Row = dict[str, Any]


def partial_facts(seed: int, rows: int, known: float = 0.5) -> pl.DataFrame:
    """A frame of random facts: some known, some between bounds, some unknown."""
    rng = np.random.default_rng(seed)
    made: list[Row] = []
    for _ in range(rows):
        row: Row = {}
        share = known * rng.uniform(0.2, 1.9)
        for fact in FACTS.values():
            row |= _unknown(fact, rng) if rng.random() > share else _known(fact, rng)
        made.append(row)
    return pl.DataFrame(made, schema=SCHEMA).select(FACT_COLUMNS)


# Facts that favor a person, so that a score can be high enough to close a case.
FAVORABLE = (
    "citizen_spouse",
    "likely_family_relief",
    "primary_caretaker",
    "severe_illness",
    "us_high_school",
    "witness_to_crime",
    "civil_rights_plaintiff",
)
# Facts that presumptions depend on.
SEEN = ("charges_seen", "agency_record_seen")


def quiet_facts(seed: int, rows: int) -> pl.DataFrame:
    """Make a frame of random facts, most of them known and few of them true, as for most people.

    Only for such people are both lists FALSE, so that a routing table is read to its last row.
    """
    rng = np.random.default_rng(seed)
    made: list[Row] = []
    for _ in range(rows):
        unknown, true = rng.uniform(0, 0.15), rng.choice([0.002, 0.01, 0.05, 0.2])
        row: Row = {}
        for fact in FACTS.values():
            if rng.random() < unknown:
                row |= _unknown(fact, rng)
            elif fact.kind == "bool":
                row[fact.name] = bool(rng.random() < true)
            elif fact.kind == "count":
                count = int(rng.random() < true) * int(rng.integers(1, 4))
                row |= {low(fact.name): count, high(fact.name): count}
            else:
                row |= _known(fact, rng)
        if rng.random() < 0.5:
            row |= {name: True for name in FAVORABLE if rng.random() < 0.6}
        # Otherwise, almost nothing may be presumed.
        row |= {name: True for name in SEEN if rng.random() < 0.85}
        made.append(row)
    return pl.DataFrame(made, schema=SCHEMA).select(FACT_COLUMNS)


def complete(facts: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Make a random completion: every unknown fact gets a value within its bounds."""
    rng = np.random.default_rng(seed)
    rows = []
    for partial in facts.to_dicts():
        row: Row = {}
        for fact in FACTS.values():
            if fact.kind == "count":
                least, most = partial[low(fact.name)], partial[high(fact.name)]
                most = least + 4 if most is None else most
                value: Any = int(rng.integers(least, most + 1))
                row |= {low(fact.name): value, high(fact.name): value}
            elif fact.kind == "date":
                first = partial[low(fact.name)] or FIRST
                last = partial[high(fact.name)] or max(LAST, first)
                value = first + datetime.timedelta(
                    days=int(rng.integers(0, (last - first).days + 1))
                )
                row |= {low(fact.name): value, high(fact.name): value}
            elif partial[fact.name] is None:
                row |= _known(fact, rng)
            else:
                row[fact.name] = partial[fact.name]
        rows.append(row)
    return pl.DataFrame(rows, schema=SCHEMA).select(FACT_COLUMNS)


def near_milestones(facts: pl.DataFrame, rulebook: CompiledRulebook, seed: int) -> pl.DataFrame:
    """The facts with the dates behind milestones moved so that many milestones fall near as-of."""
    rng = np.random.default_rng(seed)
    rows = facts.to_dicts()
    for row in rows:
        for milestone in rulebook.milestones:
            since = milestone.since
            if since is None or row[low(since)] is None or rng.random() < 0.5:
                continue
            day = AS_OF - datetime.timedelta(
                days=int(milestone.years * 365.25)
                + milestone.months * 30
                + int(rng.integers(-900, 60))
            )
            width = int(rng.choice([0, 0, 30, 364]))
            row[low(since)] = day
            row[high(since)] = day + datetime.timedelta(days=width)
    return pl.DataFrame(rows, schema=SCHEMA).select(FACT_COLUMNS)


def _known(fact: Fact, rng: np.random.Generator) -> Row:
    if fact.kind == "bool":
        return {fact.name: bool(rng.random() < 0.15)}
    if fact.kind == "count":
        value = int(rng.choice([0, 0, 0, 1, 2, 3]))
        return {low(fact.name): value, high(fact.name): value}
    if fact.kind == "date":
        day = FIRST + datetime.timedelta(days=int(rng.integers(0, (LAST - FIRST).days)))
        return {low(fact.name): day, high(fact.name): day}
    return {fact.name: str(rng.choice(fact.values or ["BAL", "MX"]))}


def _unknown(fact: Fact, rng: np.random.Generator) -> Row:
    if fact.kind == "count":
        least = int(rng.choice([0, 0, 0, 1]))
        most = None if rng.random() < 0.7 else least + int(rng.integers(0, 3))
        return {low(fact.name): least if most is not None else 0, high(fact.name): most}
    if fact.kind == "date":
        if rng.random() < 0.6:
            return {low(fact.name): None, high(fact.name): None}
        day = FIRST + datetime.timedelta(days=int(rng.integers(0, (LAST - FIRST).days)))
        last = day + datetime.timedelta(days=int(rng.integers(1, 400)))
        return {
            low(fact.name): day if rng.random() < 0.8 else None,
            high(fact.name): last if rng.random() < 0.8 else None,
        }
    return {fact.name: None}
