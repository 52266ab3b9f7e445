"""What a run read and wrote, as datasets: a folder or a file each, with numbers and no content."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from schemas.import_manifest import ImportManifest
from schemas.manifest import InputFile, Manifest, OutputFile

_MAGIC = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class Dataset:
    """A folder or file.

    Args:
        path: Where it is.
        version: The run that wrote it, if each run writes it anew.
        rows: Records in it; None if not known.
        size: Bytes; None if not known.
        files: How many files it has; None if not known.
    """

    path: str
    version: str | None = None
    rows: int | None = None
    size: int | None = None
    files: int | None = None


def given(paths: Iterable[str]) -> tuple[Dataset, ...]:
    """Return the datasets that paths name; for a glob, that is the folder it searches."""
    return tuple(Dataset(path) for path in dict.fromkeys(map(_root, paths)))


def _root(path: str) -> str:
    magic = _MAGIC.search(path)
    if magic and not os.path.exists(path):
        path = os.path.dirname(path[: magic.start()]) or "."
    return path.rstrip("/") or "/"


def read_from(
    paths: Iterable[str], files: Sequence[InputFile], rows: int | None = None
) -> tuple[Dataset, ...]:
    """Return the datasets that were read.

    Args:
        paths: The paths that a user named.
        files: The files that were read. One that is below none of the paths is a dataset itself.
        rows: Records in all of them together; None if not known.
    """
    roots = [dataset.path for dataset in given(paths)]
    found: dict[str, list[int]] = {root: [] for root in roots}
    for file in files:
        root = next((root for root in roots if _is_in(file.path, root)), file.path)
        found.setdefault(root, []).append(file.bytes)
    datasets = [Dataset(root, size=sum(sizes), files=len(sizes)) for root, sizes in found.items()]
    if len(datasets) == 1:
        datasets = [replace(datasets[0], rows=rows)]
    return tuple(datasets)


def _is_in(path: str, root: str) -> bool:
    below = "" if root == "." and not os.path.isabs(path) else f"{root.rstrip('/')}/"
    return path == root or path.startswith(below)


def written_to(
    place: str, outputs: Iterable[OutputFile], version: str | None = None
) -> tuple[Dataset, ...]:
    """Return the datasets that were written: the parts of a run or of an import.

    Args:
        place: The directory of the runs, or of the import.
        outputs: The files written, relative to the run.
        version: The run's name; None for an import.
    """
    parts: dict[str, list[int]] = {}
    for file in outputs:
        parts.setdefault(file.path.partition("/")[0], []).append(file.records)
    return tuple(
        Dataset(f"{place.rstrip('/')}/{part}", version, sum(rows), files=len(rows))
        for part, rows in parts.items()
    )


def night_reads(
    manifest: Manifest, state: str, cases: Sequence[str], events: str, reviews: str | None
) -> tuple[Dataset, ...]:
    """Return what a night read: last night's cases or the case files, events, and reviews.

    Args:
        manifest: The night's manifest.
        state: The directory of the nights.
        cases: The case files that a user named, for a first night.
        events: The folder of events.
        reviews: The folder of reviews, if there is one.
    """
    night = manifest.nightly
    assert night is not None
    by_kind = {
        kind: [file for file in night.consumed if file.kind == kind]
        for kind in ("events", "reviews")
    }
    found = [*read_from([events], by_kind["events"], night.events.read)]
    if reviews is not None:
        found += read_from([reviews], by_kind["reviews"], night.reviews.read)
    if night.previous is not None:
        return (Dataset(f"{state}/cases", night.previous, night.cases_before), *found)
    consumed = {file.path for file in night.consumed}
    files = [file for file in manifest.inputs if file.path not in consumed]
    return (*read_from(cases, files, manifest.counts.read), *found)


def import_reads(manifest: ImportManifest) -> tuple[Dataset, ...]:
    """Return what an import read: its release."""
    rows = sum(table.read for table in manifest.tables.values())
    return read_from([manifest.release], manifest.inputs, rows)
