"""What is written, as fastavro reads it."""

from __future__ import annotations

import io
import json
import random

import fastavro
import pytest

from schemas.avro import avro_schema
from tests.random_records import frame, random_record
from transforms.avro.blocks import read_header
from transforms.avro.codecs import CODECS
from transforms.avro.encode import BLOCK_ROWS
from transforms.avro.write import AvroSink

SCHEMA = avro_schema("case_record")


@pytest.mark.parametrize("codec", sorted(set(CODECS) - {"zstandard", "snappy"}))
def test_fastavro_reads_what_is_written_with_names_and_docs(codec: str) -> None:
    rng = random.Random(7)
    records = frame([random_record(rng) for _ in range(40)])
    stored, sink = io.BytesIO(), AvroSink({"cases": SCHEMA}, codec)
    sink.open(stored)
    sink.write(("cases", records[:25]))
    sink.write(("cases", records[25:]))
    sink.flush()
    stored.seek(0)
    reader = fastavro.reader(stored)
    assert list(reader) == records.to_dicts()
    stored.seek(0)
    assert read_header(stored).codec == codec
    assert json.loads(reader.metadata["avro.schema"]) == SCHEMA


def test_equal_frames_have_equal_bytes_and_long_ones_several_blocks() -> None:
    record = random_record(random.Random(1))
    records = frame([record]).select(frame([]).columns)
    long = records[[0] * (BLOCK_ROWS + 1)]
    files = []
    for _ in range(2):
        stored, sink = io.BytesIO(), AvroSink({"cases": SCHEMA}, "deflate")
        sink.open(stored)
        sink.write(("cases", long))
        sink.flush()
        files.append(stored.getvalue())
    assert files[0] == files[1]
    counts = [block.num_records for block in fastavro.block_reader(io.BytesIO(files[0]))]
    assert counts == [BLOCK_ROWS, 1]
