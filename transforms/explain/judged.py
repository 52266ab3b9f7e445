"""Judged: cases under a rulebook as of a date, with what they share worked out once."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import polars as pl

from schemas.facts import FACTS
from schemas.rulebook.compiled import CompiledCriterion, CompiledRulebook
from schemas.rulebook.model import Criterion
from transforms.explain.deciding import deciding_facts
from transforms.explain.leads import Lead, leads
from transforms.frames.frame import Frame, whole, written_out
from transforms.route.recommendation import recommend
from transforms.score.milestones import milestone_dates
from transforms.score.position import Weighing

Led: TypeAlias = list[tuple[Lead, dict[str, Any]]]


@dataclass(frozen=True)
class Judged:
    """Cases under a rulebook as of a date; many together cost little more than one.

    Args:
        rulebook: The rulebook.
        as_of: The as-of date.
        presume: Whether to use the rulebook's presumptions.
        facts: Their facts, and the columns that a recommendation repeats.
    """

    rulebook: CompiledRulebook
    as_of: datetime.date
    presume: bool
    facts: Frame
    _deciding: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)

    @functools.cached_property
    def dated(self) -> Frame:
        """Return the facts with the milestones as of the date."""
        dates = milestone_dates(self.facts, self.rulebook)
        today = whole("as_of", self.as_of, pl.Date(), self.facts.height)
        return Weighing(self.rulebook, self.facts, None, dates).on(today)

    @functools.cached_property
    def weighing(self) -> dict[str, tuple[CompiledCriterion, ...]]:
        """Return the criteria that weigh against a person, or for, if they are TRUE."""
        criteria = self.rulebook.criteria
        return {
            way: tuple(one for one in criteria if _weighs(one.criterion) == way)
            for way in ("against", "for")
        }

    def deciding(self, criterion: CompiledCriterion) -> list[tuple[str, ...]]:
        """Return the facts that give a criterion its value, by case."""
        if criterion.id not in self._deciding:
            self._deciding[criterion.id] = deciding_facts(
                criterion.condition, self.dated, self.rulebook
            )
        return self._deciding[criterion.id]

    def recommended(self, tries: Sequence[Sequence[str]]) -> Iterator[tuple[dict[str, Any], Led]]:
        """Recommend a route for each case, and for each answer to some questions by itself.

        Args:
            tries: For each case, the facts whose answers are tried.

        Yields:
            For each case, its recommendation, and the answers, each with its `route`, `state`, and
            `needs_review`.
        """
        of_fact = functools.cache(lambda name: list(leads(FACTS[name], self.rulebook, self.as_of)))
        tried = [
            (place, lead)
            for place, names in enumerate(tries)
            for name in names
            for lead in of_fact(name)
        ]
        # All at once: many cases cost little more than one.
        facts = written_out(pl.concat([self.facts, self._answered(tried)], rechunk=True))
        rows = recommend(facts, self.rulebook, self.as_of, presume=self.presume)
        own, led = rows.head(len(tries)), rows.tail(len(tried))
        found: list[Led] = [[] for _ in tries]
        outcomes = led.select("route", "state", "needs_review").to_dicts()
        for (place, lead), outcome in zip(tried, outcomes, strict=True):
            found[place].append((lead, outcome))
        yield from zip(own.to_dicts(), found, strict=True)

    def _answered(self, tried: Sequence[tuple[int, Lead]]) -> Frame:
        """Return the facts of a case with an answer, for each of some cases and answers."""
        put: dict[str, tuple[list[int], list[Any]]] = {}
        for number, (_, lead) in enumerate(tried):
            for column in FACTS[lead.fact].columns:
                numbers, values = put.setdefault(column, ([], []))
                numbers.append(number)
                values.append(lead.value)
        facts = self.facts[[place for place, _ in tried]]
        return facts.with_columns(
            facts[column].scatter(numbers, pl.Series(values, dtype=facts.schema[column]))
            for column, (numbers, values) in put.items()
        )


def _weighs(criterion: Criterion) -> str | None:
    if criterion.list == "factor":
        return "for" if (criterion.weight or 0) > 0 else "against"
    return {"priority": "against", "favored": "for"}.get(criterion.list)
