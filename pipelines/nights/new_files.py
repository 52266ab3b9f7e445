"""Files of events and reviews: which no night has read, and which of them can be read."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from typing import Literal, NamedTuple

from apache_beam.io.filesystems import FileSystems

from pipelines.cli.arguments import InputProblem
from schemas.avro import Schema
from schemas.manifest import ConsumedFile
from transforms.avro.blocks import AvroFormatError, Gap, blocks, read_header
from transforms.avro.decode import Decoder, SchemaMismatchError
from transforms.avro.read import FoundFile, check_kind, sha256

Kind = Literal["events", "reviews"]
_MAGIC = b"Obj\x01"


class Unread(NamedTuple):
    """The files of a folder that no night has read.

    Args:
        files: Those that can be read tonight.
        cut_short: Those whose end is missing, as if still being written.
        others: Those that hold something else, each with the reason.
    """

    files: tuple[FoundFile, ...]
    cut_short: tuple[FoundFile, ...]
    others: tuple[tuple[FoundFile, str], ...]


def find_unread(
    folder: str | None, schema: Schema, done: Iterable[ConsumedFile], since: float = math.inf
) -> Unread:
    """Find the files that no night has read.

    Args:
        folder: A folder of Avro files; names that start with `_` or `.` are passed over.
        schema: What they hold.
        done: Files read on earlier nights; one is known by path and size.
        since: When the last of them began, in seconds since 1970: a file written after that is
            known by its digest too, so that what takes the name of another is read.

    Returns:
        The files, sorted by path.

    Raises:
        InputProblem: There is no such folder.
    """
    if folder is None:
        return Unread((), (), ())
    known: dict[tuple[str, int], set[str]] = {}
    for one in done:
        known.setdefault((one.path, one.bytes), set()).add(one.sha256)
    files: list[FoundFile] = []
    cut_short: list[FoundFile] = []
    others: list[tuple[FoundFile, str]] = []
    for file, updated in _written(folder).items():
        digests = known.get((file.path, file.bytes))
        if digests and (updated <= since or sha256(file.path) in digests):
            continue
        try:
            whole = _is_whole(file, schema)
        except (AvroFormatError, SchemaMismatchError) as error:
            others.append((file, str(error)))
        except OSError as error:
            raise InputProblem(f"{file.path}: cannot be read ({error.strerror})") from None
        else:
            (files if whole else cut_short).append(file)
    return Unread(tuple(files), tuple(cut_short), tuple(others))


def digested(kind: Kind, files: Iterable[FoundFile]) -> tuple[ConsumedFile, ...]:
    """Files with the digests of their bytes."""
    return tuple(
        ConsumedFile(kind=kind, path=file.path, bytes=file.bytes, sha256=sha256(file.path))
        for file in files
    )


def avro_files(folder: str) -> list[FoundFile]:
    """The Avro files of a folder and below it, sorted by path.

    Args:
        folder: The folder; names that start with `_` or `.` are passed over.

    Raises:
        InputProblem: There is no such folder.
    """
    return list(_written(folder))


def _written(folder: str) -> dict[FoundFile, float]:
    """The files, sorted by path, and when they were written."""
    folder = folder.rstrip("/") if "://" in folder else os.path.abspath(folder)
    if "://" not in folder and not os.path.isdir(folder):
        raise InputProblem(f"{folder}: no such directory")
    found = {
        match.path: match
        for result in FileSystems.match([f"{folder}/*.avro", f"{folder}/**/*.avro"])
        for match in result.metadata_list
        if not any(
            part.startswith(("_", ".")) for part in match.path.removeprefix(folder + "/").split("/")
        )
    }
    return {
        FoundFile(path, found[path].size_in_bytes): found[path].last_updated_in_seconds
        for path in sorted(found)
    }


def _is_whole(file: FoundFile, schema: Schema) -> bool:
    """Whether a file has its end.

    Raises:
        AvroFormatError: It is no Avro file.
        SchemaMismatchError: It holds something else.
    """
    with FileSystems.open(file.path, compression_type="uncompressed") as stream:
        start = stream.read(len(_MAGIC))
        if len(start) < len(_MAGIC) and _MAGIC.startswith(start):
            return False
        stream.seek(0)
        try:
            header = read_header(stream)
        except AvroFormatError as error:
            if "cut short" in str(error):
                return False
            raise
        check_kind(header.schema, schema)
        Decoder.of(header, schema)
        gaps = (part for part in blocks(stream, header, 0, file.bytes) if isinstance(part, Gap))
        return all(gap.reason != "TRUNCATED_FILE" for gap in gaps)
