"""Deciding: which facts give a criterion its value.

If `served OR spouse_served` is TRUE because of the first fact, only the first decides. A TRUE side
decides an OR that is TRUE, and all sides decide an AND that is TRUE; for FALSE, it is the other way
around. If the whole is UNKNOWN, the UNKNOWN sides decide.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping

from schemas.facts import FACT_OF
from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebook.condition import Condition
from schemas.rulebook.tree import Tree, atoms_of
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
    whole = condition.tree
    parts = list(dict.fromkeys(atoms_of(whole)))
    values = cases.with_columns(
        expression(part.sql).alias(f"part {place}") for place, part in enumerate(parts)
    ).select(f"part {place}" for place in range(len(parts)))
    since = {milestone.id: milestone.since for milestone in rulebook.milestones}

    @functools.cache
    def of_values(*row: bool | None) -> tuple[str, ...]:
        columns = _deciding(whole, dict(zip(parts, row, strict=True)))
        names = (FACT_OF.get(column) or since.get(column) for column in columns)
        return tuple(dict.fromkeys(name for name in names if name is not None))

    return [of_values(*row) for row in values.iter_rows()]


def _truth(of: Tree, values: Mapping[Tree, bool | None]) -> bool | None:
    if of.kind == "atom":
        return values[of]
    sides = [_truth(part, values) for part in of.parts]
    if of.kind == "not":
        [value] = sides
        return None if value is None else not value
    decides = of.kind == "or"
    return decides if decides in sides else None if None in sides else not decides


def _deciding(of: Tree, values: Mapping[Tree, bool | None]) -> Iterator[str]:
    """Return the columns that decide, in the order in which the condition names them."""
    if of.kind == "atom":
        yield from of.columns
    truth = _truth(of, values)
    for part in of.parts:
        if of.kind == "not" or _truth(part, values) is truth:
            yield from _deciding(part, values)
