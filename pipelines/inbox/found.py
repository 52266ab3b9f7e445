"""A batch's file: exactly the bytes that were found in it, or nothing."""

from __future__ import annotations

from schemas.avro import Schema
from schemas.errors import AvroFormatError, SchemaMismatchError
from schemas.watch import BatchFile
from transforms.avro.account import Digest, digest, why_not_whole
from transforms.avro.file import read_range
from transforms.avro.stream import Stretch
from transforms.files import storage
from transforms.files.names import text_path
from transforms.frames.frame import FRAME_ROWS, Frame

GONE, REPLACED = "is gone", "was replaced"


def why_not_there(file: BatchFile) -> str | None:
    """Tell how a batch's file changed, if it no longer begins with the bytes that were found in it.

    Args:
        file: The file.

    Returns:
        `GONE` or `REPLACED`; None if it is unchanged or has only grown.
    """
    try:
        with storage.open_file(text_path(file.path)) as stream:
            found = digest(stream, file.bytes)
    except OSError:
        return GONE
    return None if found.sha256 == file.sha256 else REPLACED


def read_found(file: BatchFile, schema: Schema) -> tuple[list[Frame], list[Frame]] | None:
    """Read a batch's file; anything appended since belongs to a later batch.

    Args:
        file: The file.
        schema: What it holds.

    Returns:
        Frames of its records, and of what couldn't be read (quarantined.avsc); None if it is gone
        or has changed since it was found.
    """
    try:
        parts = list(read_range(text_path(file.path), schema, None, FRAME_ROWS, file.bytes))
    except (AvroFormatError, SchemaMismatchError, OSError):
        return None
    readings = [
        Stretch(begin, end, crc)
        for kind, frame in parts
        if kind == "stretches"
        for _, begin, end, crc in frame.iter_rows()
    ]
    if why_not_whole(file.bytes, Digest(file.bytes, file.sha256, file.crc), readings) is not None:
        return None
    frames, quarantined = (
        [frame for kind, frame in parts if kind == wanted] for wanted in ("frames", "quarantined")
    )
    return frames, quarantined
