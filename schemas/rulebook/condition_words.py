"""Condition words: a rulebook's condition in words, for a lawyer.

    felony_convictions >= 1 OR misdemeanor_convictions >= :multiple

reads

    any of:
    - felony convictions: at least one
    - misdemeanor convictions: at least two (multiple)
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

import sqlglot
from sqlglot import exp

from schemas import words
from schemas.facts import FACTS, Fact
from schemas.rulebook.condition import Parameter
from schemas.rulebook.model import Milestone, Rulebook

LISTS = {"priority": "priority", "favored": "favored class"}
_COUNTS = {
    exp.GTE: "at least {}",
    exp.GT: "more than {}",
    exp.LTE: "at most {}",
    exp.LT: "fewer than {}",
    exp.EQ: "exactly {}",
    exp.NEQ: "not {}",
}
_DATES = {
    exp.GTE: "on or after {}",
    exp.GT: "after {}",
    exp.LTE: "on or before {}",
    exp.LT: "before {}",
    exp.EQ: "on {}",
    exp.NEQ: "not on {}",
}
_FLIPPED = {exp.GTE: exp.LTE, exp.GT: exp.LT, exp.LTE: exp.GTE, exp.LT: exp.GT}


def condition_words(when: str, rulebook: Rulebook) -> list[str]:
    r"""Write a condition in words.

    Args:
        when: A condition that compiles.
        rulebook: The rulebook that it belongs to.

    Returns:
        Lines. Items of a list begin with a dash, and are indented by two blanks per level.

    Examples:
        >>> from schemas.rulebooks import load
        >>> book = load("ice-2011-11-17").rulebook
        >>> print("\n".join(condition_words("served OR arrests <= 1", book)))
        any of:
        - military service, the respondent
        - arrests: at most one
    """
    return list(_Words(rulebook).lines(sqlglot.parse_one(when)))


def settings(when: str, rulebook: Rulebook) -> list[str]:
    """Find the parameters that include alternatives of a condition or leave them out.

    Args:
        when: A condition that compiles.
        rulebook: The rulebook that it belongs to.

    Returns:
        Names of parameters, in the rulebook's order.
    """
    values = {name: note.value for name, note in rulebook.parameters.items()}
    found = set()
    for node in sqlglot.parse_one(when).find_all(exp.Placeholder):
        chooses = isinstance(node.parent, exp.In) and isinstance(node.parent.this, exp.Literal)
        if chooses or isinstance(values.get(node.name), bool):
            found.add(node.name)
    return [name for name in values if name in found]


def milestone_words(milestone: Milestone, rulebook: Rulebook, *, passed: bool = True) -> str:
    """Write a milestone in words: `born: at least 65 years ago` or `born: less than 65 years ago`.

    Args:
        milestone: The milestone.
        rulebook: The rulebook that it belongs to.
        passed: Whether it has passed.
    """
    if milestone.day is not None:
        return f"{'from' if passed else 'before'} {words.day(milestone.day)}{' on' * passed}"
    years, months, days = (
        rulebook.parameters[amount.removeprefix(":")].value if isinstance(amount, str) else amount
        for amount in (milestone.years, milestone.months, milestone.days)
    )
    # A day after the anniversary means "more than".
    beyond = days == 1 and bool(years or months)
    parts = [
        f"{amount} {unit}{'s' if amount != 1 else ''}"
        for amount, unit in ((years, "year"), (months, "month"), (days, "day"))
        if amount and not (beyond and unit == "day")
    ]
    if beyond:
        bound = "more than" if passed else "at most"
    else:
        bound = "at least" if passed else "less than"
    return f"{words.label(milestone.since or '')}: {bound} {' and '.join(parts)} ago"


class _Words:
    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.criteria = {criterion.id: criterion.title for criterion in rulebook.criteria}
        self.milestones = {milestone.id: milestone for milestone in rulebook.milestones}
        self.parameters: Mapping[str, Parameter] = {
            name: note.value for name, note in rulebook.parameters.items()
        }

    def lines(self, node: exp.Expr) -> Iterator[str]:
        while isinstance(node, exp.Paren):
            node = node.this
        if not isinstance(node, exp.And | exp.Or):
            yield self.leaf(node)
            return
        # Leave out what settings alone decide, unless nothing else is left.
        sides = [side for side in node.flatten() if self.set_to(side) is None]
        if len(sides) == 1:
            yield from self.lines(sides[0])
            return
        yield "all of:" if isinstance(node, exp.And) else "any of:"
        for side in sides or node.flatten():
            first, *rest = self.lines(side)
            yield f"- {first}"
            yield from (f"  {line}" for line in rest)

    def set_to(self, node: exp.Expr) -> bool | None:
        """Return a condition's value if settings alone decide it; None if it depends on facts."""
        match node:
            case exp.Paren():
                return self.set_to(node.this)
            case exp.Not():
                inner = self.set_to(node.this)
                return None if inner is None else not inner
            case exp.And() | exp.Or():
                decides = isinstance(node, exp.Or)
                values = {self.set_to(side) for side in node.flatten()}
                return decides if decides in values else None if None in values else not decides
            case exp.Placeholder():
                value = self.parameters.get(node.name)
                return value if isinstance(value, bool) else None
            case exp.In() if isinstance(node.this, exp.Literal):
                [chosen] = node.expressions
                among = self.parameters.get(chosen.name)
                return isinstance(among, list) and node.this.name in among
            case _:
                return None

    def leaf(self, node: exp.Expr) -> str:
        match node:
            case exp.Not():
                return self.negated(node.this)
            case exp.Boolean():
                return "always" if node.this else "never"
            case exp.Placeholder():
                value = "yes" if self.parameters.get(node.name) else "no"
                return f'the setting "{_spaced(node.name)}" (here: {value})'
            case exp.Column():
                return self.named(node.name)
            case exp.In() if isinstance(node.this, exp.Literal):
                [chosen] = node.expressions
                among = self.parameters.get(chosen.name)
                value = "yes" if isinstance(among, list) and node.this.name in among else "no"
                setting = f'the setting "{_spaced(chosen.name)}"'
                return f"{setting} names {node.this.name} (here: {value})"
            case exp.In():
                fact = FACTS[node.this.name]
                codes = ", ".join(self.code(fact, option) for option in node.expressions)
                return f"{fact.label}: one of {codes}"
            case exp.Between():
                low, high = (self.value(node.args[side]) for side in ("low", "high"))
                return f"{self.value(node.this)}: from {low} through {high}"
            case exp.Binary() if type(node) in _COUNTS:
                return self.comparison(node)
            case _:
                return node.sql()

    def negated(self, node: exp.Expr) -> str:
        while isinstance(node, exp.Paren):
            node = node.this
        if isinstance(node, exp.Column) and node.name in self.milestones:
            return milestone_words(self.milestones[node.name], self.rulebook, passed=False)
        if isinstance(node, exp.Column) and node.name in LISTS:
            return f"no {LISTS[node.name]} holds"
        if isinstance(node, exp.Column) and node.name in FACTS:
            fact = FACTS[node.name]
            return fact.asked.absent or f"not: {fact.label}"
        if isinstance(node, exp.And | exp.Or):
            first, *rest = self.lines(node)
            return f"not {first} {'; '.join(line.strip(' -') for line in rest)}"
        return f"not: {self.leaf(node)}"

    def named(self, name: str) -> str:
        if name in LISTS:
            return f"a {LISTS[name]} holds"
        if name in self.criteria:
            return f"{name} ({self.criteria[name]})"
        if name in self.milestones:
            return milestone_words(self.milestones[name], self.rulebook)
        return words.label(name)

    def comparison(self, node: exp.Binary) -> str:
        left, right, kind = node.this, node.expression, type(node)
        if not self.is_name(left) and self.is_name(right):
            left, right, kind = right, left, _FLIPPED.get(kind, kind)
        if isinstance(left, exp.Column) and (fact := FACTS.get(left.name)) and fact.kind == "code":
            verb = "is" if kind is exp.EQ else "is not"
            return f"{fact.label} {verb} {self.code(fact, right)}"
        phrases = _DATES if self.is_date(left) or self.is_date(right) else _COUNTS
        amount = self.value(right)
        phrase = "{}" if (phrases, kind, amount) == (_COUNTS, exp.EQ, "no") else phrases[kind]
        return f"{self.value(left)}: {phrase.format('none' if amount == 'no' else amount)}"

    def is_name(self, node: exp.Expr) -> bool:
        return isinstance(node, exp.Column | exp.Add)

    def is_date(self, node: exp.Expr) -> bool:
        if isinstance(node, exp.Column):
            return node.name in FACTS and FACTS[node.name].kind == "date"
        value = self.parameters.get(node.name) if isinstance(node, exp.Placeholder) else None
        return isinstance(node, exp.Cast) or isinstance(value, datetime.date)

    def value(self, node: exp.Expr) -> str:
        match node:
            case exp.Paren():
                return self.value(node.this)
            case exp.Add():
                return f"{self.value(node.this)} and {self.value(node.expression)} together"
            case exp.Column():
                return self.named(node.name)
            case exp.Placeholder():
                return f"{_constant(self.parameters.get(node.name))} ({_spaced(node.name)})"
            case exp.Cast():
                return words.written_day(node.this.name)
            case exp.Neg():
                return f"-{self.value(node.this)}"
            case exp.Literal() if not node.is_string:
                return words.number(int(node.this))
            case _:
                return node.sql()

    def code(self, fact: Fact, node: exp.Expr) -> str:
        if isinstance(node, exp.Placeholder):
            return _constant(self.parameters.get(node.name))
        return words.code(fact, str(node.this))


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _constant(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int():
            return words.number(value)
        case datetime.date():
            return words.day(value)
        case list():
            return ", ".join(str(part) for part in value)
        case _:
            return str(value)
