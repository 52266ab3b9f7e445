"""The figures, against statsmodels' results (0.15.0) and plain computations."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.oversight import figures


def test_a_share_has_the_wilson_interval() -> None:
    # Worked by hand from the formula, with z = 1.959964.
    z, n, p = 1.959963984540054, 40, 0.25
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    assert figures.share(10, 40) == pytest.approx((0.25, middle - reach, middle + reach))
    assert figures.share(0, 0) == figures.NOTHING


def test_kappa_is_that_of_statsmodels() -> None:
    table = [[60, 7, 3], [5, 40, 10], [2, 8, 30]]
    # statsmodels.stats.inter_rater.cohens_kappa
    wanted = (0.675379426644182, 0.5811246069280592, 0.7696342463603049)
    assert figures.kappa(table) == pytest.approx(wanted)


@pytest.mark.parametrize("table", [[[0, 0], [0, 0]], [[7, 0], [0, 0]]])
def test_kappa_is_undefined_without_anything_to_tell_apart(table: list[list[int]]) -> None:
    assert figures.kappa(table) == figures.NOTHING


STRATA = [(12, 40, 6, 50), (5, 20, 9, 60), (0, 3, 2, 8), (7, 9, 1, 12)]


def test_the_pooled_ratio_is_that_of_statsmodels() -> None:
    # statsmodels.stats.contingency_tables.StratifiedTable.riskratio_pooled
    found = figures.pooled_ratio(STRATA)
    assert found.value == pytest.approx(2.447363586257579)
    # A stratum with cases of one side only says nothing.
    assert figures.pooled_ratio([*STRATA, (3, 3, 0, 0)]) == found


@given(st.tuples(*[st.integers(1, 60)] * 2), st.tuples(*[st.integers(0, 60)] * 2))
@settings(max_examples=25, deadline=None)
def test_the_pooled_ratio_of_one_stratum_is_its_ratio(
    have: tuple[int, int], others: tuple[int, int]
) -> None:
    wholes = (have[0] + others[0], have[1] + others[1])
    one = figures.ratio(have[0], wholes[0], have[1], wholes[1])
    pooled = figures.pooled_ratio([(have[0], wholes[0], have[1], wholes[1])])
    assert pooled == pytest.approx(one, rel=1e-6)


@pytest.mark.parametrize("cells", [(0, 5, 3, 9), (3, 9, 0, 5), (0, 0, 3, 9)])
def test_a_ratio_at_zero_is_undefined(cells: tuple[int, int, int, int]) -> None:
    assert figures.ratio(*cells) == figures.NOTHING
    assert figures.pooled_ratio([cells]) == figures.NOTHING


def test_an_exact_test_adds_up_what_is_as_unlikely() -> None:
    chance = [math.comb(12, k) * 0.25**k * 0.75 ** (12 - k) for k in range(13)]
    wanted = sum(one for one in chance if one <= chance[7] * (1 + 1e-9))
    assert figures.differs_from(7, 12, 0.25) == pytest.approx(wanted)


def test_the_limits_hold_what_chance_gives() -> None:
    low, high = figures.limits(12, 0.25, 0.95)
    chance = [math.comb(12, k) * 0.25**k * 0.75 ** (12 - k) for k in range(13)]
    assert sum(one for k, one in enumerate(chance) if k < low * 12) < 0.025
    assert sum(one for k, one in enumerate(chance) if k > high * 12) < 0.025


def test_adjusts_for_how_many_are_compared() -> None:
    # Benjamini and Hochberg by hand: p times n over its rank, made increasing.
    assert figures.adjusted([0.01, None, 0.04, 0.03]) == pytest.approx([0.03, None, 0.04, 0.04])
