import datetime
import json
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from schemas.case_record import CaseRecord, Charge
from tests.helpers.case_records import from_frame
from transforms.avro.quarantined import QUARANTINED
from transforms.normalize.case_frame import CASES, to_frame
from transforms.normalize.records import normalize
from transforms.testing import case_frame

AS_OF = datetime.date(2011, 11, 17)
FULL = pl.Schema({**CASES, "conflicts": pl.List(pl.String)})


def one(**facts: Any) -> tuple[CaseRecord, list[str]]:
    """Normalize one record, which isn't quarantined; return it with its warnings."""
    frame = case_frame([{"case_id": "1", **facts}])
    records, quarantined = normalize(frame, AS_OF)
    assert quarantined.is_empty()
    return from_frame(records)[0], records["warnings"].to_list()[0]


def quarantined(**facts: Any) -> dict[str, Any]:
    frame = case_frame([facts])
    records, quarantined = normalize(frame, AS_OF)
    assert records.is_empty()
    assert quarantined.schema == QUARANTINED
    row: dict[str, Any] = quarantined.row(0, named=True)
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
        ("lead_case_id", "0000", None),
        ("lead_case_id", " 12 ", "12"),
        ("case_type", "NULL", None),
        ("language", r"\N", None),
        ("court", "00", None),
        ("court_outcome", "-", None),
        ("nationality", "NA", "NA"),
        ("opla_office", "(null)", None),
        ("a_number", "A1234567", "A1234567"),
        ("a_number", "000-000-000", None),
        ("a_number", "A000000000", None),
    ],
)
def test_rewrites_values_without_a_warning(field: str, written: str, normal: str | None) -> None:
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
        ("a_number", "12/31/2005", "a_number:BAD_NUMBER"),
        ("a_number", "1.2345678E7", "a_number:BAD_NUMBER"),
        ("a_number", "123-45-6789", "a_number:BAD_NUMBER"),
        ("birth_date", "1/1/1900", "birth_date:PLACEHOLDER"),
        ("birth_date", "1900", "birth_date:PLACEHOLDER"),
        ("birth_date", "0001-01-01", "birth_date:PLACEHOLDER"),
        ("completed_on", "1900-01-01", "completed_on:PLACEHOLDER"),
        ("next_hearing", "9999-12-31", "next_hearing:PLACEHOLDER"),
        ("represented_since", "01/01/1901", "represented_since:PLACEHOLDER"),
        ("updated_at", "9999-12-31T23:59:59", "updated_at:PLACEHOLDER"),
        ("updated_at", "1900-01-01", "updated_at:PLACEHOLDER"),
        ("arrests", -1, "arrests:OUT_OF_RANGE"),
        ("arrests", 2_000_000_000, "arrests:OUT_OF_RANGE"),
        ("months_in_lawful_status", -1, "months_in_lawful_status:OUT_OF_RANGE"),
        ("a_number", "\u0661\u0662\u0663\u0664", "a_number:BAD_NUMBER"),
    ],
)
def test_unreadable_values_become_unknown_with_a_warning(
    field: str, written: str | int, warning: str
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
def test_birth_dates_keep_their_precision(
    written: str, precision: str | None, date: str | None, known: str
) -> None:
    record, _ = one(birth_date=written, birth_precision=precision)
    assert (record.birth_date, record.birth_precision) == (date, known)


def test_keeps_an_element_whose_date_or_code_is_lost() -> None:
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


def test_a_placeholder_shortened_to_its_year_is_still_a_placeholder() -> None:
    record, warnings = one(birth_date="1901-01-01", birth_precision="YEAR")
    assert (record.birth_date, warnings) == (None, ["birth_date:PLACEHOLDER"])


@pytest.mark.parametrize(
    ("written", "precision"), [("19000201", "YEAR"), ("1900-01-05", "MONTH"), ("2/1/1900", "YEAR")]
)
def test_a_day_shortened_to_a_placeholder_is_one(written: str, precision: str) -> None:
    record, warnings = one(birth_date=written, birth_precision=precision)
    assert (record.birth_date, warnings) == (None, ["birth_date:PLACEHOLDER"])


@pytest.mark.parametrize("number", [-1, -2_147_483_648, 182_622, 2_147_483_647])
def test_an_impossible_number_in_a_list_becomes_unknown(number: int) -> None:
    record, warnings = one(convictions=[{"sentence_days": number, "custody_days": 90}])
    assert record.convictions is not None
    assert [(c.sentence_days, c.custody_days) for c in record.convictions if c] == [(None, 90)]
    assert warnings == ["convictions.sentence_days:OUT_OF_RANGE"]


def test_accepts_zero_and_a_number_at_its_bound() -> None:
    record, warnings = one(arrests=0, months_in_lawful_status=1200)
    assert (record.arrests, record.months_in_lawful_status, warnings) == (0, 1200, [])


def test_a_placeholder_in_a_list_keeps_its_element() -> None:
    record, warnings = one(entries=[{"date": "1900-01-01", "manner": "ADMITTED"}])
    assert record.entries is not None
    assert [(e.date, e.manner) for e in record.entries if e] == [(None, "ADMITTED")]
    assert warnings == ["entries.date:PLACEHOLDER"]


@pytest.mark.parametrize(
    ("written", "category", "is_open", "offense"),
    [
        ({"category": "harassment"}, "THREATS", True, "harassment"),
        ({"category": "Indecent Exposure"}, "SEXUAL_ABUSE", True, "Indecent Exposure"),
        ({"category": "arson"}, "ARSON", True, "arson"),
        ({"category": "ARSON"}, "ARSON", True, None),
        ({"category": "ARSON", "category_open": False}, "ARSON", False, None),
        ({"category": "Leaving the Scene"}, "HIT_AND_RUN", None, "Leaving the Scene"),
        ({"category": "PWID"}, "DRUG_TRAFFICKING", None, "PWID"),
        ({"category": "DWAI"}, "DWAI", None, None),
        (
            {"category": "driving while ability impaired"},
            "DWAI",
            None,
            "driving while ability impaired",
        ),
        ({"category": "DUI", "offense": "wet reckless"}, "DUI", None, "wet reckless"),
        ({"offense": "wet reckless"}, "TRAFFIC", True, "wet reckless"),
        ({"offense": "petty theft"}, "THEFT", None, "petty theft"),
        ({"category": "N/A", "offense": "stalking"}, "THREATS", True, "stalking"),
        ({"category": "witchcraft"}, None, None, "witchcraft"),
        ({"category": "N/A"}, None, None, None),
        ({"category": "THEFT"}, "THEFT", None, None),
    ],
)
def test_keeps_the_words_of_an_offense_with_its_category(
    written: dict[str, Any], category: str | None, is_open: bool | None, offense: str | None
) -> None:
    record, _ = one(convictions=[written])
    assert record.convictions is not None
    (conviction,) = record.convictions
    assert conviction is not None
    assert (conviction.category, conviction.category_open, conviction.offense) == (
        category,
        is_open,
        offense,
    )


def test_distinguishes_unknown_from_none() -> None:
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
        ("212a06A", "212a06A"),
        ("212a06Ai", "212a06Ai"),
    ],
)
def test_charges_have_one_spelling(written: str, normal: str) -> None:
    record, _ = one(charges=[{"code": written, "status": "SUSTAINED"}])
    assert record.charges == [Charge(code=normal, status="SUSTAINED")]


@pytest.mark.parametrize(
    "written", ["unreadable ???", "237(a)(4)", "§", "8 USC 212(a)(6)(A)(i)", "212(a)(6)(A)"]
)
def test_an_unreadable_charge_is_still_a_charge(written: str) -> None:
    record, warnings = one(charges=[{"code": written, "status": "SUSTAINED"}, {"code": "237a01B"}])
    assert record.charges == [Charge(code=None, status="SUSTAINED"), Charge(code="237a01B")]
    assert warnings == ["charges.code:UNREADABLE_CHARGE"]


@pytest.mark.parametrize("written", [None, "N/A", "", "0000"])
def test_a_charge_without_a_code_stays_without_a_warning(written: str | None) -> None:
    record, warnings = one(charges=[{"code": written, "status": "WITHDRAWN"}])
    assert record.charges == [Charge(code=None, status="WITHDRAWN")]
    assert warnings == []


@pytest.mark.parametrize(
    "case_id", [None, "", "  ", "N/A", "null", "None", r"\N", "-", "???", "00", "000000000", "nan"]
)
def test_quarantines_a_record_without_an_id_unchanged(case_id: str | None) -> None:
    row = quarantined(case_id=case_id, court="BAL")
    assert (row["stage"], row["reason"]) == ("normalize", "MISSING_CASE_ID")
    assert row["case_id"] is None
    assert json.loads(row["raw"])["case_id"] == case_id
    assert json.loads(row["raw"])["court"] == "BAL"


def test_quarantines_each_record_whose_id_is_a_null_spelling() -> None:
    frame = to_frame(CaseRecord(case_id="N/A", court=court) for court in ("BAL", "DEN", "LOS"))
    records, quarantined = normalize(frame, AS_OF)
    assert records.is_empty()
    assert quarantined["reason"].to_list() == ["MISSING_CASE_ID"] * 3


def test_a_single_zero_is_an_id() -> None:
    assert one(case_id="0")[0].case_id == "0"


def test_no_records_give_no_records() -> None:
    records, quarantined = normalize(CASES.to_frame(), AS_OF)
    assert records.schema == FULL
    assert records.is_empty()
    assert quarantined.is_empty()


DATE = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(
        ["1975", "11/1975", "1/2/2003", "17-NOV-2011", "2030-01-01", "N/A", "", "1/1/1900", "9999"]
    ),
    st.dates(datetime.date(1890, 1, 1), datetime.date(2210, 1, 1)).map(str),
)
TEXT = st.one_of(st.none(), st.text(max_size=8), st.sampled_from(["BAL", " denver", "mexico", "-"]))
OFFENSE = st.sampled_from(["harassment", "DUI", "ARSON", "wet reckless", "witchcraft"])
WARNING = st.sampled_from(
    [
        *(None, "", "junk", "case_id:BAD_DATE", "arrests:SECRET", "nobody:BAD_DATE"),
        *("arrests:OUT_OF_RANGE", "custody:UNKNOWN_CODE", "birth_precision:UNKNOWN_CODE"),
        *("charges.code:UNREADABLE_CHARGE", "convictions.sentence_days:OUT_OF_RANGE"),
    ]
)
CHARGE = st.sampled_from(["212a06Ai", "INA 237(a)(2)(A)(iii)", "junk", "237(a)(4)"])
RECORD = st.fixed_dictionaries(
    {
        "case_id": st.sampled_from([None, " ", "1", " 2 ", "N/A"]),
        "arrests": st.none() | st.integers(-(2**31), 2**31 - 1),
        "a_number": TEXT,
        "warnings": st.none() | st.lists(WARNING, max_size=3),
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
        | st.lists(
            st.fixed_dictionaries(
                {"date": DATE, "category": TEXT | OFFENSE, "offense": TEXT | OFFENSE}
            ),
            max_size=2,
        ),
        "charges": st.none() | st.lists(st.fixed_dictionaries({"code": TEXT | CHARGE}), max_size=2),
    }
)


@pytest.mark.parametrize(
    ("conviction", "read"),
    [
        # Words next to an unreadable category settle nothing: the two may not agree.
        ({"category": "v@", "offense": "larceny"}, (None, True, "larceny")),
        ({"category": "v@", "offense": None}, (None, None, "v@")),
        ({"category": None, "offense": "larceny"}, ("THEFT", None, "larceny")),
        (
            {"category": None, "offense": "larceny", "category_open": False},
            ("THEFT", False, "larceny"),
        ),
        ({"category": None, "offense": "larceny", "category_open": True}, (None, True, "larceny")),
        ({"category": "N/A", "offense": "harassment"}, ("THREATS", True, "harassment")),
        ({"category": "THEFT", "offense": "harassment"}, ("THEFT", None, "harassment")),
        ({"category": "harassment", "offense": "larceny"}, ("THREATS", True, "larceny")),
    ],
)
def test_reads_a_category_from_its_code_or_from_words_alone(
    conviction: dict[str, Any], read: tuple[str | None, bool | None, str]
) -> None:
    frame = to_frame([CaseRecord.model_validate({"case_id": "1", "convictions": [conviction]})])
    records, _ = normalize(frame, AS_OF)
    for each in (records, normalize(records.select(CASES.names()), AS_OF)[0]):
        [[found]] = each["convictions"].to_list()
        assert (found["category"], found["category_open"], found["offense"]) == read


@settings(max_examples=60, deadline=None)
@given(st.lists(RECORD, max_size=4))
def test_returns_any_record_once_and_is_idempotent(
    written: list[dict[str, Any]],
) -> None:
    frame = case_frame(written)
    records, quarantined = normalize(frame, AS_OF)
    assert records.schema == FULL
    assert records.height + quarantined.height == frame.height
    # A snapshot keeps everything, including conflicts and warnings.
    again, none = normalize(records.select(CASES.names()), AS_OF)
    assert none.is_empty()
    assert_frame_equal(again, records)


@settings(max_examples=30, deadline=None)
@given(st.lists(RECORD, min_size=2, max_size=4), st.integers(1, 3))
def test_a_frame_split_anywhere_gives_the_same_rows(
    written: list[dict[str, Any]], place: int
) -> None:
    frame = case_frame(written)
    whole, quarantined = normalize(frame, AS_OF)
    parts = [normalize(part, AS_OF) for part in (frame[:place], frame[place:])]
    assert_frame_equal(pl.concat([records for records, _ in parts]), whole)
    assert sum(part.height for _, part in parts) == quarantined.height
