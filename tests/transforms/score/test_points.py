"""The score's bounds, against the scores of every completion."""

from __future__ import annotations

import itertools

import polars as pl

from tests.helpers.small_rulebook import WEIGHTS, small
from transforms.score.points import score


def test_the_bounds_are_the_extreme_scores_of_all_completions() -> None:
    cases = list(itertools.product((True, False, None), repeat=len(WEIGHTS)))
    values = pl.DataFrame(cases, schema=dict.fromkeys(WEIGHTS, pl.Boolean), orient="row")
    got = values.select(score(small().of_list("factor")))
    assert got.schema == {"score.low": pl.Int32, "score.high": pl.Int32}
    for case, (least, most) in zip(cases, got.rows(), strict=True):
        ways = itertools.product(*((True, False) if v is None else (v,) for v in case))
        scores = [sum(itertools.compress(WEIGHTS.values(), way)) for way in ways]
        assert (least, most) == (min(scores), max(scores))


def test_an_unknown_negative_factor_lowers_the_lower_bound() -> None:
    values = pl.DataFrame(
        {"A1": [True], "A2": [None], "A3": [False]}, schema_overrides={"A2": pl.Boolean}
    )
    assert values.select(score(small().of_list("factor"))).rows() == [(1, 3)]


def test_without_factors_the_score_is_zero() -> None:
    assert pl.DataFrame({"P1": [True, None]}).with_columns(score([])).select(
        "score.low", "score.high"
    ).rows() == [(0, 0), (0, 0)]
