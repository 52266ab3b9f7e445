"""The template: an empty workbook of all forms to fill in, or the same as CSV files."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Mapping
from typing import Any

import xlsxwriter

from schemas.codes import number_ranges
from schemas.codes.listing import Row, rows
from transforms.tables.forms import (
    CASE_ID,
    CASES_SHEET,
    CODES,
    EXAMPLE,
    NO_OTHER,
    READ_ME,
    Column,
    Form,
)

# How far down drop-downs and formats go.
_LAST_ROW = 5_000
_NARROWEST, _WIDEST = 13, 30
# What Excel allows for the choices of a drop-down that isn't a range of cells.
_MOST_CHOICES = 255
_FILLS = {"plain": "#DCE6F1", "list": "#E2EFDA", "confidential": "#F8CBAD", "protected": "#FFF2CC"}
# People know courts and countries by name, and the rest by code.
_NAMED = ("courts", "nationalities")
_TEXTS = {
    "court": "Baltimore",
    "a_number": "A012345678",
    "birth_date": "03/1990",
    "source": "intake form",
}

READ_ME_LINES = (
    "How to fill in this workbook",
    "",
    "On the sheet cases, write one row per case. Leave a cell blank if you don't know. Blank never "
    "means no.",
    "Convictions, entries, relatives, and other lists have sheets of their own. Write one row for "
    "each, with the id of its case.",
    "On the sheet cases, write yes under No other ... if the rows on that sheet are all there are. "
    "If there is nothing to list, write no row, and yes, too. Blank means that there may be more.",
    "Point at a column's name to see what it asks. Write dates as 11/17/2011 or 2011-11-17. For a "
    "birth, a month (11/1975) or a year is enough.",
    f"Rows with the case id {EXAMPLE} are ignored. You may delete them, and any column or sheet "
    "that you don't need. Keep the column Case ID.",
    "",
    "Colors of the column names:",
)
_LEGEND = {
    "plain": "a fact of the case",
    "list": "No other ...: whether the rows of a list are all there are",
    "confidential": "(confidential): protected from disclosure by 8 USC 1367 or 8 CFR 208.6",
    "protected": "(protected): read only by a rule that quotes guidance using it",
}
_CLOSING = (
    "",
    "When you are done:  discretion backlog --input cases.xlsx --output out",
    "It recommends. An attorney decides.",
    "Once filled in, this file holds personal data: keep it as you keep the case files.",
)
_READ_ME_WIDTH = 96


def template_workbook(sheets_of: Mapping[str, Form]) -> bytes:
    """Make the template as a workbook.

    Args:
        sheets_of: The forms to fill in, by name.

    Returns:
        The bytes of an .xlsx file: the sheet Read me, one per form, and the codes.
    """
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        book.set_properties({"created": datetime.datetime(2011, 11, 17)})
        formats = _formats(book)
        _read_me(book.add_worksheet(READ_ME), formats)
        sheets = {name: book.add_worksheet(name) for name in sheets_of}
        ranges = _codes(book.add_worksheet(CODES), sheets_of, formats)
        for name, sheet in sheets.items():
            _form(sheet, sheets_of[name], ranges, formats)
        sheets[CASES_SHEET].activate()
    return data.getvalue()


def template_csv(sheets_of: Mapping[str, Form]) -> dict[str, bytes]:
    """Make the template as CSV files: a header of field names, and the example.

    Args:
        sheets_of: The forms to fill in, by name.

    Returns:
        The content of each file, by its name.
    """
    made = {}
    for form in sheets_of.values():
        text = io.StringIO()
        table = csv.writer(text)
        table.writerow(column.field for column in form.columns)
        table.writerow(example(column) for column in form.columns)
        made[f"{form.name}.csv"] = text.getvalue().encode()
    return made


def example(column: Column) -> str:
    """Return what the example row has in a column."""
    if column.field == CASE_ID:
        return EXAMPLE
    if column.field in _TEXTS:
        return _TEXTS[column.field]
    if column.kind == "boolean":
        return "yes" if column.field.startswith(NO_OTHER) else "no"
    if column.choices:
        return column.choices[0]
    if column.table is not None:
        return _choices_of(column.table)[0]
    least = str(number_ranges()[column.path][0]) if column.kind == "number" else ""
    return "06/15/2004" if column.kind == "date" else least


def header_of(column: Column) -> str:
    """Return a column's name with its mark, if the law protects what it holds."""
    if column.confidential:
        return f"{column.title} (confidential)"
    return f"{column.title} (protected)" if column.protected else column.title


def note_of(column: Column) -> str:
    """Return what a column asks, what is allowed, and the law that protects it."""
    parts = [column.ask]
    if column.allowed != "text":
        parts.append(f"Allowed: {column.allowed}.")
    if column.table is not None:
        parts.append(f"The sheet {CODES} lists them, too.")
    if column.confidential:
        parts.append(f"CONFIDENTIAL by law ({column.confidential}).")
    if column.protected:
        parts.append("Protected: only a rule that quotes guidance using it reads it.")
    return "\n".join([*parts, f"Field: {column.field}"])


def _formats(book: Any) -> dict[str, Any]:
    head = {
        "bold": True,
        "text_wrap": True,
        "valign": "top",
        "border": 1,
        "border_color": "#A6A6A6",
    }
    made = {name: book.add_format({**head, "bg_color": fill}) for name, fill in _FILLS.items()}
    # Text keeps what is typed: a year isn't a day of 1905, and an id keeps its zeros.
    made["text"] = book.add_format({"num_format": "@"})
    made["example"] = book.add_format({"num_format": "@", "italic": True, "font_color": "#7F7F7F"})
    made["title"] = book.add_format({"bold": True, "font_size": 14})
    made["wrapped"] = book.add_format({"text_wrap": True, "valign": "top"})
    return made


def _read_me(sheet: Any, formats: dict[str, Any]) -> None:
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, _READ_ME_WIDTH)
    title, *how = READ_ME_LINES
    lines = [
        (title, "title"),
        *((line, "wrapped") for line in how),
        *((what, name) for name, what in _LEGEND.items()),
        *((line, "wrapped") for line in _CLOSING),
    ]
    for at, (line, style) in enumerate(lines):
        # Not every program fits the height of a row to its text.
        sheet.set_row(at, 16 * (1 + len(line) // _READ_ME_WIDTH) + (6 if style == "title" else 0))
        sheet.write_string(at, 0, line, formats[style])


def _form(sheet: Any, form: Form, ranges: dict[str, str], formats: dict[str, Any]) -> None:
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 32)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.repeat_columns(0)
    if form.confidential:
        sheet.set_tab_color(_FILLS["confidential"])
    for at, column in enumerate(form.columns):
        words = header_of(column)
        width = min(max(_NARROWEST, len(words) + 2, *map(len, column.choices)), _WIDEST)
        sheet.set_column(at, at, width, None if column.kind == "number" else formats["text"])
        sheet.write_string(0, at, words, formats[_fill(column)])
        note = note_of(column)
        sheet.write_comment(0, at, note, {"x_scale": 2.4, "y_scale": 0.7 + len(note) / 160})
        sheet.write_string(1, at, example(column), formats["example"])
        _validate(sheet, at, column, ranges)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{_LAST_ROW}"})
    sheet.write_comment(1, 0, f"An example. Rows with the case id {EXAMPLE} are ignored.")


def _fill(column: Column) -> str:
    if column.confidential:
        return "confidential"
    if column.protected:
        return "protected"
    return "list" if column.field.startswith(NO_OTHER) else "plain"


def _validate(sheet: Any, at: int, column: Column, ranges: dict[str, str]) -> None:
    """Offer the values of a column, and refuse others where no other spelling is read."""
    message = f"Allowed: {column.allowed}. Leave the cell blank if it isn't known."[:255]
    rule: dict[str, Any] = {"error_title": column.title[:32], "error_message": message}
    if column.table is not None:
        # Other spellings are read, too.
        rule |= {"validate": "list", "source": ranges[column.table], "error_type": "information"}
        rule["show_error"] = False
    elif column.choices and len(",".join(column.choices)) <= _MOST_CHOICES:
        rule |= {"validate": "list", "source": list(column.choices)}
    elif column.kind == "number":
        least, most = number_ranges()[column.path]
        rule |= {"validate": "integer", "criteria": "between", "minimum": least, "maximum": most}
    else:
        return
    sheet.data_validation(1, at, _LAST_ROW, at, rule)


def _codes(sheet: Any, sheets_of: Mapping[str, Form], formats: dict[str, Any]) -> dict[str, str]:
    """Write the tables of codes side by side, and return the range of each to choose from."""
    tables = dict.fromkeys(
        column.table for form in sheets_of.values() for column in form.columns if column.table
    )
    ranges = {}
    sheet.freeze_panes(1, 0)
    for number, table in enumerate(tables):
        at = 2 * number
        choices = _choices_of(table)
        meanings = [_meaning(row, table) for row in _rows_of(table)]
        sheet.set_column(at, at, 22, formats["text"])
        sheet.set_column(at + 1, at + 1, 46, formats["text"])
        sheet.write_row(
            0, at, (table, "code" if table in _NAMED else "what it is"), formats["plain"]
        )
        sheet.write_column(1, at, choices, formats["text"])
        sheet.write_column(1, at + 1, meanings, formats["text"])
        letter = xlsxwriter.utility.xl_col_to_name(at)
        ranges[table] = f"={CODES}!${letter}$2:${letter}${len(choices) + 1}"
    return ranges


def _rows_of(table: str) -> list[Row]:
    """Return the rows of a table whose code can be read, those with a name first."""
    found = [row for row in rows(table) if not row.label.startswith(("open;", "not read"))]
    if table not in _NAMED:
        return found
    return sorted(found, key=lambda row: (not row.words, row.words[:1], row.code))


def _choices_of(table: str) -> list[str]:
    return [
        row.words[0].title() if table in _NAMED and row.words else row.code
        for row in _rows_of(table)
    ]


def _meaning(row: Row, table: str) -> str:
    if table in _NAMED:
        return row.code
    return "; ".join(part for part in (row.label, ", ".join(row.words[:4])) if part)
