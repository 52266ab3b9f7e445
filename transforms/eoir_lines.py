"""Lines of the release's files: cutting out those with a wrong number of fields, and mending them.

A stray tab in a text field shifts what stands behind it. Such a row is mended only where joining
fields again gives a row in which every date is a date and every number a number, and where all the
ways to do so agree on the columns in use; else nobody can say which is right.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from schemas.eoir import Kind, Table, kind_of

READ_BYTES = 16 << 20
# More than that and the combinations outgrow what a row is worth.
MOST_STRAY_TABS = 3

NULL_SPELLINGS = r"^(?:N/A|b6|\(b\)\(6\)|A\.2\.a|\?+|0+)$"
_NULL = re.compile(NULL_SPELLINGS.encode())
_LOOKS: dict[Kind, re.Pattern[bytes]] = {
    Kind.ID: re.compile(rb"\d{1,18}"),
    Kind.DATE: re.compile(rb"\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d(?:\.\d+)?)?"),
    Kind.MONTH: re.compile(rb"\d{1,2}/\d{4}"),
    Kind.FLAG: re.compile(rb"[01]"),
}


@dataclass(frozen=True, slots=True)
class OddLine:
    """A line with a wrong number of fields: its place among the lines, from 0, and its bytes."""

    row: int
    raw: bytes


def whole_lines(stream: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    """The lines that begin within a range of a file, so that ranges side by side miss none.

    Args:
        stream: The file.
        start: First byte of the range.
        end: The byte behind it.

    Yields:
        Runs of whole lines, without NUL bytes and carriage returns, each line ending in a newline.
    """
    at = start
    if start:
        # A line that begins at `start` is ours: the newline before it ends the line before.
        stream.seek(start - 1)
        at = start - 1 + len(stream.readline())
    else:
        stream.seek(0)
    while at < end:
        # A line begins in the range even if it ends behind it.
        data = stream.read(min(READ_BYTES, end - at))
        if not data.endswith(b"\n"):
            data += stream.readline()
        at += len(data)
        yield _clean(data)


def _clean(data: bytes) -> bytes:
    if b"\0" in data:
        data = data.replace(b"\0", b"")
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").removesuffix(b"\r")
    return data if data.endswith(b"\n") or not data else data + b"\n"


def split_odd(data: bytes, fields: int) -> tuple[bytes, int, list[OddLine]]:
    """Part lines with so many fields from the odd ones.

    Args:
        data: Whole lines, each ending in a newline.
        fields: How many fields a line has.

    Returns:
        The even lines, how many lines there were, and the odd ones.
    """
    content = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(content == ord("\n"))
    tabs_before = np.searchsorted(np.flatnonzero(content == ord("\t")), ends)
    tabs = np.diff(tabs_before, prepend=0)
    starts = np.concatenate(([0], ends[:-1] + 1)) if len(ends) else ends
    odd = np.flatnonzero(tabs != fields - 1)
    if not len(odd):
        return data, len(ends), []
    even, at, lines = [], 0, []
    for row in odd.tolist():
        start, end = int(starts[row]), int(ends[row])
        even.append(data[at:start])
        lines.append(OddLine(row, data[start:end]))
        at = end + 1
    even.append(data[at:])
    return b"".join(even), len(ends), lines


def mend(raw: bytes, table: Table, header: Sequence[str]) -> bytes | None:
    """Mend a row that stray tabs have shifted.

    Args:
        raw: The line.
        table: Its table.
        header: The columns of the file, in order.

    Returns:
        The line with as many fields as the header, or None if it is beyond repair.
    """
    fields = raw.split(b"\t")
    extra = len(fields) - len(header)
    if not 0 < extra <= MOST_STRAY_TABS:
        return None
    used = [at for at, column in enumerate(header) if column in table.columns]
    kinds = [kind_of(table, column) for column in header]
    found: dict[tuple[bytes, ...], bytes] = {}
    for joints in itertools.combinations(range(1, len(fields)), extra):
        row = _join(fields, joints)
        if all(map(_fits, row, kinds)):
            found.setdefault(tuple(row[at].strip() for at in used), b"\t".join(row))
    return next(iter(found.values())) if len(found) == 1 else None


def _join(fields: list[bytes], joints: Sequence[int]) -> list[bytes]:
    row: list[bytes] = []
    for at, value in enumerate(fields):
        if at in joints:
            row[-1] = (row[-1] + b" " + value).strip()
        else:
            row.append(value)
    return row


def _fits(value: bytes, kind: Kind) -> bool:
    text = value.strip()
    if kind not in _LOOKS or not text or _NULL.match(text):
        return True
    return _LOOKS[kind].fullmatch(text) is not None
