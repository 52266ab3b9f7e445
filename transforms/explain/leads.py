"""Leads: the answers that a question can have, and what each one would lead to by itself."""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.explanation import Answer
from schemas.facts import Fact, high, low
from schemas.rulebook.compiled import CompiledRulebook, MilestoneSpan
from schemas.words import code, day, number

_TWO_DAYS = datetime.timedelta(days=2)
# In addition to the numbers that conditions compare with.
_SMALL = (0, 1, 2, 3)


@dataclass(frozen=True)
class Lead:
    """An answer to try.

    Args:
        fact: The fact's name.
        value: The value of each of its columns.
        text: The answer in words; None for a number, which is combined with its neighbors.
    """

    fact: str
    value: Any
    text: str | None


def leads(fact: Fact, rulebook: CompiledRulebook, as_of: datetime.date) -> Iterator[Lead]:
    """List the answers to try for a fact.

    Args:
        fact: The fact.
        rulebook: The rulebook, whose milestones and numbers show which answers can make a
            difference.
        as_of: The as-of date.

    Yields:
        Answers; for numbers, in order.
    """
    if fact.kind == "bool":
        yield from (Lead(fact.name, value, text) for value, text in ((True, "yes"), (False, "no")))
    elif fact.kind == "code":
        yield from (Lead(fact.name, value, code(fact, value)) for value in fact.values)
    elif fact.kind == "count":
        yield from (Lead(fact.name, count, None) for count in _counts(fact, rulebook))
    else:
        for milestone in rulebook.milestones:
            if milestone.since == fact.name:
                turn = _so_long_before(as_of, milestone)
                yield Lead(fact.name, turn - _TWO_DAYS, f"before {day(turn)}")
                yield Lead(fact.name, turn + _TWO_DAYS, f"after {day(turn)}")


def answers(tried: Sequence[tuple[Lead, Mapping[str, Any]]]) -> tuple[Answer, ...]:
    """Summarize what the answers to one question lead to.

    Args:
        tried: Each answer, with the recommendation that it leads to.

    Returns:
        The answers; consecutive numbers with the same result are combined.
    """
    found = []
    groups = [
        (key, [lead for lead, _ in group])
        for key, group in itertools.groupby(tried, lambda one: _outcome(one[1]))
    ]
    for place, (key, group) in enumerate(groups):
        after = groups[place + 1][1][0].value if place + 1 < len(groups) else None
        texts = [_range(group[0].value, after)] if group[0].text is None else _texts(group)
        route, state, needs_review = key
        found += [
            Answer(answer=text, route=route, state=state, needs_review=needs_review)
            for text in texts
        ]
    return tuple(found)


def _outcome(row: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    return row["route"], row["state"], row["needs_review"]


def _texts(group: Sequence[Lead]) -> list[str]:
    return [lead.text for lead in group if lead.text is not None]


def _range(least: int, after: int | None) -> str:
    if after is None:
        return f"{number(least)} or more" if least else "any number"
    if after == least + 1:
        return number(least) if least else "none"
    return f"{number(least)} to {number(after - 1)}" if least else f"at most {number(after - 1)}"


def _counts(fact: Fact, rulebook: CompiledRulebook) -> list[int]:
    compared = re.compile(
        rf'"{re.escape(fact.name)}\.(?:{low("")[1:]}|{high("")[1:]})" [<>=]+ (\d+)'
    )
    numbers = {int(n) for c in rulebook.criteria for n in compared.findall(c.condition.sql)}
    return sorted({*_SMALL, *numbers, *(n + 1 for n in numbers), *(n - 1 for n in numbers if n)})


def _so_long_before(moment: datetime.date, span: MilestoneSpan) -> datetime.date:
    months = moment.year * 12 + moment.month - 1 - span.months - span.years * 12
    first = datetime.date(months // 12, months % 12 + 1, 1)
    return first + datetime.timedelta(days=moment.day - 1 - span.days)
