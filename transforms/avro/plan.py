"""How polars decodes the records of one schema, and how the wanted columns are made from that.

An enum is stored as the number of its symbol, just like an int. So polars gets a header that says
int, and the numbers become symbols afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from schemas.avro import Schema
from transforms.avro.census import is_encoding_of
from transforms.avro.columns import Columns, columns_of
from transforms.avro.mark import marked
from transforms.avro.native import NativeError, decode_records
from transforms.avro.plain import NotPlainError, plain_record
from transforms.avro.resolve import Resolved
from transforms.avro.types import kind_of, value_type
from transforms.frames.frame import Frame

_END = b"the end of these blocks"
_TEXTS = ("string", "bytes")


@dataclass(frozen=True)
class Plan:
    """How polars decodes records.

    Args:
        schema: The writer's schema in types that polars decodes.
        sources: The columns that polars decodes from checked records.
        names: The wanted columns.
        columns: How they are made.
        mark: A text field among the sources, if only some of the columns are wanted.
        last: A record with a known text in that field. polars doesn't notice if bytes of a block
            are left over or missing. This record is added after the last one, and is decoded only
            if all those before it were whole.
        alone: Whether polars may decode records that weren't checked.
    """

    schema: Schema
    sources: list[str]
    names: list[str]
    columns: Columns
    mark: str | None
    last: bytes
    alone: bool

    @classmethod
    def of(cls, schemas: Resolved, columns: Sequence[str], *, part: bool) -> Plan | None:
        """Plan the decoding of records.

        Args:
            schemas: The writer's schema and the reader's.
            columns: The columns wanted.
            part: Whether only these columns are wanted, to collect ids before everything is read.
                Then values aren't proven to be validly encoded.

        Returns:
            A plan; None if polars can't decode them.
        """
        written = {field["name"]: field["type"] for field in schemas.writer["fields"]}
        try:
            plain = plain_record(schemas.writer)
            made = columns_of(schemas.writer, schemas.reader, columns)
        except NotPlainError:
            return None
        texts = (name for name, avro in written.items() if kind_of(value_type(avro)) in _TEXTS)
        mark = next(texts, None) if part else None
        last = b"" if mark is None else marked(schemas.writer, mark, _END)
        wanted = {*columns, mark}
        sources = [name for name in written if name in wanted] or list(written)[:1]
        return cls(plain, sources, list(columns), made, mark, last, not schemas.dropped)

    def decode(self, count: int, parts: Sequence[bytes], *, checked: bool) -> Frame:
        """Decode records.

        Args:
            count: The number of records.
            parts: Their bytes, in order.
            checked: Whether they have already been checked.

        Returns:
            The wanted columns.

        Raises:
            NativeError: They can't be decoded, or aren't the encoding of what was decoded.
        """
        if checked:
            frame = decode_records(self.schema, count, parts, self.sources)
        elif self.mark is not None:
            frame = self._marked(self.mark, count, parts)
        else:
            frame = decode_records(self.schema, count, parts)
            if not is_encoding_of(parts, frame, self.schema):
                raise NativeError("a value that isn't validly encoded")
        try:
            return self.columns.of(frame).select(self.names)
        except pl.exceptions.PolarsError:
            raise NativeError("a number without a symbol") from None

    def _marked(self, mark: str, count: int, parts: Sequence[bytes]) -> Frame:
        frame = decode_records(self.schema, count + 1, (*parts, self.last), self.sources)
        if frame[mark][-1] not in (_END, _END.decode()):
            raise NativeError("a different number of records than it says")
        return frame[:count]
