"""The codecs of Avro blocks."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable

import cramjam
import zstandard

# Snappy names the size of what it holds; more than this many times the block is damage.
_SNAPPY_GROWTH = 256
_CHECKSUM = 4
_RAW_DEFLATE = -15


class CodecError(ValueError):
    """Bytes that do not decompress."""


def decompress(codec: str, data: bytes) -> bytes:
    """Decompress a block.

    Args:
        codec: One of `CODECS`.
        data: The block's bytes as stored.

    Returns:
        The encoded records.

    Raises:
        CodecError: The bytes are damaged.
    """
    try:
        return CODECS[codec][1](data)
    except CodecError:
        raise
    except (zlib.error, zstandard.ZstdError, lzma.LZMAError, OSError, EOFError, ValueError):
        raise CodecError("does not decompress") from None
    except cramjam.DecompressionError:
        raise CodecError("does not decompress") from None


def compress(codec: str, data: bytes) -> bytes:
    """Compress a block; the opposite of `decompress`, for the same codecs."""
    return CODECS[codec][0](data)


def _as_is(data: bytes) -> bytes:
    return data


def _deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(1, zlib.DEFLATED, _RAW_DEFLATE)
    return stream.compress(data) + stream.flush()


def _inflate(data: bytes) -> bytes:
    return zlib.decompress(data, _RAW_DEFLATE)


def _snap(data: bytes) -> bytes:
    checksum = zlib.crc32(data).to_bytes(_CHECKSUM, "big")
    return bytes(cramjam.snappy.compress_raw(data)) + checksum


def _unsnap(data: bytes) -> bytes:
    packed, checksum = data[:-_CHECKSUM], data[-_CHECKSUM:]
    if cramjam.snappy.decompress_raw_len(packed) > _SNAPPY_GROWTH * len(packed):
        raise CodecError("does not decompress")
    plain = bytes(cramjam.snappy.decompress_raw(packed))
    if zlib.crc32(plain).to_bytes(_CHECKSUM, "big") != checksum:
        raise CodecError("has a wrong checksum")
    return plain


def _zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=1).compress(data)


def _unzstd(data: bytes) -> bytes:
    # Other writers leave out the size of the content, so that a one-shot call would refuse.
    return zstandard.ZstdDecompressor().decompressobj().decompress(data)


CODECS: dict[str, tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]] = {
    "null": (_as_is, _as_is),
    "deflate": (_deflate, _inflate),
    "snappy": (_snap, _unsnap),
    "zstandard": (_zstd, _unzstd),
    "bzip2": (bz2.compress, bz2.decompress),
    "xz": (lzma.compress, lzma.decompress),
}
