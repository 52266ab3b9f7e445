"""Read a batch's file: exactly the bytes that were found in it, or the watch ends."""

from __future__ import annotations

from apache_beam.io.range_trackers import OffsetRangeTracker

from schemas.avro import Schema
from schemas.errors import AvroFormatError, InputError, SchemaMismatchError
from schemas.watch import BatchFile
from transforms.avro.account import Digest, why_not_whole
from transforms.avro.read import FrameSource
from transforms.avro.stream import Stretch
from transforms.files import storage
from transforms.files.names import text_path
from transforms.frames.frame import FRAME_ROWS, Frame


def check_there(file: BatchFile) -> None:
    """Check that a batch's file still has as many bytes as were found in it.

    Raises:
        InputError: The file is gone, or shorter than it was.
    """
    try:
        is_there = storage.size_of(text_path(file.path)) >= file.bytes
    except OSError:
        is_there = False
    if not is_there:
        raise InputError(
            f"{file.path}: is gone, or shorter than the {file.bytes:,} bytes that a watch has "
            "read; put it back, or run discretion nightly"
        )


def read_found(file: BatchFile, schema: Schema) -> tuple[list[Frame], list[Frame]]:
    """Read a batch's file. Anything added since belongs to a later batch.

    Args:
        file: The file.
        schema: What it holds.

    Returns:
        Frames of its records, and of what couldn't be read (quarantined.avsc).

    Raises:
        InputError: The file is gone, or has changed since it was found.
    """
    check_there(file)
    source = FrameSource(text_path(file.path), schema, None, FRAME_ROWS, file.bytes)
    try:
        parts = list(source.read_stretch(OffsetRangeTracker(0, file.bytes)))
    except (AvroFormatError, SchemaMismatchError, OSError):
        raise _changed(file) from None
    readings = [
        Stretch(begin, end, crc)
        for kind, frame in parts
        if kind == "stretches"
        for _, begin, end, crc in frame.iter_rows()
    ]
    if why_not_whole(file.bytes, Digest(file.bytes, file.sha256, file.crc), readings) is not None:
        raise _changed(file)
    frames, quarantined = (
        [frame for kind, frame in parts if kind == wanted] for wanted in ("frames", "quarantined")
    )
    return frames, quarantined


def _changed(file: BatchFile) -> InputError:
    return InputError(
        f"{file.path}: has changed since the watch found it with {file.bytes:,} bytes; put that "
        "file back, or run discretion nightly"
    )
