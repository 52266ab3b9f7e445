"""Whether a condition can be TRUE for any case: by hand, and by plain enumeration."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebook.condition import Names
from schemas.rulebook.conditions import compile_condition
from schemas.rulebooks import load
from transforms.explain.possible import can_be_true

RULEBOOK = load("ice-2011-11-17")
SINCE = {milestone.id: milestone.since for milestone in RULEBOOK.milestones}


def possible(when: str, rulebook: CompiledRulebook = RULEBOOK) -> bool | None:
    return can_be_true(compile_condition(when, Names(SINCE, {}, {}, {})), rulebook)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("served", True),
        ("served AND NOT served", False),
        ("arrests >= 1", True),
        ("arrests < 0", False),
        ("arrests > 4 AND arrests < 6", True),
        ("arrests > 5 AND arrests < 6", False),
        ("arrests BETWEEN 7 AND 3", False),
        ("convictions = 0 AND felony_convictions >= 1", False),
        ("misdemeanor_convictions = 1 AND violent_misdemeanors >= 2", False),
        ("misdemeanor_convictions = 2 AND violent_misdemeanors >= 2", True),
        ("turned_65 AND NOT turned_18", False),
        ("turned_18 AND NOT turned_65", True),
        ("custody = 'DETAINED' AND custody = 'RELEASED'", False),
        ("custody <> 'DETAINED' AND custody <> 'RELEASED' AND custody <> 'NEVER_DETAINED'", False),
        ("court <> 'BAL' AND court <> 'DEN'", True),
        ("first_entry > DATE '2011-01-01' AND first_entry < DATE '2011-01-03'", True),
        ("first_entry > DATE '2011-01-01' AND first_entry < DATE '2011-01-02'", False),
        ("FALSE", False),
        ("TRUE", True),
    ],
)
def test_tells_what_can_be_true_and_what_cannot(when: str, expected: bool) -> None:
    assert possible(when) is expected


FACTS = ("served", "in_school", "pregnant_or_nursing")
conditions = st.recursive(
    st.sampled_from(FACTS),
    lambda inner: st.one_of(
        inner.map(lambda one: f"NOT ({one})"),
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(
            lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
        ),
    ),
    max_leaves=8,
)


@given(when=conditions)
@settings(max_examples=60, deadline=None)
def test_agrees_with_trying_every_value(when: str) -> None:
    # SQL's words for truth are Python's, but for their capitals.
    python = when.replace("AND", "and").replace("OR", "or").replace("NOT", "not")
    worlds = itertools.product((True, False), repeat=len(FACTS))
    expected = any(eval(python, dict(zip(FACTS, world, strict=True))) for world in worlds)
    assert possible(when) is expected


def test_every_criterion_of_the_rulebooks_can_be_true_and_can_be_false() -> None:
    for criterion in RULEBOOK.criteria:
        assert can_be_true(criterion.condition, RULEBOOK) is True, criterion.id
