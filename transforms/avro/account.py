"""The account of a file: the bytes read are the bytes listed and the bytes of the digest.

A file is read in ranges, some of them more than once, and its digest comes from a separate reading.
Each reading of a range reports the bytes that it passed and their CRC-32. Together, they must be
the file that was listed, from its first byte to its last, and have the CRC-32 of the bytes that the
digest is of. If the file grew, shrank, or was replaced meanwhile, this doesn't add up.
"""

from __future__ import annotations

import hashlib
import math
import zlib
from collections.abc import Iterable
from typing import BinaryIO, NamedTuple

from transforms.avro.stream import Stretch
from transforms.files.storage import open_file

DIGEST_BYTES = 1 << 22
_POLYNOMIAL = 0xEDB88320
_ONE = 1 << 31


class Digest(NamedTuple):
    """The result of reading a whole file.

    Args:
        bytes: The number of bytes.
        sha256: Their SHA-256, in hexadecimal.
        crc: Their CRC-32.
    """

    bytes: int
    sha256: str
    crc: int


def digest(stream: BinaryIO, most: float = math.inf) -> Digest:
    """Read a whole file to make its digest.

    Args:
        stream: The file.
        most: The most bytes to read; the file may have grown since it was listed.
    """
    size, crc, sha = 0, 0, hashlib.sha256()
    while part := stream.read(int(min(DIGEST_BYTES, most - size))):
        size += len(part)
        crc = zlib.crc32(part, crc)
        sha.update(part)
    return Digest(size, sha.hexdigest(), crc)


def sha256(path: str) -> str:
    """Compute the digest of a file's bytes, in hexadecimal."""
    with open_file(path) as stream:
        return digest(stream).sha256


def why_not_whole(size: int, digested: Digest, readings: Iterable[Stretch]) -> str | None:
    """Say why what was read isn't the file that was listed.

    Args:
        size: The size listed, in bytes.
        digested: The result of the reading for the digest.
        readings: The result of each reading of each range; a range may have been read more than
            once.

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
    """Combine the CRC-32s of two runs of bytes, as zlib's crc32_combine does.

    Args:
        first: The CRC-32 of the first run.
        second: The CRC-32 of the second run.
        length: The number of bytes in the second run.
    """
    power, square, bits = _ONE, _ONE >> 1, 8 * length
    while bits:
        if bits & 1:
            power = _times(square, power)
        square = _times(square, square)
        bits >>= 1
    return _times(power, first) ^ second


def _times(one: int, other: int) -> int:
    """Multiply two polynomials over bits, modulo CRC-32's; the highest bit is 1."""
    product = 0
    for place in range(31, -1, -1):
        if one >> place & 1:
            product ^= other
        other = other >> 1 ^ (_POLYNOMIAL if other & 1 else 0)
    return product
