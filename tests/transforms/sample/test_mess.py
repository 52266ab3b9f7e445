import datetime
from collections.abc import Sized

import numpy as np
import polars as pl

from schemas.codes import aliases, code_key
from tests.helpers.dates import iso_date
from transforms.normalize.charges import charge_code
from transforms.normalize.dates import iso_day
from transforms.sample.mess import LIST_WORDS, WORDS, Pen


def pen(values: Sized) -> Pen:
    """Return a pen for values of one block."""
    return Pen([np.random.default_rng(5)], [len(values)])


def test_writes_dates_in_several_forms_that_can_all_be_read() -> None:
    days = [str(datetime.date(1900, 1, 3) + datetime.timedelta(days=13 * n)) for n in range(3_000)]
    text = pen(days).dates(pl.Series("d", days))
    shapes = set(text.str.replace_all(r"\d", "9").str.replace_all("[A-Za-z]+", "a"))
    assert len(shapes) > 6
    assert text.to_frame().select(iso_day(pl.col("d"))).to_series().to_list() == days


def test_months_and_years_keep_their_precision() -> None:
    months = [f"{year}-{month:02d}" for year in range(1950, 1990) for month in range(1, 13)]
    dates = [*months, *["1975"] * 500, None]
    text = pen(dates).dates(pl.Series("d", dates))
    assert (text.head(len(months)) != pl.Series(months)).any()
    read = text.to_frame().select(iso_date(pl.col("d"))).to_series().to_list()
    assert read == [*months, *["1975"] * 500, None]


def test_writes_words_that_mean_their_codes() -> None:
    for table, words in (
        ("courts", WORDS["court"]),
        ("nationalities", WORDS["nationality"]),
        ("offenses", LIST_WORDS["convictions", "category"]),
        ("forms", LIST_WORDS["applications", "form"]),
    ):
        assert {code: aliases(table)[code_key(word)] for code, word in words.items()} == {
            code: code for code in words
        }
    charges = LIST_WORDS["charges", "code"]
    frame = pl.DataFrame({"code": list(charges), "written": list(charges.values())})
    assert frame.select(charge_code(pl.col("written")))["written"].to_list() == list(charges)


def test_spells_out_only_nulls() -> None:
    text = pl.Series("x", ["kept", None] * 1_000)
    spelled = pen(text).nothing(text)
    assert spelled[::2].to_list() == ["kept"] * 1_000
    assert 0 < spelled.null_count() < 1_000
