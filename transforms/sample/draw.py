"""Random draws for a sample backlog, for many cases at once, and columns made from them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
from polars.datatypes import DataTypeClass

from transforms.normalize.case_frame import CASES

Bools: TypeAlias = npt.NDArray[np.bool_]
Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Columns: TypeAlias = dict[str, pl.Series]

TODAY = datetime.date(2011, 11, 17)
_SINCE_1970 = (TODAY - datetime.date(1970, 1, 1)).days


class Draw:
    """Random draws from seeds, for blocks of cases at once: each block has a seed of its own.

    Args:
        seeds: The seed of each block's draws.
        size: The number of cases in a block.
    """

    def __init__(self, seeds: Sequence[Sequence[int]], size: int) -> None:
        self._generators = [np.random.default_rng(seed) for seed in seeds]
        self._size = size
        self.cases = size * len(seeds)

    def random(self) -> Floats:
        """Draw a number for each case: 0 or more, and less than 1."""
        return np.concatenate([one.random(self._size) for one in self._generators])

    def exponential(self, mean: float) -> Floats:
        """Draw a number of 0 or more for each case, of which most are below a mean."""
        return np.concatenate([one.exponential(mean, self._size) for one in self._generators])

    def chance(self, rate: float | Floats) -> Bools:
        """Draw whether each case has something that occurs at a rate."""
        return self.random() < rate

    def between(self, low: int | Ints, high: int | Ints) -> Ints:
        """Draw a whole number for each case, both ends included; `low` if `high` is lower."""
        high = np.maximum(low, high)
        drawn = [
            one.integers(self._of(low, block), self._of(high, block), self._size, endpoint=True)
            for block, one in enumerate(self._generators)
        ]
        return np.concatenate(drawn)

    def _of(self, number: int | Ints, block: int) -> int | Ints:
        """Return a block's part of numbers, or the number of all cases."""
        if np.ndim(number) == 0:
            return number
        return np.asarray(number)[block * self._size : (block + 1) * self._size]

    def pick(self, shares: Mapping[str, float]) -> pl.Series:
        """Draw a word for each case, by shares."""
        edges = np.cumsum(list(shares.values()))
        place = np.searchsorted(edges / edges[-1], self.random(), "right")
        return pl.Series(list(shares))[np.minimum(place, len(shares) - 1)]

    def every(self, word: str) -> pl.Series:
        """Repeat one word for all cases."""
        return pl.Series([word]).new_from_index(0, self.cases)

    def maybe(self, rate: float | Floats, unknown: float) -> pl.Series:
        """Draw TRUE at one rate, and unknown at another."""
        return where(~self.chance(unknown), pl.Series(self.chance(rate)))


def iso(ago: Ints) -> pl.Series:
    """Write days before `TODAY` as ISO dates in text."""
    return pl.Series(_SINCE_1970 - ago).cast(pl.Int32).cast(pl.Date).cast(pl.String)


def where(there: Bools, values: pl.Series) -> pl.Series:
    """Return values; null where they are missing."""
    return values.zip_with(pl.Series(there), nulls(values.dtype, len(values)))


def nulls(dtype: pl.DataType | DataTypeClass, cases: int) -> pl.Series:
    """Make a column of nulls."""
    return pl.Series([None], dtype=dtype).new_from_index(0, cases)


def either(first: Bools, values: pl.Series | str, others: pl.Series | str) -> pl.Series:
    """Return one value or the other for each case."""
    one, other = (
        pl.Series([side]).new_from_index(0, len(first)) if isinstance(side, str) else side
        for side in (values, others)
    )
    return one.zip_with(pl.Series(first), other)


def lists(column: str, *elements: tuple[Bools, Mapping[str, pl.Series]]) -> pl.Series:
    """Make a list column from elements that a case may have.

    Args:
        column: A column of case_record.avsc of dtype List(Struct).
        elements: Which cases have each element, and its fields; a missing field is unknown.

    Returns:
        For each case, the elements that it has, in the given order.
    """
    dtype = CASES[column]
    assert isinstance(dtype, pl.List)
    assert isinstance(dtype.inner, pl.Struct)
    rows = [np.flatnonzero(there) for there, _ in elements]
    parts = [
        pl.DataFrame(
            [
                (
                    fields[field.name][at].cast(field.dtype)
                    if field.name in fields
                    else nulls(field.dtype, len(at))
                ).alias(field.name)
                for field in dtype.inner.fields
            ]
        )
        for at, (_, fields) in zip(rows, elements, strict=True)
    ]
    owner = np.concatenate(rows)
    order = np.argsort(owner, kind="stable")
    flat = pl.concat(parts).to_struct(column)[order]
    return in_lists(owner[order], flat, len(elements[0][0]))


def in_lists(owner: Ints, flat: pl.Series, cases: int) -> pl.Series:
    """Group elements into one list per case; empty if it has none.

    Args:
        owner: The case of each element, in order.
        flat: The elements.
        cases: The number of cases.

    Returns:
        List, of the dtype of the elements.
    """
    ends = np.cumsum(np.bincount(owner, minlength=cases))
    offsets = pa.array(np.concatenate([[0], ends]), pa.int64())
    made = pl.from_arrow(pa.LargeListArray.from_arrays(offsets, flat.to_arrow()))
    assert isinstance(made, pl.Series)
    return made.cast(pl.List(flat.dtype)).alias(flat.name)
