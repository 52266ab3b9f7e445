"""Pooling: small cells of a table in which each case is in one row, counted together.

A number below eleven could tell something about a person whom somebody knows. So the values with
such a number share one row. That row must not have such a number either: otherwise, the next
smallest value joins it. Nothing is dropped, because the rows still add up to all cases.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from schemas.small_cells import LEAST

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Pooled(Generic[Key]):
    """The rows of a table after pooling.

    Args:
        kept: The values with a row of their own.
        pooled: The values that share a row; empty if no cell is small.
        counts: The numbers of the shared row, by column.
    """

    kept: tuple[str | None, ...]
    pooled: tuple[str | None, ...]
    counts: Mapping[Key, int]


def pool(rows: Mapping[str | None, Mapping[Key, int]]) -> Pooled[Key]:
    """Decide which rows of a table share one.

    Args:
        rows: For each value, the number in each column.

    Returns:
        All the values, each once; in order of size, the largest first.

    Examples:
        >>> pool({"a": {"close": 50}, "b": {"close": 7}, "c": {"close": 8}})
        Pooled(kept=('a',), pooled=('c', 'b'), counts={'close': 15})
    """
    by_size = sorted(rows, key=lambda value: (-sum(rows[value].values()), value or ""))
    pooled = [value for value in by_size if _is_small(rows[value])]
    kept = [value for value in by_size if value not in pooled]
    while kept and pooled and _is_small(_summed(rows, pooled)):
        pooled.insert(0, kept.pop())
    return Pooled(tuple(kept), tuple(pooled), _summed(rows, pooled))


def _is_small(counts: Mapping[Key, int]) -> bool:
    return any(0 < number < LEAST for number in counts.values())


def _summed(
    rows: Mapping[str | None, Mapping[Key, int]], values: Sequence[str | None]
) -> dict[Key, int]:
    columns = dict.fromkeys(column for value in values for column in rows[value])
    return {column: sum(rows[value].get(column, 0) for value in values) for column in columns}
