"""What is fuzzed: each target takes arbitrary bytes, and fails if a promise doesn't hold for them.

`corpus/` has a folder for each target, with inputs that once broke something or nearly did. If a
fuzzer or a user finds another, put it there: `test_corpus.py` runs every file.
"""

from __future__ import annotations

import io
import itertools
import json
import re
import zlib
from collections import Counter
from collections.abc import Callable
from typing import Any

import polars as pl
from polars.testing import assert_frame_equal
from pydantic import ValidationError

from schemas.avro import avro_schema
from schemas.case_event import CaseEvent
from schemas.eoir.tables import TABLES
from schemas.errors import AvroFormatError, ConditionError, SchemaMismatchError
from schemas.rulebook.conditions import compile_condition
from tests.helpers.random_avro import read_all
from tests.schemas.rulebook.test_conditions import NAMES, SCHEMA
from tests.transforms.eoir.test_lines import header_of
from transforms.avro.blocks import Block, Walk
from transforms.avro.header import read_header
from transforms.avro.types import polars_schema
from transforms.eoir.lines import cases_of, repair, split_odd, whole_lines
from transforms.nightly.events import EVENTS, FIELDS, normalize_events
from transforms.nightly.fold import fold

CASES = avro_schema("case_record")


def blocks(data: bytes) -> None:
    """Every byte of a file is in exactly one block or gap, however the file is split."""
    try:
        header = read_header(io.BytesIO(data))
    except AvroFormatError:
        return
    walk = Walk(io.BytesIO(data), header, len(data))
    parts = list(walk.parts())
    assert (walk.begin, walk.offset, walk.crc) == (0, len(data), zlib.crc32(data))
    assert all(part.count >= 0 for part in parts if isinstance(part, Block))
    middle = len(data) // 2
    edges = itertools.pairwise([0, middle, len(data) + 1]) if middle else [(0, len(data) + 1)]
    split = [
        part
        for start, stop in edges
        for part in Walk(io.BytesIO(data), header, len(data)).parts(start, stop)
    ]
    assert split == parts


def records(data: bytes) -> None:
    """A file of case records is rejected with a message, or read except for what is named."""
    try:
        frames, unread = read_all(data, CASES)
    except (AvroFormatError, SchemaMismatchError) as error:
        _in_one_line(error)
        return
    assert all(frame.schema == polars_schema(CASES) for frame in frames)
    assert sum(frame.height for frame in frames) <= 2_000_000
    assert all(each.offset >= 0 for each in unread)


def conditions(data: bytes) -> None:
    """A text is a condition that can be evaluated on any facts, or is rejected in one line."""
    try:
        condition = compile_condition(data.decode("utf-8", "replace"), NAMES)
    except ConditionError as error:
        _in_one_line(error)
        return
    frame = SCHEMA.to_frame()
    assert frame.select(pl.sql_expr(condition.sql)).dtypes == [pl.Boolean]


def events(data: bytes) -> None:
    """Events give the same records in any order, however often they come."""
    try:
        events_read = [CaseEvent.model_validate(row) for row in json.loads(data)]
    except (ValueError, TypeError, RecursionError, ValidationError):
        return
    rows = [event.model_dump() for event in events_read]
    good = normalize_events(pl.DataFrame(rows, schema=EVENTS)).good
    again = normalize_events(pl.DataFrame([*rows[::-1], *rows], schema=EVENTS)).good
    once, twice = fold(good), fold(again)
    columns = ["case_id", *FIELDS]
    assert_frame_equal(
        once.records.select(columns), twice.records.select(columns), check_row_order=False
    )
    assert_frame_equal(once.log, twice.log, check_row_order=False)
    assert set(once.records["case_id"]).isdisjoint(once.pending["case_id"])


def eoir_lines(data: bytes) -> None:
    """Every line is a row with as many fields as the header, or is kept unchanged."""
    lines = b"".join(whole_lines(io.BytesIO(data), 0, len(data)))
    cut = len(data) // 2
    parts = [*whole_lines(io.BytesIO(data), 0, cut), *whole_lines(io.BytesIO(data), cut, len(data))]
    assert b"".join(parts) == lines
    for table in TABLES.values():
        header = header_of(table)
        parted = split_odd(lines, len(header))
        even = parted.even.split(b"\n")[:-1]
        assert parted.lines == lines.count(b"\n") == len(even) + len(parted.odd)
        assert all(line.count(b"\t") == len(header) - 1 for line in even)
        if not parted.trimmed:
            assert Counter([*even, *(odd.raw for odd in parted.odd)]) == Counter(
                lines.split(b"\n")[:-1]
            )
        for odd in parted.odd:
            repaired = repair(odd.raw, table, header)
            assert repaired is None or repaired.count(b"\t") == len(header) - 1
            if "IDNCASE" in header:
                # A tab may split a number.
                joined = re.sub(rb'[\t "]', b"", odd.raw).decode("latin-1")
                assert all(str(case) in joined for case in cases_of(odd.raw, table, header))


def _in_one_line(error: Exception) -> None:
    assert "\n" not in str(error)


TARGETS: dict[str, Callable[[bytes], Any]] = {
    target.__name__: target for target in (blocks, records, conditions, events, eoir_lines)
}
