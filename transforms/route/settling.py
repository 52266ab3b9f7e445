"""Settling facts: unknown facts of which one answer alone would settle the route.

An answer settles the route of an open case where it decides it, and that of any other where it
gives another route. Each kind of answer is tried, for one fact at a time: TRUE and FALSE, the
numbers that conditions ask for, and days on both sides of each milestone.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.facts import FACTS, Fact, high
from schemas.rulebook_compile import LISTS, CompiledCriterion, CompiledRulebook
from transforms.frames.frame import Frame, whole
from transforms.route.table import FALSE, TRUE, UNDECIDED, UNKNOWN, Codes, Position, RouteTable
from transforms.score.criteria import expression
from transforms.score.milestones import milestone_days
from transforms.score.position import Weighing

Answer: TypeAlias = bool | int | str | datetime.date
Rows: TypeAlias = npt.NDArray[np.intp]
Truths: TypeAlias = npt.NDArray[np.int8]
# None, one alone, and more than any condition asks for.
COUNTS = (0, 1, 1_000_000)
LONG_AGO = datetime.date(1900, 1, 1)
# Those of the last rulebook and day: a run asks by one, a test by many.
_QUESTIONS: dict[tuple[str, datetime.date], list[_Question]] = {}


@dataclass(frozen=True)
class _Question:
    """One answer to one fact, and the criteria that read it with the answer put in."""

    fact: Fact
    answer: Answer
    readers: tuple[CompiledCriterion, ...]
    conditions: tuple[str, ...]


def settles(
    weighing: Weighing,
    as_of: datetime.date,
    effective: Frame,
    position: Position,
    asked: npt.NDArray[np.bool_],
) -> Iterator[tuple[str, Rows]]:
    """The facts that can settle a route alone, with the rows where they can.

    Args:
        weighing: The cases.
        as_of: The day as of which they are weighed.
        effective: Values of the criteria that routing went by.
        position: The positions that routing went by.
        asked: By row and fact of the catalog, whether it is worth asking for.

    Yields:
        A fact and row numbers, maybe several times a fact.
    """
    rulebook = weighing.rulebook
    table = RouteTable.of(rulebook)
    rows = np.flatnonzero(asked.any(axis=1))
    there = pl.Series(rows, dtype=pl.UInt32)
    of_fact = {name: asked[rows, number] for number, name in enumerate(FACTS)}
    questions = [q for q in _questions(rulebook, as_of) if of_fact[q.fact.name].any()]
    if not questions:
        return
    part = weighing.take(there)
    truths = _answered(part, as_of, questions)
    before = {name: _codes(effective[name])[rows] for name in effective.columns}
    lists = _members(before, rulebook)
    here = position.take(rows)
    was = table.look_up(table.route, here)
    place = 0
    for question in questions:
        after = truths[:, place : place + len(question.readers)]
        place += len(question.readers)
        chosen = np.flatnonzero(of_fact[question.fact.name] & _can_be(question, part.facts))
        moved = _moved(here.take(chosen), before, after[chosen], lists, question.readers, chosen)
        route = table.look_up(table.route, moved)
        settled = chosen[(route != UNDECIDED) & (route != was[chosen])]
        of_fact[question.fact.name][settled] = False
        yield question.fact.name, rows[settled]


def _questions(rulebook: CompiledRulebook, as_of: datetime.date) -> list[_Question]:
    """Every answer to try."""
    key = (rulebook.digest, as_of)
    if key not in _QUESTIONS:
        _QUESTIONS.clear()
        _QUESTIONS[key] = list(_work_out(rulebook, as_of))
    return _QUESTIONS[key]


def _work_out(rulebook: CompiledRulebook, as_of: datetime.date) -> Iterator[_Question]:
    for fact in FACTS.values():
        # Those made of other criteria move with them, where a row names them or they have a weight.
        readers = tuple(
            c
            for c in rulebook.criteria
            if (c.condition.asks or c.id in rulebook.atoms or c.criterion.weight)
            and fact.name in rulebook.facts_read(c.condition)
        )
        for answer in _answers(fact, rulebook, as_of) if readers else ():
            columns: dict[str, Answer] = dict.fromkeys(fact.columns, answer)
            if isinstance(answer, datetime.date):
                columns |= _reached(answer, fact, rulebook, as_of)
            conditions = tuple(c.condition.with_known(columns) for c in readers)
            yield _Question(fact, answer, readers, conditions)


def _answers(fact: Fact, rulebook: CompiledRulebook, as_of: datetime.date) -> list[Answer]:
    """The kinds of answer that there are to a fact, by what a rulebook asks of it."""
    if fact.kind == "bool":
        return [True, False]
    if fact.kind == "count":
        return [*COUNTS]
    if fact.kind == "code":
        return [*fact.values]
    spans = [m for m in rulebook.milestones if m.since == fact.name]
    months = sorted({12 * m.years + m.months for m in spans})
    # Some days past each milestone, so that those that count from the next day are past, too.
    late = datetime.timedelta(days=2 + max((m.days for m in spans), default=0))
    return [as_of, *(_months_before(as_of, month) - late for month in months), LONG_AGO]


def _months_before(day: datetime.date, months: int) -> datetime.date:
    count = day.year * 12 + day.month - 1 - months
    return datetime.date(count // 12, count % 12 + 1, 1)


def _reached(
    answer: datetime.date, fact: Fact, rulebook: CompiledRulebook, as_of: datetime.date
) -> dict[str, Answer]:
    """Which milestones are reached, were a date known."""
    known = pl.DataFrame({column: [answer] for column in fact.columns})
    since = [milestone for milestone in rulebook.milestones if milestone.since == fact.name]
    days = known.select(milestone_days(since))
    return {m.id: days[high(m.id)].item() <= as_of for m in since}


def _answered(part: Weighing, as_of: datetime.date, questions: list[_Question]) -> Truths:
    """The truth that routing would go by, by case and reader of each question."""
    day = whole("day", as_of, pl.Date(), part.facts.height)
    conditions = [condition for question in questions for condition in question.conditions]
    coded = [
        expression(sql).cast(pl.Int8).fill_null(UNKNOWN).alias(str(number))
        for number, sql in enumerate(conditions)
    ]
    real, presumed = (
        facts.with_columns(coded).select(map(str, range(len(coded)))).to_numpy(order="fortran")
        for facts in part.both_on(day)
    )
    truths: Truths = np.where((real == UNKNOWN) & (presumed == FALSE), np.int8(FALSE), real)
    return truths


def _can_be(question: _Question, facts: Frame) -> npt.NDArray[np.bool_]:
    """Whether an answer lies between what is known of a fact."""
    if question.fact.kind not in ("count", "date"):
        return np.ones(facts.height, dtype=bool)
    least, most = (pl.col(column) for column in question.fact.columns)
    answer = pl.lit(question.answer)
    within = (least <= answer).fill_null(True) & (most >= answer).fill_null(True)
    can: npt.NDArray[np.bool_] = facts.select(within.alias("can"))["can"].to_numpy()
    return can


def _members(
    before: dict[str, Codes], rulebook: CompiledRulebook
) -> dict[str, tuple[Codes, Codes]]:
    """Of each list, how many members that no row names are TRUE and UNKNOWN."""
    counted = {}
    for name in LISTS:
        members = [before[c.id] for c in rulebook.of_list(name) if c.id not in rulebook.atoms]
        none = np.zeros(len(next(iter(before.values()))), np.intp)
        counted[name] = (
            sum(((codes == TRUE).astype(np.intp) for codes in members), none),
            sum(((codes == UNKNOWN).astype(np.intp) for codes in members), none),
        )
    return counted


def _moved(
    here: Position,
    before: dict[str, Codes],
    after: Truths,
    members: dict[str, tuple[Codes, Codes]],
    readers: tuple[CompiledCriterion, ...],
    rows: Rows,
) -> Position:
    """The positions once some criteria have other values."""
    truths, lows, highs = dict(here.truths), here.low, here.high
    counted: dict[str, tuple[Codes, Codes]] = {}
    for number, criterion in enumerate(readers):
        old, new = before[criterion.id][rows], after[:, number].astype(np.intp)
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
            least, most = _bounds(new, weight)
            was_least, was_most = _bounds(old, weight)
            lows, highs = lows + least - was_least, highs + most - was_most
    for part_of, (true, unknown) in counted.items():
        truths[part_of] = np.where(true > 0, TRUE, np.where(unknown > 0, UNKNOWN, FALSE))
    return Position(truths, lows, highs)


def _codes(values: pl.Series) -> Codes:
    codes: Any = values.cast(pl.Int64).fill_null(UNKNOWN).to_numpy()
    return np.asarray(codes, dtype=np.intp)


def _bounds(codes: Codes, weight: int) -> tuple[Codes, Codes]:
    """What a factor adds at least and at most."""
    sure, may = (codes == TRUE) * weight, (codes != FALSE) * weight
    return np.minimum(sure, may), np.maximum(sure, may)
