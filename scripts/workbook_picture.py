"""Take pictures of workbooks, with LibreOffice and poppler: the template, and a worklist."""

from __future__ import annotations

import dataclasses
import re
import shutil
import string
import subprocess
import tempfile
import zipfile
from html import escape
from pathlib import Path

import numpy as np

from schemas.errors import InputError
from transforms.tables.forms import CASES_SHEET, forms
from transforms.tables.template import template_workbook

NEEDS = {"soffice": "libreoffice-calc", "pdftoppm": "poppler-utils"}
# How many pages the sheet Read me has before the one that is shown.
READ_ME_PAGES = {"template": 1, "worklist": 2}
DOTS, MARGIN = 120, 4
# A worklist is cut below its first cases.
TALLEST = 560
SHEET = "xl/worksheets/sheet2.xml"
COLUMNS = (
    "case_id",
    "court",
    "custody",
    "birth_date",
    "marital_status",
    "nationality",
    "no_other_entries",
    "no_other_convictions",
    "arrests",
    "immediate_crime_victim",
)
CLIENTS = (
    ("C-1", "Baltimore", "Never detained", "03/1990", "Unmarried", "", "yes", "yes"),
    ("C-2", "Baltimor", "Detained", "13/45/1990"),
    ("C-3", "Denver", "Released", "1944", "", "", "", "yes"),
)


def template_picture() -> bytes:
    """Make the template, fill in three clients, and picture some columns, as PNG.

    Raises:
        InputError: A program that this needs isn't installed.
    """
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder, "cases.xlsx")
        book.write_bytes(_template())
        _fill_in(book)
        return _picture(book, READ_ME_PAGES["template"] + 1)


def worklist_picture(book: Path) -> bytes:
    """Picture the first cases of a worklist, as PNG.

    Args:
        book: A workbook that `discretion export` wrote.

    Raises:
        InputError: A program that this needs isn't installed.
    """
    return _picture(book, READ_ME_PAGES["worklist"] + 1)


def _picture(book: Path, number: int) -> bytes:
    for program, package in NEEDS.items():
        if shutil.which(program) is None:
            raise InputError(f"{program}: isn't installed (Debian: {package})")
    with tempfile.TemporaryDirectory() as folder:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        _do("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(book))
        pdf = str(Path(folder, book.name).with_suffix(".pdf"))
        page = ["-r", str(DOTS), "-f", str(number), "-l", str(number), "-singlefile"]
        box = _inked(_do("pdftoppm", *page, "-gray", pdf))
        return _do("pdftoppm", *page, "-png", *box, pdf)


def _template() -> bytes:
    cases = forms()[CASES_SHEET]
    by_name = {column.field: column for column in cases.columns}
    columns = tuple(by_name[name] for name in COLUMNS)
    return template_workbook({CASES_SHEET: dataclasses.replace(cases, columns=columns)})


def _fill_in(book: Path) -> None:
    """Add the rows of clients, and print the grid, in place."""
    with zipfile.ZipFile(book) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    sheet = parts[SHEET].decode()
    style = re.findall(r'<col [^>]*style="(\d+)"', sheet)[0]
    rows = "".join(
        f'<row r="{number}">{_cells(number, client, style)}</row>'
        for number, client in enumerate(CLIENTS, 3)
    )
    sheet = sheet.replace("</sheetData>", f"{rows}</sheetData>")
    # All columns on one page.
    sheet = re.sub(r"<sheetPr.*?(</sheetPr>|/>)", "", sheet, count=1)
    fit = '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
    sheet = re.sub(r"(<worksheet [^>]*>)", rf"\1{fit}", sheet, count=1)
    grid = '<printOptions headings="1" gridLines="1"/>'
    parts[SHEET] = sheet.replace("<pageMargins", f"{grid}<pageMargins", 1).encode()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)


def _cells(number: int, client: tuple[str, ...], style: str) -> str:
    texts = [*client, *[""] * (len(COLUMNS) - len(client))]
    return "".join(
        f'<c r="{letter}{number}" s="{style}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
        for letter, text in zip(string.ascii_uppercase, texts, strict=False)
    )


def _inked(page: bytes) -> list[str]:
    """Return the part of a page that isn't white, as options of pdftoppm."""
    head = re.match(rb"P5\s(\d+)\s(\d+)\s255\s", page)
    assert head is not None
    width, height = int(head[1]), int(head[2])
    ink = np.frombuffer(page[head.end() :], np.uint8).reshape(height, width) < 250
    down = np.flatnonzero(ink.any(axis=1))
    across = np.flatnonzero(ink[down[0] : down[0] + TALLEST].any(axis=0))
    left, top = max(0, across[0] - MARGIN), max(0, down[0] - MARGIN)
    sizes = (across[-1] - left + MARGIN, min(TALLEST, down[-1] - top + MARGIN))
    places = zip(("-x", "-y", "-W", "-H"), (left, top, *sizes), strict=True)
    return [word for name, value in places for word in (name, str(value))]


def _do(*words: str) -> bytes:
    return subprocess.run(words, check=True, capture_output=True).stdout
