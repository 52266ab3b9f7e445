"""Bounds of precision and recall, against every way in which unknown facts can turn out."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from transforms.oversight.hits import Bounds, Counts, precision_bounds, recall_bounds

# How the close of each case is: it is certain, it is open, or it can't be.
CASES = st.lists(st.sampled_from(["certain", "open", "never"]), max_size=5)


def counts(cases: list[str]) -> Counts:
    certain = cases.count("certain")
    return Counts(len(cases), certain, certain, certain + cases.count("open"))


def worlds(cases: list[str]) -> list[int]:
    """How many are recommended to close, in every way in which the open ones can turn out."""
    ways = itertools.product(*([0, 1] if one == "open" else [int(one == "certain")]
                               for one in cases))  # fmt: skip
    return [sum(way) for way in ways]


def bounds(shares: list[float]) -> Bounds:
    return Bounds(min(shares), max(shares)) if shares else Bounds(None, None)


@given(yes=CASES, no=CASES)
def test_bounds_are_those_of_all_worlds(yes: list[str], no: list[str]) -> None:
    precise = [y / (y + n) for y in worlds(yes) for n in worlds(no) if y + n]
    recalled = [y / len(yes) for y in worlds(yes)] if yes else []
    assert precision_bounds(counts(yes), counts(no)) == bounds(precise)
    assert recall_bounds(counts(yes)) == bounds(recalled)
