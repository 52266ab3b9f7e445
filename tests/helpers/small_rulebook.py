"""A small rulebook and small fact frames, for results worked out by hand.

`plain_route` is its routing table in plain Python, which tries every way in which the unknowns
could turn out.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable
from typing import Any

import polars as pl

from schemas.facts import FACTS, low
from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebooks import load_text
from tests.helpers.random_facts import SCHEMA

Truth = bool | None
TEXT = """\
id: small
title: A small rulebook
issued: 2011-11-17
summary: For tests.
sources:
  - {id: memo, title: The memo, publisher: The agency, date: 2011-11-17}
presumptions:
  - id: record
    presume: {arrests: 0}
    basis: {when: "TRUE", says: the file is here}
    reason: {close: A check is made., expedite: Ask first.}
  - id: gang
    presume: {gang_member: false}
    basis: {when: "TRUE", says: the file is here}
    against:
      - {when: alleged_criminal_ground, says: a criminal ground is charged}
    reason: {close: A check is made.}
milestones:
  - {id: turned_65, from: birth_date, years: 65}
  - {id: three_years_in, from: last_entry, years: 3}
criteria:
  - id: P1
    list: priority
    title: Arrests
    cite: {source: memo, section: one, says: arrests}
    when: arrests >= 2
  - id: P2
    list: priority
    title: Gang
    cite: {source: memo, section: two, says: gang}
    when: gang_member
  - id: P3
    list: priority
    title: New
    cite: {source: memo, section: three, says: new}
    when: entered_illegally AND NOT three_years_in
  - id: F1
    list: favored
    title: Old
    cite: {source: memo, section: four, says: old}
    when: turned_65
  - id: F2
    list: favored
    title: Ill
    cite: {source: memo, section: five, says: ill}
    when: serious_condition
  - id: A1
    list: factor
    title: School
    cite: {source: memo, section: six, says: school}
    when: us_high_school
    weight: 3
  - id: A2
    list: factor
    title: Fraud
    cite: {source: memo, section: six, says: fraud}
    when: fraud_findings >= 1
    weight: -2
  - id: A3
    list: factor
    title: Here
    cite: {source: memo, section: six, says: here}
    when: three_years_in
    weight: 1
routing:
  - {id: both, when: priority AND favored, route: continue, needs_review: true, why: So it says.}
  - {id: against, when: priority, route: expedite, why: So it says.}
  - {id: for, when: favored, route: close, why: So it says.}
  - {id: high, when: score >= 3, route: close, why: So it says.}
  - {id: odd, when: score = 2, route: expedite, why: So it says.}
  - {id: low, when: score < -1, route: expedite, why: So it says.}
  - {id: else, when: "TRUE", route: continue, why: So it says.}
"""
WEIGHTS = {"A1": 3, "A2": -2, "A3": 1}
LOWEST, HIGHEST = -2, 4


@functools.cache
def small() -> CompiledRulebook:
    """The rulebook."""
    return load_text("small", TEXT)


def without_score() -> CompiledRulebook:
    """The rulebook with a table that doesn't read the score."""
    lines = [line for line in TEXT.splitlines(keepends=True) if "when: score" not in line]
    return load_text("without score", "".join(lines))


def facts(*cases: dict[str, Any]) -> pl.DataFrame:
    """Cases with some known facts.

    Args:
        cases: For each case, the values of facts, or their two bounds as a tuple.
    """
    rows = []
    for case in cases:
        row = dict.fromkeys(SCHEMA.names()) | {
            low(fact.name): 0 for fact in FACTS.values() if fact.kind == "count"
        }
        for name, value in case.items():
            columns = FACTS[name].columns
            bounds = value if isinstance(value, tuple) else (value,) * len(columns)
            row |= dict(zip(columns, bounds, strict=True))
        rows.append(row)
    return pl.DataFrame(rows, schema=SCHEMA)


def any_of(values: Iterable[Truth]) -> Truth:
    """Kleene OR."""
    found = list(values)
    return True if True in found else None if None in found else False


def plain_position(values: dict[str, Truth]) -> tuple[Truth, Truth, int, int]:
    """Priority, favored, and the bounds of the score, from the values of the criteria."""
    ways = [
        sum(weight for weight, holds in zip(WEIGHTS.values(), way, strict=True) if holds)
        for way in itertools.product(
            *((True, False) if values[name] is None else (values[name],) for name in WEIGHTS)
        )
    ]
    priority, favored = (
        any_of(value for name, value in values.items() if name[0] == letter) for letter in "PF"
    )
    return priority, favored, min(ways), max(ways)


@functools.cache
def plain_route(priority: Truth, favored: Truth, least: int, most: int) -> str:
    """The route of a position: the one that every completion has, or else continue."""
    routes = {
        _table(*way)
        for way in itertools.product(
            (True, False) if priority is None else (priority,),
            (True, False) if favored is None else (favored,),
            range(least, most + 1),
        )
    }
    return routes.pop() if len(routes) == 1 else "continue"


def _table(priority: bool, favored: bool, score: int) -> str:
    if priority or favored:
        return "continue" if priority and favored else "expedite" if priority else "close"
    return "close" if score >= 3 else "expedite" if score == 2 or score < -1 else "continue"


def plain_route_without_score(priority: Truth, favored: Truth, least: int, most: int) -> str:
    """The same for `without_score`: if neither list applies, the case continues."""
    return plain_route(priority, favored, 0, 0)
