"""Work in threads, in its users: the reader, the writer, and what assesses."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import fastavro
import polars as pl
import pytest

from schemas.avro import Schema
from tests.helpers.random_avro import written
from tests.transforms.avro.test_decode import enum, record
from transforms.avro.file import read_file
from transforms.avro.write import HELD_BACK, AvroSink
from transforms.frames.background import Job

SCHEMA: Schema = record(("k", ["null", "string"]), ("n", ["null", "long"]))


def row(number: int) -> dict[str, object]:
    return {"k": str(number), "n": number}


def test_runs_jobs_one_by_one_in_another_thread() -> None:
    begun, over = threading.Event(), threading.Event()

    def first() -> int:
        begun.set()
        # In vain, because the second has to wait for the first.
        assert not over.wait(0.2)
        return threading.get_ident()

    there, second = Job(first), Job(over.set)
    begun.wait()
    assert there.result() != threading.get_ident()
    second.result()


def test_who_wants_a_result_now_does_work_that_has_not_started() -> None:
    begun, go = threading.Event(), threading.Event()

    def first() -> int:
        begun.set()
        go.wait()
        return threading.get_ident()

    busy, waiting = Job(first), Job(threading.get_ident)
    begun.wait()
    assert waiting.now() == threading.get_ident()
    go.set()
    assert busy.now() != threading.get_ident()


def test_passes_an_error_to_the_caller_and_runs_the_next_job() -> None:
    failed = Job(int, "no number")
    after = Job(int, "7")
    with pytest.raises(ValueError, match="no number"):
        failed.result()
    assert after.result() == 7


def test_frames_read_ahead_keep_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.avro"
    path.write_bytes(written(SCHEMA, [row(n) for n in range(103)], "deflate", block_rows=5))
    frames = [frame for _, frame in read_file(str(path), SCHEMA, None, 10)]
    assert [frame.height for frame in frames] == [10] * 10 + [3]
    assert pl.concat(frames)["n"].to_list() == list(range(103))


def test_frames_written_in_the_background_keep_their_order() -> None:
    stored, sink = io.BytesIO(), AvroSink({"rows": SCHEMA})
    sink.open(stored)
    for start in range(0, 90, 10):
        sink.write(("rows", pl.DataFrame([row(n) for n in range(start, start + 10)])))
        assert len(sink.encoding) <= HELD_BACK
    sink.flush()
    assert not sink.encoding
    stored.seek(0)
    blocks = [block.num_records for block in fastavro.block_reader(stored)]
    assert blocks == [10] * 9


def stopped() -> AvroSink:
    """A writer whose last frame has a text that isn't a symbol."""
    sink = AvroSink({"rows": record(("e", ["null", enum("A", "B")]))}, "null")
    sink.open(io.BytesIO())
    for symbol in ("A", "NEW"):
        sink.write(("rows", pl.DataFrame({"e": [symbol]})))
    return sink


def test_a_frame_that_cannot_be_encoded_stops_the_writer_at_the_next_one() -> None:
    with pytest.raises(pl.exceptions.PolarsError):
        stopped().write(("rows", pl.DataFrame({"e": ["B"]})))


def test_a_last_frame_that_cannot_be_encoded_stops_the_writer_at_the_end() -> None:
    with pytest.raises(pl.exceptions.PolarsError):
        stopped().flush()
