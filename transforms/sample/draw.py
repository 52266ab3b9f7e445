"""Random draws for a sample backlog, for many cases at once, and columns made from them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from transforms.normalize.case_frame import CASES

Bools: TypeAlias = npt.NDArray[np.bool_]
Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Columns: TypeAlias = dict[str, pl.Series]

TODAY = datetime.date(2011, 11, 17)
_SINCE_1970 = (TODAY - datetime.date(1970, 1, 1)).days


class Draw:
    """Random draws from a seed, for a number of cases at once.

    Args:
        seed: The seed of the draws.
        cases: The number of cases.
    """

    def __init__(self, seed: Sequence[int], cases: int) -> None:
        self.generator = np.random.default_rng(seed)
        self.cases = cases

    def chance(self, rate: float | Floats) -> Bools:
        """Draw whether each case has something that occurs at a rate."""
        return self.generator.random(self.cases) < rate

    def between(self, low: int | Ints, high: int | Ints) -> Ints:
        """Draw a whole number for each case, both ends included; `low` if `high` is lower."""
        return self.generator.integers(low, np.maximum(low, high), self.cases, endpoint=True)

    def pick(self, shares: Mapping[str, float]) -> pl.Series:
        """Draw a word for each case, by shares."""
        edges = np.cumsum(list(shares.values()))
        place = np.searchsorted(edges / edges[-1], self.generator.random(self.cases), "right")
        return pl.Series(list(shares)).gather(np.minimum(place, len(shares) - 1))

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
    return values.to_frame("value").select(pl.when(pl.Series(there)).then("value")).to_series()


def either(first: Bools, values: pl.Series | str, others: pl.Series | str) -> pl.Series:
    """Return one value or the other for each case."""
    columns = {"values": values, "others": others}
    return pl.select(
        pl.when(pl.Series(first))
        .then(pl.lit(columns["values"]))
        .otherwise(pl.lit(columns["others"]))
    ).to_series()


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
                fields[field.name].gather(at).cast(field.dtype).alias(field.name)
                if field.name in fields
                else pl.repeat(None, len(at), dtype=field.dtype, eager=True).alias(field.name)
                for field in dtype.inner.fields
            ]
        )
        for at, (_, fields) in zip(rows, elements, strict=True)
    ]
    owner = np.concatenate(rows)
    order = np.argsort(owner, kind="stable")
    flat = pl.concat(parts).to_struct(column).gather(order)
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
