"""Compiled: a rulebook ready to be applied to fact frames, made of plain data."""

from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass
from functools import cached_property

from schemas.facts import FACTS, high, low
from schemas.rulebook.condition import Condition, Term
from schemas.rulebook.model import Criterion, HumanReview, Presumption, Rulebook

SCORE = Term("count", f'"{low("score")}"', f'"{high("score")}"', cut=True)
LISTS = ("priority", "favored")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a rulebook: where in the file, and why."""

    path: tuple[str | int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class MilestoneSpan:
    """A milestone with its parameters filled in: some time after a date fact, or a fixed day."""

    id: str
    since: str | None
    years: int
    months: int
    days: int
    day: datetime.date | None = None

    @property
    def unnamed(self) -> MilestoneSpan:
        """The span alone, which milestones of several names may share."""
        return dataclasses.replace(self, id="")


@dataclass(frozen=True, slots=True)
class CompiledCriterion:
    """A criterion with its compiled condition, and the condition for human judgment."""

    criterion: Criterion
    condition: Condition
    citation: str
    judgment: Condition | None = None

    @property
    def id(self) -> str:
        """Return the criterion's id."""
        return self.criterion.id


@dataclass(frozen=True, slots=True)
class CompiledPresumption:
    """A presumption with its compiled basis and what speaks against it."""

    presumption: Presumption
    basis: Condition
    against: tuple[Condition, ...]

    @property
    def id(self) -> str:
        """Return the presumption's id."""
        return self.presumption.id


@dataclass(frozen=True)
class CompiledRulebook:
    """A rulebook that is ready to be applied to fact frames. It is plain data, so it pickles.

    Args:
        rulebook: The rulebook that it was compiled from.
        digest: SHA-256 of the rulebook's content, in hexadecimal.
        criteria: Its criteria in order.
        milestones: Its milestones.
        presumptions: Its presumptions.
        routing: The condition of each row, over the columns `atoms` and the score's bounds.
        human_review: Each rule of human review with its compiled condition.
        scopes: Compiled scopes by id.
    """

    rulebook: Rulebook
    digest: str
    criteria: tuple[CompiledCriterion, ...]
    milestones: tuple[MilestoneSpan, ...]
    presumptions: tuple[CompiledPresumption, ...]
    routing: tuple[Condition, ...]
    human_review: tuple[tuple[HumanReview, Condition], ...]
    scopes: dict[str, Condition]

    @property
    def id(self) -> str:
        """Return the rulebook's id."""
        return self.rulebook.id

    @cached_property
    def atoms(self) -> tuple[str, ...]:
        """Return what an outcome depends on, besides the score.

        These are the criteria that rows name, by id, and the rest of each list, by the list's name.
        """
        named = {name for row in self.routing for name in row.named}
        return (*LISTS, *(c.id for c in self.criteria if c.id in named))

    @cached_property
    def cuts(self) -> tuple[int, ...]:
        """Return the scores at which a row's result changes, in order."""
        return tuple(sorted({cut for row in self.routing for cut in row.cuts}))

    def of_list(self, name: str) -> tuple[CompiledCriterion, ...]:
        """Return the criteria of one list: priority, favored, or factor."""
        return tuple(c for c in self.criteria if c.criterion.list == name)

    @cached_property
    def presumed(self) -> dict[str, CompiledPresumption]:
        """Return the presumption of each fact that may be presumed, in the rulebook's order."""
        return {fact: p for p in self.presumptions for fact in p.presumption.presume}

    @cached_property
    def presumed_columns(self) -> frozenset[str]:
        """Return the columns of the facts that may be presumed."""
        return frozenset(column for fact in self.presumed for column in FACTS[fact].columns)

    @cached_property
    def _since(self) -> dict[str, str | None]:
        return {milestone.id: milestone.since for milestone in self.milestones}

    @cached_property
    def readers(self) -> dict[str, list[str]]:
        """Return the ids of the criteria that read each fact, milestones included."""
        readers: dict[str, list[str]] = {}
        for criterion in self.criteria:
            for fact in self.facts_read(criterion.condition):
                readers.setdefault(fact, []).append(criterion.id)
        return readers

    def facts_read(self, condition: Condition) -> tuple[str, ...]:
        """Return the facts that a condition depends on, including those behind its milestones."""
        behind = (self._since[name] for name in condition.milestones)
        return tuple(
            dict.fromkeys((*condition.facts, *(name for name in behind if name is not None)))
        )
