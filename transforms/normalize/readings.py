"""Readings of text, kept in memory: a docket repeats its dates and its charges.

Reading a text takes dozens of patterns, and looking up what it was read as takes one look. Nothing
here is ever written anywhere.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

# Every day of half a century in ten spellings. They take about 35 MB.
MOST_KEPT = 200_000


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
        self._kept: dict[str, str | None] = {}

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
        written = texts.to_list()
        # Another thread may forget them meanwhile, but these stay.
        kept = self._kept
        new = {text for text in written if text is not None and text not in kept}
        if len(kept) + len(new) > self._most:
            kept, new = {}, {text for text in written if text is not None}
        if new:
            kept.update(self._read_all(new))
            self._kept = kept if len(kept) <= self._most else {}
        read = [None if text is None else kept[text] for text in written]
        return pl.Series(texts.name, read, dtype=pl.String)

    def _read_all(self, texts: set[str]) -> dict[str, str | None]:
        new = pl.DataFrame({"text": list(texts)}, schema={"text": pl.String})
        read = new.select(self._read(pl.col("text")).alias("read"))["read"]
        return dict(zip(new["text"].to_list(), read.to_list(), strict=True))
