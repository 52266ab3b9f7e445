"""Read a release in stretches of files, each into one shuffled file of its used columns."""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import apache_beam as beam
import polars as pl

from schemas.eoir.tables import TABLES
from schemas.errors import InputError
from transforms.eoir.files import RANGE_BYTES, FileRange, TableFile
from transforms.eoir.lines import whole_lines
from transforms.eoir.tables import frame_schema, read_rows
from transforms.frames.coder import FrameCoder as FrameCoder
from transforms.frames.frame import Frame
from transforms.frames.side_by_side import SideBySide
from transforms.shuffle.bucket_batches import write_buckets

LEAD_RIDER = "tbl_Lead_Rider"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a table that was read.

    Args:
        table: The table.
        path: The table's file.
        start: Where the stretch begins in the file.
        lines: How many lines begin in the stretch.
        shuffled: The file of its rows, by bucket.
    """

    table: str
    path: str
    start: int
    lines: int
    shuffled: str


class TablesRead(NamedTuple):
    """What was read: stretches, tallies, and (path, start, quarantined rows)."""

    stretches: beam.PCollection[Stretch]
    tallies: beam.PCollection[Frame]
    quarantined: beam.PCollection[tuple[str, int, Frame]]


class ReadTables(beam.PTransform[beam.PCollection[FileRange], TablesRead]):
    """Reads stretches of tables, and splits their rows into buckets by case.

    Args:
        folder: The folder for the shuffled files.
        buckets: The number of buckets.
        count: Called with the number of rows read, for progress.
    """

    def __init__(self, folder: str, buckets: int, count: Callable[[int], None]) -> None:
        super().__init__()
        self.folder = folder
        self.buckets = buckets
        self.count = count

    def expand(self, pcoll: beam.PCollection[FileRange]) -> TablesRead:
        """Expand from stretches of files to what they hold."""
        read_one = functools.partial(
            _read, folder=self.folder, buckets=self.buckets, count=self.count
        )
        read = pcoll | (
            beam.ParDo(SideBySide(read_one))
            .with_output_types(Stretch, tallies=Frame, quarantined=tuple[str, int, Frame])
            .with_outputs("tallies", "quarantined", main="stretches")
        )
        return TablesRead(read.stretches, read.tallies, read.quarantined)


def _read(
    part: FileRange, folder: str, buckets: int, count: Callable[[int], None]
) -> Iterator[Any]:
    file, start = part.file, part.start
    with file.open() as stream:
        runs = whole_lines(stream, start, part.end)
        try:
            # A packed table comes in one piece, which is more than memory should hold.
            while size := (yield from _read_stretch(runs, file, start, folder, buckets, count)):
                start += size
        except EOFError:
            raise InputError(f"{file.path}: became shorter while it was read") from None


def _read_stretch(
    runs: Iterator[bytes],
    file: TableFile,
    start: int,
    folder: str,
    buckets: int,
    count: Callable[[int], None],
) -> Generator[Any, None, int]:
    """Read runs of lines until they make a stretch; return its bytes, or 0 if none are left."""
    table, sizes = TABLES[file.table], [0]

    def stretch() -> Iterator[bytes]:
        while sum(sizes) < RANGE_BYTES and (data := next(runs, None)) is not None:
            sizes.append(len(data))
            yield data

    read = read_rows(stretch(), file)
    if not read.lines:
        return 0
    path = f"{folder}/{table.name}-{start:014d}.arrow"
    whole = by_case(table.name, read.rows)
    write_buckets(whole, whole["IDNCASE"] % buckets, buckets, path)
    if read.quarantined.height:
        yield beam.pvalue.TaggedOutput("quarantined", (file.path, start, read.quarantined))
    count(read.lines)
    yield beam.pvalue.TaggedOutput("tallies", read.tally)
    yield Stretch(table.name, file.path, start, read.lines, path)
    return sum(sizes)


def shuffled_schema(table: str) -> pl.Schema:
    """Return the columns and dtypes of a table's rows after splitting by case."""
    return by_case(table, frame_schema(TABLES[table]).to_frame()).schema


def by_case(table: str, rows: Frame) -> Frame:
    """Assign rows to their case; rows of leads and riders once for each of the two.

    Args:
        table: The table.
        rows: Its rows (`transforms.eoir.tables.frame_schema`).

    Returns:
        The same rows; those of leads and riders also have IDNCASE and `role` (RIDER or LEAD).
    """
    if table != LEAD_RIDER:
        return rows
    rider = rows.select(pl.col("IDNRIDERCASE").alias("IDNCASE"), pl.lit("RIDER").alias("role"), "*")
    lead = rows.select(pl.col("IDNLEADCASE").alias("IDNCASE"), pl.lit("LEAD").alias("role"), "*")
    return pl.concat([rider, lead.filter(pl.col("IDNCASE").is_not_null())])


def number_rows(quarantined: tuple[str, int, Frame], stretches: list[Stretch]) -> Frame:
    """Number quarantined rows: `offset` becomes the row's number in its file, from 1.

    Args:
        quarantined: The file, where the stretch begins, and rows numbered from 0 within it.
        stretches: Every stretch.
    """
    path, start, rows = quarantined
    before = sum(one.lines for one in stretches if one.path == path and one.start < start)
    return rows.with_columns(pl.col("offset") + before + 1)
