"""Consequence: what the route would be if one unknown criterion were settled.

It tells which presumptions a route leans on and which unknown facts are decisive.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import polars as pl

from schemas.rulebook_compile import CompiledCriterion, CompiledRulebook
from transforms.frames.frame import Frame
from transforms.route.table import FALSE, TRUE, Codes, RouteTable


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
    table = RouteTable.of(rulebook)
    now = table.code(standing)
    here = table.look_up(now)
    differs: dict[object, pl.Series] = {}

    def changed(*move: object, **settled: Codes | int) -> pl.Series:
        """Whether the route differs once part of the standing is settled otherwise."""
        if move not in differs:
            there = table.look_up(dataclasses.replace(now, **settled))
            differs[move] = pl.Series(there != here)
        return differs[move]

    if_true, if_false = {}, {}
    for criterion in rulebook.criteria:
        name, still_open = criterion.criterion.list, effective[criterion.id].is_null()
        if name == "factor":
            if not rulebook.reads_score:
                continue
            weight = criterion.criterion.weight or 0
            up, down = max(0, weight), min(0, weight)
            if_presumed = changed(weight, "presumed", low=now.low + weight, high=now.high + weight)
            if_fact = changed(weight, "true", low=now.low + up, high=now.high + down)
            if_true[criterion.id] = if_presumed.zip_with(~still_open, if_fact)
            if_false[criterion.id] = still_open & changed(
                weight, "false", low=now.low - down, high=now.high - up
            )
        else:
            if_true[criterion.id] = changed(name, "true", **{name: TRUE})
            alone = still_open & standing[name].is_null() & _alone(effective, criterion, rulebook)
            if_false[criterion.id] = alone & changed(name, "false", **{name: FALSE})
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
