from __future__ import annotations

import datetime

import polars as pl
import pytest

from transforms.frames.days import iso_day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2011-11-17", datetime.date(2011, 11, 17)),
        ("1948-02-29", datetime.date(1948, 2, 29)),
        ("1949-02-29", None),
        ("1980-05", None),
        ("11/17/2011", None),
        ("2011-11-17T08:00:00", None),
        ("", None),
        (None, None),
    ],
)
def test_only_whole_iso_dates_are_days(text: str | None, day: datetime.date | None) -> None:
    found = pl.DataFrame({"text": [text]}, schema={"text": pl.String}).select(
        iso_day(pl.col("text"))
    )
    assert found.item() == day
