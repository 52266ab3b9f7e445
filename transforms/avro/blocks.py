"""Avro object container files as headers and blocks, without decoding their records.

A file is a header (schema, codec, sync marker) and blocks, each a record count, a size, so many
bytes and the marker again. So a file can be walked, split and repaired block by block.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import fastavro

from schemas.avro import Schema
from transforms.avro.codecs import CODECS
from transforms.avro.varint import LONGEST, read_varint, varint

MAGIC = b"Obj\x01"
MARKER = 16
READ_BYTES = 4 << 20
KEPT_BYTES = 1 << 20
_HEADER_BYTES = 1 << 24
_HEADER: Schema = {
    "type": "record",
    "name": "org.apache.avro.file.Header",
    "fields": [
        {"name": "magic", "type": {"type": "fixed", "name": "Magic", "size": len(MAGIC)}},
        {"name": "meta", "type": {"type": "map", "values": "bytes"}},
        {"name": "sync", "type": {"type": "fixed", "name": "Sync", "size": MARKER}},
    ],
}


class AvroFormatError(ValueError):
    """Bytes that are not an Avro object container file, with the reason."""


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


@dataclass(frozen=True, slots=True)
class Block:
    """One block: where it starts, how many records it holds, and its bytes as stored."""

    offset: int
    count: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of a file that is no block.

    Args:
        offset: Where it starts.
        count: Records in it, where the block's header still says so.
        reason: UNREADABLE_BLOCK or TRUNCATED_FILE.
        raw: Its bytes, None when over 1 MiB.
    """

    offset: int
    count: int | None
    reason: str
    raw: bytes | None


def read_header(stream: BinaryIO) -> Header:
    """Read the header at the start of a stream.

    Args:
        stream: A file opened at its start; left anywhere.

    Returns:
        The header.

    Raises:
        AvroFormatError: It is empty, not Avro, cut short, or of a codec that is not known.
    """
    start = _read_fully(stream, READ_BYTES)
    if not start:
        raise AvroFormatError("is empty")
    if not start.startswith(MAGIC):
        raise AvroFormatError("is not an Avro file")
    try:
        raw, meta, sync = _parse_header(start)
    except _DAMAGE:
        try:
            raw, meta, sync = _parse_header(start + _read_fully(stream, _HEADER_BYTES))
        except _DAMAGE:
            raise AvroFormatError("is cut short or damaged in its header") from None
    try:
        schema = json.loads(meta["avro.schema"])
        codec = meta.get("avro.codec", b"null").decode()
    except (KeyError, ValueError, RecursionError):
        raise AvroFormatError("is damaged in its header") from None
    if codec not in CODECS:
        raise AvroFormatError(f"has an unknown codec; known are {', '.join(CODECS)}")
    if not isinstance(schema, dict) or schema.get("type") != "record":
        raise AvroFormatError("does not hold records")
    return Header(schema, codec, sync, raw)


_DAMAGE = (EOFError, IndexError, ValueError, OverflowError, MemoryError)


def _parse_header(data: bytes) -> tuple[bytes, dict[str, bytes], bytes]:
    stream = io.BytesIO(data)
    found = fastavro.schemaless_reader(stream, _HEADER, None)
    if len(found["sync"]) != MARKER:
        raise EOFError
    return data[: stream.tell()], found["meta"], found["sync"]


def _read_fully(stream: BinaryIO, size: int) -> bytes:
    """So many bytes, or all there are: a read from afar may give less than was asked for."""
    parts = []
    while size > 0 and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def write_header(schema: Schema, sync: bytes, codec: str = "null") -> bytes:
    """The header of an Avro file with a schema, a marker and a codec."""
    meta = {"avro.schema": json.dumps(schema).encode(), "avro.codec": codec.encode()}
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, _HEADER, {"magic": MAGIC, "meta": meta, "sync": sync})
    return buffer.getvalue()


def write_block(count: int, data: bytes, sync: bytes) -> bytes:
    """A block of so many records, from their bytes as stored."""
    return b"".join((varint(count), varint(len(data)), data, sync))


def blocks(
    stream: BinaryIO,
    header: Header,
    start: int,
    size: int,
    claim: Callable[[int], bool] = lambda offset: True,
) -> Iterator[Block | Gap]:
    """Walk the blocks of a file from an offset on.

    What is no block is reported as a gap, and the walk goes on behind the next marker.

    Args:
        stream: The file.
        header: Its header.
        start: 0 for the whole file, else any offset; the walk starts behind the next marker.
        size: The file's size in bytes.
        claim: Asked with each block's offset; the walk ends when it says no.

    Yields:
        Blocks and gaps in order.
    """
    walk = _Walk(stream, header.sync, size)
    if start <= len(header.raw):
        walk.seek(len(header.raw))
    else:
        walk.seek(max(len(header.raw), start - MARKER))
        if not walk.skip_to_marker()[0]:
            return
    while walk.fill(1) and claim(walk.offset):
        yield walk.block()


class _Walk:
    """A place in a file, and the bytes read from there on."""

    def __init__(self, stream: BinaryIO, sync: bytes, size: int) -> None:
        self.stream = stream
        self.sync = sync
        self.size = size
        self.data = b""
        self.at = 0
        self.start = 0

    @property
    def offset(self) -> int:
        return self.start + self.at

    def seek(self, offset: int) -> None:
        self.stream.seek(offset)
        self.data, self.at, self.start = b"", 0, offset

    def fill(self, wanted: int) -> bool:
        """Whether so many bytes are there from here on."""
        have = len(self.data) - self.at
        if have >= wanted:
            return True
        more = _read_fully(self.stream, max(wanted - have, READ_BYTES))
        self.start += self.at
        self.data, self.at = self.data[self.at :] + more, 0
        return len(self.data) >= wanted

    def block(self) -> Block | Gap:
        """The block that starts here, or the gap up to the next that may."""
        offset = self.offset
        self.fill(2 * LONGEST)
        count, at = read_varint(self.data, self.at) or (-1, self.at)
        length, at = read_varint(self.data, at) or (-1, at)
        head = at - self.at
        if count < 0 or length < 0:
            return self.gap(offset, None)
        if offset + head + length + MARKER > self.size or not self.fill(head + length + MARKER):
            return self.gap(offset, count)
        body = self.at + head
        end = body + length
        if self.data[end : end + MARKER] != self.sync:
            return self.gap(offset, None)
        self.at = end + MARKER
        return Block(offset, count, self.data[body:end])

    def gap(self, offset: int, count: int | None) -> Gap:
        """Pass over what is no block; its count stands only if the file ends within it."""
        found, raw = self.skip_to_marker()
        kept = raw if len(raw) <= KEPT_BYTES else None
        if found:
            return Gap(offset, None, "UNREADABLE_BLOCK", kept)
        # A count beyond one record a byte is damage too.
        known = count if count is not None and count <= self.size else None
        return Gap(offset, known, "TRUNCATED_FILE", kept)

    def skip_to_marker(self) -> tuple[bool, bytes]:
        """Go behind the next marker, or to the end: which of them, and the first bytes passed."""
        passed = b""
        while True:
            found = self.data.find(self.sync, self.at)
            # Without one, a marker may have begun in the last bytes.
            end = found + MARKER if found >= 0 else max(self.at, len(self.data) - MARKER + 1)
            passed += self.data[self.at : end][: KEPT_BYTES + 1 - len(passed)]
            self.at = end
            if found >= 0:
                return True, passed
            have = len(self.data) - self.at
            if not self.fill(have + 1):
                passed += self.data[self.at :][: KEPT_BYTES + 1 - len(passed)]
                self.at = len(self.data)
                return False, passed


def count_records(stream: BinaryIO, size: int) -> int:
    """Records in a file by its blocks' headers alone.

    Args:
        stream: The file, opened at its start.
        size: Its size in bytes.

    Returns:
        The number of records.

    Raises:
        AvroFormatError: It is not a whole Avro file.
    """
    total = 0
    for block in blocks(stream, read_header(stream), 0, size):
        if isinstance(block, Gap):
            raise AvroFormatError(f"is damaged at byte {block.offset}")
        total += block.count
    return total
