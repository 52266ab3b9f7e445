"""Draws of a sample backlog: seeded chance for many cases at once, and the hand that writes them down.

What is true and how it is written come from two generators, so that a tidy backlog and a messy one of
one seed hold the same cases.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.case_frame import CASES

Bools: TypeAlias = npt.NDArray[np.bool_]
Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]

TODAY = datetime.date(2011, 11, 17)
DATE_FORMS = (
    "%m/%d/%Y", "%d-%b-%Y", "%Y%m%d", "%b %d, %Y", "%B %d %Y", "%Y-%m-%d 00:00:00.000", "  %Y-%m-%d",
    "%Y-%m-%dT00:00:00Z",
)  # fmt: skip
NOTHING = ("", "N/A", "UNKNOWN", "00/00/0000", "??")


class Draw:
    """Chance, seeded, for a number of cases at once.

    Args:
        seed: What settles the draws.
        cases: How many cases.
    """

    def __init__(self, seed: Sequence[int], cases: int) -> None:
        self.generator = np.random.default_rng(seed)
        self.cases = cases

    def chance(self, rate: float | Floats) -> Bools:
        """Whether each case has what it has at a rate."""
        return self.generator.random(self.cases) < rate

    def between(self, low: int | Ints, high: int | Ints) -> Ints:
        """A whole number for each case, both ends included; `low` where `high` is below."""
        return self.generator.integers(low, np.maximum(low, high), self.cases, endpoint=True)

    def pick(self, shares: Mapping[str, float]) -> pl.Series:
        """A word for each case, by their shares."""
        edges = np.cumsum(list(shares.values()))
        place = np.searchsorted(edges / edges[-1], self.generator.random(self.cases), "right")
        return pl.Series(list(shares)).gather(np.minimum(place, len(shares) - 1))


class Pen:
    """Writes values as agencies do: mostly in one form, now and then in another.

    Args:
        seed: What settles which value is written how.
        mess: Share of the values that are written in another form.
    """

    def __init__(self, seed: Sequence[int], mess: float) -> None:
        self.generator = np.random.default_rng(seed)
        self.mess = mess

    def odd(self, values: int) -> Bools:
        """Which of some values are written in another form."""
        return self.generator.random(values) < self.mess

    def date(self, ago: Ints) -> pl.Series:
        """Days before `TODAY` as text in the forms that agencies write."""
        days = pl.Series(ago, dtype=pl.Int64)
        dates = (TODAY.toordinal() - datetime.date(1970, 1, 1).toordinal() - days).cast(pl.Int32)
        dates = dates.cast(pl.Date)
        forms = self.generator.integers(0, len(DATE_FORMS), len(days))
        odd = self.odd(len(days))
        written, place = [dates.cast(pl.String)], np.arange(len(days))
        for number, form in enumerate(DATE_FORMS):
            rows = np.flatnonzero(odd & (forms == number))
            place[rows] = sum(map(len, written)) + np.arange(len(rows))
            written.append(dates.gather(rows).dt.strftime(form))
        return pl.concat(written).gather(place)

    def code(self, codes: pl.Series, words: Mapping[str, str]) -> pl.Series:
        """Codes, some as words or in lower case."""
        odd = pl.Series(self.odd(len(codes)))
        return codes.zip_with(~odd, codes.replace(words).str.to_lowercase() + " ")

    def nothing(self, texts: pl.Series) -> pl.Series:
        """Texts, with some nulls spelt out."""
        spelt = pl.Series(NOTHING).gather(self.generator.integers(0, len(NOTHING), len(texts)))
        return texts.zip_with(texts.is_not_null() | pl.Series(~self.odd(len(texts))), spelt)


def where(there: Bools, values: pl.Series) -> pl.Series:
    """Values, null where they are not there."""
    return values.to_frame("value").select(pl.when(pl.Series(there)).then("value")).to_series()


def lists(column: str, *elements: tuple[Bools, Mapping[str, pl.Series]]) -> pl.Series:
    """A list column from elements that a case has or has not.

    Args:
        column: A column of case_record.avsc of dtype List(Struct).
        elements: Which cases have the element, and its fields; a field left out is not known.

    Returns:
        Of each case the elements it has, in the order given.
    """
    dtype = CASES[column]
    assert isinstance(dtype, pl.List)
    assert isinstance(dtype.inner, pl.Struct)
    inner = dtype.inner
    nothing = pl.Series([None]).new_from_index(0, len(elements[0][0]))
    frame = pl.DataFrame(
        {
            str(number): where(
                there,
                pl.DataFrame(
                    {
                        field.name: fields.get(field.name, nothing).cast(field.dtype)
                        for field in inner.fields
                    }
                ).to_struct(),
            )
            for number, (there, fields) in enumerate(elements)
        }
    )
    return frame.select(pl.concat_list(pl.all()).list.drop_nulls().cast(dtype)).to_series()
