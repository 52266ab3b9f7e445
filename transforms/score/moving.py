"""Moving: the part of a case's position that the calendar can change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from schemas.rulebook.compiled import CompiledCriterion, CompiledRulebook
from schemas.rulebook.tree import Tree, atoms_of, column
from transforms.score.ends import Whole, ends_of
from transforms.score.kleene import Answers, Degrees, presumed_false
from transforms.score.position import Position, Weighing, position_by


@dataclass(frozen=True)
class MovingPart:
    """The part of a `Weighing` that the calendar can change, separate from the rest.

    Args:
        rulebook: The rulebook.
        settled: The position from the criteria without milestones.
        dates: The days of each milestone (`ends_of`).
        real: The values of what else the criteria with milestones read, on facts in the record.
        presumed: Those that presumptions can change, with the presumptions made; None without.
    """

    rulebook: CompiledRulebook
    settled: Position
    dates: Mapping[str, tuple[Whole, Whole]]
    real: Answers
    presumed: Answers | None

    @classmethod
    def of(cls, weighing: Weighing, effective: Mapping[str, Degrees]) -> MovingPart:
        """Split a `Weighing`, given the effective values of all criteria on some day."""
        rulebook = weighing.rulebook
        names = {milestone.id for milestone in rulebook.milestones}
        trees = [criterion.condition.tree for criterion in moving(rulebook)]
        still = [a for tree in trees for a in atoms_of(tree) if names.isdisjoint(a.columns)]
        presumed = None
        if weighing.presumed is not None:
            columns = rulebook.presumed_columns
            leaning = [atom for atom in still if not columns.isdisjoint(atom.columns)]
            presumed = Answers.over(weighing.presumed, leaning)
        others = [c for c in rulebook.criteria if not c.condition.milestones]
        return cls(
            rulebook,
            position_by(effective, others, rulebook, weighing.facts.height),
            ends_of(weighing.dates, names),
            Answers.over(weighing.facts, still),
            presumed,
        )

    def take(self, rows: npt.NDArray[np.integer[Any]]) -> MovingPart:
        """Select the cases at some row numbers."""
        return MovingPart(
            self.rulebook,
            self.settled.take(rows),
            {name: (least[rows], most[rows]) for name, (least, most) in self.dates.items()},
            self.real.take(rows),
            None if self.presumed is None else self.presumed.take(rows),
        )

    def position(self, days: Whole) -> Position:
        """Compute the position of each case on its day (days since 1970)."""
        reached: dict[Tree, Degrees] = {
            column(name): (days >= least).astype(np.int8) + (days >= most)
            for name, (least, most) in self.dates.items()
        }
        real, criteria = self.real.given(reached), moving(self.rulebook)
        trees = [criterion.condition.tree for criterion in criteria]
        values = dict(zip((c.id for c in criteria), real.of(trees), strict=True))
        if self.presumed is not None:
            for name, presumed in zip(
                values, real.given(self.presumed.atoms).of(trees), strict=True
            ):
                values[name] = presumed_false(values[name], presumed)
        return self.settled.plus(position_by(values, criteria, self.rulebook, len(days)))


def moving(rulebook: CompiledRulebook) -> list[CompiledCriterion]:
    """Return the criteria that the calendar can change."""
    return [c for c in rulebook.criteria if c.condition.milestones]
