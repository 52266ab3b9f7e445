"""Lines of the release's files: separate those with a wrong number of fields, and repair them.

A stray tab shifts everything after it. Every way of removing the extra tabs is tried. The ways that
remain are those in which each column holds what it may (`schemas.eoir.columns`), and the row is
repaired if they agree on the columns in use. The original row is among them, unless one of its
values was junk as well; so a repaired row is correct, and an ambiguous one is refused. Most tabs
are typed into cities and places, followed by codes, dates, and numbers that fit in only one way.
Some exports end every row with blank fields that the header doesn't name; those are cut off.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

import numpy as np
import numpy.typing as npt

from schemas.eoir.columns import codes_of, kind_of, shape_of
from schemas.eoir.tables import TABLES, Kind, Table
from transforms.frames.nulls import NO_CODE, NOTHING

Ints: TypeAlias = npt.NDArray[np.int64]

# What fits into a processor's cache is read and split in half the time.
READ_BYTES = 1 << 20
# With more, there are too many combinations for one row.
MOST_STRAY_TABS = 3
# Characters around a value that don't belong to it.
AROUND = ' "'

# If at least this many rows, and half the run, end in blank fields, it's a habit of the file.
HABIT_ROWS = 16

# In the court's codes and ids, a single zero means nothing, too.
_NULL = re.compile(f"{NO_CODE}|^0$".encode())
_NULL_DATE = re.compile(NOTHING.encode())


@dataclass(frozen=True, slots=True)
class OddLine:
    """A line with a wrong number of fields: its place among the lines, from 0, and its bytes."""

    row: int
    raw: bytes


def whole_lines(stream: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    """Read the lines that begin within a range of a file, so that adjacent ranges miss none.

    Args:
        stream: The file.
        start: The first byte of the range.
        end: The byte after the range.

    Yields:
        Runs of whole lines, without NUL bytes and carriage returns, each line ending in a newline.

    Raises:
        EOFError: The file ends before the range does.
    """
    at = start
    if start:
        # A line that begins at `start` is ours, because the newline before it ends the previous
        # line.
        stream.seek(start - 1)
        at = start - 1 + len(stream.readline())
    else:
        stream.seek(0)
    while at < end:
        # A line begins in the range even if it ends after it.
        data = stream.read(min(READ_BYTES, end - at))
        if not data:
            raise EOFError
        if not data.endswith(b"\n"):
            data += stream.readline()
        at += len(data)
        yield _clean(data)


def _clean(data: bytes) -> bytes:
    if b"\0" in data:
        data = data.replace(b"\0", b"")
    if data and not data.endswith(b"\n"):
        data += b"\n"
    if b"\r" not in data:
        return data
    content = np.frombuffer(data, np.uint8)
    after = content[np.flatnonzero(content == ord("\r")) + 1]
    # If no return stands alone, as usual: one byte is found ten times as fast as two.
    usual = (after == ord("\n")).all()
    return data.replace(b"\r", b"") if usual else data.replace(b"\r\n", b"\n")


@dataclass(frozen=True, slots=True)
class Parted:
    """Lines, split by their number of fields.

    Args:
        even: The lines with as many fields as the header, each ending in a newline.
        lines: The number of lines.
        odd: The other lines.
        trimmed: How many of the even lines lost blank fields after the last column.
    """

    even: bytes
    lines: int
    odd: list[OddLine]
    trimmed: int


def split_odd(data: bytes, fields: int) -> Parted:
    """Separate lines with the right number of fields from the others.

    Args:
        data: Whole lines, each ending in a newline.
        fields: The number of fields in a line.

    Returns:
        The lines, split.
    """
    content = np.frombuffer(data, np.uint8)
    # Tabs and newlines are neighbors; to a byte without a sign, what is less than a tab is large.
    breaks = np.flatnonzero(content - ord("\t") <= ord("\n") - ord("\t"))
    newlines = np.flatnonzero(content[breaks] == ord("\n"))
    ends = breaks[newlines]
    extra = np.diff(newlines, prepend=-1) - fields
    if not extra.any():
        return Parted(data, len(ends), [], 0)
    starts = np.concatenate(([0], ends[:-1] + 1)) if len(ends) else ends
    blank = _blank_tails(content, starts, ends, extra)
    keep = np.ones(len(content), bool)
    for shift in range(1, int(extra[blank].max(initial=0)) + 1):
        keep[ends[blank & (extra >= shift)] - shift] = False
    odd = np.flatnonzero((extra != 0) & ~blank)
    lines = []
    for row in odd.tolist():
        start, end = int(starts[row]), int(ends[row])
        lines.append(OddLine(row, data[start:end]))
        keep[start : end + 1] = False
    return Parted(content[keep].tobytes(), len(ends), lines, int(blank.sum()))


def _blank_tails(
    content: npt.NDArray[np.uint8], starts: Ints, ends: Ints, extra: Ints
) -> npt.NDArray[np.bool_]:
    """Find lines that end in extra blank fields, if at least half of a run does."""
    nobody = np.zeros(len(ends), bool)
    long = np.flatnonzero(extra > 0)
    if len(long) < max(HABIT_ROWS, len(ends) / 2):
        return nobody
    most = np.bincount(extra[long]).argmax()
    rows = np.flatnonzero(extra == most)
    for shift in range(1, int(most) + 1):
        rows = rows[content[ends[rows] - shift] == ord("\t")]
    if len(rows) < max(HABIT_ROWS, len(ends) / 2):
        return nobody
    # A row of nothing but tabs isn't a row.
    rows = rows[ends[rows] - starts[rows] > extra[rows]]
    nobody[rows] = True
    return nobody


def repair(raw: bytes, table: Table, header: tuple[str, ...]) -> bytes | None:
    """Repair a row that stray tabs have shifted.

    Args:
        raw: The line.
        table: Its table.
        header: The columns of the file, in order.

    Returns:
        The line with as many fields as the header, or None if its original can't be determined.
    """
    ways = _ways(raw, table, header)
    return b"\t".join(ways[0]) if len(ways) == 1 else None


def cases_of(raw: bytes, table: Table, header: tuple[str, ...]) -> set[int]:
    """Find the cases that an unreadable row may belong to.

    Args:
        raw: The line.
        table: Its table.
        header: The columns of the file, in order.

    Returns:
        Values of IDNCASE from the ways in which the row fits; otherwise, the whole numbers at the
        column's place, and as far after it as stray tabs may have moved it.
    """
    at = header.index("IDNCASE")
    ways, fields = _ways(raw, table, header), raw.split(b"\t")
    most = at + max(0, min(len(fields) - len(header), MOST_STRAY_TABS))
    found = [way[at] for way in ways] or fields[at : most + 1]
    texts = [text.strip(AROUND.encode()) for text in found]
    return {int(text) for text in texts if re.fullmatch(rb"\d{1,18}", text)}


@dataclass(frozen=True, slots=True)
class _Column:
    """What a column may hold, and what was between two parts of its value."""

    fits: Callable[[bytes], bool]
    between: bytes
    used: bool

    @classmethod
    def of(cls, table: Table, name: str) -> _Column:
        codes, kind = codes_of(table, name), kind_of(table, name)
        known = None if codes is None else frozenset(code.encode() for code in codes)
        shape = re.compile(shape_of(table, name).encode(), re.DOTALL)
        # Nobody writes a date as 0, and a flag that is 0 must not pass for one.
        null = _NULL_DATE if kind in (Kind.DATE, Kind.MONTH) else _NULL

        @functools.lru_cache(maxsize=1 << 12)
        def fits(value: bytes) -> bool:
            text = value.strip(AROUND.encode())
            if not text or null.match(text):
                return True
            return bool(shape.fullmatch(text)) if known is None else text in known

        return cls(fits, b" " if kind is Kind.TEXT else b"", name in table.columns)


@functools.lru_cache(maxsize=64)
def _columns(table: str, header: tuple[str, ...]) -> tuple[_Column, ...]:
    return tuple(_Column.of(TABLES[table], name) for name in header)


def _ways(raw: bytes, table: Table, header: tuple[str, ...]) -> list[tuple[bytes, ...]]:
    """Find at most two ways to fill the columns that differ in the columns in use.

    Fields are joined to the previous one until there are as many as columns.
    """
    fields = raw.split(b"\t")
    extra = len(fields) - len(header)
    if not 0 < extra <= MOST_STRAY_TABS:
        return []
    columns = _columns(table.name, header)

    # By the place of a column, and how many fields were joined before it.
    @functools.cache
    def rest(at: int, joined: int) -> list[tuple[bytes, ...]]:
        if at == len(columns):
            return [()]
        column, first = columns[at], at + joined
        found: dict[tuple[bytes, ...], tuple[bytes, ...]] = {}
        last = at == len(columns) - 1
        for more in range(extra - joined if last else 0, extra - joined + 1):
            value = column.between.join(fields[first : first + more + 1])
            if more and column.between:
                value = value.strip()
            if not column.fits(value):
                continue
            for row in rest(at + 1, joined + more):
                way = (value, *row)
                used = tuple(
                    text.strip() for text, one in zip(way, columns[at:], strict=True) if one.used
                )
                found.setdefault(used, way)
        return list(found.values())[:2]

    return rest(0, 0)
