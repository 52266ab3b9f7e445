"""Presumptions: facts that, where unknown, may be presumed so that they do not stop a route."""

from __future__ import annotations

import polars as pl

from schemas.facts import FACTS, high, low
from schemas.rulebook_compile import CompiledPresumption, CompiledRulebook
from transforms.frames.frame import Frame
from transforms.score.criteria import expression


def presumable(facts: Frame, rulebook: CompiledRulebook) -> Frame:
    """Which presumptions apply to which cases.

    A fact is presumed where the record says nothing at all of it (never a count of which something
    is listed), where the presumption's basis is TRUE on the record, and where nothing against it
    is TRUE.

    Args:
        facts: Facts (`transforms.score.facts.FACT_COLUMNS`).
        rulebook: The rulebook whose presumptions are meant.

    Returns:
        A Boolean column a presumed fact, named as it, never null; one row a case.
    """
    return facts.select(
        (silent(fact, compiled.presumption.presume[fact]) & _holds(compiled)).alias(fact)
        for fact, compiled in rulebook.presumed.items()
    )


def silent(fact: str, value: bool | int) -> pl.Expr:
    """Whether the record says nothing of a fact that speaks against a value."""
    if FACTS[fact].kind == "bool":
        return pl.col(fact).is_null()
    return pl.col(high(fact)).is_null() & (pl.col(low(fact)) <= value)


def _holds(compiled: CompiledPresumption) -> pl.Expr:
    against = [expression(condition.sql).fill_null(False) for condition in compiled.against]
    basis = expression(compiled.basis.sql).fill_null(False)
    return basis & ~pl.any_horizontal(pl.lit(False), *against)


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
    for fact, compiled in rulebook.presumed.items():
        for column in FACTS[fact].columns:
            value = pl.lit(compiled.presumption.presume[fact], dtype=facts.schema[column])
            presumed.append(
                pl.when(applies[fact]).then(value).otherwise(pl.col(column)).alias(column)
            )
    return facts.with_columns(presumed)
