"""Position: what is known about a case's place in the routing table, on any day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.rulebook.compiled import LISTS, CompiledCriterion, CompiledRulebook
from transforms.frames.frame import Frame
from transforms.score.criteria import evaluate
from transforms.score.kleene import Degrees, degrees_of, presumed_false
from transforms.score.milestones import reached
from transforms.score.points import Points, score


@dataclass(frozen=True)
class Position:
    """Positions in the routing table, one per case.

    Args:
        truths: The degree of each atom of the table (`CompiledRulebook.atoms`).
        low: The lowest score.
        high: The highest score.
    """

    truths: dict[str, Degrees]
    low: Points
    high: Points

    def take(self, rows: npt.NDArray[Any]) -> Position:
        """Select the positions at some row numbers."""
        truths = {atom: degrees[rows] for atom, degrees in self.truths.items()}
        return Position(truths, self.low[rows], self.high[rows])

    def plus(self, other: Position) -> Position:
        """Return the positions by the criteria of both."""
        truths = {name: np.maximum(mine, other.truths[name]) for name, mine in self.truths.items()}
        return Position(truths, self.low + other.low, self.high + other.high)


def position(
    values: Frame, criteria: Sequence[CompiledCriterion], rulebook: CompiledRulebook
) -> Position:
    """Compute the position of cases from the values of some criteria.

    Args:
        values: One Boolean column per criterion; null if UNKNOWN.
        criteria: The criteria to use, columns of `values`; any other counts as FALSE.
        rulebook: The rulebook.
    """
    degrees = degrees_of(values.select(criterion.id for criterion in criteria))
    return position_by(degrees, criteria, rulebook, values.height)


def position_by(
    degrees: Mapping[str, Degrees],
    criteria: Sequence[CompiledCriterion],
    rulebook: CompiledRulebook,
    cases: int,
) -> Position:
    """Compute the position of cases, as `position` does, from degrees.

    Args:
        degrees: By id of a criterion, its value for each case.
        criteria: The criteria to use, keys of `degrees`; any other counts as FALSE.
        rulebook: The rulebook.
        cases: The number of cases.
    """
    none, named = np.zeros(cases, np.int8), rulebook.atoms[len(LISTS) :]
    members = {
        name: [degrees[c.id] for c in criteria if c.criterion.list == name and c.id not in named]
        for name in LISTS
    }
    # A list holds if one of its criteria does, which is the maximum of their degrees.
    truths = {name: np.maximum.reduce([none, *each]) for name, each in members.items()}
    truths |= {name: degrees.get(name, none) for name in named}
    factors = [c for c in criteria if c.criterion.list == "factor"]
    return Position(truths, *score(factors, degrees, cases))


@dataclass(frozen=True)
class Weighing:
    """Cases that can be assessed as of any day.

    Args:
        rulebook: The rulebook.
        facts: Facts in the record.
        presumed: Facts with the presumptions made; None without presumptions.
        dates: Milestone dates (`transforms.score.milestones.milestone_dates`).
    """

    rulebook: CompiledRulebook
    facts: Frame
    presumed: Frame | None
    dates: Frame

    def values(
        self, criteria: Sequence[CompiledCriterion], day: pl.Series
    ) -> tuple[Frame, dict[str, Degrees]]:
        """Return the real and the effective values of criteria on a day (Date, one per case)."""
        names = dict.fromkeys(name for c in criteria for name in c.condition.milestones)
        moment = self._reached(names, day)
        real = evaluate(criteria, self.facts.hstack(moment))
        effective = degrees_of(real)
        if self.presumed is not None:
            facts = self.rulebook.presumed.keys()
            touched = [c for c in criteria if not facts.isdisjoint(c.condition.facts)]
            presumed = degrees_of(evaluate(touched, self.presumed.hstack(moment)))
            for name, degrees in presumed.items():
                effective[name] = presumed_false(effective[name], degrees)
        return real, effective

    def on(self, day: pl.Series) -> Frame:
        """Return the facts in the record, with the milestones reached on a day."""
        names = [milestone.id for milestone in self.rulebook.milestones]
        return self.facts.hstack(self._reached(names, day))

    def _reached(self, milestones: Iterable[str], day: pl.Series) -> Frame:
        dated = day.alias("day").to_frame().hstack(self.dates.get_columns())
        return dated.select(reached(milestones, "day"))

    def both_on(self, day: pl.Series) -> tuple[Frame, Frame]:
        """Return the facts, without and with presumptions, with the milestones of a day."""
        recorded = self.on(day)
        if self.presumed is None:
            return recorded, recorded
        return recorded, self.presumed.hstack(
            recorded.select(milestone.id for milestone in self.rulebook.milestones)
        )

    def take(self, rows: pl.Series) -> Weighing:
        """Select the cases at some row numbers, without presumptions."""
        # A frame without columns has no rows to take.
        dates = self.dates[rows] if self.dates.width else self.dates
        return Weighing(self.rulebook, self.facts[rows], None, dates)
