from __future__ import annotations

import datetime

import polars as pl
import pytest

from transforms.score.ends import NO_HIGH, NO_LOW, ends_of

EPOCH = datetime.date(1970, 1, 1)


@pytest.mark.parametrize(
    ("bounds", "dtype", "expected"),
    [
        ((2, 3), pl.Int32, (2, 3)),
        ((0, None), pl.Int32, (0, NO_HIGH)),
        ((EPOCH, EPOCH + datetime.timedelta(days=30)), pl.Date, (0, 30)),
        ((None, datetime.date(1969, 12, 31)), pl.Date, (NO_LOW, -1)),
        ((None, None), pl.Date, (NO_LOW, NO_HIGH)),
    ],
)
def test_bounds_are_whole_numbers(
    bounds: tuple[object, object], dtype: type[pl.DataType], expected: tuple[int, int]
) -> None:
    schema = {"it.low": dtype, "it.high": dtype, "other.low": dtype, "other.high": dtype}
    frame = pl.DataFrame([(*bounds, None, None)], schema=schema, orient="row")
    found = ends_of(frame, ["it", "other"])
    assert {name: (low[0], high[0]) for name, (low, high) in found.items()} == {
        "it": expected,
        "other": (NO_LOW, NO_HIGH),
    }
