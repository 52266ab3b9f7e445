"""The headers of Avro object container files: the writer's schema, the codec, the sync marker."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import BinaryIO

from schemas.avro import Schema
from schemas.errors import AvroFormatError, CutShortError
from transforms.avro.bounds import HEADER_BYTES
from transforms.avro.codecs import CODECS
from transforms.avro.varint import LONGEST, read_varint, varint

MAGIC = b"Obj\x01"
MARKER = 16
_FIRST_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Header:
    """The header of an Avro file.

    Args:
        schema: The writer's schema.
        codec: Name of the compression codec.
        sync: The marker after each block.
        raw: The header's bytes.
    """

    schema: Schema
    codec: str
    sync: bytes
    raw: bytes


def read_header(stream: BinaryIO) -> Header:
    """Read the header at the start of a stream.

    Args:
        stream: A file opened at its start; left anywhere.

    Returns:
        The header.

    Raises:
        AvroFormatError: It is empty, not Avro, cut short, too long, or uses an unknown codec.
    """
    data = read_fully(stream, _FIRST_BYTES)
    if not data:
        raise AvroFormatError("is empty")
    if not data.startswith(MAGIC):
        raise AvroFormatError("is not an Avro file")
    while (parsed := _parse_header(data)) is None:
        if len(data) >= HEADER_BYTES:
            raise AvroFormatError(f"has a header of more than {HEADER_BYTES >> 20} MiB")
        more = read_fully(stream, min(3 * len(data), HEADER_BYTES - len(data)))
        if not more:
            raise CutShortError("is cut short or damaged in its header")
        data += more
    end, meta = parsed
    try:
        schema = json.loads(meta["avro.schema"])
        codec = meta.get("avro.codec", b"null").decode()
    except (KeyError, ValueError, RecursionError):
        raise AvroFormatError("is damaged in its header") from None
    if codec not in CODECS:
        raise AvroFormatError(f"has an unknown codec; known are {', '.join(CODECS)}")
    if not isinstance(schema, dict) or schema.get("type") != "record":
        raise AvroFormatError("does not hold records")
    return Header(schema, codec, data[end - MARKER : end], data[:end])


def _parse_header(data: bytes) -> tuple[int, dict[str, bytes]] | None:
    """Parse the header, and return its end and content; None if it continues past the data.

    Raises:
        AvroFormatError: It is damaged.
    """
    meta: dict[str, bytes] = {}
    at = len(MAGIC)
    while True:
        if (found := read_varint(data, at)) is None:
            return _goes_on(data, at)
        count, at = found
        if count == 0:
            return (at + MARKER, meta) if at + MARKER <= len(data) else None
        if count < 0:
            if (found := read_varint(data, at)) is None:
                return _goes_on(data, at)
            count, at = -count, found[1]
        for _ in range(count):
            texts = []
            for _ in range(2):
                if (found := read_varint(data, at)) is None:
                    return _goes_on(data, at)
                length, at = found
                if length < 0:
                    raise AvroFormatError("is damaged in its header")
                if at + length > len(data):
                    return None
                texts.append(data[at : at + length])
                at += length
            meta[texts[0].decode(errors="replace")] = texts[1]


def _goes_on(data: bytes, at: int) -> tuple[int, dict[str, bytes]] | None:
    """Return None for a number that may end past the data; raise if it is too long to be one."""
    if len(data) - at >= LONGEST:
        raise AvroFormatError("is damaged in its header")
    return None


def read_fully(stream: BinaryIO, size: int) -> bytes:
    """Read this many bytes, or all there are; a remote read may return less than asked."""
    parts = []
    while size > 0 and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def write_header(schema: Schema, sync: bytes, codec: str = "null") -> bytes:
    """Make the header of an Avro file with a schema, a marker, and a codec."""
    meta = {"avro.schema": json.dumps(schema).encode(), "avro.codec": codec.encode()}
    buffer = io.BytesIO()
    buffer.write(MAGIC + varint(len(meta)))
    for key, value in meta.items():
        buffer.write(varint(len(key)) + key.encode() + varint(len(value)) + value)
    buffer.write(varint(0) + sync)
    return buffer.getvalue()
