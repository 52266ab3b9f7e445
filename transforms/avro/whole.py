"""Read a whole file that a run wrote, or nothing of it. Nothing here needs Beam."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.avro import Schema
from schemas.errors import AvroFormatError, DamagedError, DecodeError, SchemaMismatchError
from transforms.avro.blocks import Block, blocks
from transforms.avro.decode import Decoder
from transforms.avro.header import read_header
from transforms.avro.types import polars_schema
from transforms.files.storage import exists, open_file, size_of
from transforms.frames.frame import Frame


def read_whole(path: str, schema: Schema, columns: Sequence[str] | None = None) -> Frame:
    """Read all records of a file that a run wrote.

    Args:
        path: The file; if it doesn't exist, there are no records.
        schema: The frame's schema.
        columns: The columns to read; None for all.

    Returns:
        One frame.

    Raises:
        DamagedError: Some record can't be read, and nothing may be missing from a state.
    """
    every = polars_schema(schema)
    if not exists(path):
        return every.to_frame().select(columns or every.names())
    size = size_of(path)
    try:
        with open_file(path) as stream:
            header = read_header(stream)
            decoder = Decoder.of(header, schema, columns)
            found = []
            for block in blocks(stream, header, 0, size):
                if not isinstance(block, Block):
                    raise DamagedError(f"{path}: is damaged at byte {block.offset}")
                found.append(block)
        return decoder.decode(found)
    except (AvroFormatError, SchemaMismatchError, DecodeError) as error:
        raise DamagedError(f"{path}: {error}") from None
