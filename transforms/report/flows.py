"""Flows: the cases that moved from one route to another between two runs, and why."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from schemas.avro import avro_schema
from transforms.avro.types import polars_schema
from transforms.frames.frame import Frame

# Columns of change.avsc that the page counts.
MOVED = ("case_id", "from_route", "to_route", "from_reasons", "to_reasons", "causes")
CAUSES = polars_schema(avro_schema("change"))["causes"]
READ = ("case_id", "route", "reasons")


def routes_and_reasons(recommendations: Frame) -> Frame:
    """Extract what is compared of recommendations.

    Args:
        recommendations: The columns `READ` of recommendation.avsc.

    Returns:
        `case_id`, `route`, and `reasons`, as ids of criteria.
    """
    criteria = pl.col("reasons").list.eval(pl.element().struct.field("criterion"))
    return recommendations.select("case_id", "route", criteria)


def moved(before: Frame, after: Frame) -> Frame:
    """Find the cases with another route, or with a route in only one of two runs.

    Args:
        before: From `routes_and_reasons`, of the earlier run.
        after: From `routes_and_reasons`, of the later run.

    Returns:
        The columns `MOVED`, without causes.
    """
    both = before.join(after, on="case_id", how="full", suffix="_after", coalesce=True)
    return both.filter(pl.col("route").ne_missing(pl.col("route_after"))).select(
        "case_id",
        from_route="route",
        to_route="route_after",
        from_reasons="reasons",
        to_reasons="reasons_after",
        causes=pl.lit([], CAUSES),
    )


def flow_counts(moves: Frame) -> dict[str | None, dict[str | None, int]]:
    """Count cases by the old and the new route; None stands for no route.

    Args:
        moves: The columns `MOVED`.
    """
    found: dict[str | None, dict[str | None, int]] = {}
    counted = moves.group_by("from_route", "to_route").len().sort("from_route", "to_route")
    for old, new, number in counted.iter_rows():
        found.setdefault(old, {})[new] = number
    return found


def reason_counts(
    moves: Frame, same: frozenset[str] | None = None
) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Count the criteria that cases with a route in both runs gained and lost as reasons.

    Args:
        moves: The columns `MOVED`.
        same: The ids that mean the same criterion in both runs; None for all.

    Returns:
        The number of cases by criterion: gained, and lost.
    """
    both = moves.drop_nulls(("from_route", "to_route"))
    gained, lost = _on_one_side(same)
    return _numbers(both.select(key=gained)), _numbers(both.select(key=lost))


def _on_one_side(same: frozenset[str] | None) -> tuple[pl.Expr, pl.Expr]:
    """Return the criteria that are reasons only now, and those that were only before."""
    common = pl.col("from_reasons").list.set_intersection("to_reasons")
    if same is not None:
        known = pl.Series(sorted(same), dtype=pl.String).implode()
        common = common.list.eval(pl.element().filter(pl.element().is_in(known)))
    return (
        pl.col("to_reasons").list.set_difference(common),
        pl.col("from_reasons").list.set_difference(common),
    )


def cause_key(kind: str, what: str | None) -> str:
    """Return the key of a cause among those of a case (`reasons_and_causes`)."""
    return f"{kind}:{what or ''}"


def reasons_and_causes(moves: Frame, same: frozenset[str] | None = None) -> Frame:
    """Extract what a case's list is filtered by.

    Args:
        moves: The columns `MOVED`.
        same: The ids that mean the same criterion in both runs; None for all.

    Returns:
        `case_id`; `gained` and `lost`, the criteria that are reasons on one side only, of a case
        with a route on both; and `causes`, the keys of its causes (`cause_key`): List(String).
    """
    there = pl.col("from_route").is_not_null() & pl.col("to_route").is_not_null()
    gained, lost = _on_one_side(same)
    part = pl.element().struct
    what = pl.coalesce(part.field("milestone"), part.field("field"), pl.lit(""))
    keys = pl.concat_str(part.field("kind").cast(pl.String), pl.lit(":"), what)
    return moves.select(
        "case_id",
        gained=pl.when(there).then(gained),
        lost=pl.when(there).then(lost),
        causes=pl.col("causes").list.eval(keys.unique()),
    )


def cause_counts(moves: Frame) -> dict[tuple[str, str | None], int]:
    """Count the cases that each cause contributes to.

    Args:
        moves: The columns `MOVED`.

    Returns:
        The number of cases by the kind of cause, and its milestone or field.
    """
    cause = pl.col("causes").struct
    causes = moves.select("case_id", "causes").explode("causes").drop_nulls("causes")
    named = causes.select(
        "case_id",
        kind=cause.field("kind").cast(pl.String),
        what=pl.coalesce(cause.field("milestone"), cause.field("field")),
    ).unique()
    counted = named.group_by("kind", "what").len().sort("len", "kind", "what", descending=True)
    return {(kind, what): number for kind, what, number in counted.iter_rows()}


def _numbers(lists: Frame) -> Mapping[str, int]:
    counted = lists.explode("key").drop_nulls().group_by("key").len()
    return dict(counted.sort(["len", "key"], descending=[True, False]).iter_rows())
