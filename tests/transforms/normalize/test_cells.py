"""What is in normal form, and so is never read, is what reading it would give."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from itertools import compress

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codes import placeholder_days
from transforms.normalize.cells import (
    CODE_CELL,
    ID_CELL,
    TEXT_CELL,
    Cell,
    a_number_cell,
    date_cell,
    time_cell,
)

AS_OF = "2011-11-17"
CELLS = [date_cell(None), date_cell(AS_OF), date_cell(None, parts=True), time_cell()]
NEAR_DAYS = st.from_regex(r"\A[0-9+-]{0,4}[ \t-]?[0-9]{1,3}[- /][0-9 \t]{1,3}\Z")
NEAR_TIMES = st.from_regex(r"\A20[01][0-9]-[01][0-9]-[0-3][0-9][T ]?([0-9:.Z-]{0,9})\Z")


WORDS = st.sampled_from(["N/A", "n/a", "00", "bal", "BAL", " BAL", "BAL\n", "", "A b", None])
NUMBERS = st.from_regex(r"\A[Aa ]?0{0,9}[0-9]{0,10}\n?\Z")


def fine(cell: Cell, texts: Sequence[str | None]) -> list[bool | None]:
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


@pytest.mark.parametrize("cell", [TEXT_CELL, CODE_CELL, ID_CELL])
@given(st.lists(WORDS | st.text(max_size=5)))
def test_text_is_in_normal_form_if_reading_it_changes_nothing(
    cell: Cell, texts: list[str | None]
) -> None:
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    read = frame.select(cell.read(pl.col("text")))["text"].to_list()
    same = [text == reading for text, reading in zip(texts, read, strict=True)]
    assert [is_fine is not False for is_fine in fine(cell, texts)] == same


@given(st.lists(NUMBERS, min_size=1))
def test_an_a_number_is_in_normal_form_if_it_is_a_and_digits_that_are_not_all_zeros(
    texts: list[str],
) -> None:
    expected = [
        text[:1] == "A" and text[1:].isdecimal() and 8 <= len(text) <= 10 and int(text[1:]) > 0
        for text in texts
    ]
    assert fine(a_number_cell(), texts) == expected
