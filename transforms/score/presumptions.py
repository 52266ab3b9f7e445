"""Presumptions: facts that, if unknown, may be presumed, so that they don't stop a route."""

from __future__ import annotations

import polars as pl

from schemas.facts import FACTS, high, low
from schemas.rulebook.compiled import CompiledRulebook
from transforms.frames.frame import Frame, written_out
from transforms.score.conflicts import Conflicting
from transforms.score.criteria import expression


def presumable(facts: Frame, rulebook: CompiledRulebook) -> Frame:
    """Find which presumptions apply to which cases.

    A fact is presumed if the record says nothing at all about it (never a count with something
    listed, never a fact in conflict), the presumption's basis is TRUE on the record, and nothing
    against it is TRUE or in conflict.

    Args:
        facts: Facts (`transforms.score.facts.FACT_COLUMNS`), maybe with `conflicts`.
        rulebook: The rulebook with the presumptions.

    Returns:
        One Boolean column per presumed fact, with its name, never null; one row per case.
    """
    based = facts.with_columns(
        expression(compiled.basis.sql).fill_null(False).alias(compiled.id)
        for compiled in rulebook.presumptions
    )
    against, silent = withdrawn(facts, rulebook), silent_facts(facts, rulebook)
    return pl.DataFrame(
        {
            fact: silent[fact].to_numpy()
            & based[compiled.id].to_numpy()
            & ~against[compiled.id].to_numpy()
            for fact, compiled in rulebook.presumed.items()
        }
    )


def silent_facts(facts: Frame, rulebook: CompiledRulebook) -> Frame:
    """Find the facts that a rulebook can presume and that the record says nothing about.

    Args:
        facts: Facts, possibly with `conflicts`.
        rulebook: The rulebook.

    Returns:
        One Boolean column per presumed fact, never null; FALSE if the fact is in conflict.
    """
    conflicting = Conflicting(facts)
    return facts.select(
        (_silent(fact, compiled.presumption.presume[fact]) & ~conflicting.any_of([fact])).alias(
            fact
        )
        for fact, compiled in rulebook.presumed.items()
    )


def withdrawn(facts: Frame, rulebook: CompiledRulebook) -> Frame:
    """Find presumptions that are withdrawn, since something against them is TRUE or in conflict.

    Args:
        facts: Facts, possibly with `conflicts`.
        rulebook: The rulebook.

    Returns:
        One Boolean column per presumption, named by its id, never null.
    """
    conflicting = Conflicting(facts)
    columns = []
    for compiled in rulebook.presumptions:
        holds = [
            expression(one.sql).fill_null(False) | pl.lit(conflicting.any_of(one.facts))
            for one in compiled.against
        ]
        columns.append(pl.any_horizontal(pl.lit(False), *holds).alias(compiled.id))
    # Keeps the number of rows, even if there is no other column.
    return facts.with_columns(columns).select(compiled.id for compiled in rulebook.presumptions)


def _silent(fact: str, value: bool | int) -> pl.Expr:
    if FACTS[fact].kind == "bool":
        return pl.col(fact).is_null()
    return pl.col(high(fact)).is_null() & (pl.col(low(fact)) <= value)


def with_presumptions(facts: Frame, applies: Frame, rulebook: CompiledRulebook) -> Frame:
    """Make every presumption that applies.

    Args:
        facts: Facts.
        applies: From `presumable`.
        rulebook: The rulebook with the presumptions.

    Returns:
        The same columns and rows.
    """
    presumed, dtypes = [], facts.schema
    for fact, compiled in rulebook.presumed.items():
        for column in FACTS[fact].columns:
            value = pl.lit(compiled.presumption.presume[fact], dtype=dtypes[column])
            presumed.append(
                pl.when(applies[fact]).then(value).otherwise(pl.col(column)).alias(column)
            )
    return written_out(facts.with_columns(presumed))
