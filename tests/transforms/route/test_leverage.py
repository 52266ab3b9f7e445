"""Leverage, by trying every completion with each criterion TRUE and FALSE."""

from __future__ import annotations

import random

import polars as pl

from schemas.outcomes import ROUTES
from tests.helpers.named_rulebook import FACTS, Values, completions, named, row
from tests.helpers.named_rulebook import ROUTES as OUTCOMES
from transforms.route.leverage import Leverage
from transforms.route.table import RouteTable
from transforms.score.position import position


def some_cases() -> list[Values]:
    rng = random.Random(11)
    cases: list[Values] = []
    for _ in range(500):
        share = rng.choice([0.2, 0.5, 0.8])
        cases.append({c: rng.random() < 0.3 if rng.random() < share else None for c in FACTS})
    return cases


def leverage(cases: list[Values]) -> Leverage:
    real = pl.DataFrame(cases, schema=dict.fromkeys(FACTS, pl.Boolean))
    return Leverage.of(real, position(real, named().criteria, named()), named())


def turned(case: Values, criterion: str) -> set[str]:
    """Find the routes that some completion loses if the criterion is TRUE instead of FALSE."""
    found = set()
    for way in completions({**case, criterion: False}):
        before, after = row(way), row({**way, criterion: True})
        if OUTCOMES[before][0] != OUTCOMES[after][0]:
            found.add(OUTCOMES[before][0])
    return found


def test_leverage_covers_whatever_some_completion_shows() -> None:
    cases = some_cases()
    got = leverage(cases)
    matters = exact = 0
    for number, case in enumerate(cases):
        for criterion, value in case.items():
            assert got.open[criterion][number] == (value is None)
            if value is not None:
                assert not got.matters(criterion)[number]
                continue
            wanted = turned(case, criterion)
            mask = got.turns[criterion][number]
            held = {route for n, route in enumerate(ROUTES) if mask >> n & 1}
            assert wanted <= held, (case, criterion)
            assert got.matters(criterion)[number] == bool(held)
            matters += bool(held)
            exact += wanted == held
            if case["A1"] is not None and case["A2"] is not None and criterion not in ("A1", "A2"):
                assert wanted == held, (case, criterion)
    assert matters > 1000
    assert exact > 0.9 * sum(value is None for case in cases for value in case.values())


def test_nothing_matters_if_only_one_route_is_possible() -> None:
    cases = some_cases()
    got = leverage(cases)
    real = pl.DataFrame(cases, schema=dict.fromkeys(FACTS, pl.Boolean))
    table = RouteTable.of(named())
    possible = table.look_up(table.possible, position(real, named().criteria, named()))
    alone = [n for n, mask in enumerate(possible) if mask.bit_count() == 1]
    assert len(alone) > 50
    for criterion in FACTS:
        assert not got.matters(criterion)[alone].any()
