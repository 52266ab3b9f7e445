"""Consequences, by settling each criterion in plain Python and routing again."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable

import polars as pl
import pytest

from schemas.rulebook_compile import CompiledRulebook
from tests.helpers.small_rulebook import (
    Truth,
    plain_route,
    plain_route_without_score,
    plain_standing,
    small,
    without_score,
)
from transforms.route.consequence import Consequence, consequences
from transforms.route.rows import route_cases
from transforms.score.position import standing

IDS = [criterion.id for criterion in small().criteria]
# What the record says of a criterion, and what routing goes by.
STATES: tuple[tuple[Truth, Truth], ...] = (
    (True, True), (False, False), (None, None), (None, False),
)  # fmt: skip
Case = tuple[tuple[Truth, Truth], ...]
Route = Callable[[Truth, Truth, int, int], str]


def frame(cases: list[Case], part: int) -> pl.DataFrame:
    rows = [[state[part] for state in case] for case in cases]
    return pl.DataFrame(rows, schema=dict.fromkeys(IDS, pl.Boolean), orient="row")


def of(cases: list[Case], rulebook: CompiledRulebook) -> Consequence:
    real, effective = frame(cases, 0), frame(cases, 1)
    acted_on = standing(effective, rulebook.criteria)
    route = route_cases(acted_on, rulebook)["route"]
    return consequences(real, effective, acted_on, route, rulebook)


@pytest.mark.parametrize(
    ("rulebook", "route"), [(small, plain_route), (without_score, plain_route_without_score)]
)
def test_what_settling_a_criterion_would_do(
    rulebook: Callable[[], CompiledRulebook], route: Route
) -> None:
    rng = random.Random(3)
    cases = [tuple(rng.choice(STATES) for _ in IDS) for _ in range(1500)]
    # A few unknowns matter where the rest is settled.
    settled = ((False, False), (None, False))
    cases += [
        tuple(rng.choice(STATES if rng.random() < 0.3 else settled) for _ in IDS)
        for _ in range(1500)
    ]
    got = of(cases, rulebook())
    mattered = 0
    for case, if_true, matters in zip(
        cases, got.if_true.to_dicts(), got.matters.to_dicts(), strict=True
    ):
        effective = {name: state[1] for name, state in zip(IDS, case, strict=True)}
        here = route(*plain_standing(effective))
        for name, (real, _) in zip(IDS, case, strict=True):
            other = {
                value: route(*plain_standing({**effective, name: value})) != here
                for value in (True, False)
            }
            # What is presumed FALSE and turns out so changes nothing.
            assert if_true[name] == (real is None and other[True]), (case, name)
            assert matters[name] == (real is None and (other[True] or other[False])), (case, name)
            mattered += matters[name]
    assert mattered > 500


def test_one_unknown_of_a_list_decides_only_where_it_is_alone() -> None:
    unknown, no, yes = (None, None), (False, False), (True, True)
    alone = dict.fromkeys(IDS, no) | {"P1": unknown, "F2": yes}
    two = alone | {"P2": unknown}
    got = of([tuple(case[name] for name in IDS) for case in (alone, two)], small())
    # Open, the case continues. TRUE leaves it there, on both lists. FALSE closes it, but only where
    # nothing else of the list is open.
    assert not got.if_true.to_numpy().any()
    assert got.matters.select("P1", "P2").rows() == [(True, False), (False, False)]


def test_what_is_known_has_no_consequence() -> None:
    cases = list(itertools.product(STATES[:2], repeat=len(IDS)))
    got = of(cases, small())
    assert not any(any(row) for row in (*got.if_true.rows(), *got.matters.rows()))
