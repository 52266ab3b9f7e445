"""Tree: a condition as AND, OR, and NOT over comparisons, its *atoms*."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

Connective: TypeAlias = Literal["and", "or"]
_COLUMN = re.compile(r'"([^"]+)"')
# Polars can't join two NULLs that have no type.
_NULL = "CAST(NULL AS BOOLEAN)"


@dataclass(frozen=True, eq=False)
class Tree:
    """A condition, or a part of one; equal parts are the same object, also after pickling.

    Args:
        kind: Its kind; an atom without columns is a constant: TRUE, FALSE, or NULL.
        sql: Its Boolean SQL over columns.
        parts: The operands, if it isn't an atom.
        columns: The columns that it reads, in order of first use.
    """

    kind: Literal["atom", "and", "or", "not"]
    sql: str
    parts: tuple[Tree, ...]
    columns: tuple[str, ...]

    def __reduce__(self) -> tuple[object, ...]:
        match self.kind:
            case "atom":
                return atom, (self.sql, self.columns)
            case "not":
                return negated, self.parts
            case kind:
                return joined, (kind, self.parts)


@functools.cache
def atom(sql: str, columns: tuple[str, ...]) -> Tree:
    """Make an atom of SQL over some columns."""
    return Tree("atom", sql, (), columns)


def column(name: str) -> Tree:
    """Make an atom of a Boolean column."""
    return atom(f'"{name}"', (name,))


def atom_over(sql: str) -> Tree:
    """Make an atom of SQL that has columns, numbers, and dates, but no text with quotes in it."""
    return atom(sql, tuple(dict.fromkeys(_COLUMN.findall(sql))))


def truth(value: bool | None) -> Tree:
    """Make the atom that is the same for every case."""
    return atom(_NULL if value is None else str(value).upper(), ())


@functools.cache
def negated(part: Tree) -> Tree:
    """Make the NOT of a tree."""
    for value in (True, False):
        if part is truth(value):
            return truth(not value)
    return Tree("not", f"(NOT {part.sql})", (part,), part.columns)


def decider(kind: Connective) -> Tree:
    """Return the constant that decides an AND or an OR by itself."""
    return truth(kind == "or")


@functools.cache
def joined(kind: Connective, parts: tuple[Tree, ...]) -> Tree:
    """Make the AND or the OR of some trees; of none, it is what changes nothing in a longer one."""
    nothing = negated(decider(kind))
    parts = tuple(part for part in parts if part is not nothing)
    if decider(kind) in parts or not parts:
        return decider(kind) if parts else nothing
    return parts[0] if len(parts) == 1 else _compound(kind, parts)


@functools.cache
def _compound(kind: Connective, parts: tuple[Tree, ...]) -> Tree:
    columns = tuple(dict.fromkeys(column for part in parts for column in part.columns))
    return Tree(kind, _balanced(kind.upper(), [part.sql for part in parts]), parts, columns)


def atoms_of(tree: Tree) -> Iterator[Tree]:
    """Yield the atoms of a tree, in order; one that it has twice, twice."""
    if tree.kind == "atom":
        yield tree
    for part in tree.parts:
        yield from atoms_of(part)


def _balanced(operator: str, sides: list[str]) -> str:
    """Join sides with brackets as flat as possible, because polars is slow on deep ones."""
    if len(sides) == 1:
        return sides[0]
    middle = len(sides) // 2
    left, right = _balanced(operator, sides[:middle]), _balanced(operator, sides[middle:])
    return f"({left} {operator} {right})"
