"""The counterfactual test: a planted rule is caught, and a rulebook without one moves nobody."""

from __future__ import annotations

import datetime
from collections import Counter

import pytest

from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebooks import load, load_text
from transforms.assess.frame import Terms, assess
from transforms.oversight.counterfactual import (
    Change,
    added,
    change,
    changed_tables,
    protected_in,
    values_to_try,
)
from transforms.testing import case_frame

DAY = datetime.date(2011, 11, 17)
PLANTED = """\
id: planted
title: A rulebook with a planted rule
issued: 2011-11-17
summary: For tests.
sources:
  - {id: memo, title: The memo, publisher: The agency, date: 2011-11-17}
criteria:
  - id: P1
    list: priority
    title: From a country under a halt
    cite: {source: memo, section: one, says: nationals of a country}
    when: nationality IN ('HA')
    protected: [nationality]
  - id: F1
    list: favored
    title: Ill
    cite: {source: memo, section: two, says: ill}
    when: serious_condition
routing:
  - {id: first, when: priority, route: expedite, why: listed}
  - {id: then, when: favored, route: close, why: ill}
  - {id: last, when: "TRUE", route: continue, why: neither}
"""
# Nationality, whether ill, and how many.
PEOPLE = (("HA", True, 4), ("HA", False, 6), ("MX", True, 5), ("MX", False, 10), (None, True, 2),
          (None, False, 3))  # fmt: skip
CASES = case_frame(
    {"case_id": f"{nation}-{ill}-{n}", "nationality": nation, "serious_condition": ill,
     "sex": "FEMALE" if n % 2 else "MALE", "court": "BAL"}
    for nation, ill, number in PEOPLE for n in range(number)
)  # fmt: skip


def changed(attribute: str, rulebook: CompiledRulebook) -> Change:
    terms = Terms(rulebook, DAY)
    before = assess(CASES, terms).recommendations
    seen = protected_in(CASES)[attribute]
    halves = (CASES.head(11), CASES.tail(-11))
    values = values_to_try(attribute, seen, rulebook)
    return added([change(half, before, terms, attribute, values) for half in halves])


@pytest.fixture(scope="module")
def planted() -> CompiledRulebook:
    return load_text("planted.yaml", PLANTED)


def test_a_planted_rule_is_caught(planted: CompiledRulebook) -> None:
    found = changed("nationality", planted)
    moved = Counter(
        (*row["case_id"].split("-")[:2], row["set_to"], row["route"], row["route_then"])
        for row in found.moved.iter_rows(named=True)
    )
    assert moved == {
        ("MX", "True", "HA", "close", "expedite"): 5,
        ("MX", "False", "HA", "continue", "expedite"): 10,
        # Their route is open as long as their nationality isn't known.
        ("None", "True", "HA", "continue", "expedite"): 2,
        ("None", "False", "HA", "continue", "expedite"): 3,
        ("HA", "True", "MX", "expedite", "close"): 4,
        ("HA", "False", "MX", "expedite", "continue"): 6,
        ("None", "True", "MX", "continue", "close"): 2,
        ("HA", "True", "not known", "expedite", "continue"): 4,
        ("HA", "False", "not known", "expedite", "continue"): 6,
        ("MX", "True", "not known", "close", "continue"): 5,
    }
    assert found.values == ("HA", "MX", None)
    assert found.assessed == 20 + 15 + 25
    assert {tuple(one) for one in found.moved["criteria"]} == {("P1",)}
    [row] = changed_tables([found])[0].rows
    assert (row["moved"], row["by_quoted"], row["otherwise"]) == (47, 47, 0)
    assert "From a country under a halt (The memo" in row["criteria"]


def test_an_attribute_that_no_rule_reads_moves_nobody(planted: CompiledRulebook) -> None:
    found = changed("sex", planted)
    assert found.moved.is_empty()
    # Everybody was assessed once, as of the other sex.
    assert found.assessed == CASES.height
    # No case says which language; the code table has none, either.
    assert changed("language", planted).assessed == 0


@pytest.mark.parametrize("name", ["ice-2011-11-17", "opla-2022-04-03"])
def test_the_guidance_moves_nobody(name: str) -> None:
    for attribute in ("nationality", "sex"):
        found = changed(attribute, load(name))
        assert found.moved.is_empty()
        assert found.assessed >= CASES.height
