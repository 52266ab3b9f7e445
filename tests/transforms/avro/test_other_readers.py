"""The files of a run as other programs read them: polars's own reader, and fastavro."""

from __future__ import annotations

import datetime
import io

import fastavro
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from schemas.avro import avro_schema
from transforms.avro.encode import encode_blocks, write_header
from transforms.avro.types import polars_schema
from transforms.sample.backlog import sample_block

# polars can't read an enum that may be null; docs/data.md says which parts have some.
WITHOUT_ENUMS = ("recommendation", "quarantined", "change", "queue")


def filled(name: str) -> pl.DataFrame:
    """A frame of a declared schema: a row without values, and one with a value of each type."""

    def some(dtype: object) -> object:
        if isinstance(dtype, pl.List):
            return [None, some(dtype.inner)]
        if isinstance(dtype, pl.Struct):
            return {field.name: some(field.dtype) for field in dtype.fields}
        day = datetime.date(2011, 11, 17)
        of = {pl.String: "é", pl.Boolean: True, pl.Binary: b"\xff", pl.Date: day}
        return next((value for kind, value in of.items() if dtype == kind), 7)

    schema = polars_schema(avro_schema(name))
    row = {column: some(dtype) for column, dtype in schema.items()}
    return pl.DataFrame([dict.fromkeys(schema), row], schema=schema)


@pytest.mark.parametrize("name", WITHOUT_ENUMS)
def test_polars_and_fastavro_read_what_a_run_writes(name: str) -> None:
    schema, frame = avro_schema(name), filled(name)
    content = write_header(schema) + encode_blocks(frame, schema)
    assert_frame_equal(pl.read_avro(io.BytesIO(content)), frame)
    assert list(fastavro.reader(io.BytesIO(content))) == frame.to_dicts()


def test_fastavro_reads_a_snapshot() -> None:
    schema, frame = avro_schema("case_record"), sample_block(1, 0).head(40).drop("_number")
    content = write_header(schema) + encode_blocks(frame, schema)
    read = list(fastavro.reader(io.BytesIO(content)))
    assert read == frame.select(polars_schema(schema).names()).to_dicts()
