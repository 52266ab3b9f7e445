"""Records walked one by one: an invalid value costs only its own record."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.avro import Schema
from tests.helpers.random_avro import tables, written
from tests.transforms.avro.test_decode import enum, parts, record
from transforms.avro.bounds import ITEMS
from transforms.avro.check import Bad, Checker, Piece
from transforms.avro.parse import parse
from transforms.avro.resolve import resolve
from transforms.avro.steps import shortest
from transforms.avro.varint import varint

SCHEMA = record(
    ("name", ["null", "string"]),
    ("is", "boolean"),
    ("n", "int"),
    ("kind", enum("A", "B")),
)
GOOD = b"\2\2a\1\2\0"


def walked(schema: Schema, data: bytes, count: int) -> tuple[list[Bad], int, bytes]:
    """Return the bad parts, the number of good records, and their bytes."""
    found = list(Checker(parse(schema)).walk(data, count))
    pieces = [part for part in found if isinstance(part, Piece)]
    bad = [part for part in found if isinstance(part, Bad)]
    return bad, sum(piece.count for piece in pieces), b"".join(piece.data for piece in pieces)


@given(tables())
def test_passes_on_valid_records_to_the_last_byte(
    table: tuple[Schema, list[dict[str, Any]]],
) -> None:
    schema, rows = table
    data = b"".join(block.data for block in parts(written(schema, rows)))
    assert walked(schema, data, len(rows)) == ([], len(rows), data)


@pytest.mark.parametrize(
    ("record", "field", "says"),
    [
        (b"\2\2\xe9\1\2\0", "name", "text that is not UTF-8"),
        (b"\2\2a\2\2\0", "is", "a boolean that is neither true nor false"),
        (b"\2\2a\1\x80\x80\x80\x80\x10\0", "n", "a number wider than an int"),
        (b"\2\2a\1\x80\x80\x80\x80\x80\x80\x80\x80\x80\1\0", "n", "a number wider than an int"),
        (b"\2\2a\1\2\4", "kind", "a number without a symbol"),
        (b"\2\2a\1\2\1", "kind", "a number without a symbol"),
        (b"\4\2a\1\2\0", "name", "a branch that the union does not have"),
        (b"\1\2a\1\2\0", "name", "a branch that the union does not have"),
    ],
)
def test_a_bad_value_loses_only_its_record(record: bytes, field: str, says: str) -> None:
    bad, count, data = walked(SCHEMA, GOOD + record + GOOD, 3)
    assert (count, data) == (2, GOOD * 2)
    assert bad == [Bad(6, 6 + len(record), 1, "UNREADABLE_RECORD", field, says)]


@pytest.mark.parametrize(
    ("rest", "field", "says"),
    [
        (b"\2\1a\1\2\0", "name", "a length below zero"),
        (b"\2\x80\1a\1\2\0", "name", "a length past the block's end"),
        (b"\2\2a\1", "n", "a length past the block's end"),
        (b"\2\2a\1" + b"\x80" * 11, "n", "a number without an end"),
        (b"\6\1\1", "name", "a branch that the union does not have"),
    ],
)
def test_loses_the_rest_if_the_next_record_cannot_be_found(
    rest: bytes, field: str, says: str
) -> None:
    bad, count, data = walked(SCHEMA, GOOD * 2 + rest, 3)
    assert (count, data) == (2, GOOD * 2)
    assert bad == [Bad(12, 12 + len(rest), None, "UNREADABLE_BLOCK", field, says)]


@pytest.mark.parametrize("count", [0, 2, 4, 1 << 62])
def test_a_wrong_count_loses_no_record(count: int) -> None:
    bad, good, data = walked(SCHEMA, GOOD * 3, count)
    assert (good, data) == (3, GOOD * 3)
    says = "it holds a different number of records than it says"
    assert bad == [Bad(18, 18, None, "UNREADABLE_BLOCK", None, says)]


@given(st.binary(max_size=60), st.integers(0, 12))
def test_every_byte_is_either_good_or_bad(data: bytes, count: int) -> None:
    bad, _, good = walked(SCHEMA, data, count)
    assert len(good) + sum(part.end - part.start for part in bad) == len(data)


LISTS = record(("more", {"type": "array", "items": ["null", "boolean"]}), ("n", "int"))


@pytest.mark.parametrize(
    ("more", "is_valid"),
    [
        (b"\0", True),
        (b"\4\2\1\0\0", True),
        # In two parts, and with its length in bytes.
        (b"\2\0\2\0\0", True),
        (varint(-2) + varint(3) + b"\2\1\0\0", True),
        (varint(-2) + varint(4) + b"\2\1\0\0", False),
        (varint(-2) + varint(-3) + b"\2\1\0\0", False),
        (varint(90) + b"\2\1\0\0", False),
    ],
)
def test_checks_the_stated_length_of_a_list(more: bytes, is_valid: bool) -> None:
    bad, count, _ = walked(LISTS, more + b"\0", 1)
    assert (count, bad == []) == (is_valid, is_valid)


def test_limits_the_number_of_empty_items() -> None:
    schema = record(("more", {"type": "array", "items": "null"}))
    most, over = (varint(number) + b"\0" for number in (ITEMS, ITEMS + 1))
    assert walked(schema, most, 1) == ([], 1, most)
    bad, count, _ = walked(schema, over, 1)
    assert (count, [part.reason for part in bad]) == (0, ["TOO_LARGE"])
    # All lists of a block together.
    assert [part.reason for part in walked(schema, most * 2, 2)[0]] == ["TOO_LARGE"]


def test_rejects_a_value_that_nests_too_deep() -> None:
    schema = record(("next", ["null", "R"]))
    shallow, deep = (b"\2" * depth + b"\0" for depth in (50, 100_000))
    assert walked(schema, shallow, 1) == ([], 1, shallow)
    [bad], count, _ = walked(schema, deep, 1)
    assert (count, bad.detail) == (0, "values that nest too deep")


def test_cuts_out_unread_fields() -> None:
    writer = record(("name", ["null", "string"]), ("more", ["null", "int", "string"]), ("n", "int"))
    layout = resolve(writer, record(("n", "int"), ("name", ["null", "string"]))).layout
    more = b"\4\2k"
    [piece] = Checker(layout).walk((b"\2\2a" + more + b"\2") * 3, 3)
    assert piece == Piece(3, b"\2\2a\2" * 3)


@pytest.mark.parametrize(
    ("avro", "size"),
    [
        ("null", 0),
        ("long", 1),
        ("double", 8),
        ("string", 1),
        ({"type": "fixed", "name": "F", "size": 7}, 7),
        (["double", "null"], 1),
        (["double", "float"], 5),
        (record(("a", "float"), ("b", "boolean"), name="I"), 5),
    ],
)
def test_finds_the_length_of_the_shortest_value(avro: Any, size: int) -> None:
    assert shortest(parse(record(("f", avro)))) == size
