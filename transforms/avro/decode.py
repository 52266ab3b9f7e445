"""Decode blocks into frames of the wanted columns.

polars decodes whole columns of records in Rust, and a census of bytes proves that they were validly
encoded. If it proves nothing, or anything is wrong, the checker walks the records first. What
polars can't decode (wider unions), or what can't be converted by column (strings read as bytes),
fastavro reads into the same frame.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import polars as pl

from schemas.avro import Schema
from schemas.errors import CodecError, DecodeError, TooLargeError
from transforms.avro.blocks import Block
from transforms.avro.bounds import ALWAYS_BYTES, BLOCK_RECORDS, FRAME_BYTES
from transforms.avro.check import Bad, Checker, Piece
from transforms.avro.codecs import decompress
from transforms.avro.header import Header
from transforms.avro.native import NativeError
from transforms.avro.plan import Plan
from transforms.avro.quarantined import Unread
from transforms.avro.resolve import Resolved, resolve
from transforms.avro.rows import read_rows
from transforms.avro.steps import shortest
from transforms.avro.types import polars_schema as polars_schema
from transforms.frames.frame import FRAME_ROWS, Frame, concat_frames

# If blocks decoded together aren't all validly encoded, they are tried again in this many parts.
_PARTS = 8
# Without a checksum, damage may decode as valid records with wrong values.
_UNCHECKED = "deflate"


@dataclass(frozen=True, slots=True)
class _Plain:
    """A block and its records' bytes, decompressed."""

    block: Block
    data: bytes


@dataclass(frozen=True)
class Decoder:
    """Turns blocks of one writer's schema into frames of the reader's.

    Args:
        codec: The file's codec.
        schemas: The writer's and the reader's schema, resolved.
        dtypes: The expected columns, in order, with their dtypes.
        plan: How polars decodes them; None if fastavro must.
    """

    codec: str
    schemas: Resolved
    dtypes: pl.Schema
    plan: Plan | None

    @classmethod
    def of(cls, header: Header, reader: Schema, columns: Sequence[str] | None = None) -> Decoder:
        """Plan the decoding of a file.

        Args:
            header: The file's header.
            reader: The expected schema.
            columns: The columns to read; None for all.

        Returns:
            A decoder.

        Raises:
            SchemaMismatchError: The file's schema can't be read as the expected one.
        """
        written, wanted = (json.dumps(schema) for schema in (header.schema, reader))
        return _planned(header.codec, written, wanted, tuple(columns or ()))

    def decode(self, blocks: Sequence[Block]) -> Frame:
        """Decode blocks: all of them or none.

        Args:
            blocks: Blocks of the file.

        Returns:
            A frame of the expected columns, with the dtypes of `polars_schema`.

        Raises:
            DecodeError: They don't decode, or don't hold the number of records that they claim.
        """
        frames = []
        for part in self.read(blocks):
            if isinstance(part, Unread):
                raise DecodeError(part.detail)
            frames.append(part)
        return frames[0] if len(frames) == 1 else concat_frames(frames, self.dtypes)

    def read(self, blocks: Sequence[Block]) -> Iterator[Frame | Unread]:
        """Decode as much of blocks as possible.

        Args:
            blocks: Blocks of the file.

        Yields:
            Frames of bounded size, and what couldn't be read. Some frames are empty, so that each
            step is short. Records keep their order.
        """
        held: list[_Plain] = []
        size = 0
        for block in blocks:
            if block.count and not block.data and self._shortest:
                # Millions of them fit in a small file.
                detail = "it holds no bytes"
                yield Unread(block.offset, "UNREADABLE_BLOCK", None, None, detail, b"")
                continue
            try:
                plain = self._plain(block)
            except (CodecError, TooLargeError) as error:
                reason = "TOO_LARGE" if isinstance(error, TooLargeError) else "UNREADABLE_BLOCK"
                yield Unread(block.offset, reason, None, None, str(error), block.data)
                continue
            if held and size + len(plain.data) > FRAME_BYTES:
                yield from self._read(held)
                held, size = [], 0
            held.append(plain)
            size += len(plain.data)
        yield from self._read(held)

    def _plain(self, block: Block) -> _Plain:
        if block.count > BLOCK_RECORDS:
            raise TooLargeError(f"says it holds more than {BLOCK_RECORDS:,} records")
        return _Plain(block, decompress(self.codec, block.data) if block.data else b"")

    def _read(self, held: Sequence[_Plain]) -> Iterator[Frame | Unread]:
        if not held:
            return
        frame = self._natively(held)
        if frame is not None:
            yield frame
            return
        # Damage is usually in one block, so only that one is worth searching.
        step = -(-len(held) // _PARTS)
        parts = [held[at : at + step] for at in range(0, len(held), step)]
        for part in parts:
            frame = self._natively(part) if len(parts) > 1 else None
            if frame is not None:
                yield frame
            else:
                yield from self._checked(part)

    def _natively(self, held: Sequence[_Plain]) -> Frame | None:
        """Decode blocks with polars, if their records are proven to be valid."""
        count = sum(plain.block.count for plain in held)
        size = sum(len(plain.data) for plain in held)
        few = count <= 2 * FRAME_ROWS and size <= max(ALWAYS_BYTES, FRAME_BYTES)
        # A decoder allocates room for as many records as a block claims to hold.
        if not few or count * max(1, self._shortest) > size:
            return None
        if self.plan is None or not self.plan.alone:
            return None
        try:
            return self.plan.decode(count, [plain.data for plain in held], checked=False)
        except NativeError:
            return None

    def _checked(self, held: Sequence[_Plain]) -> Iterator[Frame | Unread]:
        """Decode the valid pieces that the checker finds; small ones are decoded together."""
        checker = Checker(self.schemas.layout)
        pieces: list[Piece] = []
        for plain in held:
            parts = checker.walk(plain.data, plain.block.count)
            if self.codec == _UNCHECKED:
                parts = _all_or_none(parts, len(plain.data))
            for part in parts:
                if isinstance(part, Bad):
                    yield _unread(plain, part)
                    continue
                rows = sum(piece.count for piece in pieces) + part.count
                size = sum(len(piece.data) for piece in pieces) + len(part.data)
                if pieces and (rows > FRAME_ROWS or size > FRAME_BYTES):
                    yield from self._pieces(plain, pieces)
                    pieces = []
                pieces.append(part)
                yield self.dtypes.to_frame()
        if pieces:
            yield from self._pieces(held[-1], pieces)

    def _pieces(self, plain: _Plain, pieces: Sequence[Piece]) -> Iterator[Frame | Unread]:
        count = sum(piece.count for piece in pieces)
        parts = [piece.data for piece in pieces]
        try:
            if self.plan is None:
                rows = read_rows(self.schemas, count, b"".join(parts))
                yield rows.select(self.dtypes.names())
            else:
                yield self.plan.decode(count, parts, checked=True)
        except (NativeError, DecodeError) as error:
            yield Unread(
                plain.block.offset, "UNREADABLE_BLOCK", count, None, str(error), plain.block.data
            )

    @cached_property
    def _shortest(self) -> int:
        return shortest(self.schemas.layout)


def _all_or_none(parts: Iterator[Piece | Bad], size: int) -> Iterator[Piece | Bad]:
    """Return the records of a block, or none if its bytes don't form whole records."""
    held = []
    for part in parts:
        if isinstance(part, Bad) and part.count is None and part.start < size:
            yield Bad(0, size, None, part.reason, part.field, part.detail)
            return
        held.append(part)
        yield Piece(0, b"")
    yield from held


def _unread(plain: _Plain, bad: Bad) -> Unread:
    whole = (bad.start, bad.end) == (0, len(plain.data))
    raw = plain.block.data if whole else plain.data[bad.start : bad.end]
    return Unread(plain.block.offset, bad.reason, bad.count, bad.field, bad.detail, raw)


# Planning takes milliseconds, and thousands of small files may share a schema.
@lru_cache(maxsize=64)
def _planned(codec: str, written: str, reader: str, columns: tuple[str, ...]) -> Decoder:
    theirs, ours = json.loads(written), json.loads(reader)
    schemas, every = resolve(theirs, ours), polars_schema(ours)
    wanted = pl.Schema({name: every[name] for name in columns or every})
    return Decoder(codec, schemas, wanted, Plan.of(schemas, wanted.names(), part=bool(columns)))
