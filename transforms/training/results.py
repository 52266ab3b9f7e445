"""Results: what trainees got right, which criteria they miss, and how far they agree."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from schemas.outcomes import ROUTES
from schemas.training import Answer, TrainingResult
from transforms.training.scenario import Answered, Scenario


@dataclass(frozen=True)
class Marked:
    """An answer, compared with the rulebook's.

    Args:
        route: Whether the route is right.
        reasons: Whether exactly the criteria were named that affect it.
        ask: Whether what would be asked can change the route; nothing, if nothing can.
        missed: Criteria that affect it and weren't named.
        extra: Criteria that were named and don't affect it.
    """

    route: bool
    reasons: bool
    ask: bool
    missed: tuple[str, ...]
    extra: tuple[str, ...]


@dataclass(frozen=True)
class Trainee:
    """One trainee's results: how many answers, and how many were right."""

    name: str
    answers: int
    route: int
    reasons: int
    ask: int


@dataclass(frozen=True)
class CriterionResult:
    """How often a criterion affected the route, was named then, and was named where it didn't."""

    criterion: str
    affected: int
    named: int
    extra: int

    @property
    def wrong(self) -> int:
        """Return how often it was missed, or named where it didn't affect the route."""
        return self.affected - self.named + self.extra


@dataclass(frozen=True)
class ScenarioResult:
    """How many trainees chose which route in a scenario, and what is right."""

    scenario: str
    lesson: str
    right: str
    chosen: Mapping[str, int]

    @property
    def wrong(self) -> int:
        """Return how many chose another route."""
        return sum(self.chosen.values()) - self.chosen[self.right]


@dataclass(frozen=True)
class Together:
    """The routes that two trainees chose in the scenarios that both had.

    Args:
        first: The one's place among the trainees, from 0.
        second: The other's.
        table: How often the first chose the route of a row and the second that of a column, in the
            order of `ROUTES`.
    """

    first: int
    second: int
    table: Sequence[Sequence[int]]

    @property
    def cases(self) -> int:
        """Return how many scenarios both had."""
        return sum(map(sum, self.table))

    @property
    def same(self) -> int:
        """Return in how many they chose the same route."""
        return sum(row[at] for at, row in enumerate(self.table))


@dataclass(frozen=True)
class Results:
    """What all trainees answered.

    Args:
        trainees: One each, in order.
        criteria: Those that affected a route or were named, the most often wrong first.
        scenarios: Those that were answered, the most often wrong first.
        pairs: How many pairs of answers to the same scenario there are.
        agreeing: How many of them chose the same route.
        together: Each two trainees who had a scenario in common.
    """

    trainees: Sequence[Trainee]
    criteria: Sequence[CriterionResult]
    scenarios: Sequence[ScenarioResult]
    pairs: int
    agreeing: int
    together: Sequence[Together]


def mark(answer: Answer, answered: Answered) -> Marked:
    """Compare an answer with what the rulebook answers, as the course's page does."""
    missed = tuple(name for name in answered.reasons if name not in answer.reasons)
    extra = tuple(name for name in answer.reasons if name not in answered.reasons)
    asked = bool(answer.ask) and set(answer.ask) <= set(answered.missing)
    return Marked(
        route=answer.route == answered.route,
        reasons=not missed and not extra,
        ask=asked if answered.missing else not answer.ask,
        missed=missed,
        extra=extra,
    )


def results(
    files: Sequence[TrainingResult],
    scenarios: Mapping[str, Scenario],
    answered: Mapping[str, Answered],
) -> Results:
    """Put together what trainees answered under one rulebook.

    Args:
        files: Their results.
        scenarios: The scenarios by id; answers to others are left out.
        answered: What the rulebook answers, by the scenario's id.

    Returns:
        The results.
    """
    marked = [
        (place, answer, mark(answer, answered[answer.scenario]))
        for place, file in enumerate(files)
        for answer in file.answers
        if answer.scenario in answered
    ]
    routes: dict[str, list[str]] = {}
    for _, answer, _ in marked:
        routes.setdefault(answer.scenario, []).append(answer.route)
    pairs = [pair for chosen in routes.values() for pair in itertools.combinations(chosen, 2)]
    return Results(
        trainees=[
            _trainee(file.trainee, [one for at, _, one in marked if at == place])
            for place, file in enumerate(files)
        ],
        criteria=_criteria((answered[answer.scenario], one) for _, answer, one in marked),
        scenarios=sorted(
            (
                ScenarioResult(id_, scenarios[id_].lesson, answered[id_].route, _counted(chosen))
                for id_, chosen in routes.items()
            ),
            key=lambda one: -one.wrong / sum(one.chosen.values()),
        ),
        pairs=len(pairs),
        agreeing=sum(one == other for one, other in pairs),
        together=_together([{a.scenario: a.route for p, a, _ in marked if p == place}
                            for place in range(len(files))]),
    )  # fmt: skip


def _together(chosen: Sequence[Mapping[str, str]]) -> list[Together]:
    found = []
    for (first, mine), (second, yours) in itertools.combinations(enumerate(chosen), 2):
        both = Counter((mine[id_], yours[id_]) for id_ in mine if id_ in yours)
        if both:
            table = [[both[one, other] for other in ROUTES] for one in ROUTES]
            found.append(Together(first, second, table))
    return found


def _trainee(name: str, marked: Sequence[Marked]) -> Trainee:
    return Trainee(
        name,
        len(marked),
        sum(one.route for one in marked),
        sum(one.reasons for one in marked),
        sum(one.ask for one in marked),
    )


def _counted(chosen: Sequence[str]) -> dict[str, int]:
    return {route: chosen.count(route) for route in ROUTES}


def _criteria(marked: Iterable[tuple[Answered, Marked]]) -> list[CriterionResult]:
    affected, missed, extra = Counter[str](), Counter[str](), Counter[str]()
    for answered, one in marked:
        affected.update(answered.reasons)
        missed.update(one.missed)
        extra.update(one.extra)
    found = [
        CriterionResult(name, affected[name], affected[name] - missed[name], extra[name])
        for name in {**affected, **extra}
    ]
    return sorted(found, key=lambda one: (-one.wrong, one.criterion))
