"""Kleene logic over whole frames, for conditions that are evaluated many times with small changes.

A condition is a tree of AND, OR, and NOT over comparisons, its *atoms*. A rulebook has few distinct
atoms. Each is evaluated once for a frame, and the rest is minimums and maximums of small numbers.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl
import sqlglot
from sqlglot import exp

from transforms.frames.frame import Frame
from transforms.score.criteria import expression

Degrees: TypeAlias = npt.NDArray[np.int8]
# AND is the minimum of its sides, OR the maximum, and NOT counts from the other end.
FALSE, UNKNOWN, TRUE = range(3)
_SIGNS = {False: "FALSE", None: "NULL", True: "TRUE"}


@dataclass(frozen=True, eq=False)
class Tree:
    """A condition, or a part of one; equal parts are the same object.

    Args:
        kind: Its kind; an atom without columns is a constant: TRUE, FALSE, or NULL.
        sql: An atom's Boolean SQL over columns.
        parts: The operands of the other kinds.
        columns: The columns that it reads.
    """

    kind: Literal["atom", "and", "or", "not"]
    sql: str
    parts: tuple[Tree, ...]
    columns: frozenset[str]


@functools.cache
def tree(sql: str) -> Tree:
    """Make the tree of a compiled condition (`schemas.rulebook.condition.Condition.sql`)."""
    return _planted(sqlglot.parse_one(sql))


def with_known(of: Tree, values: Mapping[str, str]) -> Tree:
    """Simplify a tree, given the values of some columns.

    Args:
        of: The tree.
        values: SQL literals by column.
    """
    if of.columns.isdisjoint(values):
        return of
    if of.kind == "atom":
        sql = of.sql
        for column, literal in values.items():
            sql = sql.replace(f'"{column}"', literal)
        return _atom(sql, of.columns.difference(values))
    return _joined(of.kind, tuple(with_known(part, values) for part in of.parts))


def degree(truth: pl.Expr) -> pl.Expr:
    """Convert a truth (Boolean, null = UNKNOWN) to `FALSE`, `UNKNOWN`, or `TRUE` (Int8)."""
    return (truth.cast(pl.Int8) * TRUE).fill_null(UNKNOWN)


def degrees_of(values: Frame) -> dict[str, Degrees]:
    """Convert truths (Boolean, null = UNKNOWN) to `FALSE`, `UNKNOWN`, and `TRUE`, by column."""
    degrees = values.select(degree(pl.all()))
    return {name: degrees[name].to_numpy() for name in degrees.columns}


class Answers:
    """The values of trees over a frame.

    Args:
        facts: The frame.
        trees: All trees that will be evaluated.
    """

    def __init__(self, facts: Frame, trees: Iterable[Tree]) -> None:
        atoms = list(dict.fromkeys(atom for tree in trees for atom in atoms_of(tree)))
        names = [str(number) for number in range(len(atoms))]
        # Keeps the number of rows, even if there is no other column.
        found = facts.with_columns(
            _degree(atom.sql, name) for name, atom in zip(names, atoms, strict=True)
        ).select(names)
        self._atoms = {a: found[name].to_numpy() for name, a in zip(names, atoms, strict=True)}

    def of(self, trees: Iterable[Tree]) -> Iterator[Degrees]:
        """Return `FALSE`, `UNKNOWN`, or `TRUE` for each row; what trees share is evaluated once."""
        known = dict(self._atoms)
        for tree in trees:
            yield _degrees(tree, known)


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
                known[tree] = np.minimum(first, *rest)
            case _:
                known[tree] = np.maximum(first, *rest)
    return known[tree]


def atoms_of(tree: Tree) -> Iterator[Tree]:
    """Yield the atoms of a tree, in order; one that it has twice, twice."""
    if tree.kind == "atom":
        yield tree
    for part in tree.parts:
        yield from atoms_of(part)


def _planted(node: exp.Expr) -> Tree:
    match node:
        case exp.Paren():
            return _planted(node.this)
        case exp.Not():
            return _joined("not", (_planted(node.this),))
        case exp.And() | exp.Or():
            kind: Literal["and", "or"] = "and" if isinstance(node, exp.And) else "or"
            return _joined(kind, (_planted(node.left), _planted(node.right)))
    return _atom(node.sql(), frozenset(column.name for column in node.find_all(exp.Column)))


@functools.cache
def _atom(sql: str, columns: frozenset[str]) -> Tree:
    if columns or sql in _SIGNS.values():
        return Tree("atom", sql, (), columns)
    return _constant(pl.select(expression(sql)).item())


def _constant(value: bool | None) -> Tree:
    return _atom(_SIGNS[value], frozenset())


@functools.cache
def _joined(kind: Literal["and", "or", "not"], parts: tuple[Tree, ...]) -> Tree:
    if kind == "not":
        [part] = parts
        if part is _constant(True) or part is _constant(False):
            return _constant(part is _constant(False))
    else:
        decides, nothing = _constant(kind == "or"), _constant(kind == "and")
        parts = tuple(part for part in parts if part is not nothing)
        if decides in parts or not parts:
            return decides if parts else nothing
        if len(parts) == 1:
            return parts[0]
    return Tree(kind, "", parts, frozenset().union(*(part.columns for part in parts)))
