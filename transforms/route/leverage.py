"""Leverage: what each criterion that is open on the record could still do to the route."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.rulebook.compiled import LISTS, CompiledRulebook
from transforms.frames.frame import Frame
from transforms.route.table import DOWN, UP, RouteTable
from transforms.score.kleene import UNKNOWN
from transforms.score.position import Position

Flags: TypeAlias = npt.NDArray[np.bool_]
Routes: TypeAlias = npt.NDArray[np.uint8]


def route_bits(routes: Routes) -> Routes:
    """Return bit N for each number N of ROUTES."""
    return np.left_shift(np.uint8(1), routes).astype(np.uint8)


@dataclass(frozen=True)
class Leverage:
    """What each criterion could do, whatever everything else that is open turns out to be.

    This treats the criteria as independent, so it is a sound superset: what it rules out can do
    nothing.

    Args:
        open: For each criterion, whether it is UNKNOWN on the record.
        turns: For each criterion, the routes that it can turn a case away from if it is TRUE
            instead of FALSE: bit N for `ROUTES[N]`. It is valid only if the criterion is open.
    """

    open: dict[str, Flags]
    turns: dict[str, Routes]

    @classmethod
    def of(cls, real: Frame, position: Position, rulebook: CompiledRulebook) -> Leverage:
        """Compute the leverage of the criteria of some cases.

        Args:
            real: Values of the criteria on facts in the record.
            position: The positions by these values.
            rulebook: The rulebook.
        """
        table = RouteTable.of(rulebook)
        nulls = real.select(pl.all().is_null())
        is_open = {name: nulls[name].to_numpy() for name in nulls.columns}
        steps = {name: table.turned(name, position) for name in table.turns}
        for name in LISTS:
            # If a list already holds, one more member makes no difference.
            steps[name] = np.where(position.truths[name] == UNKNOWN, steps[name], 0)
        turns = {}
        for criterion in rulebook.criteria:
            name, weight = criterion.criterion.list, criterion.criterion.weight or 0
            made = np.zeros(real.height, np.uint8)
            if criterion.id in table.atoms:
                made = made | steps[criterion.id]
            elif name in LISTS:
                made = made | steps[name]
            if weight:
                made = made | steps[UP if weight > 0 else DOWN]
            turns[criterion.id] = made
        return cls(is_open, turns)

    def matters(self, criterion: str) -> Flags:
        """Tell whether a criterion is open and the route can depend on it."""
        return self._matters[criterion]

    @functools.cached_property
    def _matters(self) -> dict[str, Flags]:
        return {name: there & (self.turns[name] != 0) for name, there in self.open.items()}

    def turns_from(self, criterion: str, route: Routes) -> Flags:
        """Tell whether a criterion, if TRUE, can turn a case away from its route."""
        return ((self.turns[criterion] >> route) & 1).astype(bool) & self.open[criterion]
