"""Presumptions: facts that, where unknown, may be presumed so that they do not stop a route."""

from __future__ import annotations

import polars as pl

from schemas.facts import FACTS, high, low
from schemas.rulebook_compile import CompiledRulebook
from transforms.frames.frame import Frame
from transforms.score.criteria import expression


def presumable(facts: Frame, rulebook: CompiledRulebook) -> Frame:
    """Which presumptions apply to which cases.

    A presumption applies where the record says nothing at all of the fact: never to a count of
    which something is listed, and never where its `unless` holds.

    Args:
        facts: Facts (`transforms.score.facts.FACT_COLUMNS`).
        rulebook: The rulebook whose presumptions are meant.

    Returns:
        A Boolean column a presumption, named as its fact, never null; one row a case.
    """
    applies = []
    for presumption, unless in rulebook.presumptions:
        name = presumption.fact
        if FACTS[name].kind == "bool":
            unknown = pl.col(name).is_null()
        else:
            unknown = pl.col(high(name)).is_null() & (pl.col(low(name)) <= presumption.value)
        if unless is not None:
            unknown = unknown & ~expression(unless.sql).fill_null(False)
        applies.append(unknown.alias(name))
    return facts.select(applies)


def with_presumptions(facts: Frame, applies: Frame, rulebook: CompiledRulebook) -> Frame:
    """The facts with every presumption that applies put in.

    Args:
        facts: Facts.
        applies: From `presumable`.
        rulebook: The rulebook whose presumptions are meant.

    Returns:
        The same columns and rows.
    """
    presumed = []
    for presumption, _ in rulebook.presumptions:
        for column in FACTS[presumption.fact].columns:
            value = pl.lit(presumption.value, dtype=facts.schema[column])
            presumed.append(
                pl.when(applies[presumption.fact])
                .then(value)
                .otherwise(pl.col(column))
                .alias(column)
            )
    return facts.with_columns(presumed)
