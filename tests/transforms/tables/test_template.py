"""The template, as Excel gets it and as an import reads it back."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest

from transforms.tables.convert import Conversion
from transforms.tables.forms import CODES, READ_ME, forms, list_fields
from transforms.tables.match import match_book
from transforms.tables.read import read_book
from transforms.tables.template import header_of, note_of, template_csv, template_workbook


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "cases.xlsx"
    path.write_bytes(template_workbook(forms()))
    return path


def parts(workbook: Path, name: str) -> list[str]:
    """The XML of a workbook's parts of one kind."""
    with zipfile.ZipFile(workbook) as packed:
        names = sorted(part for part in packed.namelist() if re.fullmatch(name, part))
        return [packed.read(part).decode() for part in names]


def test_every_sheet_and_column_is_found_again_and_the_example_is_ignored(workbook: Path) -> None:
    book = read_book(str(workbook))
    assert [sheet.name for sheet in book.sheets] == [READ_ME, *forms(), CODES]
    matched = match_book(book)
    assert (matched.unknown, matched.unread) == ((), ())
    assert {name: list(rows.columns) for name, rows in matched.rows.items()} == {
        name: [column.field for column in form.columns] for name, form in forms().items()
    }
    conversion = Conversion(book)
    assert sum(part.cases.height + part.refused.height for part in conversion.parts()) == 0
    assert {sheet.examples for sheet in conversion.account.sheets.values()} == {1}


def test_cells_offer_values_and_keep_text_as_typed(workbook: Path) -> None:
    sheets = parts(workbook, r"xl/worksheets/sheet\d+\.xml")
    assert len(sheets) == len(forms()) + 2
    assert not any("<f>" in sheet for sheet in sheets)
    frozen = [sheet for sheet in sheets if 'state="frozen"' in sheet]
    assert len(frozen) == len(forms()) + 1
    # Choices, but for text and dates: 76 columns of cases, and so on.
    offered = sum(sheet.count("<dataValidation ") for sheet in sheets)
    assert offered == sum(
        bool(column.choices or column.table or column.kind == "number")
        for form in forms().values()
        for column in form.columns
    )
    notes = "".join(parts(workbook, r"xl/comments\d+\.xml"))
    assert notes.count("<comment ") == sum(len(form.columns) + 1 for form in forms().values())
    assert "Which immigration court has the case?" in notes


def test_confidential_columns_say_so_in_their_name_and_note() -> None:
    column = forms()["cases"].column("immediate_crime_victim")
    assert header_of(column) == "Immediate crime victim (confidential)"
    assert "CONFIDENTIAL by law (8 USC 1367)" in note_of(column)
    assert header_of(forms()["cases"].column("sex")) == "Sex (protected)"
    assert "(" not in header_of(forms()["cases"].column("court"))


def test_the_csv_files_have_the_fields_of_the_forms(tmp_path: Path) -> None:
    for name, content in template_csv(forms()).items():
        header, example = csv.reader(io.StringIO(content.decode()))
        form = forms()[name.removesuffix(".csv")]
        assert header == [column.field for column in form.columns]
        assert example[0] == "EXAMPLE"
        (tmp_path / name).write_bytes(content)
    conversion = Conversion(read_book(str(tmp_path), list_fields()))
    assert sum(part.cases.height + part.refused.height for part in conversion.parts()) == 0
