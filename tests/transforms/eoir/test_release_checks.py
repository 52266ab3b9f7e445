"""Checks of a release against the one before it, with numbers worked out by hand."""

from __future__ import annotations

import datetime
from typing import Any

import polars as pl
import pytest

from schemas.import_manifest import ImportManifest, TableCounts
from schemas.release_checks import Level, ReleaseChecks
from transforms.eoir.checks_page import checks_page
from transforms.eoir.release_checks import ImportedCases, compare_imports, sum_up
from transforms.normalize.case_frame import CASES

MADE = datetime.datetime(2026, 1, 5, tzinfo=datetime.UTC)
NO_IDS = pl.Series("case_id", [], dtype=pl.String)


def counts(read: int, expected: int | None = None, quarantined: int = 0) -> TableCounts:
    return TableCounts(
        read=read, expected=expected, used=read - quarantined, not_pending=0, after=0, no_case=0,
        repeated=0, quarantined=quarantined, repaired=0,
    )  # fmt: skip


def manifest(tables: dict[str, TableCounts], **changed: Any) -> ImportManifest:
    maps = ("missing_columns", "unknown_columns", "quarantine", "warnings", "versions")
    empty: dict[str, Any] = {name: {} for name in maps}
    whole = {
        "release": "release", "pending_on": None, "inputs": (), "outputs": (), "cases": 0,
        "missing_tables": (), "started": MADE, "seconds": 1.0, "tables": tables,
    }  # fmt: skip
    # It needn't reconcile with files that don't exist.
    return ImportManifest.model_construct(**{**empty, **whole, **changed})


def cases(*ids: str, lacking: int = 0, newest: str = "2025-12-31") -> ImportedCases:
    day = datetime.date.fromisoformat(newest)
    days = dict.fromkeys(("nta_issued", "completed_on", "court_outcome_date"), day)
    lack = dict.fromkeys(CASES, len(ids)) | {"court": lacking}
    return ImportedCases(pl.Series("case_id", ids, dtype=pl.String), lack, days)


def checked(now: ImportManifest, before: ImportManifest) -> ReleaseChecks:
    return compare_imports(now, before, cases("1"), cases("1"), NO_IDS, "previous").checks


def test_cases_come_go_and_come_back() -> None:
    made = manifest({})
    gone = pl.Series("case_id", ["4", "5"])
    compared = compare_imports(
        made, made, cases("1", "2", "4", "6"), cases("1", "2", "3"), gone, "previous"
    )
    found = compared.checks.cases
    assert (found.before, found.now) == (3, 4)
    # 6 is new, 3 is gone, 4 is back, and 5 is still gone.
    assert (found.new, found.vanished, found.reappeared) == (1, 1, 1)
    assert compared.vanished.to_list() == ["3", "5"]


@pytest.mark.parametrize(
    ("before", "now", "level"),
    [
        (counts(100), counts(110), "fine"),
        (counts(100), counts(111), "look"),
        (counts(100), counts(89), "look"),
        (counts(100), counts(100, expected=100), "fine"),
        (counts(100), counts(100, expected=101), "stop"),
        (None, counts(5), "look"),
        (counts(5), None, "look"),
    ],
)
def test_rows_of_a_table(before: TableCounts | None, now: TableCounts | None, level: Level) -> None:
    def tables(one: TableCounts | None) -> dict[str, TableCounts]:
        return {} if one is None else {"A_TblCase": one}

    [found] = checked(manifest(tables(now)), manifest(tables(before))).tables
    assert found.level == level
    assert found.now == (None if now is None else now.read)


@pytest.mark.parametrize(
    ("reason", "rows", "level"),
    [
        # Of 10,000 rows: 0.01 % is one, and 0.1 % ten.
        ("UNKNOWN_CODE", 0, "fine"),
        ("UNKNOWN_CODE", 1, "look"),
        ("UNKNOWN_CODE", 9, "look"),
        ("UNKNOWN_CODE", 10, "stop"),
        ("BAD_DATE", 9, "fine"),
        ("BAD_DATE", 10, "look"),
        ("BAD_DATE", 9_999, "look"),
    ],
)
def test_values_that_cannot_be_read(reason: str, rows: int, level: Level) -> None:
    tables, name = {"A_TblCase": counts(10_000)}, f"A_TblCase.NAT:{reason}"
    now, before = manifest(tables, warnings={name: rows}), manifest(tables, warnings={name: 20})
    checks = checked(now, before)
    [found] = checks.codes
    assert (found.rows, found.before, found.now) == (rows, 0.002, rows / 10_000)
    assert found.level == level
    assert bool(checks.stops) == (level == "stop")
    assert all("A_TblCase.NAT" in line for line in checks.stops)


def test_what_cases_lack_and_how_recent_they_are() -> None:
    made = manifest({})
    before = cases(*"abcdefghij", lacking=1, newest="2025-11-30")
    for lacking, newest, levels in (
        (1, "2025-12-31", ("fine", "fine")),
        (2, "2025-11-30", ("look", "look")),
    ):
        now = cases(*"abcdefghij", lacking=lacking, newest=newest)
        checks = compare_imports(made, made, now, before, NO_IDS, "previous").checks
        # The other fields are lacking everywhere, so nothing is known of them.
        [court] = checks.fields
        assert (court.field, court.before, court.now) == ("court", 0.1, lacking / 10)
        assert (court.level, checks.days[0].level) == levels


def test_tables_and_columns_come_and_go() -> None:
    now = manifest(
        {}, missing_tables=("tbl_schedule",), unknown_columns={"A_TblCase": ("NEW", "OLD")}
    )
    before = manifest(
        {},
        missing_tables=("tbl_Lead_Rider",),
        unknown_columns={"A_TblCase": ("OLD",)},
        missing_columns={"A_TblCase": ("LANG",)},
    )
    assert {one.name: one.change for one in checked(now, before).columns} == {
        "tbl_schedule": "gone",
        "tbl_Lead_Rider": "new",
        "A_TblCase.NEW": "not known, so not read, and was not before",
        "A_TblCase.OLD": "not known, so not read, as before",
        "A_TblCase.LANG": "no longer missing",
    }


def test_sums_add_up_over_frames_and_leave_out_days_to_come() -> None:
    made = pl.DataFrame(
        {
            "case_id": ["1", "2", "3"],
            "court": ["BAL", None, None],
            "nta_issued": ["2020-01-02", "2027-01-01", "bad"],
        }
    )
    frame = made.with_columns(
        *(pl.lit(None, dtype).alias(name) for name, dtype in CASES.items() if name not in made)
    ).select(CASES.names())
    found = sum_up([frame[:1], frame[1:]], MADE.date())
    assert sorted(found.ids) == ["1", "2", "3"]
    assert (found.lacking["court"], found.lacking["case_id"], found.lacking["sex"]) == (2, 0, 3)
    assert found.newest["nta_issued"] == datetime.date(2020, 1, 2)
    assert found.newest["completed_on"] is None
    empty = sum_up([], MADE.date())
    assert (len(empty.ids), empty.lacking["court"]) == (0, 0)


def test_the_page_shows_names_from_a_release_as_text() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    now = manifest({"A_TblCase": counts(1)}, unknown_columns={"A_TblCase": (hostile,)})
    page = checks_page(checked(now, manifest({"A_TblCase": counts(1)})))
    assert hostile not in page
    assert "&lt;img src=x" in page
