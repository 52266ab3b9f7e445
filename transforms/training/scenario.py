"""Scenarios: examples of a rulebook as exercises, each with the answer that the rulebook gives."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from schemas.facts import FACTS
from schemas.outcomes import Route
from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebook.model import Example
from transforms.explain.example_runs import ExampleRuns, run_all

Kind = Literal["plain", "presumed", "both", "day", "open", "conflict"]

# From easy to hard.
KINDS: dict[Kind, str] = {
    "plain": "The facts are all there",
    "presumed": "The route leans on presumptions",
    "both": "Facts for and against",
    "day": "A day makes the difference",
    "open": "Facts are missing",
    "conflict": "The record contradicts itself",
}
_OF_STATE: dict[str, Kind] = {"OPEN": "open", "AFTER_CHECKS": "presumed", "ON_THE_RECORD": "plain"}
# Questions that are worth asking, and others, among which a trainee chooses.
MOST_RIGHT, MOST_OTHER = 3, 4


@dataclass(frozen=True)
class Answered:
    """What the rulebook answers to a scenario.

    Args:
        route: The route.
        reasons: The criteria that hold and affect it, by id.
        missing: The unknown facts that can still change the route, the most decisive first.
    """

    route: Route
    reasons: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Scenario:
    """An example as an exercise.

    Args:
        id: Stays the same as long as the example does.
        place: The example's place in the rulebook.
        kind: What makes it hard.
        lesson: What it shows: the example's name.
        as_of: The as-of date.
        criteria: The criteria that are TRUE, by id.
    """

    id: str
    place: int
    kind: Kind
    lesson: str
    as_of: datetime.date
    criteria: tuple[str, ...]


def scenarios(rulebook: CompiledRulebook) -> list[Scenario]:
    """Make a scenario of every example that is assessed with presumptions.

    Args:
        rulebook: The rulebook.

    Returns:
        The scenarios, in the rulebook's order. An example that can't be run has none, and of those
        with the same case as of the same date, only the first has one.
    """
    runs = run_all(rulebook)
    made = [
        Scenario(
            id=_id(example),
            place=place,
            kind=_kind(place, row, rulebook, runs),
            lesson=example.name,
            as_of=example.as_of,
            criteria=tuple(row["criteria_true"]),
        )
        for place, example in enumerate(rulebook.rulebook.examples)
        if example.presume and (row := runs.recommended.get(place)) is not None
    ]
    return list({one.id: one for one in reversed(made)}.values())[::-1]


def options(scenario: Scenario, answered: Answered, rulebook: CompiledRulebook) -> list[str]:
    """Choose the facts among which a trainee picks what to ask.

    Args:
        scenario: The scenario.
        answered: What the rulebook answers to it.
        rulebook: The rulebook.

    Returns:
        Facts in catalog order: some that can still change the route, and some that the rulebook
        reads elsewhere. The same scenario always has the same ones.
    """
    others = [name for name in rulebook.readers if name not in answered.missing]
    others.sort(key=lambda name: _digest(f"{scenario.id} {name}"))
    chosen = {*answered.missing[:MOST_RIGHT], *others[:MOST_OTHER]}
    return [name for name in FACTS if name in chosen]


def _kind(place: int, row: dict[str, Any], rulebook: CompiledRulebook, runs: ExampleRuns) -> Kind:
    if row["conflicts"]:
        return "conflict"
    if _for_and_against(row["criteria_true"], rulebook):
        return "both"
    if place in runs.near:
        return "day"
    return _OF_STATE[row["state"]]


def _for_and_against(true: Sequence[str], rulebook: CompiledRulebook) -> bool:
    lists = {c.criterion.list for c in rulebook.criteria if c.id in true}
    return {"priority", "favored"} <= lists


def _id(example: Example) -> str:
    content = json.dumps([example.case, example.as_of], default=str, sort_keys=True)
    return _digest(content)[:12]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
