"""A copy to give away tells nobody apart by court or by hearing."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from schemas.small_cells import LEAST
from transforms.export.share import OTHER, pooled, pseudonyms

KEY, ANOTHER = bytes(32), bytes([1] * 32)
COURTS = st.sampled_from(["BAL", "DEN", "LOS", None])
DAYS = st.sampled_from(["2012-01-05", "2012-01-09", "2012-02-01", "2013-07-01", None])


def cases(rows: list[tuple[str | None, str | None]]) -> pl.DataFrame:
    schema = {"case_id": pl.String, "court": pl.String, "next_hearing": pl.String}
    numbered = [(str(n), *row) for n, row in enumerate(rows)]
    return pl.DataFrame(numbered, schema=schema, orient="row")


def test_a_small_court_is_pooled_and_a_hearing_is_its_month_or_year() -> None:
    rows: list[tuple[str | None, str | None]] = [("BAL", "2012-01-05")] * 11
    rows += [("BAL", "2012-02-05")] * 6 + [("BAL", "2012-03-05")] * 5
    rows += [("DEN", None)] * 30 + [("LOS", "2012-01-05")] * 2
    made = pooled(cases(rows))
    assert made["case_id"].to_list() == [str(n) for n in range(len(rows))]
    hearings = made["next_hearing"].to_list()
    # Two cases aren't enough for a pool, so the smallest other court joins it.
    assert made["court"].to_list() == [OTHER] * 22 + ["DEN"] * 30 + [OTHER] * 2
    assert hearings[:11] == ["2012-01"] * 11
    assert hearings[11:22] == ["2012"] * 11


@given(st.lists(st.tuples(COURTS, DAYS), max_size=90))
def test_courts_and_hearings_of_fewer_than_eleven_cases_are_hidden(
    rows: list[tuple[str | None, str | None]],
) -> None:
    made = pooled(cases(rows))
    by_court = made["court"].value_counts().filter(pl.col("count") < LEAST)
    assert by_court.is_empty() or made.height < LEAST
    shown = made.filter(pl.col("next_hearing").is_not_null())
    assert shown.group_by("court", "next_hearing").len().filter(pl.col("len") < LEAST).is_empty()
    assert made["case_id"].to_list() == [str(n) for n in range(len(rows))]


def test_a_pseudonym_depends_on_the_id_and_the_key_alone() -> None:
    ids = pl.Series("case_id", ["1", "2", "1"])
    one, two, again = pseudonyms(ids, KEY).to_list()
    assert one == again != two
    assert pseudonyms(ids, ANOTHER).to_list()[0] != one
    assert len(one) == 16
