"""Who moved: kept in files by court while the parts of a comparison pass by, and then listed."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from schemas.avro import avro_schema
from transforms.avro.encode import encode_blocks, write_header
from transforms.export.cells import without_formulas
from transforms.export.compare import MOVED
from transforms.frames.frame import Frame
from transforms.shuffle.bucket_batches import read_bucket, write_buckets

MOVED_AVRO, MOVED_CSV = "moved/part-00000.avro", "moved.csv"


class MovedCases:
    """The cases that moved; memory holds those of one part, or of one court.

    Args:
        folder: A directory for files that nobody needs afterwards.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        # The number of each court. A file has the courts that were known when it was written.
        self._courts: dict[str | None, int] = {}
        self._files: list[tuple[str, int]] = []

    def add(self, moved: Frame) -> None:
        """Add the cases of a part: columns of moved.avsc."""
        courts = moved["court"].to_list()
        numbers = [self._courts.setdefault(court, len(self._courts)) for court in courts]
        path = f"{self._folder}/{len(self._files)}.arrow"
        bucket = pl.Series(numbers, dtype=pl.UInt32)
        write_buckets(moved, bucket, len(self._courts), path)
        self._files.append((path, len(self._courts)))

    def write(self, folder: str) -> None:
        """Write the list as Avro and CSV, sorted by court and case.

        Args:
            folder: A directory that has a folder `moved`.
        """
        schema = avro_schema("moved")
        joined = pl.col("from_reasons", "to_reasons").list.join(" ")
        with (
            open(f"{folder}/{MOVED_AVRO}", "wb") as avro,
            open(f"{folder}/{MOVED_CSV}", "wb") as csv,
        ):
            avro.write(write_header(schema))
            MOVED.to_frame().with_columns(joined).write_csv(csv)
            for part in self._by_court():
                avro.write(encode_blocks(part, schema))
                cells = without_formulas(part.with_columns(joined))
                cells.write_csv(csv, include_header=False)

    def _by_court(self) -> Iterator[Frame]:
        for court in sorted(self._courts, key=lambda court: (court is None, court)):
            number = self._courts[court]
            paths = [path for path, courts in self._files if number < courts]
            yield read_bucket(paths, number, MOVED).sort("case_id", nulls_last=True)
