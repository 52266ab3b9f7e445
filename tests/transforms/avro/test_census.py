"""The count of bytes that proves an encoding: invalid bytes never pass."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.avro import Schema
from tests.helpers.random_avro import tables, written
from tests.transforms.avro.test_decode import decoder, parts, record
from transforms.avro.blocks import Block
from transforms.avro.census import is_encoding_of
from transforms.avro.check import Bad, Checker
from transforms.avro.decode import Decoder
from transforms.avro.native import NativeError, decode_records
from transforms.avro.parse import parse
from transforms.avro.plain import plain_record
from transforms.avro.quarantined import Unread
from transforms.avro.resolve import resolve
from transforms.avro.varint import varint


def is_proven(schema: Schema, data: bytes, count: int) -> bool:
    plain = plain_record(resolve(schema, schema).writer)
    try:
        frame = decode_records(plain, count, [data])
    except NativeError:
        return False
    return is_encoding_of([data], frame, plain)


def is_valid(schema: Schema, data: bytes, count: int) -> bool:
    return not any(isinstance(part, Bad) for part in Checker(parse(schema)).walk(data, count))


@given(tables())
def test_proves_what_fastavro_writes(table: tuple[Schema, list[dict[str, Any]]]) -> None:
    schema, rows = table
    data = b"".join(block.data for block in parts(written(schema, rows)))
    assert is_proven(schema, data, len(rows)) or not rows


NULLABLE = record(("first", ["null", "boolean"]), ("last", ["boolean", "null"]), ("n", "int"))
NULLABLE_DATA = b"\2\0\0\0\0" + b"\0\2\2"
NUMBERS = record(("is", "boolean"), ("n", "int"), ("m", ["null", "long"]))
NUMBERS_DATA = b"\0\2\2\1" + b"\1" + varint(-(1 << 31)) + b"\0"
LISTS = record(
    ("l", ["null", {"type": "array", "items": ["null", "boolean"]}]), ("s", ["string", "null"])
)
LISTS_DATA = b"\2\4\2\0\0\0\0\4a\0"
BLOCKS = [(NULLABLE, NULLABLE_DATA, 2), (NUMBERS, NUMBERS_DATA, 2), (LISTS, LISTS_DATA, 1)]
TELLING = (0, 1, 2, 4, 16, 0x80)


@pytest.mark.parametrize(("schema", "data", "count"), BLOCKS)
def test_proves_a_change_of_two_bytes_only_if_it_is_valid(
    schema: Schema, data: bytes, count: int
) -> None:
    assert is_proven(schema, data, count)
    proven = 0
    for places in itertools.combinations(range(len(data)), 2):
        for values in itertools.product(TELLING, TELLING):
            changed = bytearray(data)
            for place, value in zip(places, values, strict=True):
                changed[place] = value
            if is_proven(schema, bytes(changed), count):
                assert is_valid(schema, bytes(changed), count)
                proven += 1
    # Includes leaving the block unchanged.
    assert proven > 1


@pytest.mark.parametrize(
    ("avro", "data", "proven"),
    [
        ("boolean", b"\2", False),
        ("boolean", b"\xff", False),
        (["null", "boolean"], b"\1\0", False),
        (["null", "boolean"], b"\4\0", False),
        (["boolean", "null"], b"\3", False),
        ("int", varint((1 << 31) - 1), True),
        ("int", varint(-(1 << 31)), True),
        ("int", varint(1 << 31), False),
        ("int", varint(-(1 << 31) - 1), False),
        ("int", varint(1 << 33), False),
        ("int", varint(1 << 40), False),
        ("int", b"\x80\0", False),
        ("long", varint((1 << 63) - 1), True),
        ("long", varint(-(1 << 63)), True),
        ("long", b"\xff" * 9 + b"\3", False),
        ("long", b"\xff" * 9 + b"\x7f", False),
        ("string", b"\4\0\2", True),
        ("string", b"\x84\0\0\2", False),
        ("bytes", b"\4\0\2", True),
        ("float", b"\0\1\2\3", True),
    ],
)
def test_tells_whether_an_encoding_is_proven(avro: Any, data: bytes, proven: bool) -> None:
    schema = record(("v", avro))
    assert is_proven(schema, data, 1) is proven
    if proven:
        assert is_valid(schema, data, 1)


def test_text_does_not_compensate_for_a_wrong_byte() -> None:
    schema = record(("is", "boolean"), ("s", "string"))
    assert is_proven(schema, b"\0\4ab", 1)
    # As many zeros as a false boolean and that text would have.
    assert not is_proven(schema, b"\2\4\0a", 1)


@pytest.mark.parametrize(
    ("counts", "proven"),
    [
        (varint(63), True),
        (varint(64), False),
        # Valid, but in as many bytes as a list of 126 items would take.
        (varint(63) + b"\0" * 63 + varint(63), False),
        # A size that isn't that of the items.
        (varint(-64) + b"\2", False),
    ],
)
def test_proves_nothing_about_long_lists(counts: bytes, proven: bool) -> None:
    schema = record(("l", {"type": "array", "items": "boolean"}))
    items = 64 if len(counts) == 2 else 63
    assert is_proven(schema, counts + b"\0" * items + b"\0", 1) is proven


@given(tables(without=["date", "timestamp-micros"]), st.data())
def test_agrees_with_the_plain_method_on_any_changed_byte(
    table: tuple[Schema, list[dict[str, Any]]], data: st.DataObject
) -> None:
    schema, rows = table
    file = written(schema, rows, block_rows=100)
    quick = decoder(file, schema)
    plain = replace(quick, plan=None)
    for block in parts(file):
        at = data.draw(st.integers(0, len(block.data) - 1))
        changed = bytearray(block.data)
        changed[at] ^= data.draw(st.integers(1, 255))
        damaged = Block(block.offset, block.count, bytes(changed))
        assert outcome(quick, damaged) == outcome(plain, damaged)


def outcome(made: Decoder, block: Block) -> tuple[str, list[Unread]]:
    """Return the records, as text because of NaN, and what is damaged."""
    rows: list[dict[str, Any]] = []
    unread: list[Unread] = []
    for part in made.read([block]):
        if isinstance(part, Unread):
            unread.append(part)
        else:
            rows += part.to_dicts()
    return repr(rows), unread
