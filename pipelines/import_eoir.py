"""Turn the immigration court's public release into case files."""

from __future__ import annotations

import datetime
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import apache_beam as beam

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.complain import complain
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.output import print_result
from pipelines.cli.progress import Progress, Stage
from pipelines.cli.progress import count as count_progress
from pipelines.cli.runners import pipeline_options
from pipelines.engines.engine import Engine
from pipelines.engines.job import run_to_end
from pipelines.engines.options import from_anywhere
from pipelines.lineage.datasets import import_reads, written_to
from pipelines.lineage.tell import Result, telling
from pipelines.runs.import_summary import print_import
from pipelines.runs.imported_release import (
    OUTCOMES,
    TALLY,
    ImportPlan,
    imported,
    paths_of,
)
from pipelines.runs.release_checks import (
    PAGE,
    check_import,
    checks_lines,
    leave_page,
    load_import,
)
from pipelines.runs.tallies import write_frame
from pipelines.runs.whole_directory import WholeDirectory
from pipelines.runs.written import tally_written
from schemas.avro import avro_schema
from schemas.eoir.tables import TABLES
from schemas.errors import InputError, UsageError
from schemas.import_manifest import ImportManifest
from schemas.release_checks import ReleaseChecks
from schemas.shown import shown
from transforms.avro.write import WriteFrames
from transforms.eoir.beam import AssembleCases
from transforms.eoir.files import Release, find_release
from transforms.eoir.read import ReadTables, number_rows
from transforms.eoir.rows import Rules
from transforms.eoir.tables import tally_of
from transforms.frames.frame import Frame
from transforms.nightly.bucket_files import WriteWhole
from transforms.route.tally import AddUp
from transforms.shuffle.bucket_batches import SHUFFLE

# How much of a release is put together at once and written as one file. More takes more memory and
# fewer reads.
BUCKET_BYTES = 64 << 20


def import_release(pipeline: beam.Pipeline, plan: ImportPlan) -> None:
    """The pipeline: read tables into buckets, put each bucket's cases together, and write."""
    root = plan.output.partial
    record = avro_schema("case_record")
    schemas = {"cases": record, OUTCOMES: record, "quarantine": avro_schema("quarantined")}

    read = (
        pipeline
        | "Stretches" >> beam.Create(plan.release.ranges(plan.stretch))
        | "Read tables" >> ReadTables(f"{root}/{SHUFFLE}", plan.buckets, _count_rows)
    )
    stretches = beam.pvalue.AsList(read.stretches)
    made = (
        pipeline
        | "Buckets" >> beam.Create(range(plan.buckets))
        | "Assemble" >> AssembleCases(stretches, plan.rules)
    )
    quarantined = read.quarantined | (
        "Number rows" >> beam.Map(number_rows, stretches).with_output_types(Frame)
    )
    # Written separately: if two branches meet, the in-process runner keeps both in memory.
    (
        made.cases
        | "To one file per bucket" >> beam.MapTuple(_file_in("cases"))
        | "Write cases" >> WriteWhole(root, schemas)
    )
    if plan.rules.outcomes is not None:
        (
            made.outcomes
            | "To one file of outcomes" >> beam.MapTuple(_file_in(OUTCOMES))
            | "Write outcomes" >> WriteWhole(root, schemas)
        )
    written = (
        quarantined
        | "To quarantine" >> beam.Map(lambda rows: ("quarantine", rows))
        | "Write quarantine" >> WriteFrames(root, schemas, "a")
        | "Tally written" >> beam.MapTuple(tally_written).with_output_types(Frame)
    )
    (
        (read.tallies, made.tallies, written, quarantined | "Tally" >> beam.Map(_tally_quarantined))
        | "All tallies" >> beam.Flatten()
        | "Add up" >> beam.CombineGlobally(AddUp())
        | "Write tally" >> beam.Map(write_frame, f"{root}/{TALLY}")
    )


def _count_rows(number: int) -> None:
    count_progress("rows", number)


def _file_in(part: str) -> Callable[[int, Frame], tuple[str, Frame]]:
    return lambda bucket, records: (f"{part}/part-{bucket:05d}.avro", records)


def _tally_quarantined(rows: Frame) -> Frame:
    by = rows.group_by("source_file", "reason").len()
    counts: dict[tuple[str, str], int] = {}
    for path, reason, count in by.iter_rows():
        for key in (("quarantined", path), ("quarantine", reason)):
            counts[key] = counts.get(key, 0) + count
    return tally_of(counts)


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to import, and where to write it."""

    folder: str = declare.argument(
        "the release's zip file, or the folder it was unpacked to", metavar="RELEASE"
    )
    output: str = declare.option("a new directory", metavar="OUT")
    pending_on: datetime.date | None = declare.option(
        "only cases pending on this day, with what was known then; default: every case",
        default=None,
        type=declare.date,
        metavar="DATE",
    )
    outcomes_from: datetime.date | None = declare.option(
        "also write each outcome from this day on, with what was known of its case the day before, "
        "for a backtest",
        default=None,
        type=declare.date,
        metavar="DATE",
    )
    outcomes_to: datetime.date | None = declare.option(
        "with --outcomes-from: the last day; default: today",
        default=None,
        type=declare.date,
        metavar="DATE",
    )
    against: str | None = declare.option(
        "the import before this one: check what changed, and stop if too much did",
        default=None,
        type=declare.place,
        metavar="PREVIOUS",
    )
    anyway: bool = declare.switch("with --against: import even if the checks say to stop")
    readable_by: str | None = declare.readable_by()
    engine: Engine = declare.engine()
    lineage: str | None = declare.lineage()
    json: bool = declare.manifest_json()
    beam: tuple[str, ...] = ()


def _run(options: Options) -> int:
    started, clock = datetime.datetime.now(datetime.UTC), time.monotonic()
    beam_options = pipeline_options(options)
    options = from_anywhere(options, "folder", "output")
    if options.anyway and options.against is None:
        raise UsageError("--anyway: goes with --against")
    period = _period(options, started.date())
    before = None if options.against is None else load_import(options.against)
    about = {"pending_on": options.pending_on and options.pending_on.isoformat()}
    output = WholeDirectory(options.output.rstrip("/"), "another --output")
    with telling(options.lineage, "import-eoir", [options.folder], about) as finished:
        release = find_release(options.folder)
        size = sum(file.bytes for file in release.files)
        plan = ImportPlan(
            release=release,
            output=output,
            rules=Rules(options.pending_on, release.juveniles, period),
            buckets=max(1, math.ceil(size / BUCKET_BYTES)),
        )
        with output.alone(*plan.parts, SHUFFLE):
            with Progress([Stage("rows", "reading", "rows")]):
                pipeline = beam.Pipeline(options=beam_options)
                import_release(pipeline, plan)
                run_to_end(pipeline, "import-eoir", output)
                manifest = imported(plan, started, clock)
                _refuse_unreadable(manifest, release)
                checks = None
                if before is not None:
                    checks = _checked(options, output, manifest, before)
            output.write("manifest.json", manifest.model_dump_json(indent=2) + "\n")
            output.close("manifest.json")
        counts = {"cases": manifest.cases, "quarantined": sum(manifest.quarantine.values())}
        writes = written_to(output.final, manifest.outputs)
        finished(Result(import_reads(manifest), writes, counts))
    print_result(
        "import-eoir",
        f"{output.final} is complete",
        lambda: _print(output.final, manifest, checks, as_json=options.json),
    )
    for name, rows in manifest.unread_tables.items():
        complain(
            "import-eoir",
            f"{name}: none of its {rows:,} rows could be read; what it would say is unknown",
        )
    return ExitCode.DAMAGED if manifest.unread_tables else ExitCode.OK


def _checked(
    options: Options,
    output: WholeDirectory,
    manifest: ImportManifest,
    before: tuple[str, ImportManifest],
) -> ReleaseChecks:
    """Check the import against the one before it, and stop it if that says so."""
    checks = check_import(output, manifest, before)
    if checks.stops and not options.anyway:
        page = leave_page(output.final, checks)
        raise InputError(
            f"{options.folder}: stopped by its checks: {'; '.join(checks.stops)}; "
            f"{page} has them all; to import it all the same, add --anyway"
        )
    return checks


def _refuse_unreadable(manifest: ImportManifest, release: Release) -> None:
    for name, rows in manifest.unread_tables.items():
        if TABLES[name].required:
            raise InputError(
                f"{paths_of(release)[name]}: none of its {rows:,} rows could be read as "
                f"rows of {name}; is it tab-separated, as the court publishes it?"
            )


def _period(options: Options, today: datetime.date) -> tuple[datetime.date, datetime.date] | None:
    """Return the first and the last day of the outcomes that are wanted."""
    first, last = options.outcomes_from, options.outcomes_to
    if first is None:
        if last is not None:
            raise UsageError("--outcomes-to: goes with --outcomes-from")
        return None
    if last is not None and last < first:
        raise UsageError("--outcomes-to: must not be earlier than --outcomes-from")
    return first, last or max(first, today)


def _print(
    output: str, manifest: ImportManifest, checks: ReleaseChecks | None, *, as_json: bool
) -> None:
    print_import(output, manifest, as_json=as_json)
    if checks is not None and not as_json:
        print()
        print("\n".join(checks_lines(checks)))
        print(f"checks: {shown(output)}/{PAGE}")


main = Command(
    "import-eoir",
    "Turn the immigration court's public release into case files.",
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
