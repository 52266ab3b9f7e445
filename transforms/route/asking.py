"""Asking: which questions settle open cases, to which routes, counted over many cases."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import numpy as np
import polars as pl

from schemas.facts import FACTS
from schemas.outcomes import ROUTES
from schemas.rulebook.compiled import CompiledRulebook
from transforms.frames.frame import Frame, whole
from transforms.route.fact_sets import count_sets
from transforms.route.missing import facts_to_ask
from transforms.route.table import UNDECIDED
from transforms.route.weighed import Weighed

# Open cases by court, by the facts that could settle them alone, and by the routes to which: for
# each fact its name, a colon, and a number whose bit N stands for `ROUTES[N]`.
SETTLED = pl.Schema({"court": pl.String, "settled": pl.String, "count": pl.Int64})
# By court and fact: the open cases that it could settle alone, and to which route.
DIRECTIONS = pl.Schema(
    {"court": pl.String, "fact": pl.String, "cases": pl.Int64} | dict.fromkeys(ROUTES, pl.Int64())
)


def open_cases(
    facts: Frame, rulebook: CompiledRulebook, as_of: datetime.date, *, presume: bool
) -> Frame:
    """Count open cases by what could settle them.

    Args:
        facts: Facts (`transforms.score.facts.FACT_COLUMNS`).
        rulebook: The rulebook.
        as_of: The as-of date.
        presume: Whether to use the rulebook's presumptions.

    Returns:
        Columns `SETTLED`; a case that no single answer settles has an empty text.
    """
    days = whole("as_of", as_of, pl.Date(), facts.height)
    there = Weighed.of(facts, rulebook, days, presume=presume)
    asked = facts_to_ask(there, as_of, every_answer=True)
    is_open = there.routed.route == UNDECIDED
    parts = []
    for name in FACTS:
        routes = asked.settles.get(name)
        if routes is None:
            continue
        rows = np.flatnonzero(is_open & (routes != 0) & (asked.readers[name] > 0))
        if len(rows):
            entries = pl.format("{}:{}", pl.lit(name), pl.Series("routes", routes[rows]))
            parts.append(pl.select(row=pl.Series(rows, dtype=pl.UInt32), settled=entries))
    empty = pl.DataFrame(schema={"row": pl.UInt32, "settled": pl.String})
    # A stable order of the facts, whatever the case.
    joined = (
        pl.concat([empty, *parts])
        .group_by("row", maintain_order=True)
        .agg(pl.col("settled").str.join(" "))
    )
    cases = pl.DataFrame({"row": pl.Series(np.flatnonzero(is_open), dtype=pl.UInt32)}).with_columns(
        court=facts["court"].gather(np.flatnonzero(is_open))
    )
    return (
        cases.join(joined, on="row", how="left")
        .group_by("court", pl.col("settled").fill_null(""))
        .agg(pl.len().cast(pl.Int64).alias("count"))
    )


def added(parts: Iterable[Frame]) -> Frame:
    """Add up what `open_cases` counted.

    Returns:
        Columns `SETTLED`, sorted.
    """
    whole_ = pl.concat([SETTLED.to_frame(), *parts])
    return whole_.group_by("court", "settled").agg(pl.col("count").sum()).sort("court", "settled")


def sets(settled: Frame) -> Frame:
    """Forget the courts and the routes.

    Args:
        settled: Columns `SETTLED`.

    Returns:
        Columns `transforms.route.fact_sets.SETS`.
    """
    facts = settled["settled"].str.extract_all("[^ :]+:").list.eval(pl.element().str.head(-1))
    return count_sets(facts, settled["count"])


def directions(settled: Frame) -> Frame:
    """Count, by court and fact, the cases that an answer to it could settle, and to which routes.

    Args:
        settled: Columns `SETTLED`.

    Returns:
        Columns `DIRECTIONS`. A case counts under each route to which some answer settles it.
    """
    entry = pl.col("settled").str.split(":")
    routes = entry.list.get(1).cast(pl.Int64)
    return (
        settled.filter(pl.col("settled") != "")
        .with_columns(pl.col("settled").str.split(" "))
        .explode("settled")
        .with_columns(fact=entry.list.get(0), routes=routes)
        .group_by("court", "fact")
        .agg(
            pl.col("count").sum().alias("cases"),
            *(
                pl.col("count").filter((pl.col("routes") // 2**bit) % 2 == 1).sum().alias(route)
                for bit, route in enumerate(ROUTES)
            ),
        )
        .select(DIRECTIONS.names())
        .sort("court", "fact")
    )
