"""Reading a release in stretches of files, each to one shuffled file of its used columns."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import apache_beam as beam
import polars as pl

from schemas.eoir.tables import TABLES
from transforms.eoir.files import RANGE_BYTES, FileRange, TableFile
from transforms.eoir.lines import whole_lines
from transforms.eoir.shuffle_files import write_buckets
from transforms.eoir.tables import frame_schema, read_rows
from transforms.frames.coder import FrameCoder as FrameCoder
from transforms.frames.frame import Frame, concat_frames
from transforms.route.tally import add_up

LEAD_RIDER = "tbl_Lead_Rider"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a table that was read.

    Args:
        table: The table.
        path: The table's file.
        start: Where the stretch begins in it.
        lines: How many lines begin in it.
        shuffled: The file of its rows by bucket.
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
    """Reads stretches of tables and parts their rows into buckets by case.

    Args:
        folder: Where the shuffled files go.
        buckets: How many buckets there are.
        count: Told of the rows read, for progress.
    """

    def __init__(self, folder: str, buckets: int, count: Callable[[int], None]) -> None:
        super().__init__()
        self.folder = folder
        self.buckets = buckets
        self.count = count

    def expand(self, pcoll: beam.PCollection[FileRange]) -> TablesRead:
        """Stretches of files to what they hold."""
        read = pcoll | beam.FlatMap(_read, self.folder, self.buckets, self.count).with_outputs(
            "tallies", "quarantined", main="stretches"
        )
        return TablesRead(read.stretches, read.tallies, read.quarantined)


def _read(
    part: FileRange, folder: str, buckets: int, count: Callable[[int], None]
) -> Iterator[Any]:
    with part.file.open() as stream:
        runs = whole_lines(stream, part.start, part.end)
        start = part.start
        # A packed table comes in one piece, which is more than memory should hold.
        while size := (yield from _read_stretch(runs, part.file, start, folder, buckets, count)):
            start += size


def _read_stretch(
    runs: Iterator[bytes],
    file: TableFile,
    start: int,
    folder: str,
    buckets: int,
    count: Callable[[int], None],
) -> Generator[Any, None, int]:
    """Read runs of lines until they make a stretch; returns its bytes, 0 where none are left."""
    table = TABLES[file.table]
    rows, tallies, lines, size = [], [], 0, 0
    for data in runs:
        read = read_rows(data, file)
        if read.quarantined.height:
            numbered = read.quarantined.with_columns(pl.col("offset") + lines)
            yield beam.pvalue.TaggedOutput("quarantined", (file.path, start, numbered))
        rows.append(read.rows)
        tallies.append(read.tally)
        lines += read.lines
        size += len(data)
        count(read.lines)
        if size >= RANGE_BYTES:
            break
    if not size:
        return 0
    whole = by_case(table.name, concat_frames(rows, frame_schema(table)))
    path = f"{folder}/{table.name}-{start:014d}.arrow"
    write_buckets(whole, "IDNCASE", buckets, path)
    yield beam.pvalue.TaggedOutput("tallies", add_up(tallies))
    yield Stretch(table.name, file.path, start, lines, path)
    return size


def shuffled_schema(table: str) -> pl.Schema:
    """Columns and dtypes of a table's rows once they are parted by case."""
    return by_case(table, frame_schema(TABLES[table]).to_frame()).schema


def by_case(table: str, rows: Frame) -> Frame:
    """Rows by the case they belong to; those of leads and riders once for each of the two.

    Args:
        table: The table.
        rows: Its rows (`eoir_tables.frame_schema`).

    Returns:
        The same; of leads and riders with IDNCASE and `role` (RIDER or LEAD) in front.
    """
    if table != LEAD_RIDER:
        return rows
    rider = rows.select(pl.col("IDNRIDERCASE").alias("IDNCASE"), pl.lit("RIDER").alias("role"), "*")
    lead = rows.select(pl.col("IDNLEADCASE").alias("IDNCASE"), pl.lit("LEAD").alias("role"), "*")
    return pl.concat([rider, lead.filter(pl.col("IDNCASE").is_not_null())])


def number_rows(aside: tuple[str, int, Frame], stretches: list[Stretch]) -> Frame:
    """Quarantined rows with `offset` as the row's number in its file, from 1 below the header.

    Args:
        aside: The file, where the stretch begins, and rows numbered from 0 within it.
        stretches: Every stretch.
    """
    path, start, rows = aside
    before = sum(one.lines for one in stretches if one.path == path and one.start < start)
    return rows.with_columns(pl.col("offset") + before + 1)
