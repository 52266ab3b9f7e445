"""An import of the court's release: what is planned, and the manifest of what was written."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from pipelines.runs.fields import computed
from pipelines.runs.run import files, output_files
from pipelines.runs.tallies import Tallies
from pipelines.runs.whole_directory import WholeDirectory
from pipelines.runs.written import name_written
from schemas.eoir.tables import TABLES
from schemas.import_manifest import ImportManifest, TableCounts
from schemas.manifest import InputFile
from transforms.avro.account import sha256
from transforms.eoir.files import RANGE_BYTES, Release
from transforms.eoir.rows import Rules
from transforms.files.storage import remove
from transforms.frames.background import side_by_side
from transforms.shuffle.bucket_batches import SHUFFLE

PARTS, OUTCOMES = ("cases", "quarantine"), "outcomes"
TALLY = "_tally.ndjson"


@dataclass(frozen=True)
class ImportPlan:
    """What to import, and how.

    Args:
        release: The release.
        output: Where records are written.
        rules: How to make records.
        buckets: The number of parts in which cases are put together.
        stretch: The number of bytes of a table that are read together.
    """

    release: Release
    output: WholeDirectory
    rules: Rules
    buckets: int
    stretch: int = RANGE_BYTES

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the folders that the import has."""
        return PARTS if self.rules.outcomes is None else (*PARTS, OUTCOMES)


def imported(plan: ImportPlan, started: datetime.datetime, clock: float) -> ImportManifest:
    """Make the manifest of an import whose files are written, with counts taken from them."""
    root = plan.output.partial
    tallies = Tallies.read(f"{root}/{TALLY}")
    name_written(root, tallies)
    written = {part: files(root, part) for part in plan.parts}
    for name in (TALLY, SHUFFLE):
        remove(f"{root}/{name}")

    def table_counts(table: str, path: str | None) -> TableCounts:
        return TableCounts(
            expected=plan.release.expected.get(table),
            quarantined=tallies.counts("quarantined").get(path or "", 0),
            **{
                name: tallies.counts(name).get(table, 0)
                for name in (
                    "read",
                    "used",
                    "not_pending",
                    "after",
                    "no_case",
                    "repeated",
                    "repaired",
                )
            },
        )

    paths = paths_of(plan.release)
    digests = side_by_side().map(sha256, plan.release.inputs)
    first, last = plan.rules.outcomes or (None, None)
    return ImportManifest(
        release=plan.release.folder,
        pending_on=plan.rules.day,
        inputs=tuple(
            InputFile(path=path, bytes=size, sha256=digest)
            for (path, size), digest in zip(plan.release.inputs.items(), digests, strict=True)
        ),
        outputs=output_files(root, written),
        cases=sum(written["cases"].values()),
        outcomes=sum(written[OUTCOMES].values()) if OUTCOMES in written else None,
        outcomes_from=first,
        outcomes_to=last,
        tables={table: table_counts(table, paths.get(table)) for table in TABLES if table in paths},
        missing_tables=tuple(table for table in TABLES if table not in paths),
        missing_columns={file.table: file.missing for file in plan.release.files if file.missing},
        unknown_columns={file.table: file.unknown for file in plan.release.files if file.unknown},
        quarantine=tallies.counts("quarantine"),
        warnings=tallies.counts("warning"),
        **computed(started, clock),
    )


def paths_of(release: Release) -> dict[str, str]:
    """Return the file of each table in a release."""
    return {file.table: file.path for file in release.files}
