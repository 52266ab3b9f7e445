import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from schemas.case_record import CaseRecord, Charge
from transforms.normalize.case_frame import CASES, from_frame, to_frame
from transforms.normalize.quarantine import QUARANTINED
from transforms.normalize.records import normalize

AS_OF = datetime.date(2011, 11, 17)
FULL = pl.Schema({**CASES, "warnings": pl.List(pl.String), "conflicts": pl.List(pl.String)})


def one(**facts: Any) -> tuple[CaseRecord, list[str]]:
    """One record normalized, which is not quarantined, and its warnings."""
    frame = to_frame([CaseRecord.model_validate({"case_id": "1", **facts})])
    records, quarantined = normalize(frame, AS_OF)
    assert quarantined.is_empty()
    return from_frame(records)[0], records["warnings"].to_list()[0]


def quarantined(**facts: Any) -> dict[str, Any]:
    frame = to_frame([CaseRecord.model_validate(facts)])
    records, aside = normalize(frame, AS_OF)
    assert records.is_empty()
    assert aside.schema == QUARANTINED
    row: dict[str, Any] = aside.row(0, named=True)
    return row


@pytest.mark.parametrize(
    ("field", "written", "normal"),
    [
        ("case_id", " 7 ", "7"),
        ("court", "baltimore, md ", "BAL"),
        ("court", "BAL", "BAL"),
        ("nationality", "China", "CH"),
        ("nationality", "ch", "CH"),
        ("case_type", " rmv", "RMV"),
        ("source", "N/A", None),
        ("a_number", "A-012-345-678", "A012345678"),
        ("a_number", "12345678", "A12345678"),
        ("nta_issued", "17-NOV-2010", "2010-11-17"),
        ("next_hearing", "3/5/2012", "2012-03-05"),
        ("next_hearing", "00/00/0000", None),
        ("updated_at", "2011-11-16 08:30:00", "2011-11-16T08:30:00"),
        ("updated_at", "11/16/2011", "2011-11-16"),
        ("updated_at", "11/16/2011 3:30 PM", "2011-11-16T15:30"),
        ("updated_at", "2011-11-16T22:00-05:00", "2011-11-17T03:00"),
    ],
)
def test_values_are_rewritten_without_a_warning(
    field: str, written: str, normal: str | None
) -> None:
    record, warnings = one(**{field: written})
    assert getattr(record, field) == normal
    assert warnings == []


@pytest.mark.parametrize(
    ("field", "written", "warning"),
    [
        ("court", "Atlantis", "court:UNKNOWN_CODE"),
        ("nationality", "XYZZY", "nationality:UNKNOWN_CODE"),
        ("birth_date", "11/17/45", "birth_date:BAD_DATE"),
        ("birth_date", "2011-11-18", "birth_date:FUTURE_DATE"),
        ("lpr_since", "2012-01-01", "lpr_since:FUTURE_DATE"),
        ("next_hearing", "soon", "next_hearing:BAD_DATE"),
        ("updated_at", "lately", "updated_at:BAD_DATE"),
        ("updated_at", "2011-11-16T25:00", "updated_at:BAD_DATE"),
        ("updated_at", "11/16/2011 9:75", "updated_at:BAD_DATE"),
        ("a_number", "A12", "a_number:BAD_NUMBER"),
        ("a_number", "\u0661\u0662\u0663\u0664", "a_number:BAD_NUMBER"),
    ],
)
def test_what_cannot_be_read_is_unknown_with_a_warning(
    field: str, written: str, warning: str
) -> None:
    record, warnings = one(**{field: written})
    assert getattr(record, field) is None
    assert warnings == [warning]


@pytest.mark.parametrize(
    ("written", "precision", "date", "known"),
    [
        ("11/05/1975", None, "1975-11-05", "DAY"),
        ("Nov 1975", None, "1975-11", "MONTH"),
        ("1975-11-01", "MONTH", "1975-11", "MONTH"),
        ("1975-01-01", "YEAR", "1975", "YEAR"),
        ("1975", "DAY", "1975", "YEAR"),
        ("UNKNOWN", "DAY", None, "UNKNOWN"),
    ],
)
def test_birth_dates_keep_what_is_known_of_them(
    written: str, precision: str | None, date: str | None, known: str
) -> None:
    record, _ = one(birth_date=written, birth_precision=precision)
    assert (record.birth_date, record.birth_precision) == (date, known)


def test_an_element_is_kept_when_its_date_or_code_is_not() -> None:
    record, warnings = one(
        convictions=[
            {"date": "someday", "category": "drunk driving", "grade": "FELONY"},
            {"date": "2012-01-01", "category": "witchcraft"},
            {"date": "1/2/2003", "category": "DUI"},
        ]
    )
    assert record.convictions is not None
    assert [(c.date, c.category, c.grade) for c in record.convictions if c is not None] == [
        (None, "DUI", "FELONY"),
        # Dated after as-of: a conflict, and kept, since as of that day it will be none.
        ("2012-01-01", None, None),
        ("2003-01-02", "DUI", None),
    ]
    assert warnings == ["convictions.category:UNKNOWN_CODE", "convictions.date:BAD_DATE"]


def test_unknown_and_none_are_kept_apart() -> None:
    assert one(convictions=None)[0].convictions is None
    assert one(convictions=[])[0].convictions == []


def test_a_null_element_stays_in_its_place() -> None:
    frame = to_frame([CaseRecord(case_id="1")]).with_columns(
        entries=pl.Series([[None, {"date": "1/2/2003"}]], dtype=CASES["entries"])
    )
    records, _ = normalize(frame, AS_OF)
    assert records["entries"].to_list() == [[None, {"date": "2003-01-02", "manner": None}]]


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("212a02Ai  I", "212a02AiI"),
        ("212a02Ai I", "212a02AiI"),
        ("(212)(a)(06)(A)(i)(   )", "212a06Ai"),
        ("212(a)(6)(A)", "212a06A"),
        ("212a06Ai", "212a06Ai"),
    ],
)
def test_charges_have_one_spelling(written: str, normal: str) -> None:
    record, _ = one(charges=[{"code": written, "status": "SUSTAINED"}])
    assert record.charges == [Charge(code=normal, status="SUSTAINED")]


@pytest.mark.parametrize("case_id", [None, "", "  "])
def test_a_record_without_an_id_is_quarantined(case_id: str | None) -> None:
    row = quarantined(case_id=case_id, court="BAL")
    assert (row["stage"], row["reason"]) == ("normalize", "MISSING_CASE_ID")
    assert b'"court":"BAL"' in row["raw"]


def test_no_records_are_no_records() -> None:
    records, aside = normalize(CASES.to_frame(), AS_OF)
    assert records.schema == FULL
    assert records.is_empty()
    assert aside.is_empty()


DATE = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(["1975", "11/1975", "1/2/2003", "17-NOV-2011", "2030-01-01", "N/A", ""]),
    st.dates(datetime.date(1890, 1, 1), datetime.date(2210, 1, 1)).map(str),
)
TEXT = st.one_of(st.none(), st.text(max_size=8), st.sampled_from(["BAL", " denver", "mexico", "-"]))
RECORD = st.fixed_dictionaries(
    {
        "case_id": st.sampled_from([None, " ", "1", " 2 "]),
        "a_number": TEXT,
        "court": TEXT,
        "source": TEXT,
        "case_type": TEXT,
        "nationality": TEXT,
        "updated_at": DATE,
        "birth_date": DATE,
        "birth_precision": st.sampled_from([None, "UNKNOWN", "DAY", "MONTH", "YEAR"]),
        "nta_issued": DATE,
        "next_hearing": DATE,
        "entries": st.none() | st.lists(st.fixed_dictionaries({"date": DATE}), max_size=2),
        "removals": st.none() | st.lists(st.fixed_dictionaries({"date": DATE}), max_size=2),
        "convictions": st.none()
        | st.lists(st.fixed_dictionaries({"date": DATE, "category": TEXT}), max_size=2),
        "charges": st.none() | st.lists(st.fixed_dictionaries({"code": TEXT}), max_size=2),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(RECORD, max_size=4))
def test_any_record_comes_out_once_and_normalizing_again_changes_nothing(
    written: list[dict[str, Any]],
) -> None:
    frame = to_frame([CaseRecord.model_validate(record) for record in written])
    records, aside = normalize(frame, AS_OF)
    assert records.schema == FULL
    assert records.height + aside.height == frame.height
    again, none = normalize(records.drop("warnings"), AS_OF)
    assert none.is_empty()
    assert_frame_equal(again.drop("warnings"), records.drop("warnings"))
    assert again["warnings"].list.len().sum() == 0


@settings(max_examples=30, deadline=None)
@given(st.lists(RECORD, min_size=2, max_size=4), st.integers(1, 3))
def test_a_frame_split_anywhere_gives_the_same_rows(
    written: list[dict[str, Any]], place: int
) -> None:
    frame = to_frame([CaseRecord.model_validate(record) for record in written])
    whole, aside = normalize(frame, AS_OF)
    parts = [normalize(part, AS_OF) for part in (frame[:place], frame[place:])]
    assert_frame_equal(pl.concat([records for records, _ in parts]), whole)
    assert sum(part.height for _, part in parts) == aside.height
