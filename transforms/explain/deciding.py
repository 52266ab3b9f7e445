"""Deciding: which facts give a criterion its value.

If `served OR spouse_served` is TRUE because of the first fact, only the first decides. A TRUE side
decides an OR that is TRUE, and all sides decide an AND that is TRUE; for FALSE, it is the other way
around. If the whole is UNKNOWN, the UNKNOWN sides decide.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

import sqlglot
from sqlglot import exp

from schemas.facts import FACT_OF
from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebook.condition import Condition
from transforms.frames.frame import Frame
from transforms.score.criteria import expression


def deciding_facts(
    condition: Condition, cases: Frame, rulebook: CompiledRulebook
) -> list[tuple[str, ...]]:
    """Find the facts that make a condition TRUE, FALSE, or UNKNOWN for each case.

    Args:
        condition: The condition.
        cases: Facts, and the rulebook's milestones as Boolean columns; one row per case.
        rulebook: The rulebook that the condition belongs to.

    Returns:
        For each case, the facts' names, in the order in which the condition names them; none for a
        constant.
    """
    tree = sqlglot.parse_one(condition.sql)
    # Writing an expression as SQL costs more than all the rest, so each is written once.
    written = {id(part): part.sql() for part in _parts(tree)}
    parts = list(dict.fromkeys(written.values()))
    places = {part: parts.index(sql) for part, sql in written.items()}
    values = cases.with_columns(
        expression(part).alias(f"part {place}") for place, part in enumerate(parts)
    ).select(f"part {place}" for place in range(len(parts)))
    since = {milestone.id: milestone.since for milestone in rulebook.milestones}

    @functools.cache
    def of_values(*row: bool | None) -> tuple[str, ...]:
        columns = _deciding(tree, {part: row[place] for part, place in places.items()})
        names = (FACT_OF.get(column) or since.get(column) for column in columns)
        return tuple(dict.fromkeys(name for name in names if name is not None))

    return [of_values(*row) for row in values.iter_rows()]


def _parts(node: exp.Expr) -> Iterator[exp.Expr]:
    """Return the operands of ANDs, ORs, and NOTs."""
    match node:
        case exp.Paren() | exp.Not():
            yield from _parts(node.this)
        case exp.And() | exp.Or():
            yield from _parts(node.this)
            yield from _parts(node.expression)
        case _:
            yield node


def _truth(node: exp.Expr, values: dict[int, bool | None]) -> bool | None:
    match node:
        case exp.Paren():
            return _truth(node.this, values)
        case exp.Not():
            value = _truth(node.this, values)
            return None if value is None else not value
        case exp.And() | exp.Or():
            sides = (_truth(node.this, values), _truth(node.expression, values))
            decides = isinstance(node, exp.Or)
            return decides if decides in sides else None if None in sides else not decides
        case _:
            return values[id(node)]


def _deciding(node: exp.Expr, values: dict[int, bool | None]) -> Iterator[str]:
    match node:
        case exp.Paren() | exp.Not():
            yield from _deciding(node.this, values)
        case exp.And() | exp.Or():
            whole = _truth(node, values)
            for side in (node.this, node.expression):
                if _truth(side, values) is whole:
                    yield from _deciding(side, values)
        case _:
            yield from (column.name for column in node.find_all(exp.Column))
