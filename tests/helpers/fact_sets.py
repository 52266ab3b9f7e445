"""Counted sets of facts as Python's own sets."""

from __future__ import annotations

from schemas.facts import FACTS
from transforms.frames.frame import Frame
from transforms.route.fact_sets import members

NAMES = list(FACTS)


def as_sets(sets: Frame) -> dict[frozenset[str], int]:
    """Return the number of cases by set; each set must be there once."""
    found: dict[int, set[str]] = {row: set() for row in range(sets.height)}
    for rows, facts in members(sets):
        for row, fact in zip(rows.tolist(), facts.tolist(), strict=True):
            found[row].add(NAMES[fact])
    counts = {frozenset(found[row]): count for row, count in enumerate(sets["count"])}
    assert len(counts) == sets.height
    return counts
