"""Lines of the release's files: cutting out those with a wrong number of fields, and mending them.

A stray tab shifts what stands behind it. Every way to take so many tabs out again is tried: those
remain in which each column holds what it may (`schemas.eoir_columns`), and the row is mended where
they agree on the columns in use. What the row was before is among them unless one of its values
was junk besides; so a mended row is right, and where nobody can say it is refused. Most tabs are
typed into cities and places, with codes, dates and numbers behind them that fit in one way only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from schemas.eoir import Kind, Table
from schemas.eoir_columns import codes_of, kind_of, shape_of

READ_BYTES = 16 << 20
# More than that and the combinations outgrow what a row is worth.
MOST_STRAY_TABS = 3

NULL_SPELLINGS = r"^(?:N/A|b6|\(b\)\(6\)|A\.2\.a|\?+|0+)$"
_NULL = re.compile(NULL_SPELLINGS.encode())


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
        The line with as many fields as the header, or None where it cannot be told what it was.
    """
    fields = raw.split(b"\t")
    extra = len(fields) - len(header)
    if not 0 < extra <= MOST_STRAY_TABS:
        return None
    columns = [_Column.of(table, name) for name in header]
    used = [at for at, name in enumerate(header) if name in table.columns]
    found: tuple[bytes, ...] | None = None
    mended = None
    for row in _ways(fields, columns):
        values = tuple(row[at].strip() for at in used)
        if found not in (None, values):
            return None
        found, mended = values, mended or b"\t".join(row)
    return mended


@dataclass(frozen=True, slots=True)
class _Column:
    """What a column may hold, and what stood between two parts of a value of it."""

    fits: Callable[[bytes], bool]
    between: bytes

    @classmethod
    def of(cls, table: Table, name: str) -> _Column:
        codes = codes_of(table, name)
        known = None if codes is None else frozenset(code.encode() for code in codes)
        shape = re.compile(shape_of(table, name).encode(), re.DOTALL)

        def fits(value: bytes) -> bool:
            text = value.strip(b' "')
            if not text or _NULL.match(text):
                return True
            return bool(shape.fullmatch(text)) if known is None else text in known

        return cls(fits, b" " if kind_of(table, name) is Kind.TEXT else b"")


def _ways(fields: list[bytes], columns: list[_Column]) -> Iterator[list[bytes]]:
    """The rows that fields make, some of them joined to the one before."""
    if not columns:
        yield []
        return
    column, *rest = columns
    most = len(fields) - len(rest)
    for parts in range(1 if rest else most, most + 1):
        value = column.between.join(fields[:parts])
        if parts > 1 and column.between:
            value = value.strip()
        if column.fits(value):
            for row in _ways(fields[parts:], rest):
                yield [value, *row]
