"""A worklist as an Excel workbook: a sheet per route, and one that explains them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import xlsxwriter

from pipelines.exports.about import law, terms
from pipelines.exports.not_routed import not_listed
from schemas.manifest import Manifest
from schemas.outcomes import ROUTES, STATE_TEXTS
from schemas.shown import shown
from schemas.worklist import DECIDED, NO, REASON_CODES, YES, Column
from transforms.frames.frame import Frame

# Excel's own limits.
SHEET_ROWS, CELL_TEXT = 1_048_576, 32_767
FIRST_ROW = 2
SHEET_CASES = SHEET_ROWS - FIRST_ROW - 1
_LINE, _MOST_LINES = 13.0, 12
# Letters of 10 points per unit of column width, measured on a printed page.
_LETTERS = 1.15
_CUT = " ... (cut short)"
_EPOCH = datetime.date(1899, 12, 30)
CHOICES = {
    "decision": list(ROUTES),
    "reason_code": list(REASON_CODES),
    "offered": [YES, NO],
    "accepted": [YES, NO],
    "humanitarian": [YES, NO],
}
# Strings are written as strings, whatever they start with.
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_workbook(
    path: str,
    frames: Iterable[Frame],
    manifest: Manifest,
    columns: Sequence[Column],
    counts: dict[str, int],
    *,
    shared: bool,
) -> None:
    """Write a workbook.

    Args:
        path: The new file.
        frames: Frames with the columns, ordered by route.
        manifest: The run's manifest.
        columns: The columns of a worklist, in order.
        counts: The number of cases by route.
        shared: Whether it is a copy to give away.
    """
    book = xlsxwriter.Workbook(path, _OPTIONS)
    # Each sheet is kept in its own file until the workbook is closed.
    formats = _Formats.of(book)
    _explain(book, formats, manifest, columns, counts, shared)
    sheet: _Sheet | None = None
    for frame in frames:
        for route, of_route in _cells(frame, columns).group_by("route", maintain_order=True):
            name = str(route[0])
            left = of_route
            while left.height:
                if sheet is None or sheet.route != name or sheet.rows == SHEET_CASES:
                    number = sheet.number + 1 if sheet and sheet.route == name else 1
                    if sheet:
                        sheet.finish()
                    sheet = _Sheet.start(book, formats, columns, name, number, law(shared=shared))
                room = SHEET_CASES - sheet.rows
                sheet.write(left.head(room))
                left = left[room:]
    if sheet:
        sheet.finish()
    book.close()


@dataclass(frozen=True)
class _Formats:
    """The formats of cells."""

    head: Any
    decided_head: Any
    text: Any
    decided: Any
    date: Any
    number: Any
    decided_date: Any
    title: Any
    line: Any

    @classmethod
    def of(cls, book: Any) -> _Formats:
        cell = {"valign": "top", "text_wrap": True, "font_size": 10, "font_name": "Calibri"}
        cell |= {"bottom": 1, "bottom_color": "#D5DBE3"}
        head = {**cell, "bold": True, "font_color": "#FFFFFF", "valign": "vcenter", "border": 1}
        filled = {"bg_color": "#FFF9E5", "border": 1, "border_color": "#E4D9B8", "locked": False}
        day = {"num_format": "yyyy-mm-dd", "align": "left"}
        return cls(
            head=book.add_format({**head, "bg_color": "#1F3A5F"}),
            decided_head=book.add_format({**head, "bg_color": "#7A5B00"}),
            text=book.add_format(cell),
            decided=book.add_format({**cell, **filled}),
            date=book.add_format({**cell, **day}),
            number=book.add_format({**cell, "num_format": "#,##0", "align": "left"}),
            decided_date=book.add_format({**cell, **filled, **day}),
            title=book.add_format({"bold": True, "font_size": 14}),
            line=book.add_format({"bold": True, "font_color": "#9C1C1C", "font_size": 11}),
        )


@dataclass
class _Sheet:
    """A sheet of cases, written row by row."""

    sheet: Any
    formats: _Formats
    columns: Sequence[Column]
    route: str
    number: int
    rows: int = 0

    @classmethod
    def start(
        cls,
        book: Any,
        formats: _Formats,
        columns: Sequence[Column],
        route: str,
        number: int,
        line: str,
    ) -> _Sheet:
        name = route.capitalize() + (f" ({number})" if number > 1 else "")
        sheet = book.add_worksheet(name)
        for at, column in enumerate(columns):
            sheet.set_column(at, at, column.width, _column_format(formats, column))
        # A row's format takes precedence over its columns'.
        sheet.set_row(0, 18, formats.line)
        sheet.write_string(0, 0, line, formats.line)
        sheet.set_row(1, 30)
        for at, column in enumerate(columns):
            head = formats.decided_head if column in DECIDED else formats.head
            sheet.write_string(1, at, column.name, head)
        sheet.freeze_panes(FIRST_ROW, 1)
        sheet.set_landscape()
        sheet.set_paper(5)
        # On paper: what is recommended on one page, and what is decided on the next.
        sheet.fit_to_pages(2, 0)
        sheet.repeat_rows(1)
        sheet.repeat_columns(0)
        sheet.set_header(f"&L&8{line}")
        sheet.set_footer("&L&A&RPage &P of &N")
        return cls(sheet, formats, columns, route, number)

    def write(self, rows: Frame) -> None:
        """Write cases; empty cells take the format of their column.

        Args:
            rows: The columns, as `_cells` makes them.
        """
        writers = [self._writer(column, rows) for column in self.columns]
        set_row = self.sheet.set_row
        for at, (height, *row) in enumerate(rows.iter_rows(), self.rows + FIRST_ROW):
            set_row(at, height)
            for column, value in enumerate(row):
                if value is not None:
                    write, style = writers[column]
                    write(at, column, value, style)
        self.rows += rows.height

    def _writer(self, column: Column, rows: Frame) -> tuple[Any, Any]:
        """Return what writes a cell of a column, and its format."""
        if rows.schema[column.name] == pl.String:
            return self.sheet.write_string, self.formats.text
        style = self.formats.date if column.kind == "date" else self.formats.number
        return self.sheet.write_number, style

    def finish(self) -> None:
        """Add filters and drop-downs over all rows."""
        last = self.rows + FIRST_ROW - 1
        self.sheet.autofilter(1, 0, last, len(self.columns) - 1)
        for at, column in enumerate(self.columns):
            if column in DECIDED:
                self.sheet.data_validation(FIRST_ROW, at, last, at, _validation(column))


def _column_format(formats: _Formats, column: Column) -> Any:
    if column in DECIDED:
        return formats.decided_date if column.kind == "date" else formats.decided
    return formats.date if column.kind == "date" else formats.text


def _validation(column: Column) -> dict[str, Any]:
    shown_first = {"input_title": column.name, "input_message": _sentence(column.says)}
    if column.name in CHOICES:
        return {
            "validate": "list",
            "source": CHOICES[column.name],
            "error_title": column.name,
            "error_message": "Choose one of the list.",
            **shown_first,
        }
    return {"validate": "any", **shown_first}


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _cells(frame: Frame, columns: Sequence[Column]) -> Frame:
    """Make the cells of rows, and the height of each row, all at once.

    Returns:
        `_height` (Float64), and the columns: texts as they fit, and dates as Excel's numbers.
    """
    texts = [one for one in columns if frame.schema[one.name] == pl.String]
    lines = pl.max_horizontal(pl.lit(1.0), *(_lines(one.name, one.width) for one in texts))
    return frame.select(
        _LINE * lines.clip(upper_bound=_MOST_LINES).alias("_height") + 3,
        *(_cell(one.name, frame.schema[one.name]) for one in columns),
    )


def _cell(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype == pl.Date:
        return (column - _EPOCH).dt.total_days()
    if dtype == pl.String:
        cut = column.str.head(CELL_TEXT - len(_CUT)) + _CUT
        return pl.when(column.str.len_chars() <= CELL_TEXT).then(column).otherwise(cut).alias(name)
    return column


def _lines(name: str, width: int) -> pl.Expr:
    """Count the lines that a text takes in a column; null for none."""
    letters = pl.element().str.len_chars()
    each = (letters / (width * _LETTERS)).ceil().clip(lower_bound=1)
    return pl.col(name).str.split("\n").list.eval(each).list.sum()


def _explain(
    book: Any,
    formats: _Formats,
    manifest: Manifest,
    columns: Sequence[Column],
    counts: dict[str, int],
    shared: bool,
) -> None:
    """Write the first sheet: what the workbook holds, and how to fill it in."""
    sheet = book.add_worksheet("Read me")
    sheet.set_column(0, 0, 24, formats.text)
    sheet.set_column(1, 1, 100, formats.text)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    others = "" if shared else not_listed(manifest, sum(counts.values()))
    rows: list[tuple[str, str | int, Any]] = [
        ("Worklist", "", formats.title),
        (law(shared=shared), "", formats.line),
        ("It recommends. An attorney decides.", "", None),
        ("", "", None),
        ("Rulebook", terms(manifest), None),
        *(("Note", shown(notice), None) for notice in manifest.rulebook.notices),
        ("Run", shown(manifest.run_id), None),
        *((f"Cases to {route}", number, None) for route, number in counts.items()),
        *([("Not in this file", others, None)] if others else []),
        ("", "", None),
        ("State", "", formats.head),
        *(
            (text.partition(": ")[0], text.partition(": ")[2], None)
            for text in STATE_TEXTS.values()
        ),
        ("", "", None),
        ("Column", "What it holds", formats.head),
        *((column.name, column.says, None) for column in columns),
    ]
    if set(DECIDED) <= set(columns):
        rows += [
            ("", "", None),
            ("reason_code", "When to choose it", formats.decided_head),
            *((code, meaning, None) for code, meaning in REASON_CODES.items()),
            ("", "", None),
            (
                "To send decisions back",
                "Fill in the yellow columns; leave the others as they are. Save the workbook, and "
                "run: discretion import-reviews FILE.xlsx --output DIR",
                None,
            ),
        ]
    for at, (first, second, style) in enumerate(rows):
        wide = style is formats.line or (not second and style is None)
        plain = None if wide else formats.text
        sheet.write_string(at, 0, first, style or plain)
        if isinstance(second, int):
            sheet.write_number(at, 1, second, formats.number)
        elif second:
            sheet.write_string(at, 1, second, style or formats.text)
