"""The few facts that could settle most cases, against trying every choice."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from transforms.route.cover import Asked, cover
from transforms.route.fact_sets import count_sets

NAMES = ("arrests", "gang_member", "served")
LISTS = st.lists(
    st.tuples(st.sets(st.sampled_from(NAMES)), st.integers(1, 5)),
    max_size=6,
    unique_by=lambda one: tuple(sorted(one[0])),
)


def sets(lists: list[tuple[set[str], int]]) -> pl.DataFrame:
    facts = pl.Series([sorted(names) for names, _ in lists], dtype=pl.List(pl.String()))
    return count_sets(facts, pl.Series([count for _, count in lists], dtype=pl.Int64()))


def test_each_fact_is_counted_for_what_those_before_it_leave() -> None:
    found = cover(sets([({"arrests", "served"}, 5), ({"arrests"}, 2), ({"served"}, 4)]), 9)
    assert found == (Asked("served", 9, 9), Asked("arrests", 2, 11))
    assert cover(sets([]), 9) == cover(sets([(set(), 4)]), 9) == ()


@given(LISTS)
def test_each_step_reaches_the_most_further_cases(lists: list[tuple[set[str], int]]) -> None:
    left, together = list(lists), 0
    for step in cover(sets(lists), 9):
        reached = {name: sum(n for names, n in left if name in names) for name in NAMES}
        assert step.more == reached[step.fact] == max(reached.values())
        together += step.more
        assert step.together == together
        left = [(names, n) for names, n in left if step.fact not in names]
    assert not any(names for names, _ in left)
