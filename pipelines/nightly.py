"""A night: apply what has arrived since last night, and assess every case again."""

from __future__ import annotations

import datetime
import os
import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any, NamedTuple

import apache_beam as beam
import polars as pl
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines.cli.arguments import CommandParser, add_readers, add_rulebook_options, checked, codes
from pipelines.cli.console import shown, shown_lines
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.output import print_result
from pipelines.cli.progress import Progress, count_cases
from pipelines.cli.rulebooks import named, notices, warn
from pipelines.cli.run_command import own, run_command
from pipelines.cli.runners import beam_arguments
from pipelines.nights.failures import noted
from pipelines.nights.manifest import TALLY, night_run
from pipelines.nights.plan import Job, in_words, nothing_new, plan_night
from pipelines.nights.state import instead_of_it, sweep
from pipelines.runs.damage import report_damage
from pipelines.runs.inputs import WriteAccount
from pipelines.runs.lock import locked
from pipelines.runs.summary import print_run
from pipelines.runs.tallies import write_frame
from schemas.avro import avro_schema
from schemas.errors import OutputError, RunError, UsageError
from schemas.manifest import (
    Manifest,
)
from schemas.options import NightlyOptions
from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebooks import load, read
from transforms.avro.quarantined import unreadable_file
from transforms.avro.read import ReadFrames
from transforms.files.names import path_text
from transforms.frames.frame import Frame
from transforms.nightly.bucket_files import WriteWhole
from transforms.nightly.night import PART_SCHEMAS, ByBucket, RunNight
from transforms.route.tally import AddUp


def review_night(pipeline: beam.Pipeline, job: Job) -> None:
    """The pipeline: read what is new, join it to last night's buckets, assess, write."""
    root, buckets = job.place.partial, job.night.buckets
    schemas = {part: avro_schema(name) for part, name in PART_SCHEMAS.items()}
    cases = pipeline | "Read cases" >> ReadFrames(job.cases, schemas["cases"])
    events = pipeline | "Read events" >> ReadFrames(job.events.files, schemas["log"])
    reviews = pipeline | "Read reviews" >> ReadFrames(job.reviews.files, schemas["reviews"])
    others = [
        unreadable_file(file.name, reason)
        for file, reason in (*job.events.others, *job.reviews.others)
    ]
    lost_news = (
        events.quarantined,
        reviews.quarantined,
        pipeline | "Other files" >> beam.Create(others, reshuffle=False),
    ) | "All lost" >> beam.Flatten()
    left_out = [unreadable_file(path_text(path), reason) for path, reason in job.left_out]
    lost_cases = (
        cases.quarantined,
        pipeline | "Left out" >> beam.Create(left_out, reshuffle=False),
    ) | "All lost cases" >> beam.Flatten()
    came: Any = {
        "cases": cases.frames | "Cases by bucket" >> ByBucket(buckets),
        "events": events.frames | "Events by bucket" >> ByBucket(buckets),
        "reviews": reviews.frames | "Reviews by bucket" >> ByBucket(buckets),
        "lost_cases": lost_cases | "Lost cases" >> ByBucket(buckets),
        "lost_news": lost_news | "Lost news" >> ByBucket(buckets),
    }
    (cases.stretches, events.stretches, reviews.stretches) | WriteAccount(root, job.reads)
    night = came | RunNight(job.night)
    night.files | WriteWhole(root, schemas)
    (
        night.tally
        | "Progress" >> beam.Map(_progress).with_output_types(Frame)
        | "Add up" >> beam.CombineGlobally(AddUp())
        | "Write tally" >> beam.Map(write_frame, f"{root}/{TALLY}")
    )


def _progress(tally: Frame) -> Frame:
    count_cases(int(tally.filter(pl.col("of") == "route")["count"].sum()))
    return tally


def parser() -> CommandParser:
    """The command's options."""
    made = CommandParser(
        prog="discretion nightly",
        description="Apply the events and reviews that have arrived since last night, "
        "assess every case again, and report what has changed and why.",
        epilog="Other options go to Beam, such as --runner FlinkRunner.",
        allow_abbrev=False,
    )
    made.add_argument(
        "--state", required=True, metavar="OUT", help="the state: the directory of the nights"
    )
    made.add_argument("--events", required=True, metavar="DIR", help="directory of event files")
    made.add_argument("--reviews", metavar="DIR", help="directory of review files")
    made.add_argument(
        "--input", nargs="+", metavar="FILES", help="case files, for the first night only"
    )
    add_rulebook_options(made, otherwise_today=True)
    made.add_argument(
        "--scope", metavar="NAME", help="assess only the cases in this scope of the rulebook"
    )
    made.add_argument(
        "--courts", type=codes, metavar="BAL,DEN", help="assess only these courts' cases"
    )
    made.add_argument(
        "--second-reader",
        choices=("expedite",),
        help="a review with this route counts only with a second reviewer or a supervisor",
    )
    add_readers(made)
    made.add_argument("--dry-run", action="store_true", help="only report what would be done")
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
    return run_command(
        "nightly", lambda: _run(checked(NightlyOptions, options), rest, as_json=options.json)
    )


def _run(options: NightlyOptions, rest: list[str], *, as_json: bool) -> int:
    if "://" in options.state:
        # If two nights run at once, only one may win, and an object store has no locks.
        raise UsageError(f"--state {options.state}: give a directory on a local or mounted disk")
    words = beam_arguments(rest, parser().own_options)
    beam_options = PipelineOptions(words, save_main_session=False)
    # A missing file is a mistyped option; a mistake in the file is a failure of the night.
    as_of = options.as_of or datetime.datetime.now(datetime.UTC).date()
    name = named("nightly", options.rulebook, as_of)
    options = options.model_copy(update={"rulebook": name, "as_of": as_of})
    read(options.rulebook)
    state = options.state.rstrip("/")
    with nullcontext() if options.dry_run else noted(state):
        rulebook = load(options.rulebook)
        if options.scope is not None and options.scope not in rulebook.scopes:
            known = ", ".join(rulebook.scopes) or "none"
            raise UsageError(f"{rulebook.id} has no scope {options.scope}; it has {known}")
        done = _done(options, state, rulebook, beam_options)
    # From here on, the night is done, even if its summary can't be printed.
    if isinstance(done, str):
        print_result("nightly", "there was nothing to do", lambda: print(shown_lines(done)))
        return ExitCode.OK
    print_result(
        "nightly",
        f"{done.run} is complete",
        lambda: _print(done, rulebook, as_json=as_json),
    )
    return report_damage("nightly", done.manifest)


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
        print_run(done.run, done.manifest, rulebook, as_json=as_json)


def _done(
    options: NightlyOptions, state: str, rulebook: CompiledRulebook, beam_options: PipelineOptions
) -> _Done | str:
    """Do a night's work, or only report what it would be."""
    started, clock = datetime.datetime.now(datetime.UTC), time.monotonic()
    try:
        with nullcontext() if options.dry_run else locked(state):
            said = notices(options.rulebook, rulebook, options.as_of or started.date())
            job = plan_night(options, state, rulebook, said)
            if nothing := nothing_new(job):
                if options.dry_run or job.previous is None:
                    return nothing
                return _Done(job.previous.run, job.previous.manifest, nothing)
            warn("nightly", *said)
            if options.dry_run:
                return in_words(job)
            sweep(state)
            job.place.open()
            return _Done(job.place.final, _night(job, beam_options, started, clock))
    except RunError as error:
        raise RunError(f"{error}; {instead_of_it(state)}") from None
    except OSError as error:
        if error.filename is None or not str(error.filename).startswith(state):
            raise
        raise OutputError(f"{state}: cannot be written ({error.strerror})") from None


def _night(
    job: Job, beam_options: PipelineOptions, started: datetime.datetime, clock: float
) -> Manifest:
    """Run the pipeline, and finish its run."""
    try:
        with Progress(sum(file.bytes for file in job.reads)):
            pipeline = beam.Pipeline(options=beam_options)
            review_night(pipeline, job)
            pipeline.run().wait_until_finish()
            manifest = night_run(job, started, clock)
            job.place.close(manifest, job.night.terms.rulebook.rulebook)
    except BaseException as error:
        job.place.directory.abandon(error)
        # A worker in another process sends only the text of an error.
        raise own(error) from None
    return manifest


if __name__ == "__main__":
    os.environ.setdefault("RUST_BACKTRACE", "0")
    sys.exit(main())
