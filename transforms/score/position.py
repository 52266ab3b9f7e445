"""Standing: what is known of a case's place on the two lists and of its score, on any day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from schemas.facts import high, low
from schemas.rulebook_compile import CompiledCriterion, CompiledRulebook
from transforms.frames.frame import Frame
from transforms.score.criteria import effective, evaluate, holds_any
from transforms.score.milestones import reached
from transforms.score.points import score

SCORE = (low("score"), high("score"))


def standing(values: Frame, criteria: Sequence[CompiledCriterion]) -> Frame:
    """The standing of cases by the values of their criteria.

    Args:
        values: A Boolean column a criterion, null where UNKNOWN.
        criteria: The criteria meant, columns of `values`.

    Returns:
        `priority` and `favored` (Boolean, null = UNKNOWN), `score.low`, `score.high` (Int32).
    """
    ids = {
        name: [c.id for c in criteria if c.criterion.list == name]
        for name in ("priority", "favored")
    }
    factors = [c for c in criteria if c.criterion.list == "factor"]
    return values.with_columns(
        holds_any(ids["priority"]).alias("priority"),
        holds_any(ids["favored"]).alias("favored"),
        *score(factors),
    ).select("priority", "favored", *SCORE)


@dataclass(frozen=True)
class Weighing:
    """Cases that can be weighed as of any day.

    Args:
        rulebook: The rulebook.
        facts: Facts in the record.
        presumed: Facts with presumptions put in; None where none are used.
        dates: Milestone dates (`transforms.score.milestones.milestone_dates`).
    """

    rulebook: CompiledRulebook
    facts: Frame
    presumed: Frame | None
    dates: Frame

    def values(self, criteria: Sequence[CompiledCriterion], day: pl.Series) -> tuple[Frame, Frame]:
        """The real and the effective value of criteria on a day (Date, one a case)."""
        dated = day.alias("day").to_frame().hstack(self.dates.get_columns())
        moment = dated.select(pl.col("day"), *reached(self.rulebook, pl.col("day")))
        real = evaluate(criteria, self.facts.hstack(moment))
        if self.presumed is None:
            return real, real
        return real, effective(real, evaluate(criteria, self.presumed.hstack(moment)))


@dataclass(frozen=True)
class MovingPart:
    """What the calendar can change of a weighing, apart from what it cannot.

    Args:
        weighing: The cases, with only the facts that criteria with milestones read.
        settled: The standing by the criteria without milestones.
    """

    weighing: Weighing
    settled: Frame

    @classmethod
    def of(cls, weighing: Weighing, effective_values: Frame) -> MovingPart:
        """Split a weighing, given the effective values of all criteria on any one day."""
        rulebook = weighing.rulebook
        still = [c for c in rulebook.criteria if not c.condition.milestones]
        facts = sorted(
            {
                column
                for criterion in moving(rulebook)
                for column in weighing.facts.columns
                if column.removesuffix(".low").removesuffix(".high") in criterion.condition.facts
            }
        )
        # A frame without columns forgets how many rows it has.
        facts = facts or weighing.facts.columns[:1]
        presumed = None if weighing.presumed is None else weighing.presumed.select(facts)
        return cls(
            Weighing(rulebook, weighing.facts.select(facts), presumed, weighing.dates),
            standing(effective_values, still),
        )

    def take(self, rows: pl.Series) -> MovingPart:
        """The cases at some row numbers."""
        whole = self.weighing
        return MovingPart(
            Weighing(
                whole.rulebook,
                whole.facts[rows],
                None if whole.presumed is None else whole.presumed[rows],
                whole.dates[rows],
            ),
            self.settled[rows],
        )

    def standing(self, day: pl.Series) -> Frame:
        """The standing of each case on its day (Date, one a case)."""
        criteria = moving(self.weighing.rulebook)
        _, values = self.weighing.values(criteria, day)
        moved = standing(values, criteria)
        return self.settled.select(
            *(pl.col(name) | moved[name] for name in ("priority", "favored")),
            *(pl.col(name) + moved[name] for name in SCORE),
        )


def moving(rulebook: CompiledRulebook) -> list[CompiledCriterion]:
    """The criteria that the calendar can change."""
    return [c for c in rulebook.criteria if c.condition.milestones]
