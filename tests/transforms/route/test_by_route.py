from __future__ import annotations

import polars as pl
import pytest

from transforms.route.by_route import by_route


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        ([], {}),
        (["continue"], {"continue": [0]}),
        (["expedite", "close", "expedite"], {"close": [1], "expedite": [0, 2]}),
        (
            ["close", "continue", "expedite", "continue"],
            {"close": [0], "continue": [1, 3], "expedite": [2]},
        ),
    ],
)
def test_each_case_goes_to_its_route_once_and_in_order(
    routes: list[str], expected: dict[str, list[int]]
) -> None:
    frame = pl.DataFrame({"route": routes}, schema={"route": pl.String}).with_columns(
        row=pl.int_range(pl.len()), reasons=pl.lit([], pl.List(pl.String))
    )
    assert {route: part["row"].to_list() for route, part in by_route(frame)} == expected
