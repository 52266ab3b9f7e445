"""Courses: which scenarios a trainee gets, from easy to hard, and the lesson of each."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.explanation import Explanation
from schemas.rulebook.compiled import CompiledRulebook
from transforms.explain.case import explain_all
from transforms.explain.example_runs import example_record
from transforms.frames.frame import Frame
from transforms.normalize.case_frame import to_frame
from transforms.normalize.records import normalize
from transforms.route.recommendation import recommend_records
from transforms.score.facts import derive_facts
from transforms.training.case_file import CaseFile, case_file
from transforms.training.scenario import KINDS, Answered, Scenario


@dataclass(frozen=True)
class Exercise:
    """A scenario with all that the page shows.

    Args:
        scenario: The scenario.
        file: What is on file.
        answered: What the rulebook answers.
        explanation: Why.
    """

    scenario: Scenario
    file: CaseFile
    answered: Answered
    explanation: Explanation


def choose(made: Sequence[Scenario], most: int) -> list[Scenario]:
    """Choose the scenarios of a course.

    Each kind gets its turn, from easy to hard, with the scenario whose criteria have come up least;
    of equal ones, the first.

    Args:
        made: Scenarios.
        most: The most to choose.

    Returns:
        The chosen ones, from easy to hard.
    """
    left = {kind: [one for one in made if one.kind == kind] for kind in KINDS}
    seen: Counter[str] = Counter()
    chosen: list[Scenario] = []
    while len(chosen) < most and any(left.values()):
        for there in filter(None, left.values()):
            if len(chosen) == most:
                break
            best = min(there, key=lambda one: _familiar(one, seen))
            there.remove(best)
            chosen.append(best)
            seen.update(best.criteria)
    return sorted(chosen, key=lambda one: (list(KINDS).index(one.kind), one.place))


def _familiar(one: Scenario, seen: Mapping[str, int]) -> tuple[int, int]:
    """Tell how often the criteria of a scenario have come up, and where it is in the rulebook."""
    # Where nothing holds, there is little to learn: such a scenario comes last.
    return min((seen[name] for name in one.criteria), default=len(seen)), one.place


def exercises(chosen: Iterable[Scenario], rulebook: CompiledRulebook) -> list[Exercise]:
    """Work out what the page shows of each scenario.

    Args:
        chosen: Scenarios.
        rulebook: Their rulebook.

    Returns:
        An exercise for each, in order.
    """
    scenarios = list(chosen)
    made: dict[str, Exercise] = {}
    for as_of, there in _by_day(scenarios).items():
        records = _records(there, rulebook, as_of)
        recommended = recommend_records(records, rulebook, as_of).to_dicts()
        facts = derive_facts(records, rulebook.rulebook.counted_convictions, as_of).to_dicts()
        missing = [row["missing_facts"] for row in recommended]
        explained = explain_all(records, rulebook, as_of, missing)
        rows = zip(there, records.to_dicts(), facts, recommended, explained, strict=True)
        for scenario, record, known, row, explanation in rows:
            made[scenario.id] = Exercise(
                scenario, case_file(record, known), _answered(row), explanation
            )
    return [made[scenario.id] for scenario in scenarios]


def answers(made: Iterable[Scenario], rulebook: CompiledRulebook) -> dict[str, Answered]:
    """Return what the rulebook answers to each scenario, by its id."""
    found: dict[str, Answered] = {}
    for as_of, there in _by_day(made).items():
        rows = recommend_records(_records(there, rulebook, as_of), rulebook, as_of).to_dicts()
        found |= {one.id: _answered(row) for one, row in zip(there, rows, strict=True)}
    return found


def _by_day(scenarios: Iterable[Scenario]) -> dict[datetime.date, list[Scenario]]:
    by_day: dict[datetime.date, list[Scenario]] = {}
    for scenario in scenarios:
        by_day.setdefault(scenario.as_of, []).append(scenario)
    return by_day


def _records(
    scenarios: Sequence[Scenario], rulebook: CompiledRulebook, as_of: datetime.date
) -> Frame:
    examples = rulebook.rulebook.examples
    made = [example_record(one.place, examples[one.place]) for one in scenarios]
    records, _ = normalize(to_frame(made), as_of)
    return records


def _answered(row: Mapping[str, Any]) -> Answered:
    return Answered(
        route=row["route"],
        reasons=tuple(reason["criterion"] for reason in row["reasons"]),
        missing=tuple(row["missing_facts"]),
    )
