"""Decode Avro blocks into frames of the reader's schema.

polars decodes plain records in Rust. An enum is stored as the number of its symbol, just like an
int, so polars gets a header that says int, and the numbers become symbols afterward. If encoding
must give the same bytes, what polars decodes is encoded again, and an invalid union branch,
boolean, or number shows as a difference. Otherwise, or if anything is wrong, the checker walks the
records first. fastavro reads into the same frame what polars can't decode (wider unions) and
changes that columns can't express (strings read as bytes).
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import fastavro
import polars as pl

from schemas.avro import Schema
from schemas.errors import CodecError, DecodeError, TooLargeError
from transforms.avro.blocks import Block, Header
from transforms.avro.bounds import ALWAYS_BYTES, BLOCK_RECORDS, FRAME_BYTES
from transforms.avro.check import Bad, Checker, Piece, shortest
from transforms.avro.codecs import decompress
from transforms.avro.columns import (
    WARNINGS,
    NotPlainError,
    columns_of,
    marked,
    plain_record,
    readable,
)
from transforms.avro.native import NativeError, decode_records, encode_records
from transforms.avro.resolve import Resolved, resolve
from transforms.avro.types import kind_of, value_type
from transforms.avro.types import polars_schema as polars_schema
from transforms.avro.varint import varint
from transforms.frames.frame import FRAME_ROWS, Frame, concat_frames

_END = b"the end of these blocks"
_TEXTS = ("string", "bytes")
# A codec without a checksum may give whole records with wrong values.
_UNCHECKED = "deflate"


@dataclass(frozen=True, slots=True)
class Unread:
    """Records that couldn't be read.

    Args:
        offset: The offset of their block in the file.
        reason: UNREADABLE_BLOCK, UNREADABLE_RECORD, or TOO_LARGE.
        count: How many records; None if that can't be known.
        field: The field at fault, if any.
        detail: What is wrong, without content.
        raw: Their bytes: a block as stored, or a record decompressed; None if there are too many to
            keep.
    """

    offset: int
    reason: str
    count: int | None
    field: str | None
    detail: str
    raw: bytes | None


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
    plan: _Plan | None

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
        count = sum(plain.block.count for plain in held)
        size = sum(len(plain.data) for plain in held)
        few = count <= 2 * FRAME_ROWS and size <= max(ALWAYS_BYTES, FRAME_BYTES)
        # A decoder allocates room for as many records as a block claims.
        if (
            few
            and self.plan is not None
            and self.plan.alone
            and count * max(1, self._shortest) <= size
        ):
            try:
                yield self.plan.decode(count, b"".join(plain.data for plain in held), checked=False)
            except NativeError:
                pass
            else:
                return
        yield from self._checked(held)

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
        data = b"".join(piece.data for piece in pieces)
        try:
            if self.plan is None:
                yield self._by_fastavro(count, data)
            else:
                yield self.plan.decode(count, data, checked=True)
        except (NativeError, DecodeError) as error:
            yield Unread(
                plain.block.offset, "UNREADABLE_BLOCK", count, None, str(error), plain.block.data
            )

    @cached_property
    def _shortest(self) -> int:
        return shortest(self.schemas.layout)

    @cached_property
    def _middle(self) -> Schema:
        fields: Schema = readable(self.schemas.writer, self.schemas.reader)
        return fields

    def _by_fastavro(self, count: int, data: bytes) -> Frame:
        """Decode records as the only block of an array, whose end shows whether they were whole."""
        array = varint(count) + data + b"\0" if count else data + b"\0"
        stream = io.BytesIO(array)
        try:
            rows = fastavro.schemaless_reader(
                stream,
                {"type": "array", "items": self.schemas.writer},
                {"type": "array", "items": self._middle},
            )
        except Exception:
            # fastavro doesn't document what it raises for damaged bytes; it can be almost anything.
            raise DecodeError("its records are damaged") from None
        if stream.tell() != len(array) or len(rows) != count:
            raise DecodeError("a different number of records than it says")
        return self._columns_of(rows)

    def _columns_of(self, rows: Sequence[Any]) -> Frame:
        middle = {field["name"]: field["type"] for field in self._middle["fields"]}
        try:
            frame = pl.DataFrame(rows, schema=polars_schema(self._middle))
            if self._middle != self.schemas.reader:
                names = [
                    field["name"]
                    for field in self.schemas.reader["fields"]
                    if field["type"] != middle[field["name"]] or field["name"] == WARNINGS
                ]
                frame = frame.with_columns(columns_of(self._middle, self.schemas.reader, names))
        except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError):
            raise DecodeError("a value outside its type") from None
        return frame.select(self.dtypes.names())


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
    return Decoder(codec, schemas, wanted, _Plan.of(schemas, wanted.names(), part=bool(columns)))


@dataclass(frozen=True)
class _Plan:
    """How polars decodes records, and how the expected columns are made from them.

    Args:
        schema: The writer's schema in polars's terms.
        sources: The columns that polars decodes.
        names: The expected columns.
        columns: How to make them.
        mark: A text field, the last of the sources; None if there is none.
        last: A record with a known text in that field. polars doesn't report bytes left over in a
            block, so this record is added at the end, and is found only if all records before it
            were whole.
        proof: Whether encoding the result again gives the same bytes.
        alone: Whether polars may decode unchecked records.
    """

    schema: Schema
    sources: list[str]
    names: list[str]
    columns: list[pl.Expr]
    mark: str | None
    last: bytes
    proof: bool
    alone: bool

    @classmethod
    def of(cls, schemas: Resolved, columns: Sequence[str], *, part: bool) -> _Plan | None:
        written = {field["name"]: field["type"] for field in schemas.writer["fields"]}
        try:
            plain = plain_record(schemas.writer)
            made = columns_of(schemas.writer, schemas.reader, columns)
        except NotPlainError:
            return None
        same = not schemas.dropped and _null_first(plain, top=True)
        sources = [name for name in columns if name in written]
        mark = next((n for n, avro in written.items() if kind_of(value_type(avro)) in _TEXTS), None)
        if mark is not None and mark not in sources:
            sources.append(mark)
        sources = sources or list(written)[:1]
        last = marked(schemas.writer, mark, _END) if mark is not None else b""
        # Some columns are read only to look for ids; another reading reads all of them.
        proof = same and not part
        alone = proof or (same and mark is not None)
        return cls(plain, sources, list(columns), made, mark, last, proof, alone)

    def decode(self, count: int, data: bytes, *, checked: bool) -> Frame:
        """Decode records.

        Raises:
            NativeError: They don't decode, or they aren't a valid encoding of the result.
        """
        if checked or self.proof:
            frame = decode_records(self.schema, count, data, None if self.proof else self.sources)
        else:
            assert self.mark is not None
            frame = self._marked(self.mark, count, data)
        if not checked and self.proof and encode_records(frame) != (count, data):
            raise NativeError("a value that isn't validly encoded")
        try:
            return frame.with_columns(self.columns).select(self.names)
        except pl.exceptions.PolarsError:
            raise NativeError("a number without a symbol") from None

    def _marked(self, mark: str, count: int, data: bytes) -> Frame:
        frame = decode_records(self.schema, count + 1, data + self.last, self.sources)
        if frame[mark][-1] not in (_END, _END.decode()):
            raise NativeError("a different number of records than it says")
        return frame[:count]


def _null_first(avro: Any, *, top: bool = False) -> bool:
    """Tell whether every value is a union of null (first) and one type, as polars encodes it."""
    if not top:
        if not isinstance(avro, list) or avro[0] != "null":
            return False
        avro = avro[1]
    if kind_of(avro) == "array":
        return _null_first(avro["items"])
    if kind_of(avro) == "record":
        return all(_null_first(field["type"]) for field in avro["fields"])
    return True
