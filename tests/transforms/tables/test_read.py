"""Tables as files hold them: every value read as written, and every row with its number."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from schemas.errors import InputError
from transforms.tables.header import match_header
from transforms.tables.read import read_book
from transforms.tables.sheet import Sheet

LISTS = {"convictions": ("date", "grade")}


def content(sheet: Sheet) -> list[tuple[Any, ...]]:
    """All rows of a sheet, each with its number."""
    return [row for part in sheet.read() for row in part.frame.rows()]


def unread(sheet: Sheet) -> list[tuple[Any, ...]]:
    return [row for part in sheet.read() for row in part.unread.rows()]


def written(path: Path, data: bytes | str, encoding: str = "utf-8") -> Sheet:
    path.write_bytes(data if isinstance(data, bytes) else data.encode(encoding))
    [sheet] = read_book(str(path), LISTS).sheets
    return sheet


@pytest.mark.parametrize("date_1904", [False, True])
def test_cells_of_a_workbook_are_text_at_their_own_rows(tmp_path: Path, date_1904: bool) -> None:
    path = str(tmp_path / "cases.xlsx")
    with xlsxwriter.Workbook(path, {"date_1904": date_1904}) as book:
        day = book.add_format({"num_format": "mm/dd/yyyy"})
        sheet = book.add_worksheet("cases")
        # Above and to the left of the table nothing stands, as in workbooks of people.
        sheet.write_row(2, 1, ["Case ID", "court"])
        sheet.write_number(3, 1, 123)
        sheet.write_datetime(3, 2, datetime.datetime(2011, 11, 17), day)
        sheet.write_boolean(5, 1, True)
        sheet.write_datetime(5, 2, datetime.datetime(2011, 11, 17, 9, 30), day)
        sheet.write_string(6, 1, " \u00a0")
        sheet.write_number(7, 1, 1.5)
        sheet.write_number(7, 2, 1234567890123457000)
        book.add_worksheet("Notes")
    cases, notes = read_book(path).sheets
    assert (cases.name, cases.header) == ("cases", ("", "Case ID", "court"))
    assert content(cases) == [
        (4, None, "123", "2011-11-17"),
        (6, None, "true", "2011-11-17T09:30:00"),
        (8, None, "1.5", "1.234567890123457e+18"),
    ]
    assert (notes.header, content(notes)) == ((), [])


def test_error_cells_are_not_blank(tmp_path: Path) -> None:
    path = str(tmp_path / "cases.xlsx")
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("t=e").write_row(0, 0, ["case_id", 't="e"'])
        sheet = book.add_worksheet("A & B")
        sheet.write_row(1, 1, ["case_id", "court", "custody"])
        sheet.write_row(2, 1, [1, "BAL"])
        sheet.write_formula(2, 3, "=X!A1", None, "#REF!")
        sheet.write_formula(3, 1, "=NA()", None, "#N/A")
        sheet.write_formula(3, 2, '=A1&"<"', None, "x")
    first, second = read_book(path).sheets
    assert content(first) == []
    assert content(second) == [(3, None, "1", "BAL", "#REF!"), (4, None, "#N/A", "x", None)]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("case_id,court\r\n1,é\r\n", "utf-8-sig"),
        ("case_id;court\n1;é\n", "cp1252"),
        ("case_id\tcourt\n1\té", "utf-16"),
        ("sep=;\ncase_id;court\n1;é\n", "utf-8"),
    ],
)
def test_encodings_and_separators_are_found(tmp_path: Path, data: str, encoding: str) -> None:
    sheet = written(tmp_path / "cases.csv", data, encoding)
    assert sheet.header == ("case_id", "court")
    # Excel's line `sep=;` is a row.
    assert content(sheet) == [(3 if data.startswith("sep") else 2, "1", "é")]
    notes = read_book(sheet.file).notes
    assert notes == (("isn't UTF-8, so it was read as Windows-1252",) * (encoding == "cp1252"))


def test_rows_keep_their_numbers_past_blank_and_uneven_ones(tmp_path: Path) -> None:
    sheet = written(tmp_path / "a.csv", 'a,b\n1,"x\ny"\n\n,\n1\n1,2,3\n2,6" knife\n')
    assert content(sheet) == [(2, "1", "x\ny"), (7, "2", '6" knife')]
    assert unread(sheet) == [
        (5, "has 1 cell, and the header 2", b"1"),
        (6, "has 3 cells, and the header 2", b"1,2,3"),
    ]


@pytest.mark.parametrize("data", ['a,b\n1,"2\n3,4\n', "a,b\n1," + '"' + "2,3\n" * 9000 + '"\n'])
def test_a_cell_that_swallows_rows_is_refused_with_its_row(tmp_path: Path, data: str) -> None:
    sheet = written(tmp_path / "a.csv", data)
    with pytest.raises(InputError, match="row 2: a quotation mark isn't closed"):
        content(sheet)


def test_records_of_ndjson_keep_their_lists_and_bad_lines_are_named(tmp_path: Path) -> None:
    lines = (
        b'{"case_id": 1, "row": true, "convictions": [{"date": 2011, "Grade": "x"}, null]}\n\n'
        b'{"case_id": "z", "convictions": []}\nnope\n{"convictions": ["x"]}\n{"case_id": 7}'
    )
    sheet = written(tmp_path / "a.ndjson", lines)
    assert sheet.header == ("case_id", "row", "convictions")
    assert sheet.inner == {"convictions": ("date", "Grade")}
    assert content(sheet) == [
        (1, "1", "true", [{"date": "2011", "grade": None}, None]),
        (3, "z", None, []),
        (6, "7", None, None),
    ]
    assert [row[:2] for row in unread(sheet)] == [
        (4, "is not a JSON object"),
        (5, "has a list that isn't one"),
    ]


def test_values_of_parquet_are_text(tmp_path: Path) -> None:
    day = datetime.date(2011, 11, 17)
    frame = pl.DataFrame(
        {
            "case_id": [1.0, 2.5, float("nan")],
            "row": pl.Series([15295, None, 10**8], dtype=pl.Int32).cast(pl.Date),
            "at": [datetime.datetime(2011, 1, 1), datetime.datetime(2011, 1, 1, 9), None],
            "convictions": [[{"date": day, "zz": 1}, None], [], None],
            "warnings": [["a"], None, None],
        }
    )
    path = tmp_path / "a.parquet"
    frame.write_parquet(path)
    [sheet] = read_book(str(path), LISTS).sheets
    assert sheet.inner == {"convictions": ("date", "zz")}
    assert content(sheet) == [
        (1, "1", "2011-11-17", "2011-01-01",
         [{"date": "2011-11-17", "grade": None}, None], '{"warnings":["a"]}'),
        (2, "2.5", None, "2011-01-01T09:00:00", [], None),
        (3, None, "100000000 since 1970", None, None, None),
    ]  # fmt: skip


def test_a_folder_of_csv_files_is_a_book(tmp_path: Path) -> None:
    for name in ("cases.csv", "Entries.CSV", "_half.csv", "readme.txt"):
        (tmp_path / name).write_text("case_id\n1\n")
    assert [sheet.name for sheet in read_book(str(tmp_path)).sheets] == ["Entries", "cases"]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.xlsx", b"nope", "is not a workbook"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .xlsx without a password"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"\n1,2\n", "is empty"),
        ("a.csv", b"PK\x03\x04 \x00\x00", "is not a text file"),
        ("a.parquet", b"nope", "is not a Parquet file"),
        ("a.ods", b"", "isn't a table"),
    ],
)
def test_a_file_that_is_not_a_table_is_refused(
    tmp_path: Path, name: str, data: bytes, says: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError, match=says):
        read_book(str(path))
    with pytest.raises(InputError, match=r"cannot be read \(No such file or directory\)"):
        read_book(str(tmp_path / "nowhere.csv"))


def test_columns_are_found_however_they_are_written(tmp_path: Path) -> None:
    names = {"case_id": "case_id", "birth_date": "birth_date", "Birth date": "birth_date"}
    sheet = written(tmp_path / "a.csv", " CASE-ID ,court,brith date,\n1,2,3,4\n")
    found = match_header(sheet, names)
    assert found.columns == {"case_id": "c0"}
    assert found.unknown == ((1, "court", None), (2, "brith date", "birth_date"), (3, "", None))
    twice = written(tmp_path / "b.csv", "Birth Date,x,birth_date\n1,2,3\n")
    with pytest.raises(InputError, match="columns A and C are both birth_date"):
        match_header(twice, names)
