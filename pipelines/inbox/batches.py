"""The inbox: event files as they land, in batches that are written down before they are read.

OUT/watch/batches/RUN/batch-NUMBER.json           what a batch is
OUT/watch/changes/RUN/{batch-NUMBER,day-DATE}-SHARD.avro     what it changed; empty if nothing
OUT/watch/recommendations/RUN/...                 what is recommended for the cases that changed

RUN is the night on whose snapshot the batches build. A batch whose changes are there is done. So a
watch that starts again takes the same batches in the same order, and says again nothing that it has
said.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from apache_beam.io.filesystems import FileSystems

from pipelines.cli.arguments import InputProblem
from pipelines.nights.new_files import find_unread
from pipelines.nights.state import Previous
from schemas.avro import avro_schema
from schemas.manifest import ConsumedFile
from schemas.watch import Batch, BatchFile

# So that a batch is folded in one go, and its list stays small.
BATCH_BYTES = 32 << 20
BATCH_FILES = 5_000


@dataclass(frozen=True)
class Place:
    """Where a watch on a night's snapshot writes.

    Args:
        state: The directory in which nights are kept.
        run_id: The night's.
    """

    state: str
    run_id: str

    def folder(self, what: str) -> str:
        """The directory of batches, changes or recommendations."""
        return f"{self.state}/watch/{what}/{self.run_id}"

    def file(self, what: str, name: str, shard: int) -> str:
        """The file of changes or recommendations of a batch or a day."""
        return f"{self.folder(what)}/{name}-{shard}.avro"

    def sweep(self) -> None:
        """Remove what a killed watch has left half written; only for the holder of its lock."""
        folders = map(self.folder, ("batches", "changes", "recommendations"))
        for found in FileSystems.match([f"{folder}/_*" for folder in folders]):
            FileSystems.delete([metadata.path for metadata in found.metadata_list])

    def is_done(self, batch: Batch) -> bool:
        """Whether what a batch changed has been written."""
        return FileSystems.exists(self.file("changes", batch_name(batch.number), 0))


def batch_name(number: int) -> str:
    """A batch's name in the names of files."""
    return f"batch-{number:06d}"


class Inbox:
    """Gives the batches, old ones first.

    Args:
        folder: Where event files land.
        state: The directory in which nights are kept.
        night: Last night.
    """

    def __init__(self, folder: str, state: str, night: Previous) -> None:
        self.folder = folder
        self.place = Place(state, night.manifest.run_id)
        self.begun = datetime.datetime.combine(night.manifest.as_of, datetime.time())
        self.batches = _written(self.place)
        self.seen = {*night.consumed, *(_as_consumed(f) for b in self.batches for f in b.files)}
        self.said_before = _said_before(state, night)

    def all_done(self) -> bool:
        """Whether what every batch changed has been written."""
        return not self.batches or self.place.is_done(self.batches[-1])

    def start(self) -> Iterator[Batch]:
        """The start, and the batches that an earlier watch has begun.

        Raises:
            InputProblem: A file of theirs is gone, or shorter than it was.
        """
        for batch in self.batches:
            for file in batch.files:
                check_there(file)
        yield Batch(number=0, at=self.begun)
        yield from self.batches

    def look(self, at: datetime.datetime) -> Batch | None:
        """The next batch, if new files have landed.

        Args:
            at: The time by the watch's clock.

        Returns:
            A batch, written down; None if there is nothing new.
        """
        new = find_unread(self.folder, avro_schema("case_event"), self.seen).files
        files, size = [], 0
        # What was said before goes first, and by itself.
        old = [file for file in new if (file.path, file.bytes) in self.said_before]
        for file in (old or new)[:BATCH_FILES]:
            files.append(BatchFile(path=file.path, bytes=file.bytes))
            size += file.bytes
            if size >= BATCH_BYTES:
                break
        if not files:
            return None
        number = len(self.batches) + 1
        batch = Batch(number=number, at=at, files=tuple(files), silent=bool(old))
        write_aside(
            f"{self.place.folder('batches')}/{batch_name(number)}.json",
            batch.model_dump_json().encode(),
        )
        self.batches.append(batch)
        self.seen |= {_as_consumed(file) for file in files}
        return batch


def check_there(file: BatchFile) -> None:
    """See that a batch's file still has what was found in it.

    Raises:
        InputProblem: It is gone, or shorter than it was.
    """
    [found] = FileSystems.match([file.path])
    if not found.metadata_list or found.metadata_list[0].size_in_bytes < file.bytes:
        raise InputProblem(
            f"{file.path}: is gone, or shorter than the {file.bytes:,} bytes that a watch has "
            "read; put it back, or run discretion nightly"
        )


def write_aside(path: str, content: bytes) -> None:
    """Write a file under another name first, so that it is never seen half written."""
    folder, _, name = path.rpartition("/")
    if not FileSystems.exists(folder):
        FileSystems.mkdirs(folder)
    aside = f"{folder}/_{name}.{uuid.uuid4().hex}"
    try:
        with FileSystems.create(aside, compression_type="uncompressed") as file:
            file.write(content)
        FileSystems.rename([aside], [path])
    except BaseException:
        if FileSystems.exists(aside):
            FileSystems.delete([aside])
        raise


def _written(place: Place) -> list[Batch]:
    """The batches written down, in order."""
    [found] = FileSystems.match([f"{place.folder('batches')}/batch-*.json"])
    batches = []
    for path in sorted(metadata.path for metadata in found.metadata_list):
        with FileSystems.open(path, compression_type="uncompressed") as file:
            batches.append(Batch.model_validate_json(file.read()))
    return batches


def _said_before(state: str, night: Previous) -> set[tuple[str, int]]:
    """The files whose changes a watch has said on the snapshot of the night before."""
    before = night.nightly.previous
    if before is None:
        return set()
    place = Place(state, before)
    done = (batch for batch in _written(place) if place.is_done(batch))
    return {(file.path, file.bytes) for batch in done for file in batch.files}


def _as_consumed(file: BatchFile) -> ConsumedFile:
    return ConsumedFile(kind="events", path=file.path, bytes=file.bytes, sha256="")
