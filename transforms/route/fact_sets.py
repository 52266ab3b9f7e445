"""Sets of facts, counted, with one bit for each fact.

A docket has hundreds of thousands of different sets. To add up as many lists takes many times the
memory that the lists take.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.facts import FACTS
from transforms.frames.frame import Frame

_BITS = 64
_WORDS = [f"facts_{number}" for number in range(-(-len(FACTS) // _BITS))]
# How many cases have each set. Bit N of the words together stands for fact N of the catalog.
SETS = pl.Schema([*((word, pl.UInt64()) for word in _WORDS), ("count", pl.Int64())])
# Sets that are added up, or taken apart, at once.
_AT_A_TIME = 50_000


def count_sets(facts: pl.Series, counts: pl.Series | None = None) -> Frame:
    """Count the cases that have each set of facts.

    Args:
        facts: Lists of facts, by name (List(String), never null).
        counts: How many cases have each list (Int64); one each by default.

    Returns:
        Columns `SETS`.
    """
    listed = pl.DataFrame({"row": pl.int_range(len(facts), eager=True), "fact": facts})
    listed = listed.explode("fact", empty_as_null=False).select(
        "row", pl.col("fact").cast(pl.Enum(tuple(FACTS))).to_physical().cast(pl.Int64)
    )
    row, fact = listed["row"].to_numpy(), listed["fact"].to_numpy()
    words = np.zeros(len(facts) * len(_WORDS), np.uint64)
    bit = np.left_shift(np.uint64(1), (fact % _BITS).astype(np.uint64))
    np.bitwise_or.at(words, row * len(_WORDS) + fact // _BITS, bit)
    each = pl.Series([1]).new_from_index(0, len(facts)) if counts is None else counts
    return added([pl.DataFrame(words.reshape(-1, len(_WORDS)), _WORDS).with_columns(count=each)])


def added(parts: Iterable[Frame]) -> Frame:
    """Add up sets.

    Args:
        parts: Columns `SETS`.

    Returns:
        Columns `SETS`, with each set once.
    """
    together = pl.concat([SETS.to_frame(), *parts])
    # To group takes ten times the memory of the rows.
    several = max(1, -(-together.height // _AT_A_TIME))
    share = together.select(pl.struct(_WORDS).hash() % several).to_series()
    return pl.concat(
        together.filter(share == number).group_by(_WORDS).agg(pl.col("count").sum())
        for number in range(several)
    )


def members(sets: Frame) -> Iterator[tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint8]]]:
    """List the facts of each set.

    Args:
        sets: Columns `SETS`.

    Yields:
        For some of the sets at a time: the row number of a set, and the number of a fact in the
        catalog, for each fact in a set.
    """
    for start in range(0, sets.height, _AT_A_TIME):
        words = sets[start : start + _AT_A_TIME].select(_WORDS).to_numpy(order="c")
        octets = words.astype("<u8", copy=False).view(np.uint8)
        row, fact = np.nonzero(np.unpackbits(octets, axis=1, bitorder="little"))
        yield (row + start).astype(np.uint32), fact.astype(np.uint8)


assert len(FACTS) <= np.iinfo(np.uint8).max + 1
