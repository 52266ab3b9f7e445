"""The first cases of a route, whatever frames they come in."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from transforms.report.queue import Queue

SCHEMA = {"case_id": pl.String, "score_low": pl.Int32}
CASES = st.lists(st.tuples(st.integers(0, 99), st.integers(-3, 3)), unique_by=lambda one: one[0])


@given(CASES, st.integers(1, 6), st.integers(1, 9))
def test_the_highest_scores_come_first_and_then_the_ids(
    cases: list[tuple[int, int]], most: int, size: int
) -> None:
    rows = [(f"{number:02}", score) for number, score in cases]
    queue = Queue(most)
    for start in range(0, len(rows), size):
        queue.add(pl.DataFrame(rows[start : start + size], schema=SCHEMA, orient="row"))
    expected = sorted(rows, key=lambda row: (-row[1], row[0]))[:most]
    assert queue.total == len(rows)
    assert (queue.cases.rows() if queue.cases is not None else []) == expected
