from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from pipelines.nights.archive import check_apart, move_file
from schemas.errors import InputError, UsageError


def test_rejects_an_archive_within_the_events_or_around_them(tmp_path: Path) -> None:
    events = tmp_path / "events"
    events.mkdir()
    (tmp_path / "link").symlink_to(events)
    for archive in (events, events / "_old", tmp_path, tmp_path / "link/old"):
        with pytest.raises(UsageError, match="give a directory outside"):
            check_apart(str(events), str(archive))
    check_apart(str(events), str(tmp_path / "events of old"))
    with pytest.raises(InputError, match="no such directory"):
        check_apart(str(tmp_path / "none"), str(tmp_path / "old"))


def test_moves_a_file_to_another_disk(tmp_path: Path) -> None:
    other = Path("/dev/shm")
    if not other.is_dir() or other.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("this machine has one file system only")
    with tempfile.TemporaryDirectory(dir=other) as folder:
        (tmp_path / "1.avro").write_bytes(b"content")
        move_file(str(tmp_path / "1.avro"), f"{folder}/below/1.avro")
        assert not (tmp_path / "1.avro").exists()
        assert [path.name for path in Path(folder, "below").iterdir()] == ["1.avro"]
        assert Path(folder, "below/1.avro").read_bytes() == b"content"
