"""Error cells of workbooks, such as #REF!: calamine reads them as blank, which would hide them."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from xml.etree import ElementTree

_MARK = b't="e"'
_READ_BYTES = 1 << 22
_CELL = re.compile(
    rb'<c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]+)([0-9]+)"[^>]*>(?:(?!</c>).)*?<v>([^<]*)</v>',
    re.DOTALL,
)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

Errors = dict[tuple[int, int], str]
"""By row, from 1, and column, from 0, what an error cell shows."""


def error_cells(content: bytes) -> dict[str, Errors]:
    """Find the error cells of a workbook.

    Args:
        content: The bytes of an .xlsx file that calamine can read.

    Returns:
        The error cells of each sheet that has some, by the sheet's name.
    """
    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for name, part in _sheets(packed).items():
            if part in packed.namelist() and _has_errors(packed, part):
                found[name] = {
                    (int(row), _position(letters.decode())): text.decode(errors="replace")
                    for letters, row, text in _CELL.findall(packed.read(part))
                }
    return found


def _sheets(packed: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of each sheet, by the sheet's name."""
    relations = ElementTree.fromstring(packed.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    book = ElementTree.fromstring(packed.read("xl/workbook.xml"))
    return {
        sheet.get("name", ""): posixpath.normpath(
            posixpath.join("/xl", targets.get(_relation(sheet)) or "")
        ).lstrip("/")
        for sheet in book.iter()
        if sheet.tag.endswith("}sheet")
    }


def _relation(sheet: ElementTree.Element) -> str | None:
    # Its namespace is another one in strict workbooks.
    return next((value for name, value in sheet.attrib.items() if name.endswith("}id")), None)


def _has_errors(packed: zipfile.ZipFile, part: str) -> bool:
    last = b""
    with packed.open(part) as stream:
        while data := stream.read(_READ_BYTES):
            if _MARK in last + data:
                return True
            last = data[-len(_MARK) :]
    return False


def _position(letters: str) -> int:
    position = 0
    for letter in letters:
        position = position * 26 + ord(letter) - ord("A") + 1
    return position - 1
