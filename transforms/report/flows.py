"""Flows: the cases that moved from one route to another between two runs, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import polars as pl

from schemas.avro import avro_schema
from transforms.avro.types import polars_schema
from transforms.frames.frame import Frame
from transforms.report.running import Running
from transforms.route.recommendation import REASON_IDS

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
    return recommendations.select("case_id", "route", REASON_IDS)


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


class MoveCounts(NamedTuple):
    """How many cases moved, and why.

    Args:
        flows: The number of cases by the old and the new route; None stands for no route.
        gained: Of the cases with a route in both runs, the number by criterion that is a reason
            only in the later one.
        lost: The same by criterion that is a reason only in the earlier one.
        causes: The number of cases that a cause contributes to, by the kind of cause, and its
            milestone or field.
    """

    flows: Mapping[str | None, Mapping[str | None, int]]
    gained: Mapping[str, int]
    lost: Mapping[str, int]
    causes: Mapping[tuple[str, str | None], int]

    def cases(self, *, in_both: bool) -> int:
        """Return how many cases have another route; perhaps only those with one in both runs."""
        return sum(
            number
            for old, row in self.flows.items()
            for new, number in row.items()
            if old != new and not (in_both and None in (old, new))
        )


def count_moves(moves: Iterable[Frame], same: frozenset[str] | None = None) -> MoveCounts:
    """Count moves, a part of the cases at a time.

    Args:
        moves: The columns `MOVED`.
        same: The ids that mean the same criterion in both runs; None for all.
    """
    flows, gained, lost, causes = map(_running, (_FLOWS, _REASONS, _REASONS, _CAUSES))
    on_one_side = _on_one_side(same)
    for part in moves:
        flows.add(part.group_by("from_route", "to_route").len("count").cast(_FLOWS))
        both = part.drop_nulls(("from_route", "to_route"))
        for side, criteria in zip((gained, lost), on_one_side, strict=True):
            listed = both.select(criterion=criteria).explode("criterion").drop_nulls()
            side.add(listed.group_by("criterion").len("count").cast(_REASONS))
        causes.add(_cause_counts(part).cast(_CAUSES))
    by_route: dict[str | None, dict[str | None, int]] = {}
    for old, new, number in flows.total.sort("from_route", "to_route").iter_rows():
        by_route.setdefault(old, {})[new] = number
    by_cause = causes.total.sort("count", "kind", "what", descending=True)
    more, less = (
        dict(side.total.sort(["count", "criterion"], descending=[True, False]).iter_rows())
        for side in (gained, lost)
    )
    named = {(kind, what): number for kind, what, number in by_cause.iter_rows()}
    return MoveCounts(by_route, more, less, named)


_FLOWS = pl.Schema({"from_route": pl.String, "to_route": pl.String, "count": pl.Int64})
_REASONS = pl.Schema({"criterion": pl.String, "count": pl.Int64})
_CAUSES = pl.Schema({"kind": pl.String, "what": pl.String, "count": pl.Int64})


def _running(schema: pl.Schema) -> Running:
    keys = [name for name in schema if name != "count"]
    return Running(
        lambda tallies: (
            pl.concat([schema.to_frame(), *tallies]).group_by(keys).agg(pl.col("count").sum())
        )
    )


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


def _cause_counts(moves: Frame) -> Frame:
    """Count the cases that each cause contributes to."""
    cause = pl.col("causes").struct
    causes = moves.select("case_id", "causes").explode("causes").drop_nulls("causes")
    named = causes.select(
        "case_id",
        kind=cause.field("kind").cast(pl.String),
        what=pl.coalesce(cause.field("milestone"), cause.field("field")),
    ).unique()
    return named.group_by("kind", "what").len("count")
