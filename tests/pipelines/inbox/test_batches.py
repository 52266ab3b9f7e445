"""What a watch writes beside its nights."""

from __future__ import annotations

from pathlib import Path

import pytest
from apache_beam.io.filesystem import BeamIOError

from pipelines.inbox.batches import Place, write_aside


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    write_aside(f"{tmp_path}/a/file", b"all")
    assert (tmp_path / "a/file").read_bytes() == b"all"
    (tmp_path / "a/folder/full").mkdir(parents=True)
    with pytest.raises(BeamIOError):
        write_aside(f"{tmp_path}/a/folder", b"all")
    assert {path.name for path in (tmp_path / "a").iterdir()} == {"file", "folder"}


def test_what_a_kill_left_half_written_is_swept_and_nothing_else(tmp_path: Path) -> None:
    place, other = (Place(str(tmp_path), f"night-2011-11-{day}") for day in (17, 18))
    kept = [place.file("changes", "batch-000001", 0), f"{other.folder('changes')}/_batch.avro.1f"]
    for what in ("batches", "changes", "recommendations"):
        write_aside(f"{place.folder(what)}/_batch.avro.1f", b"hal")
    for path in kept:
        write_aside(path, b"all")
    place.sweep()
    assert sorted(str(path) for path in tmp_path.rglob("*") if path.is_file()) == sorted(kept)
