"""A night: apply what has arrived since last night, and assess every case again."""

from __future__ import annotations

import dataclasses
import datetime
import sys
import time
from contextlib import nullcontext
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines.cli.command import Command
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.output import print_result
from pipelines.cli.progress import Progress, Stage, count
from pipelines.cli.rulebooks import named, notices, warn
from pipelines.cli.run_command import own
from pipelines.cli.runners import pipeline_options
from pipelines.cli.terms import terms_of
from pipelines.engines.job import run_to_end
from pipelines.engines.options import from_anywhere
from pipelines.lineage.datasets import night_reads, written_to
from pipelines.lineage.tell import Result, of_terms, telling
from pipelines.nights.failures import noted
from pipelines.nights.first_wins import claimed, unmoved_latest
from pipelines.nights.manifest import TALLY, night_run
from pipelines.nights.options import NightlyOptions
from pipelines.nights.plan import NightPlan, nothing_new, plan_night, plan_text
from pipelines.nights.state import instead_of_it, sweep
from pipelines.runs.inputs import WriteAccount
from pipelines.runs.lock import locked
from pipelines.runs.summary import print_run
from pipelines.runs.tallies import write_frame
from pipelines.runs.unread_input import report_unread_input
from schemas.avro import avro_schema
from schemas.errors import OutputError, RunError
from schemas.manifest import Manifest
from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebooks import load, read
from schemas.shown import shown, shown_lines
from transforms.assess.frame import Terms
from transforms.avro.quarantined import unreadable_file
from transforms.avro.read import ReadFrames
from transforms.files.names import path_text
from transforms.files.reach import check_place
from transforms.files.storage import is_local
from transforms.files.versions import check_conditional
from transforms.frames.frame import Frame
from transforms.nightly.beam import RunNight, ShuffleByBucket
from transforms.nightly.bucket_files import WriteWhole
from transforms.nightly.buckets import PART_SCHEMAS
from transforms.route.tally import AddUp
from transforms.shuffle.bucket_batches import SHUFFLE


def assess_night(pipeline: beam.Pipeline, plan: NightPlan) -> None:
    """The pipeline: read what is new, join it to last night's buckets, assess, write."""
    root, buckets = plan.place.partial, plan.night.buckets
    schemas = {part: avro_schema(name) for part, name in PART_SCHEMAS.items()}
    cases = pipeline | "Read cases" >> ReadFrames(plan.cases, schemas["cases"])
    events = pipeline | "Read events" >> ReadFrames(plan.events.files, schemas["log"])
    reviews = pipeline | "Read reviews" >> ReadFrames(plan.reviews.files, schemas["reviews"])
    others = [
        unreadable_file(file.name, reason)
        for file, reason in (*plan.events.others, *plan.reviews.others)
    ]
    lost_news = (
        events.quarantined,
        reviews.quarantined,
        pipeline | "Other files" >> beam.Create(others, reshuffle=False),
    ) | "All lost" >> beam.Flatten()
    left_out = [unreadable_file(path_text(path), reason) for path, reason in plan.left_out]
    lost_cases = (
        cases.quarantined,
        pipeline | "Left out" >> beam.Create(left_out, reshuffle=False),
    ) | "All lost cases" >> beam.Flatten()
    (cases.stretches, events.stretches, reviews.stretches) | WriteAccount(root, plan.reads)
    shuffle = ShuffleByBucket(f"{root}/{SHUFFLE}", buckets)
    came: Any = {
        "cases": cases.frames | "Shuffle cases" >> shuffle,
        "events": events.frames | "Shuffle events" >> shuffle,
        "reviews": reviews.frames | "Shuffle reviews" >> shuffle,
        "lost_cases": lost_cases | "Shuffle lost cases" >> shuffle,
        "lost_news": lost_news | "Shuffle lost news" >> shuffle,
    }
    night = came | RunNight(plan.night)
    # Flattened, they would all be held in memory.
    night.parts | "Write parts" >> WriteWhole(root, schemas)
    night.changes | "Write changes" >> WriteWhole(root, schemas)
    (
        (night.tallies | "Progress" >> beam.Map(_progress).with_output_types(Frame), night.causes)
        | "All tallies" >> beam.Flatten()
        | "Add up" >> beam.CombineGlobally(AddUp())
        | "Write tally" >> beam.Map(write_frame, f"{root}/{TALLY}")
    )


def _progress(tally: Frame) -> Frame:
    count("buckets", 1)
    return tally


def _run(options: NightlyOptions) -> int:
    beam_options = pipeline_options(options)
    if not is_local(options.state):
        check_conditional(options.state)
        check_place(options.state, OutputError)
    options = from_anywhere(options, "state", "events", "reviews", "input")
    # A missing file is a mistyped option; a mistake in the file is a failure of the night.
    as_of = options.as_of or datetime.datetime.now(datetime.UTC).date()
    name = named("nightly", options.rulebook, as_of)
    options = dataclasses.replace(options, rulebook=name, as_of=as_of)
    read(options.rulebook)
    state = options.state.rstrip("/")
    with nullcontext() if options.dry_run else noted(state):
        rulebook = load(options.rulebook)
        terms = terms_of(options, rulebook, as_of)
        to = None if options.dry_run else options.lineage
        with telling(to, "nightly", _reads(options), of_terms(terms)) as finished:
            done = _done(options, state, terms, beam_options)
            if isinstance(done, _Done) and done.nothing_new is None:
                finished(_result(done.manifest, options, state))
    # From here on, the night is done, even if its summary can't be printed.
    if isinstance(done, str):
        print_result("nightly", "there was nothing to do", lambda: print(shown_lines(done)))
        return ExitCode.OK
    print_result(
        "nightly",
        f"{done.run} is complete",
        lambda: _print(done, rulebook, as_json=options.json),
    )
    return report_unread_input("nightly", done.manifest)


def _reads(options: NightlyOptions) -> list[str]:
    news = [options.events] if options.reviews is None else [options.events, options.reviews]
    return [*(options.input or ()), *news]


def _result(manifest: Manifest, options: NightlyOptions, state: str) -> Result:
    reads = night_reads(manifest, state, options.input or (), options.events, options.reviews)
    writes = written_to(state, manifest.outputs, manifest.run_id)
    return Result(reads, writes, manifest.counts.model_dump())


class _Done(NamedTuple):
    """A night's run and manifest, and a message if there was nothing to do."""

    run: str
    manifest: Manifest
    nothing_new: str | None = None


def _print(done: _Done, rulebook: CompiledRulebook, *, as_json: bool) -> None:
    if done.nothing_new is not None and not as_json:
        print(shown(done.nothing_new))
    else:
        # With --json, print the night's manifest, even if an earlier command did the night.
        print_run(done.run, done.manifest, rulebook.rulebook, as_json=as_json)


def _done(
    options: NightlyOptions, state: str, terms: Terms, beam_options: PipelineOptions
) -> _Done | str:
    """Do a night's work, or only report what it would be."""
    started, clock = datetime.datetime.now(datetime.UTC), time.monotonic()
    may_lock = is_local(state)
    unmoved = None if may_lock else unmoved_latest(state)
    try:
        with nullcontext() if options.dry_run or not may_lock else locked(state):
            warned = notices(options.rulebook, terms.rulebook, terms.as_of)
            plan = plan_night(options, state, terms, warned)
            if nothing := nothing_new(plan):
                if options.dry_run or plan.previous is None:
                    return nothing
                return _Done(plan.previous.run, plan.previous.manifest, nothing)
            warn("nightly", *warned)
            if options.dry_run:
                return plan_text(plan)
            sweep(state)
            with nullcontext(plan) if unmoved is None else claimed(plan, unmoved) as mine:
                mine.place.open(SHUFFLE)
                return _Done(mine.place.final, _night(mine, beam_options, started, clock))
    except RunError as error:
        raise RunError(f"{error}; {instead_of_it(state)}") from None
    except OSError as error:
        if error.filename is None or not str(error.filename).startswith(state):
            raise
        raise OutputError(f"{state}: cannot be written ({error.strerror})") from None


def _night(
    plan: NightPlan, beam_options: PipelineOptions, started: datetime.datetime, clock: float
) -> Manifest:
    """Run the pipeline, and finish its run."""
    try:
        stages = [Stage("buckets", "assessing", "parts of the docket", plan.night.buckets)]
        with Progress(stages):
            pipeline = beam.Pipeline(options=beam_options)
            assess_night(pipeline, plan)
            run_to_end(pipeline, "nightly", plan.place.directory)
            manifest = night_run(plan, started, clock)
            plan.place.close(manifest, plan.night.terms.rulebook.rulebook)
    except BaseException as error:
        plan.place.directory.abandon(error)
        # A worker in another process sends only the text of an error.
        raise own(error) from None
    return manifest


main = Command(
    "nightly",
    "Apply the events and reviews that have arrived since last night, assess every case again, and "
    "report what has changed and why.",
    NightlyOptions,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
