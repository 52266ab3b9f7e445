"""The account of a file: what was read of it is all that was listed, and what its digest is of.

A file is read in ranges, more than once, and its digest is made in a reading of its own. Each
reading of a range says which bytes it passed and their CRC-32. Put together they must be the file
that was listed, from its first byte to its last, and have the CRC-32 of the bytes whose digest it
is. A file that grew, shrank, or was replaced meanwhile does not add up.
"""

from __future__ import annotations

import hashlib
import math
import zlib
from collections.abc import Iterable
from typing import BinaryIO, NamedTuple

from transforms.avro.stream import Stretch

DIGEST_BYTES = 1 << 22
_POLYNOMIAL = 0xEDB88320
_ONE = 1 << 31


class Digest(NamedTuple):
    """What a reading of a whole file gave.

    Args:
        bytes: How many bytes there were.
        sha256: Their SHA-256, in hexadecimal.
        crc: Their CRC-32.
    """

    bytes: int
    sha256: str
    crc: int


def digest(stream: BinaryIO, most: float = math.inf) -> Digest:
    """Read a file to its end for its digest.

    Args:
        stream: The file.
        most: How many bytes to read at most; it may have grown since it was listed.
    """
    size, crc, sha = 0, 0, hashlib.sha256()
    while part := stream.read(int(min(DIGEST_BYTES, most - size))):
        size += len(part)
        crc = zlib.crc32(part, crc)
        sha.update(part)
    return Digest(size, sha.hexdigest(), crc)


def why_not_whole(size: int, digested: Digest, readings: Iterable[Stretch]) -> str | None:
    """Why what was read of a file is not the file that was listed.

    Args:
        size: The size listed, in bytes.
        digested: What the reading for the digest gave.
        readings: What each reading of each range gave; the same range may have been read again.

    Returns:
        What is wrong, in words; None if it all adds up.
    """
    if digested.bytes != size:
        return f"changed while it was read: it had {size:,} bytes and has {digested.bytes:,}"
    end, crc = 0, 0
    for stretch in sorted(set(readings)):
        if stretch.begin == stretch.end and stretch.begin > 0:
            continue
        if stretch.begin != end:
            return "changed while it was read"
        end, crc = stretch.end, joined_crc(crc, stretch.crc, stretch.end - stretch.begin)
    if (end, crc) != (size, digested.crc):
        return "changed while it was read"
    return None


def joined_crc(first: int, second: int, length: int) -> int:
    """The CRC-32 of bytes followed by others, from the CRC-32 of each (as zlib's crc32_combine).

    Args:
        first: That of the bytes.
        second: That of the others.
        length: How many others there are.
    """
    power, square, bits = _ONE, _ONE >> 1, 8 * length
    while bits:
        if bits & 1:
            power = _times(square, power)
        square = _times(square, square)
        bits >>= 1
    return _times(power, first) ^ second


def _times(one: int, other: int) -> int:
    """The product of two polynomials over bits, modulo that of CRC-32; the highest bit is 1."""
    product = 0
    for place in range(31, -1, -1):
        if one >> place & 1:
            product ^= other
        other = other >> 1 ^ (_POLYNOMIAL if other & 1 else 0)
    return product
