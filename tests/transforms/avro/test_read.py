from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import apache_beam as beam
import fastavro
import pytest
from apache_beam.io import iobase, source_test_utils
from apache_beam.io.range_trackers import OffsetRangeTracker
from apache_beam.io.restriction_trackers import OffsetRange
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.avro import Schema
from schemas.errors import InputError
from tests.helpers.random_avro import written
from transforms.avro.file import read_file, read_range
from transforms.avro.quarantined import QUARANTINED
from transforms.avro.read import ReadFrames, expand_inputs
from transforms.avro.types import polars_schema
from transforms.frames.frame import Frame

SCHEMA: Schema = {
    "type": "record",
    "name": "R",
    "fields": [
        {"name": "a", "type": ["null", "string"], "default": None},
        {"name": "n", "type": ["null", "long"], "default": None},
    ],
}
ROWS = [{"a": f"row {number}", "n": number} for number in range(50)]
FILE = written(SCHEMA, ROWS, "deflate", block_rows=5)


def saved(path: Path, content: bytes = FILE) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return str(path)


def read(path: str, frame_rows: int = 10, columns: list[str] | None = None) -> list[Any]:
    return list(read_file(path, SCHEMA, columns, frame_rows))


def rows_of(pairs: list[Any]) -> list[Any]:
    return [row for kind, frame in pairs if kind == "frames" for row in frame.to_dicts()]


def block_offsets(path: str) -> list[int]:
    with open(path, "rb") as file:
        return [block.offset for block in fastavro.block_reader(file)]


def test_frames_consist_of_whole_blocks(tmp_path: Path) -> None:
    pairs = read(saved(tmp_path / "x.avro"), frame_rows=12)
    assert [frame.height for _, frame in pairs] == [15, 15, 15, 5]
    assert rows_of(pairs) == ROWS


def test_splits_a_long_block_into_several_frames(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.avro", written(SCHEMA, ROWS, block_rows=50))
    pairs = read(path, frame_rows=20)
    assert [frame.height for _, frame in pairs] == [20, 20, 10]
    assert rows_of(pairs) == ROWS


def test_reads_only_the_wanted_columns(tmp_path: Path) -> None:
    pairs = read(saved(tmp_path / "x.avro"), columns=["n"])
    assert rows_of(pairs) == [{"n": row["n"]} for row in ROWS]


class RowSource(iobase.BoundedSource):
    """A file with a row a record, whose reads Beam's own checks can compare."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.size = os.path.getsize(path)

    def get_range_tracker(self, start: int | None, stop: int | None) -> OffsetRangeTracker:
        return OffsetRangeTracker(start or 0, self.size if stop is None else stop)

    def split(self, size: float, start: Any = None, stop: Any = None) -> Any:
        for part in OffsetRange(0, self.size).split(int(min(size, self.size))):
            yield iobase.SourceBundle(part.stop - part.start, self, part.start, part.stop)

    def read(self, tracker: OffsetRangeTracker) -> Any:
        start, stop = tracker.start_position(), tracker.stop_position()
        for kind, frame in read_range(self.path, SCHEMA, None, 1, self.size, start, stop):
            if kind != "stretches":
                for row in frame.drop("detail", strict=False).iter_rows():
                    yield kind, str(row)


def test_a_file_split_anywhere_gives_the_same_records(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.avro")
    whole = RowSource(path)
    for size in (40, 100, 333, 5000):
        parts = [
            (part.source, part.start_position, part.stop_position) for part in whole.split(size)
        ]
        # Beam merges a small last part with the one before it.
        assert len(parts) in (-(-len(FILE) // size), max(1, len(FILE) // size))
        source_test_utils.assert_sources_equal_reference_source((whole, None, None), parts)


def test_a_damaged_file_split_anywhere_gives_the_same_records(tmp_path: Path) -> None:
    damaged = bytearray(FILE)
    offsets = block_offsets(saved(tmp_path / "whole.avro"))
    damaged[offsets[2]] = 0xFF
    damaged[offsets[5] + 6] ^= 0xFF
    path = saved(tmp_path / "x.avro", bytes(damaged[:-5]))
    whole = RowSource(path)
    for size in (45, 120, 333):
        parts = [
            (part.source, part.start_position, part.stop_position) for part in whole.split(size)
        ]
        source_test_utils.assert_sources_equal_reference_source((whole, None, None), parts)


def quarantined(pairs: list[Any]) -> list[dict[str, Any]]:
    frames = [frame for kind, frame in pairs if kind == "quarantined"]
    assert all(frame.schema == QUARANTINED for frame in frames)
    return [row for frame in frames for row in frame.to_dicts()]


def test_quarantines_an_undecodable_block_and_reads_the_rest(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.avro")
    offset = block_offsets(path)[3]
    damaged = bytearray(FILE)
    damaged[offset + 4 : offset + 12] = b"\xff" * 8
    pairs = read(saved(tmp_path / "x.avro", bytes(damaged)), frame_rows=100)
    assert rows_of(pairs) == ROWS[:15] + ROWS[20:]
    # The rest is decoded together, two frames at once; not one frame per block.
    assert [kind for kind, _ in pairs].count("frames") == 2
    [row] = quarantined(pairs)
    assert (row["stage"], row["reason"]) == ("read", "UNREADABLE_BLOCK")
    assert (row["source_file"], row["offset"], row["record_count"]) == (path, offset, None)
    assert row["raw"] in bytes(damaged)
    assert "row" not in row["detail"]


def test_reads_a_cut_file_up_to_the_cut(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.avro", FILE[:-20])
    pairs = read(path)
    assert rows_of(pairs) == ROWS[:45]
    [row] = quarantined(pairs)
    assert (row["reason"], row["record_count"]) == ("TRUNCATED_FILE", None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_loses_no_record_of_a_damaged_file_silently(tmp_path: Path, data: st.DataObject) -> None:
    codec = data.draw(st.sampled_from(["null", "deflate", "snappy", "zstandard"]))
    file = bytearray(written(SCHEMA, ROWS, codec, block_rows=5))
    path = saved(tmp_path / "x.avro", bytes(file))
    begin = block_offsets(path)[0] if codec != "zstandard" else file.index(file[-16:]) + 16
    for _ in range(data.draw(st.integers(1, 4))):
        file[data.draw(st.integers(begin, len(file) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(begin, len(file)))
    pairs = read(saved(tmp_path / "x.avro", bytes(file[:cut])))
    quarantined_rows = quarantined(pairs)
    # How many records an uncounted gap held is unknown; the rest must add up.
    known = len(rows_of(pairs)) + sum(row["record_count"] or 0 for row in quarantined_rows)
    if cut == len(file) and all(row["record_count"] is not None for row in quarantined_rows):
        assert known == len(ROWS)
    else:
        # A file cut between two blocks looks whole; one cut within a block doesn't.
        assert quarantined_rows or known % 5 == 0


def test_read_frames_outputs_frames_and_quarantined_parts(tmp_path: Path) -> None:
    whole = saved(tmp_path / "a.avro")
    cut = saved(tmp_path / "b.avro", FILE[:-1])

    def all_rows(frames: list[Frame]) -> None:
        assert all(isinstance(frame, Frame) for frame in frames)
        got = sorted(row["n"] for frame in frames for row in frame.to_dicts())
        assert got == sorted([*range(50), *range(45)])

    def one_cut(frames: list[Frame]) -> None:
        [row] = [row for frame in frames for row in frame.to_dicts()]
        assert (row["source_file"], row["reason"]) == (cut, "TRUNCATED_FILE")

    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        found = pipeline | ReadFrames(
            expand_inputs([whole, cut], SCHEMA).files, SCHEMA, frame_rows=10
        )
        assert found.frames.element_type is Frame
        assert found.quarantined.element_type is Frame
        assert_that(found.frames, all_rows, "frames")
        assert_that(found.quarantined, one_cut, "quarantined")


def paths(patterns: list[str]) -> list[str]:
    return [file.path for file in expand_inputs(patterns, SCHEMA).files]


def test_finds_files_globs_and_directories_once_and_in_order(tmp_path: Path) -> None:
    b, a = saved(tmp_path / "in" / "b.avro"), saved(tmp_path / "in" / "a.avro")
    deep = saved(tmp_path / "in" / "deep" / "er" / "c.avro")
    odd = saved(tmp_path / "in" / "no-suffix")
    for hidden in ("_x.avro", ".y.avro", "_tmp/z.avro"):
        saved(tmp_path / "in" / hidden)
    folder = str(tmp_path / "in")
    assert paths([folder]) == [a, b, deep]
    assert paths([f"{folder}/"]) == [a, b, deep]
    assert paths([f"{folder}/*.avro"]) == [a, b]
    assert paths([b, f"{folder}/*.avro", odd]) == [a, b, odd]
    [file] = expand_inputs([a], SCHEMA).files
    assert file.bytes == len(FILE)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"a,b,c\n1,2,3\n", "is not an Avro file"),
        (FILE[:40], "cut short or damaged in its header"),
        (
            written(
                {
                    "type": "record",
                    "name": "R",
                    "fields": [{"name": "a", "type": {"type": "map", "values": "int"}}],
                },
                [],
            ),
            "has map in the field a, but string is expected",
        ),
    ],
)
def test_names_an_unreadable_file(tmp_path: Path, content: bytes, message: str) -> None:
    path = saved(tmp_path / "x.avro", content)
    with pytest.raises(InputError, match=f"^{re.escape(path)}: .*{message}[^\n]*$"):
        expand_inputs([path], SCHEMA)


@pytest.mark.parametrize("pattern", ["none.avro", "*.avro", "empty", "none/", "none/*.avro"])
def test_names_a_pattern_that_finds_nothing(tmp_path: Path, pattern: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=re.escape(pattern.rstrip("/"))):
        expand_inputs([f"{tmp_path}/{pattern}"], SCHEMA)


def test_a_file_cut_in_its_last_block_is_not_an_error(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.avro", FILE[:-1])
    assert paths([path]) == [path]


def test_frames_have_the_dtypes_of_the_schema(tmp_path: Path) -> None:
    [*pairs] = read(saved(tmp_path / "x.avro"))
    assert all(frame.schema == polars_schema(SCHEMA) for _, frame in pairs)
