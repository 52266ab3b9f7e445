"""Presumptions: facts that, if unknown, may be presumed, so that they don't stop a route."""

from __future__ import annotations

import functools

import polars as pl

from schemas.facts import FACTS, high, low
from schemas.rulebook.compiled import CompiledRulebook
from transforms.frames.frame import Frame, written_out
from transforms.score.conflicts import Conflicting
from transforms.score.criteria import holds


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
    based = holds(facts, (compiled.basis for compiled in rulebook.presumptions))
    against, silent = withdrawn(facts, rulebook), silent_facts(facts, rulebook)
    may = {
        compiled.id: basis & ~against[compiled.id]
        for compiled, basis in zip(rulebook.presumptions, based, strict=True)
    }
    return pl.DataFrame(
        silent[fact] & may[compiled.id] for fact, compiled in rulebook.presumed.items()
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
    silent = facts.select(
        _silent(fact, compiled.presumption.presume[fact])
        for fact, compiled in rulebook.presumed.items()
    )
    return pl.DataFrame(silent[fact] & ~conflicting.any_of([fact]) for fact in rulebook.presumed)


def withdrawn(facts: Frame, rulebook: CompiledRulebook) -> Frame:
    """Find presumptions that are withdrawn, since something against them is TRUE or in conflict.

    Args:
        facts: Facts, possibly with `conflicts`.
        rulebook: The rulebook.

    Returns:
        One Boolean column per presumption, named by its id, never null.
    """
    conflicting = Conflicting(facts)
    against = [(compiled, one) for compiled in rulebook.presumptions for one in compiled.against]
    found = {compiled.id: conflicting.any_of(()) for compiled in rulebook.presumptions}
    true = holds(facts, (one for _, one in against))
    for (compiled, one), is_true in zip(against, true, strict=True):
        found[compiled.id] |= is_true | conflicting.any_of(one.facts)
    return pl.DataFrame(found)


@functools.cache
def _silent(fact: str, value: bool | int) -> pl.Expr:
    if FACTS[fact].kind == "bool":
        return pl.col(fact).is_null()
    return (pl.col(high(fact)).is_null() & (pl.col(low(fact)) <= value)).alias(fact)


def with_presumptions(facts: Frame, applies: Frame, rulebook: CompiledRulebook) -> Frame:
    """Make every presumption that applies.

    Args:
        facts: Facts.
        applies: From `presumable`.
        rulebook: The rulebook with the presumptions.

    Returns:
        The same columns and rows.
    """
    dtypes = facts.schema
    presumed = [
        _presumed(fact, column, compiled.presumption.presume[fact], dtypes[column])
        for fact, compiled in rulebook.presumed.items()
        for column in FACTS[fact].columns
    ]
    both = facts.hstack(applies.rename(_applies).get_columns())
    return written_out(both.with_columns(presumed).select(facts.columns))


def _applies(fact: str) -> str:
    return f"{fact} presumed"


@functools.cache
def _presumed(fact: str, column: str, value: bool | int, dtype: pl.DataType) -> pl.Expr:
    applies, presumed = pl.col(_applies(fact)), pl.lit(value, dtype=dtype)
    return pl.when(applies).then(presumed).otherwise(pl.col(column)).alias(column)
