"""Kleene logic over whole frames, for conditions that are evaluated many times with small changes.

A condition is a tree of AND, OR, and NOT over comparisons, its *atoms*. A rulebook has few distinct
atoms. Each is evaluated once for a frame, and the rest is minimums and maximums of small numbers.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.rulebook.tree import Tree, atom, atoms_of, joined, negated, truth
from transforms.frames.frame import Frame
from transforms.score.criteria import expression

Degrees: TypeAlias = npt.NDArray[np.int8]
# AND is the minimum of its sides, OR the maximum, and NOT counts from the other end.
FALSE, UNKNOWN, TRUE = range(3)


def with_known(of: Tree, values: Mapping[str, str]) -> Tree:
    """Simplify a tree, given the values of some columns.

    Args:
        of: The tree.
        values: SQL literals by column.
    """
    if values.keys().isdisjoint(of.columns):
        return of
    if of.kind != "atom":
        parts = tuple(with_known(part, values) for part in of.parts)
        return negated(*parts) if of.kind == "not" else joined(of.kind, parts)
    sql = of.sql
    for column, literal in values.items():
        sql = sql.replace(f'"{column}"', literal)
    left = tuple(column for column in of.columns if column not in values)
    return atom(sql, left) if left else _constant(sql)


@functools.cache
def _constant(sql: str) -> Tree:
    return truth(pl.select(expression(sql)).item())


def degree(truth: pl.Expr) -> pl.Expr:
    """Convert a truth (Boolean, null = UNKNOWN) to `FALSE`, `UNKNOWN`, or `TRUE` (Int8)."""
    return (truth.cast(pl.Int8) * TRUE).fill_null(UNKNOWN)


def degrees_of(values: Frame) -> dict[str, Degrees]:
    """Convert truths (Boolean, null = UNKNOWN) to `FALSE`, `UNKNOWN`, and `TRUE`, by column."""
    degrees = values.select(degree(pl.all()))
    return {name: degrees[name].to_numpy() for name in degrees.columns}


@dataclass(frozen=True)
class Answers:
    """The values of trees over a frame.

    Args:
        atoms: The value of each atom that the trees have, one per row.
    """

    atoms: Mapping[Tree, Degrees]

    @classmethod
    def over(cls, facts: Frame, trees: Iterable[Tree]) -> Answers:
        """Evaluate the atoms of some trees.

        Args:
            facts: The frame.
            trees: All trees that will be evaluated.
        """
        atoms = list(dict.fromkeys(atom for tree in trees for atom in atoms_of(tree)))
        names = [str(number) for number in range(len(atoms))]
        # Keeps the number of rows, even if there is no other column.
        found = facts.with_columns(
            _degree(atom.sql, name) for name, atom in zip(names, atoms, strict=True)
        ).select(names)
        return cls({a: found[name].to_numpy() for name, a in zip(names, atoms, strict=True)})

    def of(self, trees: Iterable[Tree]) -> Iterator[Degrees]:
        """Return `FALSE`, `UNKNOWN`, or `TRUE` for each row; what trees share is evaluated once."""
        known = dict(self.atoms)
        for tree in trees:
            yield _degrees(tree, known)

    def given(self, atoms: Mapping[Tree, Degrees]) -> Answers:
        """Return the answers with the values of more atoms, or with others of these."""
        return Answers({**self.atoms, **atoms})

    def take(self, rows: npt.NDArray[np.integer[Any]]) -> Answers:
        """Select the answers at some row numbers."""
        return Answers({atom: degrees[rows] for atom, degrees in self.atoms.items()})


def presumed_false(real: Degrees, presumed: Degrees) -> Degrees:
    """Return the values that routing uses: what is known, or FALSE if it is presumed FALSE.

    A presumption never makes a criterion TRUE: the reasons for a route must be in the record. What
    is TRUE or FALSE stays as it is.

    Args:
        real: Values on facts in the record.
        presumed: Values with the presumptions made.
    """
    # FALSE is one less than UNKNOWN.
    return real - ((real == UNKNOWN) & (presumed == FALSE)).view(np.int8)


@functools.cache
def _degree(sql: str, name: str) -> pl.Expr:
    return degree(expression(sql)).alias(name)


def _degrees(tree: Tree, known: dict[Tree, Degrees]) -> Degrees:
    if tree not in known:
        first, *rest = (_degrees(part, known) for part in tree.parts)
        match tree.kind:
            case "not":
                known[tree] = np.int8(TRUE) - first
            case "and":
                known[tree] = functools.reduce(np.minimum, rest, first)
            case _:
                known[tree] = functools.reduce(np.maximum, rest, first)
    return known[tree]
