"""Write an export in one of its formats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from pipelines.exports.about import about, law
from pipelines.exports.csv_file import write_csv
from pipelines.exports.database import write_database, write_shared_database
from pipelines.exports.ordered import Ordered
from pipelines.exports.parquet import write_parquet
from pipelines.exports.workbook import write_workbook
from pipelines.runs.frames import part_frames
from schemas.avro import avro_schema
from schemas.manifest import Manifest
from schemas.rulebook.compiled import CompiledRulebook
from schemas.worklist import COLUMNS, SHARED, Column
from transforms.avro.types import polars_schema
from transforms.export.plain import joined
from transforms.export.share import pooled, shared
from transforms.export.words import Words
from transforms.export.worklist import FROM_CASES, SCHEMA, worklist
from transforms.frames.frame import Frame


@dataclass(frozen=True)
class Export:
    """An export.

    Args:
        manifest: The run's manifest.
        rulebook: The run's rulebook.
        ordered: The cases.
        scratch: A directory to create, for temporary files.
        key: The key of the pseudonyms; None unless the copy is to be given away.
    """

    manifest: Manifest
    rulebook: CompiledRulebook
    ordered: Ordered
    scratch: str
    key: bytes | None

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the worklist."""
        return COLUMNS if self.key is None else SHARED

    def write(self, form: str, path: str) -> None:
        """Write the export.

        Args:
            form: csv, xlsx, parquet, or duckdb.
            path: The new file.
        """
        is_shared = self.key is not None
        if form == "csv":
            write_csv(path, self._worklist())
        elif form == "xlsx":
            rows = self._worklist(lines=True)
            counts = self.ordered.counts
            write_workbook(path, rows, self.manifest, self.columns, counts, shared=is_shared)
        elif form == "parquet":
            frames = self._worklist() if is_shared else self._joined()
            write_parquet(path, frames, self.manifest, law(shared=is_shared))
        elif is_shared:
            write_shared_database(path, self._worklist(), self.manifest)
        else:
            write_database(path, self._tables(), self.manifest, self.rulebook)

    def readme(self) -> str:
        """Write the description of a file that has no room for it."""
        cases = self.ordered.places.height
        return about(self.manifest, self.columns, cases, shared=self.key is not None)

    def _worklist(self, *, lines: bool = False) -> Iterator[Frame]:
        words = Words(self.rulebook)
        coarse = None if self.key is None else self._coarse()
        empty = SCHEMA.to_frame().select(column.name for column in self.columns)
        # A month or a year in a shared copy.
        yield empty if coarse is None else empty.cast({"next_hearing": pl.String})
        for recommendations, cases in self.ordered.parts(self.scratch, FROM_CASES):
            hearings = recommendations.with_columns(cases["next_hearing"])
            rows = worklist(hearings, words, lines=lines)
            if self.key is None or coarse is None:
                yield rows
            else:
                yield shared(rows, coarse, self.key)

    def _coarse(self) -> Frame:
        run = self.ordered.wanted.run
        hearings = pl.concat(part_frames(run, "cases", "case_record", FROM_CASES))
        there = self.ordered.places.join(hearings, on="case_id", how="left")
        return pooled(there.select("case_id", "court", "next_hearing"))

    def _joined(self) -> Iterator[Frame]:
        record, recommendation = (_empty(kind) for kind in ("case_record", "recommendation"))
        yield joined(recommendation, record)
        for recommendations, cases in self.ordered.parts(self.scratch, None):
            yield joined(recommendations, cases)

    def _tables(self) -> Iterator[tuple[str, Frame]]:
        yield "cases", _empty("case_record")
        yield "recommendations", _empty("recommendation")
        for recommendations, cases in self.ordered.parts(self.scratch, None):
            yield "cases", cases
            yield "recommendations", recommendations
        if self.is_whole:
            yield from self._not_routed()

    @property
    def is_whole(self) -> bool:
        """Whether all cases with a route are exported."""
        return self.ordered.places.height == sum(self.manifest.counts.routed.values())

    def _not_routed(self) -> Iterator[tuple[str, Frame]]:
        run, routed = self.ordered.wanted.run, self.ordered.places.select("case_id")
        yield "other_cases", _empty("case_record")
        for cases in part_frames(run, "cases", "case_record"):
            yield "other_cases", cases.join(routed, on="case_id", how="anti")
        for part in ("quarantine", "duplicates"):
            yield part, _empty("quarantined")
            for entries in part_frames(run, part, "quarantined"):
                yield part, entries


def _empty(kind: str) -> Frame:
    return polars_schema(avro_schema(kind)).to_frame()
