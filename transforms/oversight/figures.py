"""Figures: intervals, agreement, limits, and tests, from SciPy.

docs/oversight.md defines each. Kappa and the pooled ratio, which SciPy doesn't have, follow the
published formulas; tests compare them with statsmodels' results.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from schemas.errors import UsageError
from transforms.oversight.floors import RATES_FROM

LEVEL = 0.95
# A group is called an outlier, or a difference real, if its adjusted p-value is below this.
ALPHA = 0.05


class Between(NamedTuple):
    """An estimate with its interval; None where it is undefined."""

    value: float | None
    low: float | None
    high: float | None


NOTHING = Between(None, None, None)


@functools.cache
def scipy_stats() -> Any:
    """Import SciPy's statistics.

    Raises:
        UsageError: SciPy isn't installed.
    """
    try:
        from scipy import stats
    except ModuleNotFoundError:
        raise UsageError(
            "the package scipy isn't installed; run pip install 'discretion[statistics]'"
        ) from None
    return stats


def share(part: int, whole: int) -> Between:
    """Return a share with its Wilson interval.

    Args:
        part: How many have it.
        whole: How many there are; nothing is defined if that is zero.
    """
    if not whole:
        return NOTHING
    return Between(part / whole, *_wilson(part, whole))


def rate(part: int, whole: int) -> dict[str, float | None]:
    """Return a share and its interval by the names of their columns: `share`, `low`, and `high`.

    Args:
        part: How many have it.
        whole: How many there are; nothing is worked out for fewer than `RATES_FROM`.
    """
    if whole < RATES_FROM:
        return {}
    return dict(zip(("share", "low", "high"), share(part, whole), strict=True))


@functools.cache
def _wilson(part: int, whole: int) -> tuple[float, float]:
    found = scipy_stats().binomtest(part, whole).proportion_ci(LEVEL, method="wilson")
    return float(found.low), float(found.high)


def kappa(table: Sequence[Sequence[int]]) -> Between:
    """Return Cohen's kappa with its interval.

    The variance is that of Fleiss, Cohen, and Everitt (1969), as in statsmodels' `cohens_kappa`.

    Args:
        table: A square table: the recommended route in rows, the decided one in columns.

    Returns:
        Kappa; undefined if there is nothing, or if chance alone would give full agreement.
    """
    counts = np.asarray(table, float)
    if not counts.sum():
        return NOTHING
    p = counts / counts.sum()
    rows, columns = p.sum(1), p.sum(0)
    agreed, by_chance = float(np.trace(p)), float(rows @ columns)
    if math.isclose(by_chance, 1):
        return NOTHING
    value = (agreed - by_chance) / (1 - by_chance)
    weight = rows[None, :] + columns[:, None]
    on = (np.diag(p) * (1 - (rows + columns) * (1 - value)) ** 2).sum()
    off = (1 - value) ** 2 * ((p - np.diag(np.diag(p))) * weight**2).sum()
    less = (value - by_chance * (1 - value)) ** 2
    variance = max(float(on + off - less), 0.0) / ((1 - by_chance) ** 2 * counts.sum())
    reach = _normal() * math.sqrt(variance)
    return Between(value, value - reach, value + reach)


def _normal() -> float:
    return float(scipy_stats().norm.ppf((1 + LEVEL) / 2))


def ratio(part: int, whole: int, other_part: int, other_whole: int) -> Between:
    """Return the ratio of two shares with its interval (Katz).

    Args:
        part: How many of the group have it.
        whole: The size of the group.
        other_part: How many of the others have it.
        other_whole: The number of others.

    Returns:
        The ratio; undefined, and not infinite, if either share is zero or has no cases.
    """
    if not (part and whole and other_part and other_whole):
        return NOTHING
    found = scipy_stats().contingency.relative_risk(part, whole, other_part, other_whole)
    low, high = found.confidence_interval(LEVEL)
    return Between(float(found.relative_risk), float(low), float(high))


def pooled_ratio(strata: Any) -> Between:
    """Return the ratio of two shares within strata, pooled (Mantel and Haenszel).

    The variance is that of Greenland and Robins (1985).

    Args:
        strata: A row per stratum: how many of the group have it, the group's size, how many of the
            others have it, and their number (integers).

    Returns:
        The ratio; undefined if no stratum has cases of both, or if either side has none.
    """
    table = np.asarray(strata, float).reshape(-1, 4)
    part, whole, other_part, other_whole = table[(table[:, 1] > 0) & (table[:, 3] > 0)].T
    both = whole + other_whole
    above, below = (part * other_whole / both).sum(), (other_part * whole / both).sum()
    if not (above and below):
        return NOTHING
    have = part + other_part
    spread = ((whole * other_whole * have - part * other_part * both) / both**2).sum()
    reach = _normal() * math.sqrt(max(float(spread / (above * below)), 0.0))
    value = float(above / below)
    return Between(value, value * math.exp(-reach), value * math.exp(reach))


def differs_from(part: int, whole: int, expected: float) -> float | None:
    """Test a share against an expected one (exact binomial, two-sided); None if nothing is there.

    Args:
        part: How many have it.
        whole: How many there are.
        expected: The expected share, from 0 to 1.
    """
    if not whole:
        return None
    return float(scipy_stats().binomtest(part, whole, expected).pvalue)


def two_differ(part: int, whole: int, other_part: int, other_whole: int) -> float | None:
    """Test whether two shares differ (Fisher's exact test); None if one has no cases."""
    if not (whole and other_whole):
        return None
    table = [[part, whole - part], [other_part, other_whole - other_part]]
    return float(scipy_stats().fisher_exact(table).pvalue)


def many_differ(parts: Sequence[int], wholes: Sequence[int]) -> float | None:
    """Test whether several shares differ (chi-squared); None if there is nothing to compare."""
    table = np.array([parts, np.subtract(wholes, parts)])
    if table.shape[1] < 2 or not table.sum(1).all():
        return None
    return float(scipy_stats().chi2_contingency(table, correction=False).pvalue)


def limits(whole: int, expected: float, level: float) -> tuple[float, float]:
    """Return the limits of a funnel: where a share lies by chance alone (exact binomial).

    Args:
        whole: How many there are.
        expected: The expected share.
        level: How often, such as 0.95.
    """
    low, high = scipy_stats().binom.interval(level, whole, expected)
    return float(low) / whole, float(high) / whole


def adjusted(values: Sequence[float | None]) -> list[float | None]:
    """Adjust p-values for how many there are (Benjamini and Hochberg); None stays None."""
    given = [value for value in values if value is not None]
    if not given:
        return list(values)
    found = iter(scipy_stats().false_discovery_control(given).tolist())
    return [None if value is None else float(next(found)) for value in values]
