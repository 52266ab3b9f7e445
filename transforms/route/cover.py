"""Cover: the few facts that, asked for together, could settle most open cases."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from transforms.frames.frame import Frame

# Open cases by the facts that could settle them alone, joined by blanks.
SETS = pl.Schema({"facts": pl.String, "count": pl.Int64})


class Asked(NamedTuple):
    """A fact to ask for, after those before it.

    Args:
        fact: The fact.
        more: How many more open cases an answer to it alone could settle.
        together: How many open cases an answer to it or to one before could settle.
    """

    fact: str
    more: int
    together: int


def cover(sets: Frame, most: int) -> tuple[Asked, ...]:
    """Choose facts one after the other, each time the one that reaches the most further cases.

    Args:
        sets: Open cases by the facts that could settle them (`SETS`).
        most: The most facts to choose.

    Returns:
        The facts in order; fewer if they already reach every case that one answer could settle.
    """
    lists = [facts.split() for facts in sets["facts"].to_list()]
    names = sorted({name for facts in lists for name in facts})
    place = {name: number for number, name in enumerate(names)}
    settles = np.zeros((len(lists), len(names)))
    for row, facts in enumerate(lists):
        settles[row, [place[name] for name in facts]] = 1
    # Numbers of cases are exact as floats, whose products are worked out many times as fast.
    counts = sets["count"].to_numpy().astype(np.float64)
    chosen: list[Asked] = []
    together = 0
    while names and len(chosen) < most:
        reached = counts @ settles
        best = int(reached.argmax())
        if not reached[best]:
            break
        together += int(reached[best])
        chosen.append(Asked(names[best], int(reached[best]), together))
        counts[settles[:, best] == 1] = 0
    return tuple(chosen)
