"""Outcomes, with what was known of their cases the day before and nothing later."""

from __future__ import annotations

import datetime
from typing import Any

import polars as pl
import pytest

from schemas.eoir.tables import TABLES
from transforms.eoir.outcomes import before_outcomes
from transforms.eoir.read import by_case
from transforms.eoir.rows import Rules, usable_rows
from transforms.eoir.tables import frame_schema

PERIOD = (datetime.date(2011, 10, 1), datetime.date(2013, 12, 31))
OUTCOME = ("court_outcome", "court_outcome_kind", "court_outcome_date")
Row = dict[str, Any]

CASE: Row = {"IDNCASE": 7, "CASE_TYPE": "RMV", "NAT": "MX", "C_BIRTHDATE": "1975-02",
             "DATE_OF_ENTRY": "1999-05-06"}  # fmt: skip
CLOSED: Row = {
    "IDNPROCEEDING": 70, "IDNCASE": 7, "OSC_DATE": "2010-01-02", "INPUT_DATE": "2010-02-03",
    "BASE_CITY_CODE": "BAL", "CASE_TYPE": "RMV", "NAT": "MX", "OTHER_COMP": "Y",
    "COMP_DATE": "2012-05-04",
}  # fmt: skip
BEFORE: dict[str, list[Row]] = {
    "A_TblCase": [CASE],
    "B_TblProceeding": [CLOSED],
    "B_TblProceedCharges": [
        {"IDNPRCDCHG": 1, "IDNCASE": 7, "IDNPROCEEDING": 70, "CHARGE": "212a06Ci"}
    ],
    "tbl_Court_Appln": [
        {"IDNPROCEEDINGAPPLN": 1, "IDNPROCEEDING": 70, "IDNCASE": 7, "APPL_CODE": "ASYL",
         "APPL_RECD_DATE": "2011-06-01"}
    ],
    "tbl_schedule": [
        {"IDNSCHEDULE": 1, "IDNCASE": 7, "INPUT_DATE": "2011-07-01", "CAL_TYPE": "M",
         "ADJ_DATE": "2012-06-01"}
    ],
    "tbl_CustodyHistory": [
        {"IDNCUSTODY": 1, "IDNCASE": 7, "CUSTODY": "D", "DATDETAINED": "2010-01-02"}
    ],
    "tbl_Lead_Rider": [
        {"IDNLEADRIDER": 1, "IDNLEADCASE": 6, "IDNRIDERCASE": 7, "DATCREATEDON": "2010-02-04"}
    ],
    "tbl_JuvenileHistory": [],
    "tbl_RepsAssigned": [],
}  # fmt: skip
# What happened, or was written, on the day of the outcome or later.
LATER: dict[str, list[Row]] = {
    "A_TblCase": [CASE | {"E_28_DATE": "2012-05-04", "CUSTODY": "N", "LPR": True}],
    "B_TblProceeding": [
        CLOSED | {"CUSTODY": "N", "ABSENTIA": "Y"},
        # Recalendared, and ordered removed; and an outcome without a date.
        CLOSED | {"IDNPROCEEDING": 71, "INPUT_DATE": "2012-08-01", "OTHER_COMP": None,
                  "DEC_CODE": "X", "COMP_DATE": "2014-02-03", "BASE_CITY_CODE": "DEN"},
        CLOSED | {"IDNPROCEEDING": 72, "OTHER_COMP": None, "DEC_CODE": "X", "COMP_DATE": None},
    ],
    "B_TblProceedCharges": [
        BEFORE["B_TblProceedCharges"][0] | {"CHG_STATUS": "S"},
        {"IDNPRCDCHG": 2, "IDNCASE": 7, "IDNPROCEEDING": 71, "CHARGE": "237a02Aiii",
         "CHG_STATUS": "S"},
    ],
    "tbl_Court_Appln": [
        BEFORE["tbl_Court_Appln"][0] | {"APPL_DEC": "O"},
        {"IDNPROCEEDINGAPPLN": 2, "IDNPROCEEDING": 70, "IDNCASE": 7, "APPL_CODE": "42B",
         "APPL_RECD_DATE": "2012-05-04"},
    ],
    "tbl_schedule": [
        BEFORE["tbl_schedule"][0] | {"ADJ_RSN": "17", "UPDATE_DATE": "2012-05-04"},
        {"IDNSCHEDULE": 2, "IDNCASE": 7, "INPUT_DATE": "2012-05-04", "CAL_TYPE": "I",
         "ADJ_DATE": "2012-05-20"},
    ],
    "tbl_CustodyHistory": [
        BEFORE["tbl_CustodyHistory"][0] | {"DATRELEASED": "2012-05-04"},
        {"IDNCUSTODY": 2, "IDNCASE": 7, "CUSTODY": "R", "DATDETAINED": "2012-05-05"},
    ],
    "tbl_Lead_Rider": [
        BEFORE["tbl_Lead_Rider"][0] | {"DATSEVEREDON": "2012-05-04", "BLNACTIVE": False}
    ],
    "tbl_JuvenileHistory": [
        {"IDNJUVENILEHISTORY": 1, "IDNCASE": 7, "IDNJUVENILE": "1", "DATCREATEDON": "2012-05-04"}
    ],
    "tbl_RepsAssigned": [
        {"IDNREPSASSIGNED": 1, "IDNCASE": 7, "STRATTYLEVEL": "COURT", "STRATTYTYPE": "ALIEN",
         "E_28_DATE": "2012-05-04"}
    ],
}  # fmt: skip


def outcomes(rows: dict[str, list[Row]]) -> list[Row]:
    tables = {}
    for name, table in TABLES.items():
        schema = frame_schema(table)
        given = [
            {k: datetime.date.fromisoformat(v) if v and schema[k] == pl.Date else v
             for k, v in row.items()}
            for row in rows.get(name, [])
        ]  # fmt: skip
        tables[name] = by_case(name, pl.DataFrame(given, schema=schema))
    return before_outcomes(usable_rows(tables), Rules(None, {"1": "UJ"}, PERIOD)).to_dicts()


def test_a_case_is_as_it_was_the_day_before() -> None:
    [record] = outcomes(BEFORE)
    assert [record[name] for name in OUTCOME] == ["Y", "OTHER_COMPLETION", "2012-05-04"]
    assert record["updated_at"] == "2012-05-03"
    assert (record["court"], record["custody"], record["next_hearing"], record["completed_on"]) == (
        "BAL", "DETAINED", "2012-06-01", None
    )  # fmt: skip
    assert record["applications"][0]["decision"] == "PENDING"
    assert record["charges"] == [{"code": "212a06Ci", "status": None}]
    assert (record["family_role"], record["lead_case_id"]) == ("RIDER", "6")


@pytest.mark.parametrize("table", LATER)
def test_nothing_later_counts(table: str) -> None:
    assert outcomes(BEFORE | {table: LATER[table]})[0] == outcomes(BEFORE)[0]


def test_each_end_is_an_outcome_with_a_record_of_its_own() -> None:
    again = CLOSED | {"IDNPROCEEDING": 71, "INPUT_DATE": "2012-08-01", "OTHER_COMP": None,
                      "DEC_CODE": "X", "COMP_DATE": "2013-02-03"}  # fmt: skip
    moved = CLOSED | {"IDNPROCEEDING": 69, "OTHER_COMP": "C", "COMP_DATE": "2011-11-11"}
    late = CLOSED | {"IDNPROCEEDING": 73, "INPUT_DATE": "2013-03-01", "COMP_DATE": "2014-01-01"}
    charged = BEFORE["B_TblProceedCharges"][0] | {"CHG_STATUS": "S"}
    first, second = outcomes(
        BEFORE | {"B_TblProceeding": [again, CLOSED, moved, late], "B_TblProceedCharges": [charged]}
    )
    assert [record["court_outcome"] for record in (first, second)] == ["Y", "X"]
    assert [record["updated_at"] for record in (first, second)] == ["2012-05-03", "2013-02-02"]
    # The first proceeding's charges are decided when it has ended.
    assert [r["charges"][0]["status"] for r in (first, second)] == [None, "SUSTAINED"]


def test_a_proceeding_that_opened_on_the_day_it_ended_has_only_its_outcome() -> None:
    [record] = outcomes(BEFORE | {"B_TblProceeding": [CLOSED | {"INPUT_DATE": "2012-05-04"}]})
    known = {name for name, value in record.items() if value is not None}
    assert known == {"case_id", "source", "court", "case_type", "nationality", *OUTCOME}
