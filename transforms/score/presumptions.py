"""Presumptions: facts that, if unknown, may be presumed, so that they don't stop a route."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import polars as pl

from schemas.facts import FACTS, high, low
from schemas.rulebook.compiled import CompiledRulebook
from transforms.frames.frame import Frame, written_out
from transforms.score.conflicts import Conflicting
from transforms.score.criteria import holds, values_of


@dataclass(frozen=True)
class Presumable:
    """What may be presumed about some cases, and why not.

    Args:
        silent: For each presumed fact, whether the record says nothing at all about it: never for a
            count with something listed, nor for a fact in conflict. Boolean, never null.
        against: For each presumption and each condition against it, by number, whether it is TRUE
            or in conflict.
        waits: For each presumption, by id, whether it lacks only its basis: the basis is UNKNOWN,
            and nothing is against the presumption.
        applies: For each presumed fact, whether it is presumed: the record is silent about it, the
            presumption's basis is TRUE on the record, and nothing is against it.
    """

    silent: Frame
    against: dict[tuple[str, int], pl.Series]
    waits: dict[str, pl.Series]
    applies: Frame


def presumable(facts: Frame, rulebook: CompiledRulebook) -> Presumable:
    """Find which presumptions apply to which cases.

    Args:
        facts: Facts (`transforms.score.facts.FACT_COLUMNS`), maybe with `conflicts`.
        rulebook: The rulebook with the presumptions.
    """
    conflicting = Conflicting(facts)
    silent = _silent_about(facts, rulebook, conflicting)
    against = _against(facts, rulebook, conflicting)
    free = {compiled.id: ~conflicting.any_of(()) for compiled in rulebook.presumptions}
    for (name, _), flags in against.items():
        free[name] &= ~flags
    bases = values_of(facts, [compiled.basis for compiled in rulebook.presumptions])
    based = dict(zip(free, bases, strict=True))
    may = {name: based[name].fill_null(False) & free[name] for name in free}
    waits = {name: based[name].is_null() & free[name] for name in free}
    applies = {
        fact: silent[fact] & may[compiled.id] for fact, compiled in rulebook.presumed.items()
    }
    return Presumable(silent, against, waits, pl.DataFrame(applies))


def _silent_about(facts: Frame, rulebook: CompiledRulebook, conflicting: Conflicting) -> Frame:
    silent = facts.select(
        _silent(fact, compiled.presumption.presume[fact])
        for fact, compiled in rulebook.presumed.items()
    )
    return pl.DataFrame(silent[fact] & ~conflicting.any_of([fact]) for fact in rulebook.presumed)


def _against(
    facts: Frame, rulebook: CompiledRulebook, conflicting: Conflicting
) -> dict[tuple[str, int], pl.Series]:
    conditions = {
        (compiled.id, number): condition
        for compiled in rulebook.presumptions
        for number, condition in enumerate(compiled.against)
    }
    true = holds(facts, conditions.values())
    return {
        place: is_true | conflicting.any_of(condition.facts)
        for (place, condition), is_true in zip(conditions.items(), true, strict=True)
    }


@functools.cache
def _silent(fact: str, value: bool | int) -> pl.Expr:
    if FACTS[fact].kind == "bool":
        return pl.col(fact).is_null()
    return (pl.col(high(fact)).is_null() & (pl.col(low(fact)) <= value)).alias(fact)


def with_presumptions(facts: Frame, applies: Frame, rulebook: CompiledRulebook) -> Frame:
    """Make every presumption that applies.

    Args:
        facts: Facts.
        applies: Which facts to presume (`Presumable.applies`).
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
