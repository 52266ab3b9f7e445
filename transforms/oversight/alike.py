"""Alike: people on whose cases the same facts hold, and who were decided unlike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from schemas.outcomes import ROUTES
from transforms.frames.frame import Frame
from transforms.oversight.decisions import latest

# Cases are alike if the same route was recommended, as firmly, and the same criteria hold.
ALIKE = ("route_then", "state", "criteria")
_PAIRS = (
    ("same_reviewer", "by one attorney"),
    ("same_office", "by two attorneys of one office"),
    ("other_office", "in two offices"),
)


def comparable(decisions: Frame) -> Frame:
    """Return the last decision on each case of which it is known what it was decided on.

    Args:
        decisions: From `transforms.oversight.decisions.match`.
    """
    return latest(decisions).filter(pl.col("criteria").is_not_null())


def pairs(decisions: Frame) -> list[Mapping[str, Any]]:
    """Count pairs of like cases, and those that were decided unlike.

    Args:
        decisions: From `comparable`.

    Returns:
        For pairs of one attorney, of one office, and of two offices: `who`, `pairs`, `unlike`.
    """
    everywhere = _pairs(decisions, ALIKE)
    # A person whose office or attorney isn't known is compared only where both are known.
    placed = decisions.filter(pl.col("office").is_not_null())
    somewhere, one_office = _pairs(placed, ALIKE), _pairs(placed, (*ALIKE, "office"))
    named = placed.filter(pl.col("reviewer").is_not_null())
    of_named = _pairs(named, (*ALIKE, "office"))
    one_reviewer = _pairs(named, (*ALIKE, "office", "reviewer"))
    found = {
        "same_reviewer": one_reviewer,
        "same_office": _less(of_named, one_reviewer),
        "other_office": _less(somewhere, one_office),
    }
    rows = [
        {"who": words, "pairs": found[name][0], "unlike": found[name][1]} for name, words in _PAIRS
    ]
    return [*rows, {"who": "all pairs of like cases", "pairs": everywhere[0],
                    "unlike": everywhere[1]}]  # fmt: skip


def _less(whole: tuple[int, int], part: tuple[int, int]) -> tuple[int, int]:
    return whole[0] - part[0], whole[1] - part[1]


def _pairs(decisions: Frame, keys: tuple[str, ...]) -> tuple[int, int]:
    """Count pairs within groups, and those with different decisions, without listing them."""
    whole = decisions.group_by(keys).len()["len"].cast(pl.Int64)
    same = decisions.group_by(*keys, "route").len()["len"].cast(pl.Int64)
    number, alike = (int((n * (n - 1)).sum()) // 2 for n in (whole, same))
    return number, number - alike


def strata(decisions: Frame) -> Frame:
    """List the groups of like cases that were decided unlike, those with most such pairs first.

    Args:
        decisions: From `comparable`.

    Returns:
        The columns `ALIKE`; `cases`; a column per route decided; `offices`; `unlike`, the pairs
        decided unlike; and `stratum`, its number, from 1.
    """
    counts = [(pl.col("route") == route).sum().cast(pl.Int64).alias(route) for route in ROUTES]
    found = decisions.group_by(ALIKE).agg(
        pl.len().cast(pl.Int64).alias("cases"),
        *counts,
        pl.col("office").n_unique().alias("offices"),
    )
    same = sum((pl.col(route) * (pl.col(route) - 1) for route in ROUTES), pl.lit(0))
    unlike = (pl.col("cases") * (pl.col("cases") - 1) - same) // 2
    return (
        found.with_columns(
            unlike=unlike, offices=pl.col("offices").cast(pl.Int64),
            _key=pl.col("criteria").list.join(" "),
        )
        .filter(pl.col("unlike") > 0)
        .sort("unlike", "route_then", "state", "_key", descending=[True, False, False, False])
        .drop("_key")
        .with_row_index("stratum", offset=1)
        .cast({"stratum": pl.Int64})
    )  # fmt: skip


def members(decisions: Frame, found: Frame) -> Frame:
    """List the cases of groups that were decided unlike.

    Args:
        decisions: From `comparable`.
        found: From `strata`.

    Returns:
        `stratum`, `case_id`, `office`, `reviewer`, `decided_at`, `route_then`, `route`,
        `reason_code`.
    """
    keys = decisions.join(found.select(*ALIKE, "stratum"), on=ALIKE, how="inner", nulls_equal=True)
    return keys.select(
        "stratum", "case_id", "office", "reviewer", "decided_at", "route_then", "route",
        "reason_code",
    ).sort("stratum", "route", "office", "case_id", nulls_last=True)  # fmt: skip


def elsewhere(decisions: Frame, route: str) -> Iterator[tuple[str, Frame]]:
    """Put each office beside the others, within the groups of like cases.

    Args:
        decisions: From `comparable`.
        route: The decision to count.

    Yields:
        An office, and a row per group that it shares with another office: `have` and `cases` of the
        office, `other_have` and `other_cases` of all others (Int64).
    """
    counts = pl.len().cast(pl.Int64).alias("cases"), (pl.col("route") == route).sum().alias("have")
    placed = decisions.filter(pl.col("office").is_not_null())
    mine = placed.group_by(*ALIKE, "office").agg(counts)
    whole = placed.group_by(ALIKE).agg(counts)
    both = mine.join(whole, on=ALIKE, suffix="_all", nulls_equal=True).with_columns(
        pl.col("have").cast(pl.Int64),
        other_have=(pl.col("have_all") - pl.col("have")).cast(pl.Int64),
        other_cases=pl.col("cases_all") - pl.col("cases"),
    )
    shared = both.filter(pl.col("other_cases") > 0).sort("office")
    for (office,), part in shared.group_by("office", maintain_order=True):
        yield str(office), part.select("have", "cases", "other_have", "other_cases")
