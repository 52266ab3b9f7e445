"""Condition: a boolean expression over facts and milestones, compiled, and what its names mean."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from schemas.rulebook.tree import Tree

Parameter = bool | int | datetime.date | str | list[str]
TermKind = Literal["count", "date"]
# More than any count or score there can be; 32 bits hold it and twice as much.
MOST = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled boolean expression.

    Args:
        tree: The expression over the columns of a fact frame (facts, bounds, and milestones).
        facts: Names of the facts that it reads, in order of first use.
        milestones: Names of the milestones that it reads, in order of first use.
        asks: Whether it names a fact or milestone itself, rather than only other conditions.
        named: Names of the other conditions that it reads, in order of first use.
        cuts: Numbers at which a comparison with the score changes its result, in order. The result
            is the same for all scores from one cut up to the next.
    """

    tree: Tree
    facts: tuple[str, ...] = ()
    milestones: tuple[str, ...] = ()
    asks: bool = True
    named: tuple[str, ...] = ()
    cuts: tuple[int, ...] = ()

    @property
    def sql(self) -> str:
        """Return the expression as Boolean SQL."""
        return self.tree.sql


@dataclass(frozen=True, slots=True)
class Term:
    """Something to compare: a `count` or `date` between two bounds, as SQL.

    Args:
        kind: The kind of value that it can be compared with.
        low: Its lower bound.
        high: Its upper bound.
        constant: Its value, if it is a number.
        cut: Whether it is compared only with numbers, which become the condition's `cuts`.
    """

    kind: TermKind
    low: str
    high: str
    constant: int | None = None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """What the names in a condition stand for.

    Args:
        milestones: Names of milestones.
        conditions: Names of conditions that are already compiled, such as earlier criteria.
        parameters: Values of `:name`.
        terms: Other things to compare, such as the score.
        facts: Whether facts may be read.
    """

    milestones: Collection[str]
    conditions: Mapping[str, Condition]
    parameters: Mapping[str, Parameter]
    terms: Mapping[str, Term]
    facts: bool = True


def literal(value: bool | int | str | datetime.date) -> str:
    """Write a value as SQL."""
    if isinstance(value, datetime.date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value).upper()
