"""The state that nights pass on: last night's run, checked, and the list of files read.

OUT/runs/night-DATE[.N]/{close,...,cases,log,reviews,queue,changes}/part-BUCKET-of-BUCKETS.avro
OUT/runs/night-DATE[.N]/consumed.ndjson
"""

from __future__ import annotations

import datetime
import hashlib
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pipelines.runs.run import files, load_run, read_small
from schemas.avro import Schema, avro_schema
from schemas.errors import DamagedError, InputError, RunError
from schemas.manifest import ConsumedFile, Manifest, Nightly
from transforms.assess.frame import TermsKey
from transforms.avro.header import read_header
from transforms.avro.whole import read_whole
from transforms.files import storage
from transforms.nightly.buckets import PART_SCHEMAS

CONSUMED = "consumed.ndjson"
_NIGHT = re.compile(r"^night-(\d{4}-\d\d-\d\d)(?:\.(\d+))?$")


@dataclass(frozen=True)
class Previous:
    """Last night's run.

    Args:
        run: Its directory.
        manifest: Its manifest.
        nightly: The part of the manifest that only nights have.
        consumed: Every file that this night or an earlier one read.
    """

    run: str
    manifest: Manifest
    nightly: Nightly
    consumed: tuple[ConsumedFile, ...]

    @property
    def since(self) -> float:
        """When it began, in seconds since 1970; unknown if its clock was ahead."""
        began = self.manifest.started
        return began.timestamp() if began <= datetime.datetime.now(datetime.UTC) else -math.inf

    @property
    def terms(self) -> TermsKey:
        """The terms on which it assessed cases."""
        used = self.manifest
        courts = None if used.courts is None else frozenset(used.courts)
        return TermsKey(used.as_of, used.rulebook.digest, used.presume, used.scope, courts)


def find_previous(state: str) -> Previous | None:
    """Find last night's run, and check that all its records are there.

    Args:
        state: The directory of the nights.

    Returns:
        The run; None if there was no night yet.

    Raises:
        InputError: The latest run there isn't a night's.
        RunError: One of its files is damaged or missing.
    """
    if not storage.exists(f"{state}/LATEST"):
        return None
    run, manifest = load_run(state)
    if manifest.nightly is None:
        raise InputError(
            f"{run}: is a backlog run; start the nights in another directory, "
            f"with --input {run}/cases"
        )
    there = {
        path.removeprefix(f"{run}/"): records
        for part in PART_SCHEMAS
        for path, records in files(run, part).items()
    }
    for output in manifest.outputs:
        if there.get(output.path) != output.records:
            raise RunError(
                f"{run}/{output.path}: does not hold the {output.records} records it had"
            )
    for path in there:
        if path.split("/")[0] in ("cases", "log", "reviews"):
            _check_known(f"{run}/{path}", avro_schema(PART_SCHEMAS[path.split("/")[0]]))
    return Previous(run, manifest, manifest.nightly, _consumed(run, manifest.nightly))


def _check_known(path: str, schema: Schema) -> None:
    """Check that a file to carry forward holds nothing that would be lost.

    Raises:
        RunError: A newer program wrote the file.
    """
    with storage.open_file(path) as stream:
        written = read_header(stream).schema
    if new := set(_names(written)) - set(_names(schema)):
        raise RunError(
            f"{path}: a newer program wrote {', '.join(sorted(new))} there, which this one would "
            "leave out; install that program"
        )


def _names(schema: Any, place: str = "") -> Iterator[str]:
    """Return every field and symbol of a schema, with its place."""
    if isinstance(schema, list):
        for one in schema:
            yield from _names(one, place)
    elif isinstance(schema, dict):
        yield from (f"{place}{symbol}" for symbol in schema.get("symbols", ()))
        for field in schema.get("fields", ()):
            yield f"{place}{field['name']}"
            yield from _names(field["type"], f"{place}{field['name']}.")
        yield from _names(schema.get("items"), place)


def read_through(previous: Previous) -> None:
    """Read every record of a night, not only the counts in front of them.

    Raises:
        RunError: A record can't be read.
    """
    for output in previous.manifest.outputs:
        schema = avro_schema(PART_SCHEMAS[output.path.split("/")[0]])
        try:
            read_whole(f"{previous.run}/{output.path}", schema)
        except DamagedError as error:
            raise RunError(str(error)) from None


def instead_of_it(state: str) -> str:
    """Say what to do if last night's run can't be used."""
    return f"restore that run, or write the name of an earlier one to {state}/LATEST"


def consumed_by(run: str) -> tuple[ConsumedFile, ...]:
    """Return every file that a night or an earlier one read.

    Args:
        run: The night's directory.

    Raises:
        RunError: Its manifest or its list is damaged or missing, or it isn't a night's run.
    """
    path, manifest = load_run(run)
    if manifest.nightly is None:
        raise RunError(f"{run}: isn't a night's run")
    return _consumed(path, manifest.nightly)


def _consumed(run: str, nightly: Nightly) -> tuple[ConsumedFile, ...]:
    path = f"{run}/{CONSUMED}"
    if not storage.exists(path):
        raise RunError(f"{path}: is missing")
    content = read_small(path)
    if hashlib.sha256(content).hexdigest() != nightly.consumed_list:
        raise RunError(f"{path}: is not the list that the run wrote")
    return tuple(ConsumedFile.model_validate_json(line) for line in content.splitlines())


def write_consumed(folder: str, consumed: tuple[ConsumedFile, ...]) -> str:
    """Write the list of all files read, and return its digest."""
    content = "".join(f"{file.model_dump_json()}\n" for file in consumed).encode()
    storage.write_whole(f"{folder}/{CONSUMED}", content)
    return hashlib.sha256(content).hexdigest()


def in_order(names: Iterable[str]) -> list[str]:
    """Return the names of nights, oldest first."""
    found = [(name, match) for name in names if (match := _NIGHT.match(name))]
    found.sort(key=lambda pair: (pair[1][1], int(pair[1][2] or 1)))
    return [name for name, _ in found]


def nights_there(state: str) -> list[str]:
    """Return the finished nights of a state, oldest first."""
    runs = f"{state}/runs"
    there = storage.names_in(runs, "night-")
    return in_order(name for name in there if storage.exists(f"{runs}/{name}/manifest.json"))


def free_run_id(state: str, as_of: datetime.date) -> str:
    """Return the id for a night's run: night-DATE, with .2, .3 ... if it already has runs."""
    return next(name for name in run_ids(as_of) if not storage.exists(f"{state}/runs/{name}"))


def run_ids(as_of: datetime.date) -> list[str]:
    """Return the ids that a day's nights may have, in order."""
    first = f"night-{as_of}"
    return [first, *(f"{first}.{number}" for number in range(2, 1000))]


def sweep(state: str) -> None:
    """Remove what killed nights left. Call it only while holding the state's lock."""
    for name in storage.folders_in(f"{state}/runs", "_night-"):
        if name.endswith(".partial"):
            storage.remove(name)
