from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from transforms.frames.labels import label_lists

TRUTH = st.sampled_from([True, False, None])
TABLES = st.integers(0, 70).flatmap(
    lambda width: st.lists(st.lists(TRUTH, min_size=width, max_size=width), max_size=6)
)


@given(TABLES)
def test_gives_the_same_labels_as_a_comprehension(rows: list[list[bool | None]]) -> None:
    names = [f"f{number}" for number in range(len(rows[0]) if rows else 3)]
    flags = pl.DataFrame(
        {name: [row[place] for row in rows] for place, name in enumerate(names)},
        schema=dict.fromkeys(names, pl.Boolean),
    )
    expected = [
        [name for name, holds in zip(names, row, strict=True) if holds] for row in rows if names
    ]
    texts = label_lists(flags, pl.Series(names, dtype=pl.String))
    assert texts.to_list() == expected
    structs = label_lists(flags, pl.DataFrame({"n": names}, schema={"n": pl.String}).to_struct())
    assert structs.to_list() == [[{"n": name} for name in row] for row in expected]
    assert texts.dtype == pl.List(pl.String)
