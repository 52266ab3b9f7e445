"""Possible: whether a condition can be TRUE for any case.

The facts that it reads are set one by one, each to every value that can make a difference: for a
number or a date, values next to the ones that the condition names; for a milestone, passed or not.
A branch ends as soon as the condition is FALSE whatever the other facts are, so a search through a
few thousand branches settles conditions of the usual size. For a longer condition, there is no
answer.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

import polars as pl

from schemas.facts import FACT_OF, FACTS, Fact, high, low
from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebook.condition import Condition
from transforms.frames.frame import Frame
from transforms.score.criteria import expression

MOST_BRANCHES = 100_000
_DAY = datetime.timedelta(days=1)
_QUOTED_NAME = re.compile(r'"[^"]*"')
_DATE = re.compile(r"DATE '(\d{4}-\d\d-\d\d)'")
_TEXT = re.compile(r"'((?:[^']|'')*)'")
_NUMBER = re.compile(r"-?\b\d+\b")
# A code that no condition names.
_ANOTHER = "another"


def can_be_true(condition: Condition, rulebook: CompiledRulebook) -> bool | None:
    """Tell whether some values of the facts make a condition TRUE.

    Args:
        condition: The condition.
        rulebook: The rulebook whose milestones it may read.

    Returns:
        True or False; None if the search was given up.
    """
    holds = expression(condition.sql).alias("_holds")
    steps = [*_fact_steps(condition), *_milestone_steps(condition, rulebook)]
    columns = {name: dtype for step in steps for name, dtype in step.schema.items()}
    schema = columns or {"_none": pl.Null()}
    branches = pl.DataFrame({name: [None] for name in schema}, schema=schema)
    for step in (None, *steps):
        if step is not None:
            branches = branches.drop(step.columns).join(step, how="cross")
            branches = branches.filter(_consistent(branches.columns))
        value = branches.select(holds)["_holds"]
        if value.any():
            return True
        branches = branches.filter(value.is_null())
        if branches.is_empty():
            return False
        if branches.height > MOST_BRANCHES:
            return None
    return False


def _fact_steps(condition: Condition) -> Iterator[Frame]:
    """Make, for each fact, a frame of the values to try, with the columns of a fact frame."""
    bare = _QUOTED_NAME.sub(" ", condition.sql)
    dates = sorted({datetime.date.fromisoformat(text) for text in _DATE.findall(bare)})
    texts = sorted(set(_TEXT.findall(_DATE.sub(" ", bare))))
    numbers = sorted({int(text) for text in _NUMBER.findall(_TEXT.sub(" ", bare))} | {0, 1})
    for name in condition.facts:
        fact = FACTS[name]
        match fact.kind:
            case "bool":
                yield pl.DataFrame({name: [True, False]})
            case "code":
                yield pl.DataFrame({name: _codes(fact, texts)})
            case "count":
                near = {n + step for n in numbers for step in (-1, 0, 1)}
                yield _both_bounds(name, sorted(n for n in near if n >= 0), pl.Int32())
            case "date":
                known = dates or [datetime.date(2000, 1, 1)]
                yield _both_bounds(
                    name, sorted({d + s * _DAY for d in known for s in (-1, 0, 1)}), pl.Date()
                )


def _codes(fact: Fact, named: list[str]) -> list[str]:
    if fact.values:
        return list(fact.values)
    return [*(text.replace("''", "'") for text in named), _ANOTHER]


def _both_bounds(name: str, values: list[int] | list[datetime.date], dtype: pl.DataType) -> Frame:
    column = pl.Series(values, dtype=dtype)
    return pl.DataFrame({low(name): column, high(name): column})


def _milestone_steps(condition: Condition, rulebook: CompiledRulebook) -> Iterator[Frame]:
    """Make, for each date that milestones start from, a frame of which may have passed together."""
    spans = {m.id: m for m in rulebook.milestones if m.id in condition.milestones}
    for since in dict.fromkeys(span.since for span in spans.values()):
        ordered = sorted(
            (span for span in spans.values() if span.since == since),
            key=lambda span: (
                span.day or datetime.date.min,
                span.years * 12 + span.months,
                span.days,
            ),
        )
        # The earlier of two milestones after the same date passes first.
        yield pl.DataFrame(
            {
                span.id: [passed > place for passed in range(len(ordered) + 1)]
                for place, span in enumerate(ordered)
            }
        )


def _consistent(columns: list[str]) -> pl.Expr:
    """Tell whether counts are consistent, if one is a part of another, as far as they are set."""
    counts = [name for c in columns if (name := FACT_OF.get(c)) and FACTS[name].kind == "count"]
    checks = [
        pl.col(low(part)).le(pl.col(low(whole))).fill_null(True)
        for part in dict.fromkeys(counts)
        for whole in _wholes(part)
        if low(whole) in columns
    ]
    return pl.all_horizontal(pl.lit(True), *checks)


def _wholes(part: str) -> Iterator[str]:
    """Return the counts that a count is a part of."""
    if part in ("felony_convictions", "misdemeanor_convictions") or _is_misdemeanors(part):
        yield "convictions"
    if part.startswith("felonies_"):
        yield from ("felony_convictions", "convictions")
    if _is_misdemeanors(part):
        yield "misdemeanor_convictions"


def _is_misdemeanors(name: str) -> bool:
    return name.endswith("_misdemeanors") or name.startswith("misdemeanors_")
