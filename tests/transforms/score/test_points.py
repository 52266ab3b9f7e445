"""The score's bounds, against the scores of every completion."""

from __future__ import annotations

import itertools

import polars as pl

from tests.helpers.small_rulebook import WEIGHTS, small
from transforms.score.kleene import degrees_of
from transforms.score.points import score

FACTORS = small().of_list("factor")


def bounds(values: pl.DataFrame) -> list[tuple[int, int]]:
    low, high = score(FACTORS, degrees_of(values), values.height)
    return list(zip(low.tolist(), high.tolist(), strict=True))


def test_the_bounds_are_the_extreme_scores_of_all_completions() -> None:
    cases = list(itertools.product((True, False, None), repeat=len(WEIGHTS)))
    values = pl.DataFrame(cases, schema=dict.fromkeys(WEIGHTS, pl.Boolean), orient="row")
    for case, found in zip(cases, bounds(values), strict=True):
        ways = itertools.product(*((True, False) if v is None else (v,) for v in case))
        scores = [sum(itertools.compress(WEIGHTS.values(), way)) for way in ways]
        assert found == (min(scores), max(scores))


def test_an_unknown_negative_factor_lowers_the_lower_bound() -> None:
    values = pl.DataFrame(
        {"A1": [True], "A2": [None], "A3": [False]}, schema_overrides={"A2": pl.Boolean}
    )
    assert bounds(values) == [(1, 3)]


def test_without_factors_the_score_is_zero() -> None:
    low, high = score([], {}, 2)
    assert low.tolist() == high.tolist() == [0, 0]
