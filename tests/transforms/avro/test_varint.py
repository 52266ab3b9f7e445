"""Avro's integers, by the specification's examples; test_blocks.py compares with fastavro."""

from __future__ import annotations

import pytest

from transforms.avro.varint import LONGEST, read_varint, varint


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (0, "00"),
        (-1, "01"),
        (1, "02"),
        (-2, "03"),
        (2, "04"),
        (-64, "7f"),
        (64, "8001"),
        ((1 << 63) - 1, "feffffffffffffffff01"),
        (-(1 << 63), "ffffffffffffffffff01"),
    ],
)
def test_encodes_integers_as_in_the_specification(value: int, stored: str) -> None:
    assert varint(value).hex() == stored
    assert read_varint(bytes.fromhex(stored), 0) == (value, len(stored) // 2)


def test_reads_no_more_bytes_than_the_largest_integer_takes() -> None:
    assert len(varint(-(1 << 63))) == LONGEST
    assert read_varint(b"\x80" * (LONGEST - 1) + b"\x00", 0) == (0, LONGEST)
    assert read_varint(b"\x80" * LONGEST + b"\x00", 0) is None


def test_reads_an_integer_at_an_offset() -> None:
    data = varint(300) + varint(-5) + varint(7)
    assert read_varint(data, 2) == (-5, 3)
    assert read_varint(data, 3) == (7, 4)
    assert read_varint(data, 4) is None
