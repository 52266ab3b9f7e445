"""Files of events and reviews: which ones no night has read, and which of those can be read."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal, NamedTuple

from schemas.avro import Schema
from schemas.errors import AvroFormatError, CutShortError, SchemaMismatchError
from schemas.manifest import ConsumedFile
from transforms.avro.account import sha256
from transforms.avro.blocks import Gap, blocks
from transforms.avro.decode import Decoder
from transforms.avro.header import read_header
from transforms.avro.read import check_kind
from transforms.files.find import FoundFile, LeftOut, find_below
from transforms.files.storage import open_file, why_not

Kind = Literal["events", "reviews"]
CUT_SHORT = "is cut short, as if still being written; it waits for the next night"
_MAGIC = b"Obj\x01"


class NewFiles(NamedTuple):
    """The files of a folder that no night has read.

    Args:
        files: The files that can be read tonight.
        cut_short: The files whose end is missing, as if still being written.
        others: The files that hold something else, each with the reason.
        left_out: Files and folders that can't be read now, each with the reason.
    """

    files: tuple[FoundFile, ...]
    cut_short: tuple[FoundFile, ...]
    others: tuple[tuple[FoundFile, str], ...]
    left_out: tuple[LeftOut, ...]


def find_new_files(
    folder: str | None, schema: Schema, done: Iterable[ConsumedFile], since: float = math.inf
) -> NewFiles:
    """Find the files that no night has read.

    Args:
        folder: A folder of Avro files; names that start with `_` or `.` are skipped.
        schema: What they hold.
        done: Files read on earlier nights, known by path and size.
        since: When the last of those nights began, in seconds since 1970. A file written after that
            is compared by digest, too, so that a new file under an old name is read.

    Returns:
        The files, sorted by path.

    Raises:
        InputError: The folder doesn't exist.
    """
    if folder is None:
        return NewFiles((), (), (), ())
    known: dict[tuple[str, int], set[str]] = {}
    for one in done:
        known.setdefault((one.path, one.bytes), set()).add(one.sha256)
    files: list[FoundFile] = []
    cut_short: list[FoundFile] = []
    others: list[tuple[FoundFile, str]] = []
    unreadable: list[LeftOut] = []
    found = find_below(folder)
    for file in found.files:
        digests = known.get((file.name, file.bytes))
        if digests and (file.updated <= since or sha256(file.path) in digests):
            continue
        try:
            whole = _is_whole(file, schema)
        except (AvroFormatError, SchemaMismatchError) as error:
            others.append((file, str(error)))
        except OSError as error:
            unreadable.append(LeftOut(file.path, f"cannot be read ({why_not(error)})"))
        else:
            (files if whole else cut_short).append(file)
    return NewFiles(tuple(files), tuple(cut_short), tuple(others), (*found.left_out, *unreadable))


def digested(kind: Kind, files: Iterable[FoundFile]) -> tuple[ConsumedFile, ...]:
    """Add the digests of files' contents."""
    return tuple(
        ConsumedFile(kind=kind, path=file.name, bytes=file.bytes, sha256=sha256(file.path))
        for file in files
    )


def _is_whole(file: FoundFile, schema: Schema) -> bool:
    """Tell whether a file has its end.

    Raises:
        AvroFormatError: The file isn't an Avro file.
        SchemaMismatchError: The file holds something else.
    """
    with open_file(file.path) as stream:
        start = stream.read(len(_MAGIC))
        if len(start) < len(_MAGIC) and _MAGIC.startswith(start):
            return False
        stream.seek(0)
        try:
            header = read_header(stream)
        except CutShortError:
            return False
        check_kind(header.schema, schema)
        Decoder.of(header, schema)
        gaps = (part for part in blocks(stream, header, 0, file.bytes) if isinstance(part, Gap))
        return all(gap.reason != "TRUNCATED_FILE" for gap in gaps)
