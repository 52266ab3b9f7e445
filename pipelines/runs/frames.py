"""The records of a finished run, as frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from schemas.avro import avro_schema
from schemas.errors import AvroFormatError, DamagedError, SchemaMismatchError
from schemas.outcomes import ROUTES
from transforms.avro.file import read_file
from transforms.avro.types import polars_schema
from transforms.files import storage
from transforms.frames.frame import Frame, concat_frames


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
        try:
            for of, frame in read_file(path, schema, columns):
                if of == "quarantined":
                    raise DamagedError(f"{path}: is damaged at byte {frame['offset'][0]}")
                yield frame
        except (AvroFormatError, SchemaMismatchError) as error:
            raise DamagedError(f"{path}: {error}") from None


def routed_frame(run: str, columns: Sequence[str]) -> Frame:
    """Read the recommendations of every route.

    Args:
        run: The run's directory.
        columns: The columns to read.

    Returns:
        A frame; it has no rows if no case has a route.
    """
    return _together((part_frames(run, route, "recommendation", columns) for route in ROUTES),
                     "recommendation", columns)  # fmt: skip


def case_frame_of(run: str, columns: Sequence[str]) -> Frame:
    """Read the snapshot.

    Args:
        run: The run's directory.
        columns: The columns to read.

    Returns:
        A frame, perhaps without rows.
    """
    return _together([part_frames(run, "cases", "case_record", columns)], "case_record", columns)


def _together(parts: Iterable[Iterator[Frame]], kind: str, columns: Sequence[str]) -> Frame:
    whole = polars_schema(avro_schema(kind))
    schema = pl.Schema({name: whole[name] for name in columns})
    return concat_frames([f.select(schema.names()) for part in parts for f in part], schema)
