"""The routes of cases, found by id."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from schemas.outcomes import ROUTES
from transforms.report.routes import Routes


@given(
    st.lists(st.dictionaries(st.text(max_size=3), st.sampled_from(ROUTES), max_size=5), max_size=3),
    st.lists(st.text(max_size=3)),
)
def test_each_case_has_the_route_that_it_was_added_with(
    parts: list[dict[str, str]], wanted: list[str]
) -> None:
    routes, expected = Routes(), dict[str, str]()
    assert routes.of(pl.Series(wanted, dtype=pl.String)).null_count() == len(wanted)
    for part in parts:
        new = {case: route for case, route in part.items() if case not in expected}
        expected |= new
        for route in ROUTES:
            ids = [case for case, name in new.items() if name == route]
            routes.add(pl.Series(ids, dtype=pl.String), route)
        found = routes.of(pl.Series([*wanted, *new], dtype=pl.String))
        assert found.to_list() == [expected.get(case) for case in (*wanted, *new)]
