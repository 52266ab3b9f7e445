"""Decoding Avro blocks to frames of the reader's schema.

polars decodes plain records in Rust, but panics on enums inside records. An enum is stored as the
number of its symbol, just as an int is: so polars is given a header that says int, and the numbers
become symbols afterwards. What polars cannot decode (maps, wider unions) or what is not a change of
columns (strings read as bytes) is read by fastavro into the same frame.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import fastavro
import polars as pl

from schemas.avro import Schema
from transforms.avro.blocks import MARKER, Block, Header, write_block, write_header
from transforms.avro.codecs import CodecError, decompress
from transforms.avro.columns import NotPlainError, column_of, marked, plain_record, smallest
from transforms.avro.resolve import Resolved, resolve
from transforms.avro.resolve import SchemaMismatchError as SchemaMismatchError
from transforms.avro.types import kind_of, value_type
from transforms.avro.types import polars_schema as polars_schema
from transforms.avro.varint import varint
from transforms.frames.frame import Frame

_SYNC = bytes(MARKER)
_END = b"the end of these blocks"
_TEXTS = ("string", "bytes")


class DecodeError(ValueError):
    """Blocks that do not decode."""


@dataclass(frozen=True)
class Decoder:
    """How blocks of one writer's schema become frames of the reader's.

    Args:
        codec: The file's codec.
        schemas: The writer's and the reader's schema, resolved.
        dtypes: The columns wanted, in order, with their dtypes.
        plan: How polars does it; None where fastavro must.
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
            reader: The schema wanted.
            columns: The columns wanted; None for all.

        Returns:
            A decoder.

        Raises:
            SchemaMismatchError: The file's schema cannot be read as the one wanted.
        """
        written, wanted = (json.dumps(schema) for schema in (header.schema, reader))
        return _planned(header.codec, written, wanted, tuple(columns or ()))

    def decode(self, blocks: Sequence[Block]) -> Frame:
        """Decode blocks.

        Args:
            blocks: Blocks of the file.

        Returns:
            A frame of the wanted columns, dtypes as `polars_schema`.

        Raises:
            DecodeError: They do not decode, or do not hold the records that they say.
        """
        count = sum(block.count for block in blocks)
        try:
            data = b"".join(decompress(self.codec, block.data) for block in blocks)
        except CodecError as error:
            raise DecodeError(str(error)) from None
        # A decoder makes room for as many records as a block says it holds.
        if count * max(1, len(smallest(self.schemas.writer))) > len(data):
            raise DecodeError("fewer bytes than its records need")
        if self.plan is not None:
            return self.plan.decode(count, data)
        return _by_fastavro(self.schemas, count, data).select(self.dtypes.names())


# To plan takes milliseconds, and thousands of small files may have one schema.
@lru_cache(maxsize=64)
def _planned(codec: str, written: str, reader: str, columns: tuple[str, ...]) -> Decoder:
    theirs, ours = json.loads(written), json.loads(reader)
    schemas, every = resolve(theirs, ours), polars_schema(ours)
    wanted = pl.Schema({name: every[name] for name in columns or every})
    return Decoder(codec, schemas, wanted, _Plan.of(schemas, wanted.names()))


@dataclass(frozen=True)
class _Plan:
    """How polars decodes records, and how the columns wanted come of what it decodes.

    polars neither counts what is left of a block nor misses it. So one more record follows the
    last, with a known text in the field `mark`: it is found only where all before were whole.
    """

    schema: Schema
    sources: list[str]
    names: list[str]
    columns: list[pl.Expr]
    mark: str
    last: bytes

    @classmethod
    def of(cls, schemas: Resolved, columns: Sequence[str]) -> _Plan | None:
        written = {field["name"]: field["type"] for field in schemas.writer["fields"]}
        wanted = {field["name"]: field for field in schemas.reader["fields"]}
        mark = next((n for n, avro in written.items() if kind_of(value_type(avro)) in _TEXTS), None)
        if mark is None:
            return None
        try:
            plain = plain_record(schemas.writer)
            made = [column_of(wanted[name], written.get(name)) for name in columns]
        except NotPlainError:
            return None
        sources = [name for name in columns if name in written]
        if mark not in sources:
            sources.append(mark)
        return cls(plain, sources, list(columns), made, mark, marked(schemas.writer, mark, _END))

    def decode(self, count: int, data: bytes) -> Frame:
        # One block decodes in half the time of a hundred small ones.
        block = write_block(count + 1, data + self.last, _SYNC)
        file = io.BytesIO(write_header(self.schema, _SYNC) + block)
        try:
            frame = pl.read_avro(file, columns=self.sources)
        except (pl.exceptions.PolarsError, OSError):
            raise DecodeError("its records are damaged") from None
        except pl.exceptions.PanicException:
            raise DecodeError("its records are damaged") from None
        if frame.height != count + 1 or frame[self.mark][-1] not in (_END, _END.decode()):
            raise DecodeError("another number of records than it says")
        try:
            return frame[:count].with_columns(self.columns).select(self.names)
        except pl.exceptions.PolarsError:
            raise DecodeError("a number that is no symbol's") from None


def _by_fastavro(schemas: Resolved, count: int, data: bytes) -> Frame:
    """Blocks as the one block of an array: its end shows whether they were whole."""
    array = varint(count) + data + b"\0" if count else data + b"\0"
    stream = io.BytesIO(array)
    try:
        rows = fastavro.schemaless_reader(
            stream,
            {"type": "array", "items": schemas.writer},
            {"type": "array", "items": schemas.reader},
        )
    except Exception:
        # fastavro does not say what it raises on damaged bytes: nearly anything.
        raise DecodeError("its records are damaged") from None
    if stream.tell() != len(array) or len(rows) != count:
        raise DecodeError("another number of records than it says")
    try:
        return pl.DataFrame(rows, schema=polars_schema(schemas.reader))
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError):
        raise DecodeError("a value outside its type") from None
