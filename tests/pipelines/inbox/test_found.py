"""A batch's file: it is read as it was found, or not at all."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.inbox.found import GONE, REPLACED, read_found, why_not_there
from schemas.avro import avro_schema
from schemas.watch import BatchFile
from tests.helpers.news import events_of, felony
from transforms.avro.encode import encode_blocks, write_header
from transforms.frames.frame import concat_frames
from transforms.nightly.events import EVENTS

SCHEMA = avro_schema("case_event")
ONE, OTHER = (
    write_header(SCHEMA) + encode_blocks(events_of(felony(f"e{n}", f"case {n}")), SCHEMA)
    for n in (1, 2)
)


def found(path: Path) -> BatchFile:
    path.write_bytes(ONE)
    digest = hashlib.sha256(ONE).hexdigest()
    return BatchFile(path=str(path), bytes=len(ONE), sha256=digest, crc=zlib.crc32(ONE))


@pytest.mark.parametrize("more", [b"", OTHER[len(write_header(SCHEMA)) :], b"half a block"])
def test_reads_a_file_as_it_was_found_even_if_it_has_grown(more: bytes, tmp_path: Path) -> None:
    file = found(tmp_path / "e.avro")
    (tmp_path / "e.avro").write_bytes(ONE + more)
    assert why_not_there(file) is None
    read = read_found(file, SCHEMA)
    assert read is not None
    frames, quarantined = read
    assert concat_frames(frames, EVENTS)["event_id"].to_list() == ["e1"]
    assert quarantined == []


@pytest.mark.parametrize(
    ("change", "became"),
    [
        (lambda path: path.write_bytes(OTHER), REPLACED),
        (lambda path: path.write_bytes(ONE[:-1] + bytes([ONE[-1] ^ 1])), REPLACED),
        (lambda path: path.write_bytes(bytes(len(ONE) + 9)), REPLACED),
        (lambda path: path.write_bytes(ONE[:-1]), REPLACED),
        (lambda path: path.write_bytes(b""), REPLACED),
        (lambda path: path.unlink(), GONE),
    ],
)
def test_reads_nothing_from_a_changed_file(
    change: Callable[[Path], object], became: str, tmp_path: Path
) -> None:
    path = tmp_path / "e.avro"
    file = found(path)
    assert why_not_there(file) is None
    change(path)
    assert why_not_there(file) == became
    assert read_found(file, SCHEMA) is None
