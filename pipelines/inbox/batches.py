"""The inbox: event files as they arrive, in batches that are recorded before they are read.

OUT/watch/batches/RUN/batch-NUMBER.json           what a batch is
OUT/watch/batches/RUN/batch-NUMBER.avro           its events, once they are read (`kept`)
OUT/watch/batches/RUN/{shards,clock}              with workers: how many shards, and the time
OUT/watch/changes/RUN/{batch-NUMBER,day-DATE}-SHARD.avro     what it changed; empty if nothing
OUT/watch/recommendations/RUN/...                 what is recommended for the cases that changed

RUN is the night whose snapshot the batches build on. A batch is done once its changes are written,
so a watch that restarts takes the same batches in the same order and reports nothing twice.
"""

from __future__ import annotations

import contextlib
import datetime
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from pipelines.inbox.found import why_not_there
from pipelines.nights.new_files import CUT_SHORT, NewFiles, find_new_files
from pipelines.nights.state import Previous
from schemas.avro import avro_schema
from schemas.manifest import ConsumedFile
from schemas.watch import Batch, BatchFile
from transforms.avro.account import digest
from transforms.files import storage
from transforms.files.find import FoundFile
from transforms.files.names import path_text

# Keeps a batch small enough to apply at once, and its list short.
BATCH_BYTES = 32 << 20
BATCH_FILES = 5_000
# Seconds after which a file without its end no longer counts as still being written.
WRITTEN_WITHIN = 60
# Seconds by which the clock that dates files may be behind.
CLOCKS_APART = 5.0


@dataclass(frozen=True)
class Place:
    """Where a watch that builds on a night's snapshot writes.

    Args:
        state: The directory of the nights.
        run_id: The night's.
        shards: The number of shards, each of which writes a file for each batch.
    """

    state: str
    run_id: str
    shards: int = 1

    def folder(self, what: str) -> str:
        """Return the directory of batches, changes, or recommendations."""
        return f"{self.state}/watch/{what}/{self.run_id}"

    def file(self, what: str, name: str, shard: int) -> str:
        """Return the file of changes or recommendations of a batch or a day."""
        return f"{self.folder(what)}/{name}-{shard}.avro"

    def sweep(self) -> None:
        """Remove what a killed watch left half-written. Call it only while holding the lock."""
        for folder in map(self.folder, ("batches", "changes", "recommendations", "reports")):
            for file in storage.list_files(folder, start="_"):
                storage.remove(str(file.path))

    def is_done(self, batch: Batch) -> bool:
        """Tell whether a batch's changes have been written, those of all shards."""
        name = batch_name(batch.number)
        return all(
            storage.exists(self.file("changes", name, shard)) for shard in range(self.shards)
        )

    def keep_shards(self) -> Place:
        """Use the number of shards with which this night's batches began, or keep this one.

        A batch that some shards have reported must not be split in another way.

        Returns:
            The place with the number that counts.
        """
        path = f"{self.folder('batches')}/shards"
        if storage.exists(path):
            return replace(self, shards=int(storage.read_bytes(path)))
        if self.shards == 1:
            return self
        if storage.exists(f"{self.folder('batches')}/{batch_name(1)}.json"):
            return replace(self, shards=1)
        storage.write_whole(path, str(self.shards).encode())
        return self


def batch_name(number: int) -> str:
    """Return a batch's name, as file names use it."""
    return f"batch-{number:06d}"


class Inbox:
    """Gives the batches, oldest first.

    Args:
        folder: Where event files arrive.
        state: The directory of the nights.
        night: Last night.
        report: Called with the path of whatever can't be read, and the reason.
        changed: Called with the path of a batch's file, and what happened to it
            (`why_not_there`).
        shards: The number of shards.
    """

    def __init__(
        self,
        folder: str,
        state: str,
        night: Previous,
        report: Callable[[str, str], None],
        changed: Callable[[str, str], None],
        shards: int = 1,
    ) -> None:
        self.folder = folder
        self.report = report
        self.changed = changed
        self.reported: set[tuple[str, str]] = set()
        self.place = Place(state, night.manifest.run_id, shards)
        self.begun = datetime.datetime.combine(night.manifest.as_of, datetime.time())
        self.batches = _written(self.place)
        self.seen = {*night.consumed, *(_as_consumed(f) for b in self.batches for f in b.files)}
        self.reported_before = _reported_before(state, night)
        # A file written later can be recognized only by its digest.
        self.since = night.since

    def all_done(self) -> bool:
        """Tell whether the changes of every batch have been written."""
        return not self.batches or self.place.is_done(self.batches[-1])

    def start(self) -> Iterator[Batch]:
        """The start, and the batches that an earlier watch began."""
        self._report_changed({file.path for batch in self.batches for file in batch.files})
        yield Batch(number=0, at=self.begun)
        yield from self.batches

    def next_batch(self, at: datetime.datetime) -> Batch | None:
        """Return the next batch, if new files have arrived.

        Args:
            at: The time by the watch's clock.

        Returns:
            A recorded batch; None if there is nothing new.
        """
        begun = time.time() - CLOCKS_APART
        found = find_new_files(self.folder, avro_schema("case_event"), self.seen, self.since)
        self.since = begun
        self._report(found)
        new = found.files
        self._report_changed({file.name for file in new})
        files: list[BatchFile] = []
        size = 0
        # Files that were reported before come first, in a batch of their own.
        old = [file for file in new if (file.name, file.bytes) in self.reported_before]
        for file in (old or new)[:BATCH_FILES]:
            files += _as_found(file)
            size += file.bytes
            if size >= BATCH_BYTES:
                break
        if not files:
            return None
        number = len(self.batches) + 1
        batch = Batch(number=number, at=at, files=tuple(files), silent=bool(old))
        storage.write_whole(
            f"{self.place.folder('batches')}/{batch_name(number)}.json",
            batch.model_dump_json().encode(),
        )
        self.batches.append(batch)
        self.seen |= {_as_consumed(each) for each in files}
        return batch

    def _report(self, found: NewFiles) -> None:
        """Report once each file that can't be read, except one that was still being written."""
        since = time.time() - WRITTEN_WITHIN
        for path, reason in (
            *(
                (file.name, f"{reason}; the next night quarantines it")
                for file, reason in found.others
            ),
            *((path_text(path), reason) for path, reason in found.left_out),
            *((file.name, CUT_SHORT) for file in found.cut_short if file.updated < since),
        ):
            self._once(self.report, path, reason)

    def _report_changed(self, paths: set[str]) -> None:
        """Report the files of batches that have changed since, and how."""
        for batch in self.batches:
            for file in batch.files:
                if file.path in paths and (reason := why_not_there(file)) is not None:
                    self._once(self.changed, file.path, reason)

    def _once(self, report: Callable[[str, str], None], path: str, reason: str) -> None:
        if (path, reason) not in self.reported:
            self.reported.add((path, reason))
            report(path, reason)


def _as_found(file: FoundFile) -> Iterator[BatchFile]:
    """Return a file with its digest. A file that has changed since is left to be found again."""
    with contextlib.suppress(OSError), storage.open_file(file.path) as stream:
        found = digest(stream, file.bytes)
        if found.bytes == file.bytes:
            yield BatchFile(path=file.name, bytes=file.bytes, sha256=found.sha256, crc=found.crc)


def recorded(place: Place, number: int) -> Batch | None:
    """Return a batch whose events have been kept; None if it isn't there yet.

    Args:
        place: Where the watch writes.
        number: The batch's number.
    """
    path = f"{place.folder('batches')}/{batch_name(number)}"
    if not storage.exists(f"{path}.avro"):
        return None
    return Batch.model_validate_json(storage.read_bytes(f"{path}.json"))


def _written(place: Place) -> list[Batch]:
    """Return the recorded batches, in order."""
    found = storage.list_files(place.folder("batches"), "batch-", ".json")
    return [Batch.model_validate_json(storage.read_bytes(str(file.path))) for file in found]


def _reported_before(state: str, night: Previous) -> set[tuple[str, int]]:
    """Return the files whose changes a watch reported on the previous night's snapshot."""
    before = night.nightly.previous
    if before is None:
        return set()
    place = Place(state, before).keep_shards()
    done = (batch for batch in _written(place) if place.is_done(batch))
    return {(file.path, file.bytes) for batch in done for file in batch.files}


def _as_consumed(file: BatchFile) -> ConsumedFile:
    return ConsumedFile(kind="events", path=file.path, bytes=file.bytes, sha256=file.sha256)
