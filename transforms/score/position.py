"""Position: what is known about a case's place in the routing table, on any day."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.facts import FACT_OF
from schemas.rulebook.compiled import LISTS, CompiledCriterion, CompiledRulebook
from transforms.frames.frame import Frame
from transforms.score.criteria import effective, evaluate
from transforms.score.kleene import Degrees, degrees_of
from transforms.score.milestones import reached
from transforms.score.points import Points, score
from transforms.score.presumptions import silent_facts


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
    none, named = np.zeros(values.height, np.int8), rulebook.atoms[len(LISTS) :]
    members = {
        name: [degrees[c.id] for c in criteria if c.criterion.list == name and c.id not in named]
        for name in LISTS
    }
    # A list holds if one of its criteria does, which is the maximum of their degrees.
    truths = {name: np.maximum.reduce([none, *each]) for name, each in members.items()}
    truths |= {name: degrees.get(name, none) for name in named}
    factors = [c for c in criteria if c.criterion.list == "factor"]
    return Position(truths, *score(factors, degrees, values.height))


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

    @functools.cached_property
    def silent(self) -> Frame:
        """Tell which facts the record says nothing about (`presumptions.silent_facts`)."""
        return silent_facts(self.facts, self.rulebook)

    def values(self, criteria: Sequence[CompiledCriterion], day: pl.Series) -> tuple[Frame, Frame]:
        """Return the real and the effective values of criteria on a day (Date, one per case)."""
        names = dict.fromkeys(name for c in criteria for name in c.condition.milestones)
        moment = self._reached(names, day)
        real = evaluate(criteria, self.facts.hstack(moment))
        if self.presumed is None:
            return real, real
        presumed = self.rulebook.presumed.keys()
        touched = [c for c in criteria if not presumed.isdisjoint(c.condition.facts)]
        return real, effective(real, evaluate(touched, self.presumed.hstack(moment)))

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
        """Select the cases at some row numbers."""
        presumed = None if self.presumed is None else self.presumed[rows]
        return Weighing(self.rulebook, self.facts[rows], presumed, _taken(self.dates, rows))


def _taken(frame: Frame, rows: pl.Series) -> Frame:
    # A frame without columns has no rows to take.
    return frame[rows] if frame.width else frame


@dataclass(frozen=True)
class MovingPart:
    """The part of a `Weighing` that the calendar can change, separate from the rest.

    Args:
        weighing: The cases, with only the facts that criteria with milestones read.
        settled: The position from the criteria without milestones.
    """

    weighing: Weighing
    settled: Position

    @classmethod
    def of(cls, weighing: Weighing, effective_values: Frame) -> MovingPart:
        """Split a `Weighing`, given the effective values of all criteria on some day."""
        rulebook = weighing.rulebook
        still = [c for c in rulebook.criteria if not c.condition.milestones]
        facts = sorted(
            {
                column
                for criterion in moving(rulebook)
                for column in weighing.facts.columns
                if FACT_OF.get(column) in criterion.condition.facts
            }
        )
        # A frame without columns forgets how many rows it has.
        facts = facts or weighing.facts.columns[:1]
        presumed = None if weighing.presumed is None else weighing.presumed.select(facts)
        return cls(
            Weighing(rulebook, weighing.facts.select(facts), presumed, weighing.dates),
            position(effective_values, still, rulebook),
        )

    def take(self, rows: pl.Series) -> MovingPart:
        """Select the cases at some row numbers."""
        return MovingPart(self.weighing.take(rows), self.settled.take(rows.to_numpy()))

    def position(self, day: pl.Series) -> Position:
        """Compute the position of each case on its day (Date, one per case)."""
        rulebook = self.weighing.rulebook
        criteria = moving(rulebook)
        _, values = self.weighing.values(criteria, day)
        return self.settled.plus(position(values, criteria, rulebook))


def moving(rulebook: CompiledRulebook) -> list[CompiledCriterion]:
    """Return the criteria that the calendar can change."""
    return [c for c in rulebook.criteria if c.condition.milestones]
