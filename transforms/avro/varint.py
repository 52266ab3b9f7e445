"""Avro's integers: zigzag, seven bits per byte, lowest first."""

from __future__ import annotations

LONGEST = 10


def varint(value: int) -> bytes:
    r"""Encode a 64-bit integer as Avro does.

    Examples:
        >>> varint(-1), varint(64)
        (b'\x01', b'\x80\x01')
    """
    rest = (value << 1) ^ (value >> 63)
    encoded = bytearray()
    while rest > 0x7F:
        encoded.append(rest & 0x7F | 0x80)
        rest >>= 7
    encoded.append(rest)
    return bytes(encoded)


def read_varint(data: bytes, at: int) -> tuple[int, int] | None:
    """Read the integer at an offset, and return the offset after it; None if there is none."""
    value = 0
    for index, byte in enumerate(data[at : at + LONGEST]):
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1), at + index + 1
    return None
