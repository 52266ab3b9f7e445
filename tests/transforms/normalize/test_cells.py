"""What is in normal form, and so is never read, is what reading it would give."""

from __future__ import annotations

import datetime
from itertools import compress

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codes import placeholder_days
from transforms.normalize.cells import Cell, date_cell, time_cell

AS_OF = "2011-11-17"
CELLS = [date_cell(None), date_cell(AS_OF), date_cell(None, parts=True), time_cell()]
NEAR_DAYS = st.from_regex(r"\A[0-9+-]{0,4}[ \t-]?[0-9]{1,3}[- /][0-9 \t]{1,3}\Z")
NEAR_TIMES = st.from_regex(r"\A20[01][0-9]-[01][0-9]-[0-3][0-9][T ]?([0-9:.Z-]{0,9})\Z")


def fine(cell: Cell, texts: list[str]) -> list[bool]:
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    return frame.select(cell.fine(pl.col("text")))["text"].to_list()


def test_every_day_that_can_be_a_fact_is_in_normal_form() -> None:
    first = datetime.date(1899, 1, 1).toordinal()
    days = [datetime.date.fromordinal(first + number).isoformat() for number in range(111_000)]
    assert days[-1] > "2201"
    expected = {day for day in days if "1900" <= day < "2200"} - placeholder_days()
    for cell in (date_cell(None), time_cell()):
        assert set(compress(days, fine(cell, days))) == expected
    past = set(compress(days, fine(date_cell(AS_OF), days)))
    assert past == {day for day in expected if day <= AS_OF}


@pytest.mark.parametrize("cell", CELLS)
@given(st.lists(NEAR_DAYS | NEAR_TIMES | st.text(max_size=11), min_size=1, max_size=50))
def test_what_is_in_normal_form_reads_as_itself(cell: Cell, texts: list[str]) -> None:
    raw, read = pl.col("raw"), pl.col("read")
    frame = pl.DataFrame({"raw": texts}).with_columns(fine=cell.fine(raw), read=cell.read(raw))
    lost = [flag.fill_null(False) for flag in cell.lost(raw, read).values()]
    done = frame.filter("fine").select("raw", kept=cell.kept(read), lost=pl.any_horizontal(lost))
    assert done["kept"].to_list() == done["raw"].to_list()
    assert not done["lost"].any()


@pytest.mark.parametrize(
    "text", ["2200-01-01", "2011-\t1-17", "2011-1-017", "2011-02-29", "1900-02-29", "2011-11-31"]
)
def test_a_day_that_is_not_spelled_or_does_not_exist_is_read(text: str) -> None:
    assert fine(date_cell(None), [text]) == [False]
