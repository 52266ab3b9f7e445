"""Settling facts: unknown facts for which one answer alone would settle the route.

An answer settles an open case if it decides the route, and any other case if it gives another
route. Each kind of answer is tried, one fact at a time: TRUE and FALSE, the numbers in conditions,
and days on both sides of each milestone.
"""

from __future__ import annotations

import datetime
import itertools
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.facts import FACTS, Fact, high
from schemas.rulebook.compiled import LISTS, CompiledCriterion, CompiledRulebook
from schemas.rulebook.condition import MOST, literal
from schemas.rulebook.tree import Tree
from transforms.frames.frame import whole
from transforms.route.leverage import Flags, Routes, route_bits
from transforms.route.table import UNDECIDED, Codes, RouteTable
from transforms.route.weighed import Weighed
from transforms.score.ends import Whole, ends_of
from transforms.score.kleene import (
    FALSE,
    TRUE,
    UNKNOWN,
    Answers,
    Degrees,
    presumed_false,
    with_known,
)
from transforms.score.milestones import milestone_days
from transforms.score.points import bounds as points
from transforms.score.position import Position, Weighing

Answer: TypeAlias = bool | int | str | datetime.date
Rows: TypeAlias = npt.NDArray[np.intp]
# Zero, one, and more than any condition asks for.
COUNTS = (0, 1, MOST)
LONG_AGO = datetime.date(1900, 1, 1)
_EPOCH = datetime.date(1970, 1, 1)
_HAS_ENDS = ("count", "date")
# Kept for the last rulebook and date only: a run uses one, a test many. Two threads may ask.
_QUESTIONS: dict[tuple[str, datetime.date], list[_Question]] = {}
_WORKING_OUT = threading.Lock()


@dataclass(frozen=True)
class _Question:
    """One answer for one fact, and the criteria that read the fact, with the answer filled in."""

    fact: Fact
    answer: Answer
    readers: tuple[CompiledCriterion, ...]
    conditions: tuple[Tree, ...]


def settles(
    there: Weighed,
    as_of: datetime.date,
    asked: dict[str, Flags],
    *,
    every_answer: bool = False,
) -> dict[str, Routes]:
    """Find the facts that can settle a route alone, and the routes that they can settle it to.

    Args:
        there: The cases, weighed as of the date.
        as_of: The as-of date.
        asked: By fact, whether it is worth asking for, one flag per case.
        every_answer: Whether to try every answer, or only until one is found that settles it.

    Returns:
        By fact, as in `asked`, the routes that it can settle the case to alone, bit N for
        `ROUTES[N]`; not all of them unless every answer is tried.
    """
    weighing, before = there.weighing, there.effective
    rulebook = weighing.rulebook
    table = RouteTable.of(rulebook)
    settling = {fact: np.zeros(len(rows), dtype=np.uint8) for fact, rows in asked.items()}
    questions = [q for q in _questions(rulebook, as_of) if q.fact.name in asked]
    answered = _answered(weighing, as_of, questions)
    lists = _members(before, rulebook)
    ends = ends_of(weighing.facts, {q.fact.name for q in questions if q.fact.kind in _HAS_ENDS})
    was = table.look_up(table.route, there.acted_on)
    for question in questions:
        fact = question.fact.name
        left = asked[fact] if every_answer else asked[fact] & (settling[fact] == 0)
        after = {
            reader.id: answered[reader.id, condition]
            for condition, reader in zip(question.conditions, question.readers, strict=True)
        }
        # Comparing values of all cases costs less than selecting those of some.
        moves = np.logical_or.reduce([each != before[name] for name, each in after.items()])
        rows = np.flatnonzero(left & _can_be(question, ends) & moves)
        if not len(rows):
            continue
        values = {name: each[rows] for name, each in after.items()}
        moved = _moved(there.acted_on.take(rows), before, values, lists, question.readers, rows)
        route = table.look_up(table.route, moved)
        new = (route != UNDECIDED) & (route != was[rows])
        settling[fact][rows[new]] |= route_bits(route[new])
    return settling


def _questions(rulebook: CompiledRulebook, as_of: datetime.date) -> list[_Question]:
    """Yield every answer to try."""
    key = (rulebook.digest, as_of)
    with _WORKING_OUT:
        if key not in _QUESTIONS:
            _QUESTIONS.clear()
            _QUESTIONS[key] = list(_work_out(rulebook, as_of))
        return _QUESTIONS[key]


def _work_out(rulebook: CompiledRulebook, as_of: datetime.date) -> Iterator[_Question]:
    for fact in FACTS.values():
        # Criteria made from others change with them, if a row names them or they have a weight.
        readers = tuple(
            c
            for c in rulebook.criteria
            if (c.condition.asks or c.id in rulebook.atoms or c.criterion.weight)
            and c.id in rulebook.readers.get(fact.name, ())
        )
        answers = _answers(fact, rulebook, as_of) if readers else []
        for answer, reached in zip(answers, _reached(answers, fact, rulebook, as_of), strict=True):
            columns: dict[str, Answer] = dict.fromkeys(fact.columns, answer) | reached
            known = {column: literal(value) for column, value in columns.items()}
            conditions = tuple(with_known(c.condition.tree, known) for c in readers)
            yield _Question(fact, answer, readers, conditions)


def _answers(fact: Fact, rulebook: CompiledRulebook, as_of: datetime.date) -> list[Answer]:
    """List the kinds of answers for a fact, depending on what a rulebook asks about it."""
    if fact.kind == "bool":
        return [True, False]
    if fact.kind == "count":
        return [*COUNTS]
    if fact.kind == "code":
        return [*fact.values]
    spans = [m for m in rulebook.milestones if m.since == fact.name]
    months = sorted({12 * m.years + m.months for m in spans})
    # A few days after each milestone, so that those that count from the next day have passed, too.
    late = datetime.timedelta(days=2 + max((m.days for m in spans), default=0))
    return [as_of, *(_months_before(as_of, month) - late for month in months), LONG_AGO]


def _months_before(day: datetime.date, months: int) -> datetime.date:
    count = day.year * 12 + day.month - 1 - months
    return datetime.date(count // 12, count % 12 + 1, 1)


def _reached(
    answers: list[Answer], fact: Fact, rulebook: CompiledRulebook, as_of: datetime.date
) -> list[dict[str, Answer]]:
    """Tell for each answer which milestones would be reached; only a date has any."""
    since = [milestone for milestone in rulebook.milestones if milestone.since == fact.name]
    if not since:
        return [{} for _ in answers]
    days = milestone_days(pl.DataFrame(dict.fromkeys(fact.columns, answers)), since)
    return days.select((pl.col(high(m.id)) <= as_of).alias(m.id) for m in since).to_dicts()


def _answered(
    weighing: Weighing, as_of: datetime.date, questions: list[_Question]
) -> dict[tuple[str, Tree], Degrees]:
    """Return each criterion's effective value, given its condition with an answer filled in."""
    conditions: dict[str, dict[Tree, None]] = {}
    for question in questions:
        for criterion, condition in zip(question.readers, question.conditions, strict=True):
            conditions.setdefault(criterion.id, {})[condition] = None
    presumed_columns = weighing.rulebook.presumed_columns
    every = list(itertools.chain.from_iterable(conditions.values()))
    leaning = {one for one in every if not presumed_columns.isdisjoint(one.columns)}
    recorded, presumed = weighing.both_on(whole("day", as_of, pl.Date(), weighing.facts.height))
    real, other = Answers.over(recorded, every), Answers.over(presumed, leaning)
    answered: dict[tuple[str, Tree], Degrees] = {}
    for criterion_id, trees in conditions.items():
        leans = [one for one in trees if one in leaning]
        presumptions = dict(zip(leans, other.of(leans), strict=True))
        for one, degrees in zip(trees, real.of(trees), strict=True):
            if one in presumptions:
                degrees = presumed_false(degrees, presumptions[one])
            answered[criterion_id, one] = degrees
    return answered


def _can_be(question: _Question, ends: dict[str, tuple[Whole, Whole]]) -> Flags | np.bool_:
    """Tell whether an answer is within the known bounds of a fact."""
    if question.fact.name not in ends:
        return np.True_
    least, most = ends[question.fact.name]
    answer = question.answer
    number = (answer - _EPOCH).days if isinstance(answer, datetime.date) else int(answer)
    within: Flags = (least <= number) & (most >= number)
    return within


def _members(
    before: Mapping[str, Degrees], rulebook: CompiledRulebook
) -> dict[str, tuple[Codes, Codes]]:
    """Count, for each list, the members that no row names and that are TRUE or UNKNOWN."""
    counted = {}
    for name in LISTS:
        members = [before[c.id] for c in rulebook.of_list(name) if c.id not in rulebook.atoms]
        none = np.zeros(len(next(iter(before.values()))), np.int32)
        counted[name] = (
            sum(((codes == TRUE).astype(np.int32) for codes in members), none),
            sum(((codes == UNKNOWN).astype(np.int32) for codes in members), none),
        )
    return counted


def _moved(
    here: Position,
    before: Mapping[str, Degrees],
    after: dict[str, Degrees],
    members: dict[str, tuple[Codes, Codes]],
    readers: tuple[CompiledCriterion, ...],
    rows: Rows,
) -> Position:
    """Return the positions after some criteria have changed."""
    truths, lows, highs = dict(here.truths), here.low, here.high
    counted: dict[str, tuple[Codes, Codes]] = {}
    for criterion in readers:
        old, new = before[criterion.id][rows], after[criterion.id]
        name, weight = criterion.criterion.list, criterion.criterion.weight or 0
        if criterion.id in truths:
            truths[criterion.id] = new
        elif name in LISTS:
            if name not in counted:
                counted[name] = (members[name][0][rows], members[name][1][rows])
            true, unknown = counted[name]
            counted[name] = (
                true + (new == TRUE) - (old == TRUE),
                unknown + (new == UNKNOWN) - (old == UNKNOWN),
            )
        if weight:
            least, most = points(new, weight)
            was_least, was_most = points(old, weight)
            lows, highs = lows + least - was_least, highs + most - was_most
    for part_of, (true, unknown) in counted.items():
        known = np.where(true > 0, TRUE, np.where(unknown > 0, UNKNOWN, FALSE))
        truths[part_of] = known.astype(np.int8)
    return Position(truths, lows, highs)
