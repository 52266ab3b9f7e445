"""Avro files with a known layout: which record's bytes are where."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import fastavro
from fastavro.schema import expand_schema

from schemas.avro import Schema
from transforms.avro.blocks import write_block
from transforms.avro.codecs import compress
from transforms.avro.header import write_header

SYNC = bytes(range(200, 216))


@dataclass(frozen=True)
class Record:
    """One record: its id, and the bytes of each field's value.

    Args:
        id: The value of the id field.
        fields: The encoded value of each field, in the order of the schema.
    """

    id: str
    fields: dict[str, bytes]

    @property
    def data(self) -> bytes:
        """The record's bytes."""
        return b"".join(self.fields.values())


@dataclass(frozen=True)
class StoredBlock:
    """One block: its records, and its bytes as written to the file."""

    records: tuple[Record, ...]
    raw: bytes

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its records."""
        return tuple(record.id for record in self.records)


@dataclass(frozen=True)
class Container:
    """An Avro file, block by block.

    Args:
        schema: Its schema.
        codec: Its codec.
        header: Its header's bytes.
        blocks: Its blocks.
    """

    schema: Schema
    codec: str
    header: bytes
    blocks: tuple[StoredBlock, ...]

    @property
    def content(self) -> bytes:
        """The whole file."""
        return self.header + b"".join(block.raw for block in self.blocks)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all records, in order."""
        return tuple(each for block in self.blocks for each in block.ids)

    def offset(self, number: int) -> int:
        """Where a block starts in the file."""
        return len(self.header) + sum(len(block.raw) for block in self.blocks[:number])

    def stored(self, records: Sequence[Record], count: int | None = None) -> StoredBlock:
        """Encode records as a block of this file."""
        data = compress(self.codec, b"".join(record.data for record in records))
        raw = write_block(len(records) if count is None else count, data, SYNC)
        return StoredBlock(tuple(records), raw)

    def put(self, number: int, *blocks: StoredBlock) -> Container:
        """Return the file with one block replaced."""
        return replace(self, blocks=(*self.blocks[:number], *blocks, *self.blocks[number + 1 :]))


def build(
    schema: Schema,
    rows: Sequence[dict[str, Any]],
    codec: str = "null",
    block_rows: int = 10,
    id_field: str = "case_id",
) -> Container:
    """Build a file.

    Args:
        schema: A record schema whose id field is a string.
        rows: The records; to damage values, they need a string field and a boolean field.
        codec: One of `CODECS`.
        block_rows: Records in a block.
        id_field: The field that identifies a record.

    Returns:
        The file.
    """
    fields = {f["name"]: fastavro.parse_schema(f["type"]) for f in expand_schema(schema)["fields"]}
    records = [
        Record(
            row[id_field],
            {name: _encoded(avro, row.get(name)) for name, avro in fields.items()},
        )
        for row in rows
    ]
    empty = Container(schema, codec, write_header(schema, SYNC, codec), ())
    parts = [records[at : at + block_rows] for at in range(0, len(records), block_rows)]
    return replace(empty, blocks=tuple(empty.stored(part) for part in parts))


def _encoded(avro: Any, value: Any) -> bytes:
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, avro, value)
    return buffer.getvalue()
