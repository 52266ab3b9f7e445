"""Compare: the same cases with two routes, the criteria behind them, and who moved."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from schemas.avro import avro_schema
from schemas.rulebook.compiled import CompiledRulebook
from transforms.avro.types import polars_schema
from transforms.export.words import Words
from transforms.frames.frame import Frame
from transforms.route.recommendation import REASON_IDS

MOVED = polars_schema(avro_schema("moved"))
READ = ("case_id", "court", "route", "state", "rule", "reasons")
FLOWS = pl.Schema(
    {
        "court": pl.String,
        "from_route": pl.String,
        "to_route": pl.String,
        "cases": pl.UInt32,
        "other_state": pl.UInt32,
    }
)
LOST, GAINED = "from", "to"
REASONS = pl.Schema(
    {
        "side": pl.String,
        "criterion": pl.String,
        "from_route": pl.String,
        "to_route": pl.String,
        "cases": pl.UInt32,
    }
)
_OPEN = "Unknown facts leave open which row of the table applies."


def extracted(recommendations: Frame) -> Frame:
    """Extract what is compared.

    Args:
        recommendations: The columns `READ` of recommendation.avsc.

    Returns:
        The same columns, with reasons as criteria (List(String)).
    """
    return recommendations.select(*READ[:-1], REASON_IDS)


def paired(first: Frame, second: Frame) -> Frame:
    """Put two recommendations of each case side by side.

    Args:
        first: From `extracted`.
        second: The same columns.

    Returns:
        `case_id`, and the other columns twice, from `from_court` to `to_reasons`. A case in only
        one of them is null in the other.
    """
    left, right = (_side(frame, name) for frame, name in ((first, "from"), (second, "to")))
    return left.join(right, on="case_id", how="full", coalesce=True)


def _side(frame: Frame, name: str) -> Frame:
    return frame.select(
        "case_id", *(pl.col(column).alias(f"{name}_{column}") for column in READ[1:])
    )


def flows(pairs: Frame) -> Frame:
    """Count cases by court and by both routes.

    Args:
        pairs: From `paired`.

    Returns:
        Columns `FLOWS`; a route is null for the cases that one side doesn't have. `other_state`
        counts those of the same route and another state.
    """
    other = pl.col("from_state") != pl.col("to_state")
    same = pl.col("from_route") == pl.col("to_route")
    counted = pairs.group_by(
        pl.coalesce("to_court", "from_court").alias("court"), "from_route", "to_route"
    ).agg(cases=pl.len(), other_state=(other & same).sum())
    return counted.cast(FLOWS)


def same_criteria(first: CompiledRulebook, second: CompiledRulebook) -> frozenset[str]:
    """Return the ids that mean the same criterion in two rulebooks: those with the same title."""
    titles = {one.id: one.criterion.title for one in first.criteria}
    return frozenset(c.id for c in second.criteria if titles.get(c.id) == c.criterion.title)


def reasons(pairs: Frame, same: frozenset[str]) -> Frame:
    """Count the criteria that are a reason on one side only, among the cases that moved.

    Args:
        pairs: From `paired`.
        same: The ids that mean the same criterion on both sides (`same_criteria`).

    Returns:
        Columns `REASONS`. `side` is "from" for reasons that only the first recommendation has, and
        "to" for those that only the second has; `criterion` is null for the cases whose reasons are
        the same, counted once, on the side "to".
    """
    there = _moved(pairs).filter(
        pl.col("from_route").is_not_null() & pl.col("to_route").is_not_null()
    )
    common = (
        pl.col("from_reasons")
        .list.set_intersection("to_reasons")
        .list.eval(
            pl.element().filter(
                pl.element().is_in(pl.Series(sorted(same), dtype=pl.String).implode())
            )
        )
    )
    lost = pl.col("from_reasons").list.set_difference(common)
    gained = pl.col("to_reasons").list.set_difference(common)
    routes = ("from_route", "to_route")
    none = there.filter((lost.list.len() == 0) & (gained.list.len() == 0))
    parts = [
        *(
            there.select(*routes, criterion=each, side=pl.lit(side)).explode("criterion")
            .drop_nulls("criterion")
            for side, each in ((LOST, lost), (GAINED, gained))
        ),
        none.select(*routes, criterion=pl.lit(None, pl.String), side=pl.lit(GAINED)),
    ]  # fmt: skip
    counted = pl.concat(parts).group_by("side", "criterion", *routes).agg(cases=pl.len())
    return counted.select(REASONS.names()).cast(REASONS)


def moved(pairs: Frame, first: CompiledRulebook, second: CompiledRulebook) -> Frame:
    """List the cases whose routes differ, and why.

    Args:
        pairs: From `paired`.
        first: The rulebook of the first recommendations.
        second: The rulebook of the second.

    Returns:
        Columns of moved.avsc, sorted by court and case.
    """
    there = _moved(pairs)
    return (
        there.with_columns(
            _why(there, "from", first),
            _why(there, "to", second),
            court=pl.coalesce("to_court", "from_court"),
        )
        .select(MOVED.names())
        .cast(MOVED)
        .sort("court", "case_id", nulls_last=True)
    )


def added(parts: Sequence[Frame], schema: pl.Schema) -> Frame:
    """Add up counts of parts: from `flows` or `reasons`, in the order of their columns."""
    counts = [name for name, dtype in schema.items() if dtype == pl.UInt32]
    keys = [name for name in schema if name not in counts]
    whole = pl.concat([schema.to_frame(), *parts]).group_by(keys).agg(pl.col(counts).sum())
    return whole.sort(keys, nulls_last=True)


def _moved(pairs: Frame) -> Frame:
    return pairs.filter(pl.col("from_route").ne_missing(pl.col("to_route")))


def _why(pairs: Frame, side: str, rulebook: CompiledRulebook) -> pl.Series:
    """Say why the cases have their route on a side; few reasons are distinct."""
    words, rows = Words(rulebook), {row.id: row.why for row in rulebook.rulebook.routing}
    codes = pairs.select(route=f"{side}_route", rule=f"{side}_rule", reasons=f"{side}_reasons")
    distinct = codes.unique()
    texts = [
        None if route is None else "; ".join(words.reasons(ids)) or rows.get(rule, _OPEN)
        for route, rule, ids in distinct.iter_rows()
    ]
    known = distinct.with_columns(pl.Series("why", texts, pl.String))
    joined = codes.join(
        known, on=codes.columns, how="left", maintain_order="left", nulls_equal=True
    )
    return joined["why"].alias(f"{side}_why")
