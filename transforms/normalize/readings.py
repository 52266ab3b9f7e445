"""Readings of text, kept in memory: a docket repeats its dates and its charges.

Reading a text takes dozens of patterns, and looking up what it was read as takes one look. Nothing
here is ever written anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

# Every day of half a century in ten spellings. They take about 45 MB.
MOST_KEPT = 200_000


@dataclass(frozen=True)
class _Kept:
    """Texts and their readings.

    Args:
        texts: A column of their type, which numbers texts as it meets them. Polars forgets the
            numbers when the last column of the type is gone.
        readings: By the number of a text, its reading (String); the last texts may have none yet.
    """

    texts: pl.Series
    readings: pl.Series

    @classmethod
    def nothing(cls) -> _Kept:
        texts = pl.Series([], dtype=pl.Categorical(pl.Categories.random()))
        return cls(texts, pl.Series([], dtype=pl.String))

    def numbers(self, texts: pl.Series) -> pl.Series:
        """Return the number of each text (UInt32); null for null."""
        return texts.cast(self.texts.dtype).to_physical()

    def with_read(self, read: Callable[[pl.Expr], pl.Expr], end: int) -> _Kept:
        """Return them with the readings of all texts whose number is below an end."""
        new = pl.int_range(len(self.readings), end, dtype=pl.UInt32, eager=True)
        texts = new.cat.to(self.texts.dtype).cast(pl.String).alias("text").to_frame()
        more = texts.select(read(pl.col("text")).alias("read"))["read"]
        return _Kept(self.texts, pl.concat([self.readings, more.cast(pl.String)], rechunk=True))


class Readings:
    """What a reader made of each text that it has read.

    Threads may share them: readings are only ever added, and two threads that read the same text
    add the same reading.

    Args:
        read: Reads texts (String) as texts (String), each for itself; null gives null.
        most: How many readings are kept. When they would be more, all are forgotten: what is
            needed again is read again.
    """

    def __init__(self, read: Callable[[pl.Expr], pl.Expr], most: int = MOST_KEPT) -> None:
        self._read = read
        self._most = most
        self._kept = _Kept.nothing()

    def of(self, text: pl.Expr) -> pl.Expr:
        """Read text.

        Args:
            text: String.

        Returns:
            String: what the reader gives.

        Examples:
            >>> capitals = Readings(lambda text: text.str.to_uppercase())
            >>> written = pl.DataFrame({"text": ["a", None, "a"]})
            >>> written.select(capitals.of(pl.col("text")))["text"].to_list()
            ['A', None, 'A']
        """
        return text.map_batches(self._readings, return_dtype=pl.String, is_elementwise=True)

    def _readings(self, texts: pl.Series) -> pl.Series:
        # Another thread may forget them meanwhile, but these stay.
        kept = self._kept
        numbers = kept.numbers(texts)
        end = _end(numbers)
        if end > len(kept.readings):
            if end > self._most:
                kept = _Kept.nothing()
                numbers = kept.numbers(texts)
                end = _end(numbers)
            kept = kept.with_read(self._read, end)
            self._kept = kept if end <= self._most else _Kept.nothing()
        return kept.readings.gather(numbers).alias(texts.name)


def _end(numbers: pl.Series) -> int:
    greatest = numbers.max()
    assert greatest is None or isinstance(greatest, int)
    return 0 if greatest is None else greatest + 1
