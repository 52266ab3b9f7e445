"""The records of a finished run, as frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from schemas.avro import avro_schema
from schemas.errors import AvroFormatError, DamagedError, SchemaMismatchError
from transforms.avro.read import FrameSource
from transforms.files import storage
from transforms.frames.frame import FRAME_ROWS, Frame


def part_frames(
    run: str, part: str, kind: str, columns: Sequence[str] | None = None
) -> Iterator[Frame]:
    """Read a part of a run, one frame at a time.

    Args:
        run: The run's directory.
        part: The part, such as `cases`.
        kind: The schema of its records, such as `case_record`.
        columns: The columns to read; None for all.

    Yields:
        Frames of about `FRAME_ROWS` rows.

    Raises:
        DamagedError: A file can't be read whole, so something would be missing.
    """
    schema = avro_schema(kind)
    for file in storage.list_files(f"{run}/{part}", ending=".avro"):
        path = str(file.path)
        source = FrameSource(path, schema, columns, FRAME_ROWS)
        try:
            for of, frame in source.read(source.get_range_tracker(None, None)):
                if of == "quarantined":
                    raise DamagedError(f"{path}: is damaged at byte {frame['offset'][0]}")
                yield frame
        except (AvroFormatError, SchemaMismatchError) as error:
            raise DamagedError(f"{path}: {error}") from None
