"""Written files, as fastavro reads them."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path

import apache_beam as beam
import fastavro
import polars as pl
import pyarrow as pa
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that, equal_to

from schemas.avro import avro_schema
from tests.helpers.random_records import frame, random_record
from tests.transforms.avro.test_decode import decoded, record
from transforms.avro.blocks import Block, blocks, write_block
from transforms.avro.codecs import CODECS
from transforms.avro.encode import BLOCK_ROWS
from transforms.avro.header import read_header
from transforms.avro.header import write_header as plain_header
from transforms.avro.write import AvroSink, WriteFrames, _WriteBundle
from transforms.frames.frame import Frame

SCHEMA = avro_schema("case_record")
NUMBERS = record(("n", ["null", "long"]))
TEXTS = record(("t", ["null", "string"]))


@pytest.mark.parametrize("codec", sorted(CODECS))
def test_both_readers_read_what_is_written_with_names_and_docs(codec: str) -> None:
    rng = random.Random(7)
    records = frame([random_record(rng) for _ in range(40)])
    stored, sink = io.BytesIO(), AvroSink({"cases": SCHEMA}, codec)
    sink.open(stored)
    sink.write(("cases", records[:25]))
    sink.write(("cases", records[25:]))
    sink.flush()
    file = stored.getvalue()
    assert decoded(file, SCHEMA).equals(records)
    assert read_header(io.BytesIO(file)).codec == codec
    reader = fastavro.reader(io.BytesIO(unpacked(file) if codec == "zstandard" else file))
    assert list(reader) == records.to_dicts()
    assert json.loads(reader.metadata["avro.schema"]) == SCHEMA


def unpacked(file: bytes) -> bytes:
    """Decompress a zstandard file with another library than the one that wrote it."""
    stream = io.BytesIO(file)
    header = read_header(stream)
    parts = [plain_header(header.schema, header.sync)]
    for block in blocks(stream, header, 0, len(file)):
        assert isinstance(block, Block)
        assert block.data.startswith(b"\x28\xb5\x2f\xfd")
        data = pa.CompressedInputStream(pa.BufferReader(block.data), "zstd").read()
        parts.append(write_block(block.count, data, header.sync))
    return b"".join(parts)


def test_a_sink_writes_each_file_with_the_schema_of_its_destination() -> None:
    files = {"numbers": io.BytesIO(), "texts": io.BytesIO()}
    sink = AvroSink({"numbers": NUMBERS, "texts": TEXTS})
    for destination, column in (("numbers", {"n": [1, None]}), ("texts", {"t": ["a"]})):
        sink.open(files[destination])
        sink.write((destination, pl.DataFrame(column)))
        sink.flush()
    assert decoded(files["numbers"].getvalue(), NUMBERS)["n"].to_list() == [1, None]
    assert decoded(files["texts"].getvalue(), TEXTS)["t"].to_list() == ["a"]


def test_rejects_an_unsupported_schema_before_writing() -> None:
    with pytest.raises(ValueError, match="the type of n must be"):
        AvroSink({"texts": TEXTS, "numbers": record(("n", "long"))})


def test_writes_a_file_per_destination_and_returns_what_counts(tmp_path: Path) -> None:
    pairs = [
        ("numbers", pl.DataFrame({"n": [1, 2]})),
        ("texts/deep", pl.DataFrame({"t": ["a"]})),
        ("numbers", pl.DataFrame({"n": [3]})),
    ]
    results = []
    for root in (tmp_path / "1", tmp_path / "2"):
        root.mkdir()
        write = WriteFrames(str(root), {"numbers": NUMBERS, "texts/deep": TEXTS}, "mine")
        with beam.Pipeline(runner=FnApiRunner()) as pipeline:
            written = (
                pipeline
                | beam.Create(pairs, reshuffle=False).with_output_types(tuple[str, Frame])
                | write
            )
            counted = written | beam.MapTuple(lambda path, records: (path.split("/")[0], records))
            assert_that(counted, equal_to([("numbers", 3), ("texts", 1)]))
        numbers, texts = sorted(path for path in root.rglob("*") if path.is_file())
        assert sorted(decoded(numbers.read_bytes(), NUMBERS)["n"].to_list()) == [1, 2, 3]
        assert decoded(texts.read_bytes(), TEXTS)["t"].to_list() == ["a"]
        assert texts.parent == root / "texts/deep"
        results.append(texts.name)
    # Readers skip them, and equal content sorts to the same place, but no name is used twice.
    assert all(name.startswith("_mine-") and name.endswith(".avro") for name in results)
    first, second = (name.rsplit("-", 1) for name in results)
    assert first[0] == second[0]
    assert first[1] != second[1]


def test_writes_nothing_where_the_results_were_given_up(tmp_path: Path) -> None:
    write = _WriteBundle(str(tmp_path / "gone"), {"numbers": NUMBERS}, "mine")
    write.start_bundle()
    with pytest.raises(FileNotFoundError):
        write.process(("numbers", pl.DataFrame({"n": [1]})))
    assert list(tmp_path.iterdir()) == []


def test_equal_frames_give_equal_bytes_and_long_ones_several_blocks() -> None:
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
