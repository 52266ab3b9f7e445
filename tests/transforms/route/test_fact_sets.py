"""Sets of facts in bits, against Python's own sets."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.fact_sets import NAMES, as_sets
from transforms.route import fact_sets
from transforms.route.fact_sets import SETS, added, count_sets

# Those at the ends of words, and others.
FACT = st.sampled_from([*(NAMES[n] for n in (0, 63, 64, 127, 128, -1)), *NAMES])
CASES = st.lists(st.lists(FACT, max_size=6, unique=True), max_size=12)


def of(cases: list[list[str]]) -> pl.Series:
    return pl.Series(cases, dtype=pl.List(pl.String()))


@given(CASES, CASES)
def test_counts_each_set_whatever_its_order_and_parts(
    one: list[list[str]], other: list[list[str]]
) -> None:
    sets = added([count_sets(of(one)), count_sets(of(other))])
    assert sets.schema == SETS
    assert as_sets(sets) == Counter(frozenset(case) for case in [*one, *other])


@given(CASES)
def test_counts_cases_that_were_counted_before(cases: list[list[str]]) -> None:
    numbers = list(range(1, len(cases) + 1))
    expected: Counter[frozenset[str]] = Counter()
    for case, number in zip(cases, numbers, strict=True):
        expected[frozenset(case)] += number
    assert as_sets(count_sets(of(cases), pl.Series(numbers, dtype=pl.Int64()))) == expected


def test_many_sets_are_counted_a_part_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [[one, other] for one in NAMES[:9] for other in NAMES[60:70]]
    monkeypatch.setattr(fact_sets, "_AT_A_TIME", 7)
    sets = added([count_sets(of(pairs)), count_sets(of(pairs[::2]))])
    assert as_sets(sets) == Counter(frozenset(pair) for pair in [*pairs, *pairs[::2]])
