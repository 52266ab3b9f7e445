"""Tallies added up while frames pass by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from transforms.report.running import Running

TALLY = pl.Schema({"value": pl.String, "count": pl.Int64})


def add_up(tallies: Iterable[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([TALLY.to_frame(), *tallies]).group_by("value").agg(pl.col("count").sum())


@given(st.lists(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 9)), max_size=4)))
def test_the_sum_is_that_of_all_tallies(rows: list[list[tuple[str, int]]]) -> None:
    running, expected = Running(add_up), Counter[str]()
    for part in rows:
        running.add(pl.DataFrame(part, schema=TALLY, orient="row"))
        for value, number in part:
            expected[value] += number
        assert dict(running.total.iter_rows()) == expected
