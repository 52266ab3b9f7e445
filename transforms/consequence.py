"""Consequence: what the route would be if one unknown criterion were settled.

It tells which presumptions a route leans on and which unknown facts are decisive.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from schemas.rulebook_compile import CompiledCriterion, CompiledRulebook
from transforms.frames import Frame
from transforms.route import route_cases
from transforms.standing import SCORE


@dataclass(frozen=True)
class Consequence:
    """What settling each criterion would do.

    Args:
        if_true: A Boolean column a criterion: it is UNKNOWN in the record, and were it TRUE the
            route would differ.
        matters: The same for either value.
    """

    if_true: Frame
    matters: Frame


def consequences(
    real: Frame,
    effective: Frame,
    standing: Frame,
    route: pl.Series,
    rulebook: CompiledRulebook,
) -> Consequence:
    """What settling each UNKNOWN criterion would do to the route.

    Args:
        real: Values of the criteria on facts in the record.
        effective: Values that routing went by.
        standing: The standing that routing went by.
        route: The routes.
        rulebook: The rulebook.

    Returns:
        A flag a criterion and case, never null.
    """
    differs: dict[object, pl.Series] = {}

    def changed(key: object, *settled: pl.Expr) -> pl.Series:
        if key not in differs:
            there = route_cases(standing.with_columns(settled), rulebook)["route"]
            differs[key] = there != route
        return differs[key]

    if_true, if_false = {}, {}
    for criterion in rulebook.criteria:
        name, still_open = criterion.criterion.list, effective[criterion.id].is_null()
        if name == "factor":
            if not rulebook.reads_score:
                continue
            true, false = _score_moves(criterion)
            by_presumption = changed((criterion.criterion.weight, "presumed"), *true["presumed"])
            by_fact = changed((criterion.criterion.weight, "true"), *true["open"])
            if_true[criterion.id] = by_presumption.zip_with(~still_open, by_fact)
            if_false[criterion.id] = still_open & changed(
                (criterion.criterion.weight, "false"), *false
            )
        else:
            if_true[criterion.id] = changed((name, True), pl.lit(True).alias(name))
            alone = still_open & standing[name].is_null() & _alone(effective, criterion, rulebook)
            if_false[criterion.id] = alone & changed((name, False), pl.lit(False).alias(name))
    unknown = {c.id: real[c.id].is_null() for c in rulebook.criteria}
    never = pl.Series([False]).new_from_index(0, len(route))
    return Consequence(
        pl.DataFrame({c: unknown[c] & if_true.get(c, never) for c in unknown}),
        pl.DataFrame(
            {c: unknown[c] & (if_true.get(c, never) | if_false.get(c, never)) for c in unknown}
        ),
    )


def _alone(effective: Frame, criterion: CompiledCriterion, rulebook: CompiledRulebook) -> pl.Series:
    """Whether no other criterion of the list is open, so that FALSE settles the list."""
    others = [c.id for c in rulebook.of_list(criterion.criterion.list) if c.id != criterion.id]
    if not others:
        return pl.Series([True]).new_from_index(0, effective.height)
    return effective.select(~pl.any_horizontal(pl.col(others).is_null())).to_series()


def _score_moves(
    factor: CompiledCriterion,
) -> tuple[dict[str, list[pl.Expr]], list[pl.Expr]]:
    """How the score's bounds move when a factor is settled as TRUE, and as FALSE."""
    weight = factor.criterion.weight or 0
    low, high = (pl.col(bound) for bound in SCORE)
    presumed = [low + weight, high + weight]
    if weight > 0:
        return {"presumed": presumed, "open": [low + weight, high]}, [low, high - weight]
    return {"presumed": presumed, "open": [low, high + weight]}, [low - weight, high]
