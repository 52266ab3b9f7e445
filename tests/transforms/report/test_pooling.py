"""Small cells: never alone, and never dropped."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from schemas.small_cells import LEAST
from transforms.report.pooling import pool

COLUMNS = ("close", "continue", "expedite")
TABLES = st.dictionaries(
    st.none() | st.text("abc", min_size=1, max_size=3),
    st.dictionaries(st.sampled_from(COLUMNS), st.integers(0, 30), min_size=1),
    max_size=8,
)


def test_nothing_is_pooled_without_a_small_cell() -> None:
    found = pool({"a": {"close": 11}, None: {"close": 40, "expedite": 0}})
    assert (found.kept, found.pooled) == ((None, "a"), ())


def test_a_small_row_takes_the_next_smallest_with_it() -> None:
    found = pool({"a": {"close": 50}, "b": {"close": 30}, "c": {"close": 3}})
    assert (found.kept, found.pooled, found.counts) == (("a",), ("b", "c"), {"close": 33})


@given(TABLES)
def test_no_small_cell_stands_alone_and_all_add_up(
    rows: dict[str | None, dict[str, int]],
) -> None:
    found = pool(rows)
    assert sorted((*found.kept, *found.pooled), key=repr) == sorted(rows, key=repr)
    for value in found.kept:
        assert not any(0 < number < LEAST for number in rows[value].values())
    if found.kept:
        assert not any(0 < number < LEAST for number in found.counts.values())
    for column in COLUMNS:
        apart = sum(rows[value].get(column, 0) for value in found.kept)
        assert apart + found.counts.get(column, 0) == sum(
            counts.get(column, 0) for counts in rows.values()
        )
