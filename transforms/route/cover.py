"""Cover: the few facts that, asked for together, could settle most open cases."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from schemas.facts import FACTS
from transforms.frames.frame import Frame
from transforms.route.fact_sets import members


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
        sets: Open cases by the facts that could settle them (`transforms.route.fact_sets.SETS`).
        most: The most facts to choose.

    Returns:
        The facts in order; fewer if they already reach every case that one answer could settle.
    """
    names = list(FACTS)
    parts = list(members(sets))
    # Numbers of cases are exact as floats, too.
    left = sets["count"].to_numpy().astype(np.float64)
    chosen: list[Asked] = []
    together = 0
    while len(chosen) < most:
        reached = np.zeros(len(names))
        for rows, facts in parts:
            reached += np.bincount(facts, weights=left[rows], minlength=len(names))
        more = int(reached.max())
        if not more:
            break
        fact = min(np.flatnonzero(reached == more), key=names.__getitem__)
        together += more
        chosen.append(Asked(names[fact], more, together))
        for rows, facts in parts:
            left[rows[facts == fact]] = 0
    return tuple(chosen)
