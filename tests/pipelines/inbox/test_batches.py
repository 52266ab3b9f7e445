"""What a watch writes next to its nights."""

from __future__ import annotations

from pathlib import Path

from pipelines.inbox.batches import Place
from transforms.files.storage import write_whole


def test_sweeps_only_what_a_killed_watch_left_half_written(tmp_path: Path) -> None:
    place, other = (Place(str(tmp_path), f"night-2011-11-{day}") for day in (17, 18))
    kept = [place.file("changes", "batch-000001", 0), f"{other.folder('changes')}/_batch.avro.1f"]
    for what in ("batches", "changes", "recommendations"):
        write_whole(f"{place.folder(what)}/_batch.avro.1f", b"hal")
    for path in kept:
        write_whole(path, b"all")
    place.sweep()
    assert sorted(str(path) for path in tmp_path.rglob("*") if path.is_file()) == sorted(kept)
