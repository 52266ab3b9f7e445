"""Route table: the route of every standing that there can be, worked out once a rulebook.

A standing is four small values: so a rulebook has some thousands of them, and looking one up costs
a fraction of reading the routing table again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.outcomes import ROUTES
from schemas.rulebook_compile import CompiledRulebook
from transforms.frames.frame import Frame
from transforms.route.rows import route_cases
from transforms.score.position import SCORE

Codes: TypeAlias = npt.NDArray[np.int32]

FALSE, TRUE, UNKNOWN = range(3)
_TABLES: dict[str, RouteTable] = {}


@dataclass(frozen=True)
class Coded:
    """Standings as numbers, one a case: `FALSE`, `TRUE` or `UNKNOWN`, and places of scores."""

    priority: Codes | int
    favored: Codes | int
    low: Codes | int
    high: Codes | int


@dataclass(frozen=True)
class RouteTable:
    """The route of every standing.

    Args:
        lowest: The lowest score that there can be.
        routes: Numbers of `ROUTES`, by priority, favored, and the places of low and high score.
    """

    lowest: int
    routes: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, rulebook: CompiledRulebook) -> RouteTable:
        """The table of a rulebook."""
        if rulebook.digest not in _TABLES:
            _TABLES[rulebook.digest] = cls._work_out(rulebook)
        return _TABLES[rulebook.digest]

    @classmethod
    def _work_out(cls, rulebook: CompiledRulebook) -> RouteTable:
        weights = [c.criterion.weight or 0 for c in rulebook.of_list("factor")]
        lowest, highest = sum(min(0, w) for w in weights), sum(max(0, w) for w in weights)
        truth = pl.Series([False, True, None], dtype=pl.Boolean)
        scores = pl.int_range(lowest, highest + 1, dtype=pl.Int32, eager=True)
        standings = truth.alias("priority").to_frame()
        for other in (truth.alias("favored"), scores.alias(SCORE[0]), scores.alias(SCORE[1])):
            standings = standings.join(other.to_frame(), how="cross", maintain_order="left_right")
        routes = route_cases(standings, rulebook)["route"].cast(pl.Enum(ROUTES)).to_physical()
        return cls(lowest, routes.to_numpy().reshape(3, 3, len(scores), len(scores)))

    def code(self, standing: Frame) -> Coded:
        """Standings (`transforms.score.position.standing`) as numbers."""
        priority, favored = (
            standing[name].cast(pl.Int32).fill_null(UNKNOWN).to_numpy()
            for name in ("priority", "favored")
        )
        low, high = (standing[bound].to_numpy() - self.lowest for bound in SCORE)
        return Coded(priority, favored, low, high)

    def look_up(self, coded: Coded) -> npt.NDArray[np.uint8]:
        """The route of each standing, as a number of `ROUTES`; scores are cut at the ends."""
        last = self.routes.shape[-1] - 1
        low, high = (np.clip(bound, 0, last) for bound in (coded.low, coded.high))
        return self.routes[coded.priority, coded.favored, low, high]

    def route(self, standing: Frame) -> pl.Series:
        """The route of each standing (String)."""
        return pl.Series("route", ROUTES).gather(self.look_up(self.code(standing)))
