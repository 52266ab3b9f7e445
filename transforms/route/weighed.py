"""Weighed: cases under a rulebook as of their days, with all that a recommendation is made from."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from schemas.facts import FACTS, high, low
from schemas.rulebook.compiled import CompiledRulebook
from transforms.frames.frame import Frame, written_out
from transforms.route.leverage import Leverage
from transforms.route.table import Routed, RouteTable
from transforms.score.kleene import Degrees
from transforms.score.milestones import milestone_dates
from transforms.score.position import Position, Weighing, position, position_by
from transforms.score.presumptions import Presumable, presumable, with_presumptions


@dataclass(frozen=True)
class Weighed:
    """Cases under a rulebook, weighed and routed.

    Args:
        weighing: The cases, which can be weighed as of any day.
        presumable: What may be presumed; None if the rulebook has no presumptions.
        real: Values of the criteria on facts in the record.
        effective: By id of a criterion, the value that routing used, one per case.
        on_record: The positions by the facts in the record.
        acted_on: The positions that routing used.
        leverage: What each open criterion could do.
        routed: The routes.
        unknown: Which facts are unknown.
    """

    weighing: Weighing
    presumable: Presumable | None
    real: Frame
    effective: Mapping[str, Degrees]
    on_record: Position
    acted_on: Position
    leverage: Leverage
    routed: Routed
    unknown: Frame

    @classmethod
    def of(
        cls, facts: Frame, rulebook: CompiledRulebook, days: pl.Series, *, presume: bool
    ) -> Weighed:
        """Apply the criteria and the routing table.

        Args:
            facts: Facts (`transforms.score.facts.FACT_COLUMNS`).
            rulebook: The rulebook.
            days: The as-of date (Date), one per case.
            presume: Whether to use the rulebook's presumptions.
        """
        facts = written_out(facts)
        may = presumable(facts, rulebook) if rulebook.presumptions else None
        presumed = with_presumptions(facts, may.applies, rulebook) if presume and may else None
        weighing = Weighing(rulebook, facts, presumed, milestone_dates(facts, rulebook))
        real, effective = weighing.values(rulebook.criteria, days)
        table = RouteTable.of(rulebook)
        on_record = position(real, rulebook.criteria, rulebook)
        acted_on = position_by(effective, rulebook.criteria, rulebook, facts.height)
        return cls(
            weighing,
            may,
            real,
            effective,
            on_record,
            acted_on,
            Leverage.of(real, on_record, rulebook),
            Routed(table.look_up(table.route, acted_on), table.look_up(table.row, acted_on)),
            unknown_facts(facts),
        )


def unknown_facts(facts: Frame) -> Frame:
    """Tell which facts are unknown, among those that can exist.

    Args:
        facts: Facts.

    Returns:
        One Boolean column per fact, never null.
    """
    return facts.select(_unknown())


@functools.cache
def _unknown() -> list[pl.Expr]:
    exprs = []
    for fact in FACTS.values():
        unknown = pl.col(fact.columns[0]).is_null()
        if fact.kind in ("count", "date"):
            unknown = ~(pl.col(low(fact.name)) == pl.col(high(fact.name))).fill_null(False)
        if fact.only_if is not None:
            unknown = unknown & pl.col(fact.only_if).fill_null(True)
        exprs.append(unknown.alias(fact.name))
    return exprs
