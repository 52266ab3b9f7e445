"""The codecs of Avro blocks: each one uses all its input, and never exceeds its output limit.

Deflate, bzip2, and xz come from the standard library, whose decoders report where a stream ends
and, for xz, limit memory. cramjam's do neither.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import Any

import cramjam
import numpy as np

from schemas.errors import CodecError, TooLargeError
from transforms.avro.bounds import decompressed_bytes

# Snappy states the size of its content; more than this many times the block's size is damage.
_SNAPPY_GROWTH = 256
_CHECKSUM = 4
_RAW_DEFLATE = -15
_XZ_PADDING = 4
_XZ_MEMORY = 128 << 20
_UNTOUCHED = b"\xa5\x5a" * 16
# The data after each stream is copied, and no writer uses more streams than this.
_STREAMS = 100


def decompress(codec: str, data: bytes) -> bytes:
    """Decompress a block.

    Args:
        codec: One of `CODECS`.
        data: The block's bytes as stored.

    Returns:
        The encoded records.

    Raises:
        CodecError: The bytes are damaged, or extra bytes follow the compressed data.
        TooLargeError: The bytes decompress to more than a block may hold.
    """
    try:
        return CODECS[codec][1](data, decompressed_bytes(len(data)))
    except (zlib.error, lzma.LZMAError, OSError, EOFError):
        raise CodecError("does not decompress") from None
    except cramjam.DecompressionError:
        raise CodecError("does not decompress") from None


def compress(codec: str, data: bytes) -> bytes:
    """Compress a block: the inverse of `decompress`, for the same codecs."""
    return CODECS[codec][0](data)


def _too_large(limit: int) -> TooLargeError:
    return TooLargeError(f"decompresses to more than {limit:,} bytes")


def _as_is(data: bytes) -> bytes:
    return data


def _stored(data: bytes, limit: int) -> bytes:
    return data


def _one_stream(stream: Any, data: bytes, limit: int) -> tuple[bytes, bytes]:
    """Return the content of the first stream in the data, and the bytes after it."""
    plain = stream.decompress(data, limit + 1)
    if len(plain) > limit:
        raise _too_large(limit)
    if not stream.eof:
        raise CodecError("does not decompress")
    return plain, stream.unused_data


def _streams(make: Callable[[], Any], data: bytes, limit: int, padding: int = 0) -> bytes:
    plain, rest = _one_stream(make(), data, limit)
    parts, room = [plain], limit - len(plain)
    while rest:
        if padding and len(rest) % padding == 0 and not rest.strip(b"\0"):
            break
        if len(parts) == _STREAMS:
            raise CodecError(f"holds more than {_STREAMS} streams")
        plain, rest = _one_stream(make(), rest, room)
        parts.append(plain)
        room -= len(plain)
    return b"".join(parts)


def _deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(1, zlib.DEFLATED, _RAW_DEFLATE)
    return stream.compress(data) + stream.flush()


def _inflate(data: bytes, limit: int) -> bytes:
    plain, rest = _one_stream(zlib.decompressobj(_RAW_DEFLATE), data, limit)
    # Raw deflate has no frames, so a second stream looks like noise. But Python's writers (avro,
    # fastavro) leave the start of zlib's checksum after it.
    if not zlib.adler32(plain).to_bytes(_CHECKSUM, "big").startswith(rest):
        raise CodecError("has extra bytes after its end")
    return plain


def _bunzip(data: bytes, limit: int) -> bytes:
    return _streams(bz2.BZ2Decompressor, data, limit)


def _unxz(data: bytes, limit: int) -> bytes:
    def make() -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)

    return _streams(make, data, limit, _XZ_PADDING)


def _snap(data: bytes) -> bytes:
    checksum = zlib.crc32(data).to_bytes(_CHECKSUM, "big")
    return bytes(cramjam.snappy.compress_raw(data)) + checksum


def _unsnap(data: bytes, limit: int) -> bytes:
    packed, checksum = data[:-_CHECKSUM], data[-_CHECKSUM:]
    length = cramjam.snappy.decompress_raw_len(packed)
    if length > _SNAPPY_GROWTH * len(packed):
        raise CodecError("does not decompress")
    if length > limit:
        raise _too_large(limit)
    plain = bytes(cramjam.snappy.decompress_raw(packed))
    if zlib.crc32(plain).to_bytes(_CHECKSUM, "big") != checksum:
        raise CodecError("has a wrong checksum")
    return plain


def _zstd(data: bytes) -> bytes:
    return bytes(cramjam.zstd.compress(data, level=1))


def _unzstd(data: bytes, limit: int) -> bytes:
    # Few writers state the length of the content. Memory pages that aren't written cost nothing.
    room = np.empty(limit + len(_UNTOUCHED), np.uint8)
    room[limit:] = np.frombuffer(_UNTOUCHED, np.uint8)
    try:
        size = cramjam.zstd.decompress_into(data, room.data)
    except cramjam.DecompressionError:
        if room[limit:].tobytes() != _UNTOUCHED:
            raise _too_large(limit) from None
        raise
    if size > limit:
        raise _too_large(limit)
    return room[:size].tobytes()


CODECS: dict[str, tuple[Callable[[bytes], bytes], Callable[[bytes, int], bytes]]] = {
    "null": (_as_is, _stored),
    "deflate": (_deflate, _inflate),
    "snappy": (_snap, _unsnap),
    "zstandard": (_zstd, _unzstd),
    "bzip2": (bz2.compress, _bunzip),
    "xz": (lzma.compress, _unxz),
}
