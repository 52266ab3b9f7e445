"""Runs: one directory per execution, complete once it has a manifest.

    OUT/runs/RUN_ID/{close,continue,expedite,quarantine,duplicates,cases}/part-*.avro
    OUT/runs/RUN_ID/{rulebook.json,manifest.json}
    OUT/LATEST

A run is written under a name that starts with `_`, which nothing reads. It gets its own name when
it is complete, and LATEST is moved last. The new content of LATEST is written first, because a file
can still be renamed when the disk is full.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.runs.latest import LATEST, Unmoved, is_run_id, run_named
from pipelines.runs.whole_directory import WholeDirectory, new_attempt
from schemas.avro import avro_schema
from schemas.errors import AvroFormatError, BusyError, OutputError, RunError, SchemaMismatchError
from schemas.manifest import Manifest, OutputFile
from schemas.outcomes import ROUTES
from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebook.model import Rulebook
from schemas.rulebooks import kept, load, load_kept, names
from transforms.avro.blocks import count_records
from transforms.avro.file import read_file
from transforms.files import storage
from transforms.files.reach import check_place
from transforms.files.versions import write_if
from transforms.frames.frame import Frame

MANIFEST = "manifest.json"
RULEBOOK = "rulebook.json"
_LATEST = "_LATEST"
PARTS = (*ROUTES, "quarantine", "duplicates", "cases")


@dataclass(frozen=True, slots=True)
class RunPlace:
    """Where a run is written, and where it will be.

    Args:
        output: The directory of the runs.
        run_id: The run's id.
        attempt: What tells this attempt from others.
        unmoved: In an object store: what LATEST must still be; None if that doesn't matter.
    """

    output: str
    run_id: str
    attempt: str = field(default_factory=new_attempt)
    unmoved: Unmoved | None = None

    @property
    def directory(self) -> WholeDirectory:
        """The run's directory."""
        final = f"{self.output}/runs/{self.run_id}"
        return WholeDirectory(final, "another --run-id", self.attempt)

    @property
    def final(self) -> str:
        """Return the run's directory once it is complete."""
        return self.directory.final

    @property
    def partial(self) -> str:
        """The directory in which it is written."""
        return self.directory.partial

    def open(self, *parts: str) -> None:
        """Make the run's directory, and remove what a killed run of the same name left behind.

        Args:
            parts: Subdirectories to create besides `PARTS`.

        Raises:
            OutputError: The run already exists, or nothing can be written there.
        """
        self.directory.open(*PARTS, *parts)
        self._write_latest()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Write the run as the only process; a run that fails leaves nothing.

        Raises:
            BusyError: Another process is writing a run with that id.
            OutputError: The run already exists, or nothing can be written there.
        """
        if not is_run_id(self.run_id):
            raise OutputError(
                f"{self.run_id}: a run's id can have only letters, digits, dots, dashes, and "
                "underscores"
            )
        with self.directory.alone(*PARTS):
            self._write_latest()
            yield

    def close(self, manifest: Manifest, rulebook: Rulebook) -> None:
        """Finish the run (rulebook and manifest, then its name, then LATEST), or leave no run.

        Raises:
            BusyError: LATEST has moved meanwhile; the run has been removed.
            OutputError: LATEST can't be moved; the run has been removed.
        """
        rules = rulebook.model_dump_json(by_alias=True, indent=2)
        self.directory.write(RULEBOOK, rules + "\n")
        self.directory.write(MANIFEST, manifest.model_dump_json(indent=2) + "\n")
        self.directory.close(MANIFEST)
        latest = f"{self.output}/{LATEST}"
        try:
            moved = self._move_latest(latest)
        except OSError as error:
            storage.remove(self.final)
            raise OutputError(f"{latest}: cannot be written ({storage.why_not(error)})") from None
        if not moved:
            storage.remove(self.final)
            raise BusyError(
                f"{self.output}: another night has finished meanwhile, so nothing of this one was "
                "kept; run it again"
            )

    def _move_latest(self, latest: str) -> bool:
        """Move LATEST, unless somebody else has, where that matters."""
        if self.unmoved is None:
            storage.rename(f"{self.final}/{_LATEST}", latest)
            return True
        with storage.like_a_disk(latest):
            moved = write_if(latest, f"{self.run_id}\n".encode(), self.unmoved.tag)
        storage.remove(f"{self.final}/{_LATEST}")
        return moved

    def _write_latest(self) -> None:
        try:
            self.directory.write(_LATEST, self.run_id + "\n")
        except OSError as error:
            why = storage.why_not(error)
            raise OutputError(f"{self.output}: cannot be written ({why})") from None


def load_run(where: str) -> tuple[str, Manifest]:
    """Load a run: its directory and manifest.

    Args:
        where: A run's directory, or an output directory, for its latest run.

    Raises:
        RunError: There is no run.
    """
    check_place(where, RunError)
    where = where.rstrip("/")
    run = where
    latest = f"{where}/{LATEST}"
    if not storage.is_file(f"{run}/{MANIFEST}") and storage.is_file(latest):
        run = f"{where}/runs/{run_named(_text(latest), latest)}"
    manifest = f"{run}/{MANIFEST}"
    if not storage.is_file(manifest):
        raise RunError(f"{where}: no finished run there (a run has a {MANIFEST})")
    text = _text(manifest)
    try:
        return run, Manifest.model_validate_json(text)
    except ValueError:
        raise RunError(f"{manifest}: is damaged or of another version") from None


def run_rulebook(run: str, manifest: Manifest) -> CompiledRulebook | None:
    """Load the rulebook that a run applied: its own copy, or one with that name and content.

    Returns:
        The rulebook; None if it is no longer available.

    Raises:
        schemas.rulebooks.RulebookError: The run's copy is damaged.
    """
    used, copy = manifest.rulebook, f"{run}/{RULEBOOK}"
    if storage.is_file(copy):
        return load_kept(copy, _text(copy))
    found = load(used.id) if used.id in names() else None
    return found if found is not None and found.digest == used.digest else None


def rulebook_in_words(run: str, manifest: Manifest) -> Rulebook | None:
    """Load what `run_rulebook` does, but not compiled: a summary only says what it says."""
    copy = f"{run}/{RULEBOOK}"
    if storage.is_file(copy):
        return kept(copy, _text(copy))
    found = run_rulebook(run, manifest)
    return None if found is None else found.rulebook


def needed_rulebook(run: str, manifest: Manifest) -> CompiledRulebook:
    """Load the rulebook that a run applied, for a command that can't do without.

    Raises:
        RunError: It is no longer available.
        schemas.rulebooks.RulebookError: The run's copy is damaged.
    """
    rulebook = run_rulebook(run, manifest)
    if rulebook is None:
        raise RunError(f"{run}: its rulebook {manifest.rulebook.id} isn't available")
    return rulebook


def files(run: str, part: str) -> dict[str, int]:
    """Return the Avro files of a part of a run, with their numbers of records.

    Raises:
        RunError: A file is damaged.
    """
    counted = {}
    for path, size in _sizes(run, part).items():
        with storage.open_file(path) as stream:
            try:
                counted[path] = count_records(stream, size)
            except AvroFormatError as error:
                raise RunError(f"{path}: {error}") from None
    return counted


def _sizes(run: str, part: str) -> dict[str, int]:
    """Return the Avro files of a part of a run, with their sizes in bytes."""
    found = storage.list_files(f"{run}/{part}", ending=".avro")
    # A name that starts with `_` is that of a file that isn't finished.
    return {
        str(file.path): file.size_in_bytes
        for file in found
        if not str(file.path).rpartition("/")[2].startswith("_")
    }


def output_files(root: str, written: Mapping[str, Mapping[str, int]]) -> tuple[OutputFile, ...]:
    """Return the files of a run, as its manifest lists them.

    Args:
        root: The directory in which it is written.
        written: The files of each part (`files`).
    """
    return tuple(
        OutputFile(path=path.removeprefix(f"{root}/"), records=records)
        for part in written.values()
        for path, records in part.items()
    )


def find_case(run: str, case_id: str) -> Frame:
    """Find the record of a case in a run's snapshot.

    Raises:
        RunError: The case isn't there.
    """
    found = _of_case(run, "cases", "case_record", case_id)
    if found is None:
        raise RunError(f"{run}: there is no case with that id")
    return found


def _of_case(
    run: str, part: str, kind: str, case_id: str, columns: Sequence[str] | None = None
) -> Frame | None:
    """Find a case's row in a part of a run; None if every file was read whole and none has it."""
    schema = avro_schema(kind)
    damaged = None
    for path in _sizes(run, part):
        try:
            for of, frame in read_file(path, schema, columns):
                if of == "quarantined":
                    damaged = f"{path}: is damaged at byte {frame['offset'][0]}"
                elif (found := frame.filter(case_id=case_id)).height:
                    return found
        except (AvroFormatError, SchemaMismatchError) as error:
            damaged = f"{path}: {error}"
    if damaged is not None:
        raise RunError(damaged)
    return None


def read_small(path: str) -> bytes:
    """Read a small file of a run.

    Raises:
        RunError: It can't be read.
    """
    try:
        return storage.read_bytes(path)
    except OSError as error:
        raise RunError(f"{path}: cannot be read ({storage.why_not(error)})") from None


def _text(path: str) -> str:
    """Decode a small file, whatever its bytes: if it isn't text, it won't name a run."""
    return read_small(path).decode(errors="replace")
