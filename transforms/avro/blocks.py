"""Avro object container files as blocks, without decoding their records.

A file is a header (schema, codec, sync marker) and blocks. Each block is a record count, a size,
that many bytes, and the marker again. So a file can be walked, split, and repaired block by block.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from schemas.errors import AvroFormatError
from transforms.avro.bounds import BLOCK_BYTES, BLOCK_RECORDS
from transforms.avro.header import MARKER, Header, read_fully, read_header
from transforms.avro.varint import LONGEST, read_varint, varint

READ_BYTES = 4 << 20
KEPT_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its offset, how many records it claims to hold, and its bytes as stored."""

    offset: int
    count: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Gap:
    """A part of a file that isn't a block; how many records it held is unknown.

    Args:
        offset: Where it starts.
        reason: UNREADABLE_BLOCK, TRUNCATED_FILE, or TOO_LARGE.
        detail: What is wrong.
        raw: Its bytes; None if they exceed 1 MiB.
    """

    offset: int
    reason: str
    detail: str
    raw: bytes | None


def write_block(count: int, data: bytes, sync: bytes) -> bytes:
    """Write a block with a number of records and their bytes as stored."""
    return b"".join((varint(count), varint(len(data)), data, sync))


def blocks(
    stream: BinaryIO, header: Header, start: int, size: int, stop: int | None = None
) -> Iterator[Block | Gap]:
    """Walk the blocks of a file, or of a range of it; see `Walk`."""
    return Walk(stream, header, size).parts(start, stop)


class Walk:
    """A walk over a file's blocks that accounts for each byte.

    Anything that isn't a block is a gap, and the walk continues after the next marker. Ranges that
    divide a file divide its bytes: each one begins after the first marker that ends at its start or
    later, and continues to the first marker that ends at its stop or later.

    Args:
        stream: The file.
        header: Its header.
        size: The file's size in bytes, as listed; the walk doesn't go past it.

    Attributes:
        begin: Where the walk began; 0 includes the header.
        offset: Where it is now.
        crc: CRC-32 of the bytes in between.
    """

    def __init__(self, stream: BinaryIO, header: Header, size: int) -> None:
        self.stream = stream
        self.header = header
        self.sync = header.sync
        self._empty = write_block(0, b"", header.sync)
        self.size = size
        self.data = b""
        self.at = 0
        self.start = 0
        self.begin = 0
        self.crc = 0
        self._behind_marker = True

    @property
    def offset(self) -> int:
        """Return the walk's offset in the file."""
        return self.start + self.at

    def parts(self, start: int = 0, stop: int | None = None) -> Iterator[Block | Gap]:
        """Walk a range.

        Args:
            start: 0 for the file's beginning, or any offset.
            stop: The end of the range; None for the file's end.

        Yields:
            Blocks and gaps in order; an empty block is skipped.
        """
        header = len(self.header.raw)
        if start <= 0:
            self._seek(header)
            self.begin, self.crc = 0, zlib.crc32(self.header.raw)
        elif start <= header:
            self._seek(header)
            self.begin, self.crc = header, 0
        else:
            self._seek(max(header, start - MARKER))
            found = self._skip_to_marker()[0]
            self.begin, self.crc = self.offset, 0
            if not found:
                return
        last = self.size if stop is None else stop
        # After a gap that doesn't end at a marker, no other range begins.
        while self._fill(1) and (self.offset < last or not self._behind_marker):
            self._behind_marker = True
            if not self._pass_empty(last):
                yield self._part()

    def _pass_empty(self, last: int) -> bool:
        """Skip empty blocks, of which there may be millions."""
        self._fill(len(self._empty))
        at = self.at
        while self.start + at < last and self.data.startswith(self._empty, at):
            at += len(self._empty)
        passed = at - self.at
        self._pass(passed)
        return passed > 0

    def _seek(self, offset: int) -> None:
        self.stream.seek(offset)
        self.data, self.at, self.start = b"", 0, offset

    def _fill(self, wanted: int) -> bool:
        """Tell whether this many bytes follow."""
        have = len(self.data) - self.at
        if have >= wanted:
            return True
        left = self.size - self.start - len(self.data)
        more = read_fully(self.stream, min(left, max(wanted - have, READ_BYTES)))
        self.start += self.at
        self.data, self.at = self.data[self.at :] + more, 0
        return len(self.data) >= wanted

    def _pass(self, length: int) -> None:
        """Advance by this many bytes, all of them in the buffer."""
        end = self.at + length
        self.crc = zlib.crc32(memoryview(self.data)[self.at : end], self.crc)
        self.at = end

    def _part(self) -> Block | Gap:
        """Return the block that starts here, or the gap up to the next possible block."""
        offset = self.offset
        head = self._head()
        if head is None:
            return self._gap(offset, "no block begins here")
        count, start, length = head
        if start + length + MARKER > self.size - offset:
            return self._gap(offset, "a block past the file's end")
        if length > BLOCK_BYTES:
            return self._long_gap(offset, start + length)
        if not self._fill(start + length + MARKER):
            return self._gap(offset, "a block past the file's end")
        body = self.at + start
        end = body + length
        if self.data[end : end + MARKER] == self.sync:
            data = self.data[body:end]
            self._pass(start + length + MARKER)
            return Block(offset, count, data)
        # If a marker is shifted by less than its length and whole, the size is damaged.
        self._fill(start + length + 2 * MARKER)
        end = self.at + start + length
        is_shifted = self.data.find(self.sync, self.at, end + 2 * MARKER) >= 0
        if not is_shifted and self._begins_a_block(start + length + MARKER):
            self._behind_marker = False
            passed = self.data[self.at : self.at + start + length + MARKER]
            self._pass(len(passed))
            kept = passed if len(passed) <= KEPT_BYTES else None
            return Gap(offset, "UNREADABLE_BLOCK", "a damaged marker after it", kept)
        return self._gap(offset, "no marker after it")

    def _head(self, ahead: int = 0) -> tuple[int, int, int] | None:
        """Return a block's count, and the lengths of its header and of its records' bytes."""
        self._fill(ahead + 2 * LONGEST)
        at = self.at + ahead
        if (count := read_varint(self.data, at)) is None or count[0] < 0:
            return None
        if (length := read_varint(self.data, count[1])) is None or length[0] < 0:
            return None
        return count[0], length[1] - at, length[0]

    def _begins_a_block(self, ahead: int) -> bool:
        """Tell whether the file ends, or a whole block begins, this far ahead."""
        if self.offset + ahead == self.size:
            return True
        head = self._head(ahead)
        # The end of a marker in front of a whole block reads as a count beyond all bounds.
        if head is None or head[0] > BLOCK_RECORDS or head[2] > BLOCK_BYTES:
            return False
        end = ahead + head[1] + head[2]
        if self.offset + end + MARKER > self.size or not self._fill(end + MARKER):
            return False
        return self.data[self.at + end : self.at + end + MARKER] == self.sync

    def _gap(self, offset: int, detail: str) -> Gap:
        """Skip what isn't a block, past the next marker or to the file's end."""
        found, raw = self._skip_to_marker()
        kept = raw if len(raw) <= KEPT_BYTES else None
        return Gap(offset, "UNREADABLE_BLOCK" if found else "TRUNCATED_FILE", detail, kept)

    def _long_gap(self, offset: int, length: int) -> Gap:
        """Skip a block that is too long to be read, if it is one."""
        self.stream.seek(offset + length)
        is_block = read_fully(self.stream, MARKER) == self.sync
        self.stream.seek(self.start + len(self.data))
        if not is_block:
            return self._gap(offset, "no marker after it")
        left = length + MARKER
        while left and self._fill(1):
            step = min(left, len(self.data) - self.at)
            self._pass(step)
            left -= step
        return Gap(offset, "TOO_LARGE", f"a block of more than {BLOCK_BYTES:,} bytes", None)

    def _skip_to_marker(self) -> tuple[bool, bytes]:
        """Skip past the next marker or to the end; return which, and the first bytes skipped."""
        passed = b""
        while True:
            found = self.data.find(self.sync, self.at)
            # If there is no marker, one may have begun in the last bytes.
            end = found + MARKER if found >= 0 else max(self.at, len(self.data) - MARKER + 1)
            passed += self.data[self.at : end][: KEPT_BYTES + 1 - len(passed)]
            self._pass(end - self.at)
            if found >= 0:
                return True, passed
            have = len(self.data) - self.at
            if not self._fill(have + 1):
                passed += self.data[self.at :][: KEPT_BYTES + 1 - len(passed)]
                self._pass(have)
                return False, passed


def count_records(stream: BinaryIO, size: int) -> int:
    """Count the records in a file from its blocks' headers.

    Args:
        stream: The file, opened at its start.
        size: Its size in bytes.

    Returns:
        The number of records.

    Raises:
        AvroFormatError: It isn't a whole Avro file.
    """
    total = 0
    for block in blocks(stream, read_header(stream), 0, size):
        if isinstance(block, Gap):
            raise AvroFormatError(f"is damaged at byte {block.offset}")
        total += block.count
    return total
