"""Assess a whole backlog: from case files to routed recommendations."""

from __future__ import annotations

import datetime
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.output import print_result
from pipelines.cli.progress import Progress, Stage, count
from pipelines.cli.quick_beam import quick_options
from pipelines.cli.rulebooks import named, notices, warn
from pipelines.cli.runners import beam_arguments, pipeline_options
from pipelines.cli.terms import terms_of
from pipelines.engines.engine import Engine
from pipelines.engines.job import run_to_end
from pipelines.engines.options import from_anywhere
from pipelines.lineage.datasets import read_from, written_to
from pipelines.lineage.tell import Result, of_terms, telling
from pipelines.runs.fields import computed, terms_fields
from pipelines.runs.inputs import WriteAccount, accounted
from pipelines.runs.run import PARTS, RunPlace, files, output_files
from pipelines.runs.summary import print_run
from pipelines.runs.table_inputs import (
    ReadTables,
    original_inputs,
    read_tables,
    remove_made,
    report_refused,
    split_inputs,
)
from pipelines.runs.tallies import Tallies, write_frame
from pipelines.runs.unread_fields import unread_in
from pipelines.runs.unread_input import left_out_files, refuse_all_damaged, report_unread_input
from pipelines.runs.written import name_written, tally_written
from schemas.avro import Schema, avro_schema
from schemas.manifest import Counts, Manifest
from schemas.outcomes import ROUTES
from schemas.rulebooks import load
from transforms.assess.beam import Assess
from transforms.assess.frame import Terms
from transforms.avro.quarantined import unreadable_file
from transforms.avro.read import ReadFrames, expand_inputs
from transforms.avro.write import WriteFrames
from transforms.files.find import Found, FoundFile, LeftOut
from transforms.files.names import path_text
from transforms.files.storage import remove
from transforms.frames.frame import FRAME_ROWS, Frame
from transforms.normalize.duplicates import FindRepeated, ResolveRepeated, SplitRepeated
from transforms.route.tally import AddUp, tally_quarantined, tally_rows

TALLY = "_tally.ndjson"
STAGES = (
    Stage("rows", "reading tables", "rows"),
    Stage("ids", "reading case ids", "records"),
    Stage("cases", "assessing", "records", total="ids"),
)


@dataclass(frozen=True)
class BacklogPlan:
    """What to assess and how.

    Args:
        inputs: Files to read.
        left_out: Files and folders that can't be read, each with the reason.
        tables: The tables that some of the files were made of.
        place: Where the run is written.
        terms: The terms.
        notices: Warnings about using the rulebook on that date.
    """

    inputs: tuple[FoundFile, ...]
    left_out: tuple[LeftOut, ...]
    tables: ReadTables
    place: RunPlace
    terms: Terms
    notices: tuple[str, ...]


def assess_backlog(pipeline: beam.Pipeline, plan: BacklogPlan) -> None:
    """The pipeline: read, deduplicate, assess, write."""
    root = plan.place.partial
    record, recommendation = avro_schema("case_record"), avro_schema("recommendation")
    rest = dict.fromkeys(("quarantine", "duplicates"), avro_schema("quarantined"))

    # Ids take little memory, and a file that is read whole is read in two threads.
    ids = pipeline | "Read ids" >> ReadFrames(plan.inputs, record, ["case_id"], 4 * FRAME_ROWS)
    read = pipeline | "Read cases" >> ReadFrames(plan.inputs, record)
    counted = ids.frames | "Count ids" >> beam.Map(_count_ids).with_output_types(Frame)
    split = read.frames | SplitRepeated(counted | FindRepeated())
    resolved = split.repeated | ResolveRepeated()
    once = split.unique | "Assess" >> Assess(plan.terms)
    latest = resolved.winners | "Assess latest" >> Assess(plan.terms)

    routes: dict[str, Schema] = dict.fromkeys(ROUTES, recommendation)
    written = []
    for name, assessed in (("a", once), ("b", latest)):
        written += [
            assessed.cases | f"Write cases {name}" >> WriteFrames(root, {"cases": record}, name),
            assessed.recommendations | f"Write routes {name}" >> WriteFrames(root, routes, name),
        ]
    left_out = [unreadable_file(path_text(file.path), file.reason) for file in plan.left_out]
    left_out += [table.quarantined for table in plan.tables.tables if table.quarantined.height]
    quarantined = (
        pipeline | "Left out" >> beam.Create(left_out, reshuffle=False),
        read.quarantined,
        once.quarantined,
        latest.quarantined,
    ) | "All quarantined" >> beam.Flatten()
    written.append(
        (
            quarantined
            | "To quarantine" >> beam.Map(_to, "quarantine").with_output_types(tuple[str, Frame]),
            resolved.superseded
            | "To duplicates" >> beam.Map(_to, "duplicates").with_output_types(tuple[str, Frame]),
        )
        | "All not assessed" >> beam.Flatten()
        | "Write not assessed" >> WriteFrames(root, rest, "a")
    )
    (
        (
            once.tallies,
            latest.tallies,
            quarantined
            | "Tally quarantined" >> beam.Map(tally_quarantined).with_output_types(Frame),
            read.frames | "Tally read" >> beam.Map(_tally_read).with_output_types(Frame),
            resolved.superseded
            | "Tally superseded" >> beam.Map(_tally_superseded).with_output_types(Frame),
            written
            | "All written" >> beam.Flatten()
            | "Tally written" >> beam.MapTuple(tally_written).with_output_types(Frame),
        )
        | "All tallies" >> beam.Flatten()
        | "Add up" >> beam.CombineGlobally(AddUp())
        | "Write tally" >> beam.Map(write_frame, f"{root}/{TALLY}")
    )
    (ids.stretches, read.stretches) | WriteAccount(root, plan.inputs)


def _to(frame: Frame, destination: str) -> tuple[str, Frame]:
    return destination, frame


def _tally_superseded(superseded: Frame) -> Frame:
    return tally_rows("duplicates", superseded)


def _count_ids(ids: Frame) -> Frame:
    count("ids", ids.height)
    return ids


def _tally_read(records: Frame) -> Frame:
    count("cases", records.height)
    return tally_rows("read", records)


def assessed_run(plan: BacklogPlan, started: datetime.datetime, clock: float) -> Manifest:
    """Make the manifest of a run whose files are written, with counts taken from them.

    Raises:
        InputError: Nothing in the input could be read, or it changed while it was read.
    """
    root = plan.place.partial
    tallies = Tallies.read(f"{root}/{TALLY}")
    name_written(root, tallies)
    written = {part: files(root, part) for part in PARTS}
    refuse_all_damaged(tallies.damaged(), tallies.total("read"))
    remove(f"{root}/{TALLY}")
    inputs, unread = accounted(root, plan.inputs), unread_in(cases=plan.inputs)
    remove_made(root)

    return Manifest(
        run_id=plan.place.run_id,
        **terms_fields(plan.terms, plan.notices),
        inputs=original_inputs(inputs, plan.tables),
        outputs=output_files(root, written),
        counts=Counts(
            read=tallies.total("read") + tallies.total("unread"),
            routed={route: sum(written[route].values()) for route in ROUTES},
            quarantined=tallies.total("quarantined"),
            duplicates=sum(written["duplicates"].values()),
            completed=tallies.total("completed"),
            out_of_scope=tallies.total("out_of_scope"),
            unreadable_places=tallies.total("unreadable"),
        ),
        **tallies.of_review(),
        left_out=left_out_files(plan.left_out),
        unread_fields=unread,
        tables=tuple(table.account for table in plan.tables.tables),
        **computed(started, clock),
    )


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to assess, how, and where to write it."""

    input: tuple[str, ...] = declare.cases()
    output: str = declare.option("directory for the runs", type=declare.place, metavar="OUT")
    rulebook: str = declare.rulebook()
    as_of: datetime.date | None = declare.as_of()
    presume: str = declare.presume()
    scope: str | None = declare.scope()
    courts: tuple[str, ...] | None = declare.courts()
    run_id: str | None = declare.option(
        "the run's name; default: as-of date and rulebook",
        default=None,
        type=declare.run_id,
        metavar="ID",
    )
    readable_by: str | None = declare.readable_by()
    engine: Engine = declare.engine()
    lineage: str | None = declare.lineage()
    json: bool = declare.manifest_json()
    beam: tuple[str, ...] = ()


def backlog_run(
    command: str,
    patterns: Sequence[str],
    place: RunPlace,
    terms: Terms,
    warned: Sequence[str] = (),
    beam_options: PipelineOptions | None = None,
) -> Manifest:
    """Assess files, and write the run.

    Args:
        command: The command's name, for messages.
        patterns: Files, folders, or patterns: case files and tables.
        place: Where the run is written.
        terms: The terms.
        warned: Warnings about using the rulebook on that date.
        beam_options: Beam's options; None for its in-process runner.

    Returns:
        The run's manifest.

    Raises:
        InputError: Nothing in the input could be read, or it changed while it was read.
        OutputError: The run already exists, or nothing can be written there.
    """
    started, clock = datetime.datetime.now(datetime.UTC), time.monotonic()
    options = beam_options or quick_options(beam_arguments([]))
    given = split_inputs(patterns)
    found = Found((), ())
    if given.others:
        found = expand_inputs(given.others, avro_schema("case_record"))
    with place.alone(), Progress(STAGES):
        tables = read_tables(given.tables, place.partial)
        plan = BacklogPlan(
            inputs=(*found.files, *tables.files),
            left_out=found.left_out,
            tables=tables,
            place=place,
            terms=terms,
            notices=tuple(warned),
        )
        pipeline = beam.Pipeline(options=options)
        assess_backlog(pipeline, plan)
        run_to_end(pipeline, command, place.directory)
        manifest = assessed_run(plan, started, clock)
        place.close(manifest, terms.rulebook.rulebook)
    return manifest


def _run(options: Options) -> int:
    beam_options = pipeline_options(options)
    options = from_anywhere(options, "input", "output")
    name = named("backlog", options.rulebook, options.as_of)
    rulebook = load(name)
    as_of = options.as_of or rulebook.rulebook.issued
    terms = terms_of(options, rulebook, as_of)
    warned = notices(name, rulebook, as_of)
    warn("backlog", *warned)
    place = RunPlace(options.output.rstrip("/"), options.run_id or f"{as_of}-{rulebook.id}")
    with telling(options.lineage, "backlog", options.input, of_terms(terms)) as finished:
        manifest = backlog_run("backlog", options.input, place, terms, warned, beam_options)
        reads = read_from(options.input, manifest.inputs, manifest.counts.read)
        writes = written_to(options.output, manifest.outputs, manifest.run_id)
        finished(Result(reads, writes, manifest.counts.model_dump()))
    print_result(
        "backlog",
        f"{place.final} is complete",
        lambda: print_run(place.final, manifest, rulebook.rulebook, as_json=options.json),
    )
    codes = (
        report_unread_input("backlog", manifest),
        report_refused("backlog", manifest, place.final),
    )
    return max(codes)


main = Command(
    "backlog",
    "Assess case files and route each case to close, continue, or expedite.",
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
