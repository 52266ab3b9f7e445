"""Checks: the presumptions that a route leans on, worked out by hand with small rulebooks."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebooks import load_text
from tests.helpers.small_rulebook import facts
from transforms.route.recommendation import recommend

AS_OF = datetime.date(2011, 11, 17)
HEAD = """\
id: leaning
title: What a score leans on
issued: 2011-11-17
summary: For tests.
sources:
  - {id: memo, title: The memo, publisher: The agency, date: 2011-11-17}
"""
TABLE = """\
routing:
  - {id: high, when: score >= 3, route: close, why: So it says.}
  - {id: else, when: "TRUE", route: continue, why: So it says.}
"""
# In the record: worth 6.
SCHOOL = {"us_high_school": True}


def rulebook(weights: dict[str, int], presumed: dict[str, str]) -> CompiledRulebook:
    """A rulebook of weighted conditions, each a factor, that closes at three."""
    presumptions = [
        f"  - {{id: {fact.replace('_', '-')}, presume: {{{fact}: {value}}}, "
        'basis: {when: "TRUE", says: so}, reason: {close: A check.}}\n'
        for fact, value in presumed.items()
    ]
    factors = [
        f"  - {{id: A{number}, list: factor, weight: {weight}, title: One, when: {when},\n"
        f"     cite: {{source: memo, section: one, says: so}}}}\n"
        for number, (when, weight) in enumerate({"us_high_school": 6, **weights}.items())
    ]
    parts = [HEAD, *(["presumptions:\n", *presumptions] if presumed else []), "criteria:\n"]
    return load_text("leaning", "".join([*parts, *factors, TABLE]))


def routed(rulebook: CompiledRulebook, case: dict[str, Any]) -> tuple[str, list[str]]:
    [row] = recommend(facts(case), rulebook, AS_OF).to_dicts()
    return row["route"], [check["fact"] for check in row["checks"]]


ARRESTS = {"arrests": "0"}
BOTH = {"arrests": "0", "gang_member": "false"}


@pytest.mark.parametrize(
    ("weights", "presumed", "case", "route", "checks"),
    [
        # 6 - 4 = 2: one factor is enough.
        ({"arrests >= 1": -4}, ARRESTS, SCHOOL, "close", ["arrests"]),
        # 6 - 3 = 3: it isn't.
        ({"arrests >= 1": -3}, ARRESTS, SCHOOL, "close", []),
        # 6 - 2 - 2 = 2, of one fact.
        ({"arrests >= 1": -2, "arrests >= 2": -2}, ARRESTS, SCHOOL, "close", ["arrests"]),
        # The same for two facts, neither of which is enough by itself.
        (
            {"arrests >= 1": -2, "gang_member": -2},
            BOTH,
            SCHOOL,
            "close",
            ["arrests", "gang_member"],
        ),
        # 6 - 2 - 1 = 3: both together are not.
        ({"arrests >= 1": -2, "gang_member": -1}, BOTH, SCHOOL, "close", []),
        # One is enough by itself. The other never is, but the score between 1 and 6 may be any.
        (
            {"arrests >= 1": -4, "gang_member": -1},
            BOTH,
            SCHOOL,
            "close",
            ["arrests", "gang_member"],
        ),
        # Known facts aren't presumed.
        (
            {"arrests >= 1": -2, "gang_member": -2},
            BOTH,
            SCHOOL | {"gang_member": False},
            "close",
            [],
        ),
        # 0 + 2 + 2 = 4, of one fact; 0 + 2 of each alone would leave the case where it is.
        (
            {"served": 2, "served OR combat_service": 2},
            {"served": "false"},
            {"us_high_school": False, "combat_service": False},
            "continue",
            ["served"],
        ),
        # A criterion that stays open: so does the case, and an open case leans on nothing.
        (
            {"gang_member OR in_school": 3},
            {"gang_member": "false"},
            {"us_high_school": False},
            "continue",
            [],
        ),
        # No presumptions, no checks.
        ({"arrests >= 1": -4}, {}, SCHOOL, "continue", []),
    ],
)
def test_lists_the_presumptions_that_a_route_leans_on(
    weights: dict[str, int],
    presumed: dict[str, str],
    case: dict[str, Any],
    route: str,
    checks: list[str],
) -> None:
    assert routed(rulebook(weights, presumed), case) == (route, checks)


def test_presumptions_that_are_not_used_are_not_checked() -> None:
    leaning = rulebook({"arrests >= 1": -4}, ARRESTS)
    [row] = recommend(facts(SCHOOL), leaning, AS_OF, presume=False).to_dicts()
    assert (row["route"], row["checks"]) == ("continue", [])
