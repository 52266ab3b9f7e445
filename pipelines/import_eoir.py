"""Turn the immigration court's public release into case files."""

from __future__ import annotations

import argparse
import datetime
import math
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines.cli.arguments import CommandParser, add_readers, date
from pipelines.cli.console import complain
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.output import print_result
from pipelines.cli.progress import Progress, count_cases
from pipelines.cli.run_command import run_command
from pipelines.cli.runners import beam_arguments
from pipelines.runs.import_summary import print_import
from pipelines.runs.run import files, output_files
from pipelines.runs.tallies import Tallies, versions, write_frame
from pipelines.runs.whole_directory import WholeDirectory
from schemas.avro import avro_schema
from schemas.eoir.tables import TABLES
from schemas.errors import InputError
from schemas.import_manifest import ImportManifest, TableCounts
from schemas.manifest import InputFile
from transforms.avro.read import sha256
from transforms.avro.write import WriteFrames
from transforms.eoir.cases import AssembleCases, Rules
from transforms.eoir.files import RANGE_BYTES, Release, find_release
from transforms.eoir.read import ReadTables, number_rows
from transforms.eoir.tables import tally_of
from transforms.files.storage import remove
from transforms.frames.frame import Frame
from transforms.nightly.bucket_files import WriteWhole
from transforms.route.tally import AddUp

PARTS = ("cases", "quarantine")
SHUFFLE = "_shuffle"
TALLY = "_tally.ndjson"
# How much of a release is put together at once and written as one file. More takes more memory and
# fewer reads.
BUCKET_BYTES = 128 << 20


@dataclass(frozen=True)
class Job:
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


def import_release(pipeline: beam.Pipeline, job: Job) -> None:
    """The pipeline: read tables into buckets, put each bucket's cases together, and write."""
    root = job.output.partial
    schemas = {"cases": avro_schema("case_record"), "quarantine": avro_schema("quarantined")}

    read = (
        pipeline
        | "Stretches" >> beam.Create(job.release.ranges(job.stretch), reshuffle=False)
        | "Read tables" >> ReadTables(f"{root}/{SHUFFLE}", job.buckets, count_cases)
    )
    stretches = beam.pvalue.AsList(read.stretches)
    made = (
        pipeline
        | "Buckets" >> beam.Create(range(job.buckets), reshuffle=False)
        | "Assemble" >> AssembleCases(stretches, job.rules)
    )
    quarantined = read.quarantined | "Number rows" >> beam.Map(number_rows, stretches)
    # Written separately: if two branches meet, the in-process runner keeps both in memory.
    (
        made.cases
        | "To one file per bucket" >> beam.MapTuple(_case_file)
        | "Write cases" >> WriteWhole(root, schemas)
    )
    (
        quarantined
        | "To quarantine" >> beam.Map(lambda rows: ("quarantine", rows))
        | "Write quarantine" >> WriteFrames(root, schemas, "a")
    )
    (
        (read.tallies, made.tallies, quarantined | "Tally" >> beam.Map(_tally_quarantined))
        | "All tallies" >> beam.Flatten()
        | "Add up" >> beam.CombineGlobally(AddUp())
        | "Write tally" >> beam.Map(write_frame, f"{root}/{TALLY}")
    )


def _case_file(bucket: int, cases: Frame) -> tuple[str, Frame]:
    return f"cases/part-{bucket:05d}.avro", cases


def _tally_quarantined(rows: Frame) -> Frame:
    by = rows.group_by("source_file", "reason").len()
    counts: dict[tuple[str, str], int] = {}
    for path, reason, count in by.iter_rows():
        for key in (("quarantined", path), ("quarantine", reason)):
            counts[key] = counts.get(key, 0) + count
    return tally_of(counts)


def imported(job: Job, started: datetime.datetime, clock: float) -> ImportManifest:
    """Make the manifest of an import whose files are written, with counts taken from them."""
    root = job.output.partial
    written = {part: files(root, part) for part in PARTS}
    tallies = Tallies.read(f"{root}/{TALLY}")
    for name in (TALLY, SHUFFLE):
        remove(f"{root}/{name}")

    def table_counts(table: str, path: str | None) -> TableCounts:
        return TableCounts(
            expected=job.release.expected.get(table),
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
                    "mended",
                )
            },
        )

    paths = paths_of(job.release)
    return ImportManifest(
        release=job.release.folder,
        pending_on=job.rules.day,
        inputs=tuple(
            InputFile(path=path, bytes=size, sha256=sha256(path))
            for path, size in job.release.inputs.items()
        ),
        outputs=output_files(root, written),
        cases=sum(written["cases"].values()),
        tables={table: table_counts(table, paths.get(table)) for table in TABLES if table in paths},
        missing_tables=tuple(table for table in TABLES if table not in paths),
        missing_columns={file.table: file.missing for file in job.release.files if file.missing},
        quarantine=tallies.counts("quarantine"),
        warnings=tallies.counts("warning"),
        versions=versions(),
        started=started,
        seconds=round(time.monotonic() - clock, 3),
    )


def paths_of(release: Release) -> dict[str, str]:
    """Return the file of each table in a release."""
    return {file.table: file.path for file in release.files}


def parser() -> CommandParser:
    """The command's options."""
    made = CommandParser(
        prog="discretion import-eoir",
        description="Turn the immigration court's public release into case files.",
        epilog="Other options go to Beam, such as --runner FlinkRunner.",
        allow_abbrev=False,
    )
    made.add_argument(
        "folder", metavar="RELEASE", help="the release's zip file, or the folder it was unpacked to"
    )
    made.add_argument("--output", required=True, metavar="OUT", help="a new directory")
    made.add_argument(
        "--pending-on",
        type=date,
        metavar="DATE",
        help="only cases pending on this day, with what was known then; default: every case",
    )
    add_readers(made)
    made.add_argument("--json", action="store_true", help="print the manifest as JSON")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: Its options; None for those of the process.

    Returns:
        An exit code (`pipelines.cli.exit_codes`).
    """
    options, rest = parser().parse_known_args(arguments)
    return run_command("import-eoir", lambda: _run(options, rest))


def _run(options: argparse.Namespace, rest: list[str]) -> int:
    started, clock = datetime.datetime.now(datetime.UTC), time.monotonic()
    beam_options = PipelineOptions(
        beam_arguments(rest, parser().own_options), save_main_session=False
    )
    release = find_release(options.folder)
    output = WholeDirectory(options.output.rstrip("/"), "another --output")
    size = sum(file.bytes for file in release.files)
    job = Job(
        release=release,
        output=output,
        rules=Rules(options.pending_on, release.juveniles),
        buckets=max(1, math.ceil(size / BUCKET_BYTES)),
    )
    with output.alone(*PARTS, SHUFFLE):
        with Progress(size, "rows"):
            pipeline = beam.Pipeline(options=beam_options)
            import_release(pipeline, job)
            pipeline.run().wait_until_finish()
            manifest = imported(job, started, clock)
            for name, rows in manifest.unread_tables.items():
                if TABLES[name].required:
                    raise InputError(
                        f"{paths_of(release)[name]}: none of its {rows:,} rows could be read as "
                        f"rows of {name}; is it tab-separated, as the court publishes it?"
                    )
        output.write("manifest.json", manifest.model_dump_json(indent=2) + "\n")
        output.close("manifest.json")
    print_result(
        "import-eoir",
        f"{output.final} is complete",
        lambda: print_import(output.final, manifest, as_json=options.json),
    )
    for name, rows in manifest.unread_tables.items():
        complain(
            "import-eoir",
            f"{name}: none of its {rows:,} rows could be read; what it would say is unknown",
        )
    return ExitCode.DAMAGED if manifest.unread_tables else ExitCode.OK


if __name__ == "__main__":
    os.environ.setdefault("RUST_BACKTRACE", "0")
    sys.exit(main())
