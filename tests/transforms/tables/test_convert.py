"""Tables become the case records that they say, and every row and cell is accounted for."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import InputError
from tests.helpers.random_records import random_record
from tests.helpers.workbooks import Sheets, write_workbook
from transforms.normalize.case_frame import CASES
from transforms.tables.convert import Account, Conversion, SheetAccount
from transforms.tables.forms import NO_OTHER, forms, list_fields
from transforms.tables.read import read_book

Row = dict[str, Any]
TYPED = {
    column.path
    for form in forms().values()
    for column in form.columns
    if column.kind in ("boolean", "enum")
}


def converted(path: Path) -> tuple[list[Row], pl.DataFrame, pl.DataFrame, Account]:
    conversion = Conversion(read_book(str(path), list_fields()))
    parts = list(conversion.parts())
    cases = pl.concat(part.cases for part in parts)
    assert cases.schema == CASES
    return (
        cases.to_dicts(),
        pl.concat(part.refused for part in parts),
        pl.concat(part.quarantined for part in parts),
        conversion.account,
    )


def known(row: Row) -> Row:
    """Leave out what a record leaves unknown."""
    return {
        name: [item and known(item) if isinstance(item, dict) else item for item in value]
        if isinstance(value, list)
        else value
        for name, value in row.items()
        if value is not None
    }


def test_lists_join_their_cases_and_say_whether_there_may_be_more(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "cases.xlsx",
        {
            "Read me": [["How to fill in this workbook"]],
            "Cases": [
                ["Case ID", "No other convictions", "No other entries (as far as known)"],
                [1, "yes", ""],
                ["2", "", True],
                ["3 ", "no", ""],
                ["EXAMPLE", "yes", "yes"],
            ],
            "convictions": [
                ["case_id", "Grade", "Date"],
                ["3", "felony", ""],
                ["1", "Misdemeanor", "2001-02-03"],
                ["example", "felony", ""],
                [3, "", "2004"],
            ],
        },
    )
    cases, refused, quarantined, account = converted(path)
    assert [known(case) for case in cases] == [
        # Yes, and a row: that is all.
        {"case_id": "1", "convictions": [{"date": "2001-02-03", "grade": "MISDEMEANOR"}]},
        # Yes, and no row: none. The convictions column is blank, so they are unknown.
        {"case_id": "2", "entries": []},
        # Not yes: there may be more.
        {"case_id": "3 ", "convictions": [{"grade": "FELONY"}, {"date": "2004"}, None]},
    ]
    assert refused.select("sheet", "row", "column", "path", "reason").rows() == [
        ("convictions", 5, "C", "convictions.date", "BAD_DATE")
    ]
    assert quarantined.is_empty()
    assert account.open_lists["convictions"] == 1
    assert account.unread == ()
    file = str(path)
    assert account.sheets == {
        "cases": SheetAccount(file, rows=4, used=3, examples=1),
        "convictions": SheetAccount(file, rows=4, used=3, examples=1),
    }


def test_nothing_is_dropped_silently(tmp_path: Path) -> None:
    files = {
        "cases": "Case ID,custody,entries,Brith date,Notes\n1,jail,,,\n1,,x,,\n,Detained,,,\n2\n",
        "entries": "case_id,date\n1,2001-01-01\n9,2002-01-01\n,2003-01-01\n1,2,3\n",
        "budget": "a,b\n1,2\n",
    }
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text)
    cases, refused, quarantined, account = converted(tmp_path)
    entry = {"entries": [{"date": "2001-01-01"}, None]}
    assert [known(case) for case in cases] == [
        {"case_id": "1", **entry, "warnings": ["custody:UNKNOWN_CODE"]},
        # A run takes the latest of the two; the rows of the list are both's.
        {"case_id": "1", **entry},
        {"custody": "DETAINED"},
    ]
    where = refused.select("sheet", "row", "column", "reason", "kind").rows()
    assert sorted(where, key=lambda place: place[:2]) == [
        ("cases", 2, "B", "UNKNOWN_CODE", "text"),
        ("cases", 3, "C", "LIST_IN_CELL", "text"),
        ("cases", 3, "A", "REPEATED_CASE_ID", "a whole number"),
        ("cases", 4, "A", "MISSING_CASE_ID", "blank"),
        ("cases", 5, None, "UNREADABLE_ROW", "has 1 cell, and the header 5"),
        ("entries", 3, "A", "NO_CASE", "a whole number"),
        ("entries", 4, "A", "MISSING_CASE_ID", "blank"),
        ("entries", 5, None, "UNREADABLE_ROW", "has 3 cells, and the header 2"),
    ]
    assert quarantined.select("reason", "offset", "record_count", "case_id").rows() == [
        ("UNREADABLE_ROW", 5, 0, None),
        ("UNREADABLE_ROW", 5, 1, None),
        ("NO_CASE", 3, 0, "9"),
        ("MISSING_CASE_ID", 4, 0, None),
    ]
    assert quarantined["raw"].to_list()[:2] == [b"1,2,3", b"2"]
    assert (account.without_id, account.repeated) == (1, 1)
    assert [(one.name, one.meant) for one in account.unknown] == [
        ("Brith date", "birth_date"),
        ("Notes", None),
    ]
    assert account.unread == ("budget",)
    for sheet in account.sheets.values():
        assert sheet.rows == sheet.used + sheet.examples + sheet.quarantined


@pytest.mark.parametrize(
    ("sheets", "says"),
    [
        ({"cases": [["court"], ["BAL"]]}, "has no column case_id; its first row"),
        ({"A": [["x"], [1]], "B": [["y"], [1]]}, "has no sheet named cases"),
        ({"cases": [["Case ID", "case_id"], [1, 2]]}, "columns A and B are both case_id"),
        ({"cases": [["Case ID"], [1]], "Cases ": [["Case ID"], [1]]}, "has two sheets cases"),
        (
            {"cases": [["Case ID"], [1]], "ties": [["kind"], ["home"]]},
            "ties: has no column case_id",
        ),
    ],
)
def test_ambiguous_sheets_and_columns_are_refused(
    tmp_path: Path, sheets: Sheets, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        converted(write_workbook(tmp_path / "a.xlsx", sheets))


def test_a_single_sheet_does_not_need_its_name(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"Sheet1": [["CASE ID"], [7]]})
    assert [known(case) for case in converted(path)[0]] == [{"case_id": "7"}]


def as_sheets(records: list[Row]) -> dict[str, list[list[Any]]]:
    """Fill in the template's CSV files with records."""
    sheets = {name: [[c.field for c in form.columns]] for name, form in forms().items()}
    for record in records:
        row = []
        for field in sheets["cases"][0]:
            listed = record.get(field.removeprefix(NO_OTHER))
            if field.startswith(NO_OTHER):
                row.append("yes" if listed is not None and None not in listed else "")
            else:
                row.append("" if listed is None else listed)
        sheets["cases"].append(row)
        for name in list_fields():
            for item in filter(None, record[name] or ()):
                values = (item[field] for field in sheets[name][0][1:])
                cells = ["" if value is None else value for value in values]
                sheets[name].append([record["case_id"], *cells])
    return sheets


def expressible(record: Row) -> Row:
    """Keep what a table can express, too."""
    found = {}
    for name, value in known(record).items():
        if name in list_fields():
            items = [expressible(item) for item in value if item is not None]
            more = [None] * (None in value)
            # A list that only may have items is the same as an unknown one.
            if items or not more:
                found[name] = items + more
        elif value != "UNKNOWN" and name != "warnings":
            found[name] = value
    return found


@given(seed=st.integers(0, 2**32))
@settings(max_examples=4, deadline=None)
def test_records_come_back_from_the_sheets_and_from_ndjson(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rng = random.Random(seed)
    records = [{**random_record(rng), "case_id": str(number)} for number in range(4)]
    folder = tmp_path_factory.mktemp("tables")
    (folder / "cases.ndjson").write_text("".join(f"{json.dumps(r)}\n" for r in records))
    (folder / "csv").mkdir()
    for name, rows in as_sheets(records).items():
        with (folder / "csv" / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows(rows)
    for path in (folder / "cases.ndjson", folder / "csv"):
        cases, refused, _, _ = converted(path)
        # Random texts may be ones that aren't in the tables, but typed values are all fine.
        assert not set(refused["path"]) & TYPED
        assert [expressible(case) for case in cases] == [expressible(r) for r in records]
