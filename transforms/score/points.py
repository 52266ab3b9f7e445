"""Score: the weighted factors as an interval.

A factor adds its weight if TRUE, and nothing if FALSE; if UNKNOWN, it widens the interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from schemas.facts import high, low
from schemas.rulebook.compiled import CompiledCriterion
from transforms.score.kleene import FALSE, TRUE, Degrees

Points: TypeAlias = npt.NDArray[np.int32]
SCORE = (low("score"), high("score"))


def score(
    factors: Sequence[CompiledCriterion], degrees: Mapping[str, Degrees], cases: int
) -> tuple[Points, Points]:
    """Add up the lowest and the highest score of each case.

    Args:
        factors: The weighted criteria.
        degrees: The value of each, by id, one per case.
        cases: The number of cases.
    """
    least, most = np.zeros(cases, np.int32), np.zeros(cases, np.int32)
    for factor in factors:
        fewest, highest = bounds(degrees[factor.id], factor.criterion.weight or 0)
        least += fewest
        most += highest
    return least, most


def bounds(degrees: Degrees, weight: int) -> tuple[Points, Points]:
    """Return the least and the most that a factor adds."""
    sure, may = (degrees == TRUE) * np.int32(weight), (degrees != FALSE) * np.int32(weight)
    return (sure, may) if weight > 0 else (may, sure)
