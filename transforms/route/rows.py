"""Routing: which rows of the routing table a case can reach, and so its route.

The table is read for what is known of four things, the *standing* of a case: whether a priority
holds, whether a favored class does, and the two bounds of the score. What is not known is tried
both ways. When every way leads to one route, that is the route; when not, the case continues.
"""

from __future__ import annotations

import functools

import polars as pl

from schemas.outcomes import ROUTES
from schemas.rulebook_compile import CompiledRulebook
from transforms.frames.frame import Frame
from transforms.score.criteria import expression

NO_ROW = ""


def reach(route: str) -> str:
    """The column that says whether a route is reachable."""
    return f"reach.{route}"


def route_cases(standing: Frame, rulebook: CompiledRulebook) -> Frame:
    """Route cases by their standing.

    Args:
        standing: Columns `priority` and `favored` (Boolean, null = UNKNOWN), `score.low` and
            `score.high` (Int32), one row a case.
        rulebook: The rulebook whose routing table is meant.

    Returns:
        `route` (String); `rule` (String, the row that decided, null when the table stays open or no
        row holds); `look` (Boolean); `reach.ROUTE` (Boolean) for each route.
    """
    rows = standing.select(_rows(rulebook)).select(pl.all().fill_null(False))
    routes = {row.id: row.route for row in rulebook.rulebook.routing} | {NO_ROW: "continue"}
    reached = rows.select(
        pl.any_horizontal(
            pl.lit(False), *(pl.col(r) for r in rows.columns if routes[r] == route)
        ).alias(reach(route))
        for route in ROUTES
    )
    count = pl.sum_horizontal(pl.col(reach(route)).cast(pl.UInt8) for route in ROUTES)
    decided = reached.select((count == 1).alias("decided"))["decided"]
    route = pl.coalesce(
        *(pl.when(decided & reached[reach(name)]).then(pl.lit(name)) for name in ROUTES),
        pl.lit("continue"),
    )
    applied = [row.id for row in rulebook.rulebook.routing if row.id in rows.columns]
    # Where several rows lead to the one route, the last holds whatever the unknown ones turn out.
    rule = pl.coalesce(pl.when(decided & rows[row]).then(pl.lit(row)) for row in reversed(applied))
    looks = [
        row.id for row in rulebook.rulebook.routing if row.needs_review and row.id in rows.columns
    ]
    look = pl.any_horizontal(pl.lit(False), *(pl.col(row) for row in looks))
    return rows.select(
        route.alias("route"),
        rule.alias("rule"),
        (look & decided).alias("look"),
    ).hstack(reached)


@functools.cache
def _constant(sql: str) -> bool:
    value = pl.select(expression(sql)).item()
    assert isinstance(value, bool)
    return value


def _rows(rulebook: CompiledRulebook) -> list[pl.Expr]:
    """Whether each row of the table can be the first to hold; `NO_ROW` when none does."""
    ways: dict[str, list[pl.Expr]] = {}
    for (priority, favored), conditions in rulebook.routing.items():
        left = _can_be("priority", priority) & _can_be("favored", favored)
        for row, condition in zip(rulebook.rulebook.routing, conditions, strict=True):
            if "score." in condition.sql:
                holds = expression(condition.sql)
                ways.setdefault(row.id, []).append(left & holds.fill_null(True))
                left = left & ~holds.fill_null(False)
            elif _constant(condition.sql):
                ways.setdefault(row.id, []).append(left)
                break
        else:
            ways.setdefault(NO_ROW, []).append(left)
    return [pl.any_horizontal(exprs).alias(row) for row, exprs in ways.items()]


def _can_be(column: str, value: bool) -> pl.Expr:
    return pl.col(column).fill_null(True) if value else ~pl.col(column).fill_null(False)
