"""A rulebook whose rows name criteria, and its routing table in plain Python."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebooks import load_text

Truth: TypeAlias = bool | None
Values: TypeAlias = Mapping[str, Truth]
HEAD = """\
id: named
title: A rulebook whose rows name criteria
issued: 2011-11-17
summary: For tests.
sources:
  - {id: memo, title: The memo, publisher: The agency, date: 2011-11-17}
criteria:
"""
FACTS = {
    "P1": ("priority", "security_risk"),
    "P2": ("priority", "gang_member"),
    "P3": ("priority", "human_rights_violator"),
    "F1": ("favored", "served"),
    "F2": ("favored", "serious_condition"),
    "N1": ("finding", "witness_to_crime"),
    "N2": ("finding", "outstanding_warrant"),
    "A1": ("factor", "us_high_school"),
    "A2": ("factor", "relief_denied"),
}
WEIGHTS = {"A1": 3_000_000, "A2": -2_000_000}
TABLE = """\
routing:
  - {id: security, when: P1 AND NOT favored, route: expedite, form: ACCELERATION, why: So.}
  - {id: both, when: priority AND favored, route: continue, needs_review: true, why: So.}
  - {id: mitigated, when: priority AND N1, route: close, form: DISMISSAL_WITHOUT_PREJUDICE,
     why: So.}
  - {id: against, when: priority, route: expedite, form: ACCELERATION, why: So.}
  - {id: for, when: favored AND NOT N2, route: close, form: ADMINISTRATIVE_CLOSURE, why: So.}
  - {id: witness, when: N1 AND score >= -1999999, route: close, form: NOT_FILING, why: So.}
  - {id: high, when: score >= 3000000, route: close, form: NOT_FILING, why: So.}
  - {id: else, when: "TRUE", route: continue, why: So.}
"""
ROUTES = {
    "security": ("expedite", "ACCELERATION"),
    "both": ("continue", None),
    "mitigated": ("close", "DISMISSAL_WITHOUT_PREJUDICE"),
    "against": ("expedite", "ACCELERATION"),
    "for": ("close", "ADMINISTRATIVE_CLOSURE"),
    "witness": ("close", "NOT_FILING"),
    "high": ("close", "NOT_FILING"),
    "else": ("continue", None),
}


@functools.cache
def named() -> CompiledRulebook:
    """The rulebook."""
    criteria = []
    for name, (of, fact) in FACTS.items():
        weight = f"weight: {WEIGHTS[name]}, " if name in WEIGHTS else ""
        criteria.append(
            f"  - {{id: {name}, list: {of}, {weight}title: T, when: {fact}, "
            "cite: {source: memo, section: one, says: so}}\n"
        )
    return load_text("named", "".join([HEAD, *criteria, TABLE]))


def row(values: Mapping[str, bool]) -> str:
    """Find the row that decides if every criterion is known."""
    priority, favored = (any(values[c] for c in values if c[0] == letter) for letter in "PF")
    score = sum(weight for name, weight in WEIGHTS.items() if values[name])
    if values["P1"] and not favored:
        return "security"
    if priority and favored:
        return "both"
    if priority:
        return "mitigated" if values["N1"] else "against"
    if favored and not values["N2"]:
        return "for"
    if values["N1"] and score >= -1_999_999:
        return "witness"
    return "high" if score >= 3_000_000 else "else"


def completions(values: Values) -> Iterator[dict[str, bool]]:
    """Return every way in which the unknowns could turn out."""
    ways = ((True, False) if value is None else (value,) for value in values.values())
    for way in itertools.product(*ways):
        yield dict(zip(values, way, strict=True))
