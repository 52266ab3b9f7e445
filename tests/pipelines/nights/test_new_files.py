from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.nights.new_files import NewFiles, digested, find_new_files
from schemas.avro import avro_schema
from schemas.case_event import CaseEvent
from schemas.errors import InputError
from transforms.avro.write import encode_blocks, write_header
from transforms.files.find import FoundFile
from transforms.nightly.events import EVENTS

NOTHING = NewFiles((), (), (), ())
EVENT = avro_schema("case_event")


def file_of(*ids: str) -> bytes:
    frame = pl.DataFrame([CaseEvent(event_id=i).model_dump() for i in ids], schema=EVENTS)
    return write_header(EVENT) + encode_blocks(frame, EVENT)


def names(found: tuple[FoundFile, ...]) -> list[str]:
    return [Path(file.path).name for file in found]


def test_reads_files_once_and_again_after_they_have_grown(tmp_path: Path) -> None:
    (tmp_path / "a.avro").write_bytes(file_of("1"))
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "b.avro").write_bytes(file_of("2"))
    first = find_new_files(str(tmp_path), EVENT, ())
    assert names(first.files) == ["a.avro", "b.avro"]
    done = digested("events", first.files)
    assert find_new_files(str(tmp_path), EVENT, done) == NOTHING
    (tmp_path / "a.avro").write_bytes(file_of("1", "3"))
    assert names(find_new_files(str(tmp_path), EVENT, done).files) == ["a.avro"]


def test_reads_a_new_file_with_the_name_and_size_of_an_old_one(tmp_path: Path) -> None:
    path = tmp_path / "a.avro"
    path.write_bytes(file_of("1"))
    done = digested("events", find_new_files(str(tmp_path), EVENT, ()).files)
    before, after = path.stat().st_mtime - 1, path.stat().st_mtime + 1
    assert find_new_files(str(tmp_path), EVENT, done, before) == NOTHING
    path.write_bytes(file_of("2"))
    assert path.stat().st_size == done[0].bytes
    assert names(find_new_files(str(tmp_path), EVENT, done, before).files) == ["a.avro"]
    # Now both are known; files older than the last night aren't opened.
    both = (*done, *digested("events", find_new_files(str(tmp_path), EVENT, done, before).files))
    assert find_new_files(str(tmp_path), EVENT, both, before) == NOTHING
    assert find_new_files(str(tmp_path), EVENT, done, after + 60) == NOTHING


def test_skips_names_that_start_with_an_underscore_or_a_dot(tmp_path: Path) -> None:
    for name in ("_a.avro", ".b.avro", "c.txt"):
        (tmp_path / name).write_bytes(file_of("1"))
    (tmp_path / "_below").mkdir()
    (tmp_path / "_below" / "d.avro").write_bytes(file_of("1"))
    assert find_new_files(str(tmp_path), EVENT, ()) == NOTHING


def test_a_file_cut_short_anywhere_waits_for_its_end(tmp_path: Path) -> None:
    whole, header = file_of("1", "2"), len(write_header(EVENT))
    for length in (0, 2, 4, 100, header - 1, header + 1, len(whole) - 1):
        (tmp_path / "a.avro").write_bytes(whole[:length])
        assert names(find_new_files(str(tmp_path), EVENT, ()).cut_short) == ["a.avro"], length


def test_names_other_files_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "a.avro").write_bytes(b"no Avro")
    (tmp_path / "b.avro").write_bytes(write_header(avro_schema("review")))
    found = find_new_files(str(tmp_path), EVENT, ())
    assert [Path(file.path).name for file, _ in found.others] == ["a.avro", "b.avro"]
    assert found.others[0][1] == "is not an Avro file"


def test_reports_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such directory"):
        find_new_files(str(tmp_path / "none"), EVENT, ())
