import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.eoir.tables import TABLES
from transforms.eoir.cases import and_more, assemble
from transforms.eoir.read import by_case
from transforms.eoir.rows import Rules, usable_rows
from transforms.eoir.tables import frame_schema

DAY = datetime.date(2011, 11, 17)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def made(
    on: datetime.date | None = DAY, /, **rows: list[dict[str, Any]]
) -> tuple[dict[str, dict[str, Any]], dict[tuple[str, str], int]]:
    """Records by case id, and counts, from rows by table; dates as ISO text."""
    tables = {}
    for name, table in TABLES.items():
        schema = frame_schema(table)
        given = [
            {k: day(v) if v and schema[k] == pl.Date else v for k, v in row.items()}
            for row in rows.get(name, [])
        ]
        tables[name] = by_case(name, pl.DataFrame(given, schema=schema))
    cases, tally = assemble(usable_rows(tables), Rules(on, {"1": "UJ"}))
    return (
        {row["case_id"]: row for row in cases.to_dicts()},
        {(of, key): count for of, key, count in tally.iter_rows()},
    )


CASE = {"IDNCASE": 7, "CASE_TYPE": "RMV", "NAT": "MX"}
OPEN = {
    "IDNPROCEEDING": 70,
    "IDNCASE": 7,
    "OSC_DATE": "2010-01-02",
    "INPUT_DATE": "2010-02-03",
    "BASE_CITY_CODE": "BAL",
    "CASE_TYPE": "RMV",
}


def one(on: datetime.date | None = DAY, /, **rows: list[dict[str, Any]]) -> dict[str, Any]:
    tables = {"A_TblCase": [CASE], "B_TblProceeding": [OPEN]} | rows
    return made(on, **tables)[0]["7"]


def test_fields_missing_from_the_release_are_unknown() -> None:
    record = one()
    known = {name: value for name, value in record.items() if value is not None}
    assert known == {
        "case_id": "7",
        "source": "EOIR",
        "court": "BAL",
        "case_type": "RMV",
        "nta_issued": "2010-01-02",
        "nta_filed_with_court": True,
        "nationality": "MX",
    }


@pytest.mark.parametrize(
    ("proceedings", "pending"),
    [
        ([OPEN], True),
        ([OPEN | {"INPUT_DATE": "2011-11-17"}], True),
        ([OPEN | {"INPUT_DATE": "2011-11-18"}], False),
        ([OPEN | {"INPUT_DATE": None, "OSC_DATE": None}], False),
        ([OPEN | {"INPUT_DATE": None}], True),
        ([OPEN | {"DEC_CODE": "X", "COMP_DATE": "2011-11-17"}], False),
        ([OPEN | {"DEC_CODE": "X", "COMP_DATE": "2011-11-18"}], True),
        # Completed at an unknown time.
        ([OPEN | {"DEC_CODE": "X"}], False),
        # Closed, and recalendared before the day or after it.
        (
            [
                OPEN | {"OTHER_COMP": "A", "COMP_DATE": "2010-06-01"},
                OPEN | {"IDNPROCEEDING": 71, "INPUT_DATE": "2011-01-01"},
            ],
            True,
        ),
        (
            [
                OPEN | {"OTHER_COMP": "A", "COMP_DATE": "2010-06-01"},
                OPEN | {"IDNPROCEEDING": 71, "INPUT_DATE": "2012-01-01"},
            ],
            False,
        ),
        # On the way from one court to the next.
        (
            [
                OPEN | {"OTHER_COMP": "T", "COMP_DATE": "2011-11-10"},
                OPEN | {"IDNPROCEEDING": 71, "INPUT_DATE": "2011-11-20"},
            ],
            True,
        ),
    ],
)
def test_finds_the_docket_of_a_day(proceedings: list[dict[str, Any]], pending: bool) -> None:
    records, counts = made(A_TblCase=[CASE], B_TblProceeding=proceedings)
    assert list(records) == (["7"] if pending else [])
    assert counts.get(("not_pending", "A_TblCase"), 0) == (0 if pending else 1)


def test_the_outcome_is_the_first_one_after_the_day_that_is_not_a_transfer() -> None:
    rows = [
        OPEN | {"OTHER_COMP": "C", "COMP_DATE": "2012-01-05"},
        OPEN
        | {
            "IDNPROCEEDING": 71,
            "INPUT_DATE": "2012-01-06",
            "OTHER_COMP": "Y",
            "COMP_DATE": "2012-05-01",
        },
        OPEN
        | {
            "IDNPROCEEDING": 72,
            "INPUT_DATE": "2013-01-06",
            "DEC_CODE": "R",
            "COMP_DATE": "2014-05-01",
        },
    ]
    names = ("court_outcome", "court_outcome_kind", "court_outcome_date", "completed_on")
    then, now = one(B_TblProceeding=rows), one(None, B_TblProceeding=rows)
    assert [then[name] for name in names] == ["Y", "OTHER_COMPLETION", "2012-05-01", None]
    assert [now[name] for name in names] == ["R", "DECISION", "2014-05-01", "2014-05-01"]


def test_an_order_is_final_in_absentia_or_unappealed_until_reopened() -> None:
    order = OPEN | {"DEC_CODE": "X", "COMP_DATE": "2011-01-10", "ABSENTIA": "Y"}
    late = OPEN | {"IDNPROCEEDING": 71, "INPUT_DATE": "2011-03-01"}
    made_now = {"date": "2011-01-10", "final": True, "outstanding": None, "in_absentia": True}
    assert one(None, B_TblProceeding=[order])["orders"] == [made_now, None]
    assert one(B_TblProceeding=[order, late])["orders"] == [
        made_now | {"final": False, "outstanding": False},
        None,
    ]
    unappealed = order | {"ABSENTIA": "N", "APPEAL_NOT_FILED": "Y"}
    assert one(None, B_TblProceeding=[unappealed])["orders"][0]["final"] is True
    assert one(None, B_TblProceeding=[order | {"ABSENTIA": None}])["orders"][0]["final"] is None
    # With another case type, the same letter isn't an order.
    assert one(None, B_TblProceeding=[order | {"CASE_TYPE": "WHO"}])["orders"] is None


def charge(code: str, status: str | None, proceeding: int = 70, number: int = 1) -> dict[str, Any]:
    return {
        "IDNPRCDCHG": number,
        "IDNCASE": 7,
        "IDNPROCEEDING": proceeding,
        "CHARGE": code,
        "CHG_STATUS": status,
    }


@pytest.mark.parametrize("status", ["N", "O", "W", None])
def test_a_charge_that_is_not_sustained_gives_no_findings(status: str | None) -> None:
    codes = ("212a06Ci", "212a06Ai", "212a09AiiI", "237a04B", "237a04D", "237a02Aiii", "237a01Ci")
    record = one(
        None, B_TblProceedCharges=[charge(c, status, number=n) for n, c in enumerate(codes)]
    )
    assert [one["code"] for one in record["charges"]] == list(codes)
    for name in (
        "fraud_findings",
        "entries",
        "removals",
        "security_risk",
        "human_rights_violator",
        "convictions",
        "status_violations",
        "egregious_violations",
    ):
        assert record[name] is None


@pytest.mark.parametrize(
    ("code", "field", "value"),
    [
        ("212a06Ci", "fraud_findings", [{"date": None, "found_by": "IMMIGRATION_JUDGE"}, None]),
        ("212a06Ai", "entries", [{"date": None, "manner": "WITHOUT_INSPECTION"}]),
        ("237a01Ci", "entries", [{"date": None, "manner": "ADMITTED"}]),
        ("212a09AiiI", "removals", [{"date": None, "kind": "REMOVAL"}, None]),
        (
            "237a01Ci",
            "status_violations",
            [{"date": None, "kind": "FAILED_TO_MAINTAIN_STATUS", "continuing": None}, None],
        ),
        ("237a04B", "security_risk", True),
        ("237a04D", "human_rights_violator", True),
        ("237a02Aiii", "convictions", None),
        # The old law's letters: previously deported, polygamists, child abduction.
        ("212a06A", "removals", None),
        ("212a09A", "removals", None),
        ("212a09Ci", "removals", None),
    ],
)
def test_a_sustained_charge_settles_these_facts(code: str, field: str, value: object) -> None:
    assert one(None, B_TblProceedCharges=[charge(code, "S")])[field] == value


def test_dates_a_charge_by_its_proceeding_and_drops_a_later_status() -> None:
    rows = [
        OPEN | {"OTHER_COMP": "A", "COMP_DATE": "2010-06-01"},
        OPEN | {"IDNPROCEEDING": 71, "INPUT_DATE": "2011-01-01"},
        OPEN | {"IDNPROCEEDING": 72, "INPUT_DATE": "2012-01-01"},
    ]
    charges = [
        charge("212a06Ci", "S", 70, 1),
        charge("212a06Ai", "S", 71, 2),
        charge("237a04B", "S", 72, 3),
    ]
    record = one(B_TblProceeding=rows, B_TblProceedCharges=charges)
    assert record["charges"] == [
        {"code": "212a06Ci", "status": "SUSTAINED"},
        {"code": "212a06Ai", "status": None},
    ]
    assert record["security_risk"] is None


@pytest.mark.parametrize(
    ("rows", "on", "want"),
    [
        ([("D", "2011-01-01", None)], DAY, "DETAINED"),
        ([("R", "2011-01-01", "2011-02-01")], DAY, "RELEASED"),
        ([("R", "2011-01-01", "2012-02-01")], DAY, "DETAINED"),
        ([("R", "2011-01-01", None)], DAY, None),
        ([("R", "2011-01-01", None)], None, "RELEASED"),
        ([("R", "2010-01-01", "2010-02-01"), ("D", "2011-01-01", None)], DAY, "DETAINED"),
        ([("D", "2012-01-01", None)], DAY, None),
    ],
)
def test_finds_custody_on_a_day(
    rows: list[tuple[str, str, str]], on: Any, want: str | None
) -> None:
    history = [
        {"IDNCUSTODY": at, "IDNCASE": 7, "CUSTODY": code, "DATDETAINED": start, "DATRELEASED": end}
        for at, (code, start, end) in enumerate(rows)
    ]
    assert one(on, tbl_CustodyHistory=history)["custody"] == want


def test_the_next_hearing_is_the_first_one_known_and_not_vacated() -> None:
    def hearing(number: int, put_down: str, at: str, **more: str) -> dict[str, Any]:
        return {
            "IDNSCHEDULE": number,
            "IDNCASE": 7,
            "INPUT_DATE": put_down,
            "ADJ_DATE": at,
            "CAL_TYPE": "M",
        } | more

    record = one(
        tbl_schedule=[
            hearing(1, "2011-01-01", "2011-11-17"),
            hearing(2, "2011-12-01", "2011-12-05"),
            hearing(3, "2011-02-01", "2011-12-10", ADJ_RSN="25", UPDATE_DATE="2011-10-01"),
            hearing(
                4, "2011-03-01", "2012-03-01", ADJ_RSN="17", UPDATE_DATE="2012-03-01", CAL_TYPE="I"
            ),
            hearing(5, "2011-03-01", "2012-04-01"),
        ]
    )
    assert (record["next_hearing"], record["calendar_type"]) == ("2012-03-01", "INDIVIDUAL")


def test_ignores_facts_after_the_day() -> None:
    case = CASE | {"E_28_DATE": "2012-01-01", "DATE_OF_ENTRY": "2012-02-02"}
    tables: dict[str, list[dict[str, Any]]] = {
        "A_TblCase": [case],
        "tbl_Court_Appln": [
            {
                "IDNPROCEEDINGAPPLN": 1,
                "IDNPROCEEDING": 70,
                "IDNCASE": 7,
                "APPL_CODE": "ASYL",
                "APPL_RECD_DATE": "2012-01-01",
                "APPL_DEC": "G",
            },
            {
                "IDNPROCEEDINGAPPLN": 2,
                "IDNPROCEEDING": 70,
                "IDNCASE": 7,
                "APPL_CODE": "42B",
                "APPL_RECD_DATE": "2011-01-01",
                "APPL_DEC": "D",
            },
        ],
        "tbl_JuvenileHistory": [
            {
                "IDNJUVENILEHISTORY": 1,
                "IDNCASE": 7,
                "IDNJUVENILE": "1",
                "DATCREATEDON": "2010-03-03",
            },
            {
                "IDNJUVENILEHISTORY": 2,
                "IDNCASE": 7,
                "IDNJUVENILE": "J1",
                "DATCREATEDON": "2012-03-03",
            },
        ],
        "B_TblProceeding": [OPEN | {"DEC_CODE": "X", "COMP_DATE": "2012-09-09"}],
    }
    record = one(**tables)
    assert (record["represented"], record["entries"], record["orders"]) == (None, None, None)
    assert record["juvenile"] == "UNACCOMPANIED"
    assert [(a["form"], a["decision"]) for a in record["applications"] if a] == [("42B", "PENDING")]
    later = one(None, **tables)
    assert (later["represented"], later["juvenile"]) == (True, "RELEASED_OR_TURNED_18")
    assert [(a["form"], a["decision"]) for a in later["applications"] if a] == [
        ("ASYL", "GRANTED"),
        ("42B", "DENIED"),
    ]


@pytest.mark.parametrize(
    ("code", "letter", "want"),
    [
        ("42B", "G", ("42B", "GRANTED")),
        ("ASYL", "C", ("ASYL", "GRANTED")),
        ("WCAT", "L", ("WCAT", "GRANTED")),
        ("BSP", "D", ("BSP", "DENIED")),
        ("VD", "W", ("VD", "WITHDRAWN")),
        # Abandoned, closed with the case, moved with it, reserved.
        ("245", "A", ("245", "OTHER")),
        ("245", "S", ("245", "NOT_ADJUDICATED")),
        ("245", "T", ("245", "NOT_ADJUDICATED")),
        ("245", "R", ("245", "PENDING")),
        ("UNK", "D", (None, "DENIED")),
    ],
)
def test_applications_and_their_decisions(
    code: str, letter: str, want: tuple[str | None, str]
) -> None:
    application = {
        "IDNPROCEEDINGAPPLN": 1, "IDNPROCEEDING": 70, "IDNCASE": 7,
        "APPL_CODE": code, "APPL_RECD_DATE": "2011-01-01", "APPL_DEC": letter,
    }  # fmt: skip
    ended = OPEN | {"DEC_CODE": "R", "COMP_DATE": "2011-09-09"}
    record = one(None, B_TblProceeding=[ended], tbl_Court_Appln=[application])
    [made_of_it, _] = record["applications"]
    assert (made_of_it["form"], made_of_it["decision"]) == want


def test_leads_and_riders() -> None:
    other = {"IDNCASE": 8, "CASE_TYPE": "RMV"}
    joined = {
        "IDNLEADRIDER": 1,
        "IDNLEADCASE": 8,
        "IDNRIDERCASE": 7,
        "DATCREATEDON": "2010-03-01",
        "BLNACTIVE": True,
    }
    both: dict[str, list[dict[str, Any]]] = {
        "A_TblCase": [CASE, other],
        "B_TblProceeding": [OPEN, OPEN | {"IDNCASE": 8}],
    }
    both["B_TblProceeding"][1]["IDNPROCEEDING"] = 80
    records, counts = made(**both, tbl_Lead_Rider=[joined])
    assert (records["7"]["family_role"], records["7"]["lead_case_id"]) == ("RIDER", "8")
    assert (records["8"]["family_role"], records["8"]["lead_case_id"]) == ("LEAD", None)
    assert counts["used", "tbl_Lead_Rider"] == 1
    parted = joined | {"DATSEVEREDON": "2011-05-05", "BLNACTIVE": False}
    assert made(**both, tbl_Lead_Rider=[parted])[0]["7"]["family_role"] is None


def test_counts_every_row_once() -> None:
    rows = [
        charge("212a06Ai", "S"),
        charge("237a04B", "S"),
        charge("212a06Ci", "S", number=2) | {"IDNCASE": 9},
    ]
    _, counts = made(A_TblCase=[CASE, CASE], B_TblProceeding=[OPEN], B_TblProceedCharges=rows)
    charges = {of: n for (of, table), n in counts.items() if table == "B_TblProceedCharges"}
    assert charges == {"repeated": 1, "no_case": 1, "used": 1}
    assert counts["repeated", "A_TblCase"] == 1


ELEMENTS = st.none() | st.fixed_dictionaries({"date": st.none() | st.just("2011-11-17")})


@given(st.lists(st.tuples(st.none() | st.lists(ELEMENTS, max_size=3), st.booleans())))
def test_a_list_that_may_have_more_ends_in_a_null(cases: list[tuple[Any, bool]]) -> None:
    dtype = pl.List(pl.Struct({"date": pl.String}))
    lists = pl.Series("orders", [each for each, _ in cases], dtype=dtype)
    longer = and_more(lists, pl.Series([more for _, more in cases], dtype=pl.Boolean))
    assert (longer.name, longer.dtype) == ("orders", dtype)
    assert longer.to_list() == [
        [*each, None] if more and each is not None else each for each, more in cases
    ]
