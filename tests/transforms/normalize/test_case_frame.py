from __future__ import annotations

import random
import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.avro import avro_schema
from schemas.case_record import CaseRecord
from tests.helpers.case_records import from_frame
from tests.helpers.random_records import random_record
from transforms.avro.types import polars_schema
from transforms.normalize.case_frame import CASES, case_key, to_frame

KEYS = st.none() | st.text(st.sampled_from(" \t\n\u00a0aB1"), max_size=6) | st.text(max_size=6)


@pytest.mark.parametrize("known", [0.0, 0.5, 1.0])
def test_records_survive_a_frame(known: float) -> None:
    rng = random.Random(int(10 * known))
    records = [CaseRecord.model_validate(random_record(rng, known)) for _ in range(40)]
    frame = to_frame(records)
    assert frame.schema == CASES == polars_schema(avro_schema("case_record"))
    assert from_frame(frame) == records


def test_a_frame_distinguishes_unknown_from_known_to_have_none() -> None:
    records = [CaseRecord(charges=None), CaseRecord(charges=[]), CaseRecord(charges=[None])]
    assert to_frame(records)["charges"].to_list() == [None, [], [None]]
    assert [record.charges for record in from_frame(to_frame(records))] == [None, [], [None]]


def test_an_empty_frame_has_the_columns() -> None:
    assert to_frame([]).schema == CASES
    assert from_frame(to_frame([])) == []


def test_ignores_unknown_columns_and_does_not_invent_missing_ones() -> None:
    frame = to_frame([CaseRecord(case_id="1")])
    assert from_frame(frame.with_columns(more=pl.lit(1)).select(pl.all().reverse())) == [
        CaseRecord(case_id="1")
    ]
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        from_frame(frame.drop("case_id"))


# Written out by hand: the effect of the list of null spellings on the letters in KEYS.
NULL = re.compile(r"(?i)|[-?./_* ]+|0{2,}|n/?a|none|null")


@given(st.lists(KEYS, max_size=8))
def test_the_key_is_the_trimmed_id_and_a_null_spelling_gives_none(ids: list[str | None]) -> None:
    keys = pl.DataFrame({"case_id": ids}, schema={"case_id": pl.String}).select(case_key())
    # Unicode's blanks; Python's strip also removes four control characters.
    blank = r"[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"
    trimmed = [None if i is None else re.sub(f"^{blank}|{blank}\\Z", "", i) for i in ids]
    expected = [
        text if text is not None and not NULL.fullmatch(re.sub(blank, " ", text)) else None
        for text in trimmed
    ]
    assert keys.to_series().to_list() == expected
    assert keys.columns == ["case_id"]
