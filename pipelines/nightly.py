"""A night: fold in what has come since last night, and review every case again."""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import re
import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import apache_beam as beam
import polars as pl
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines.lock import locked
from pipelines.nights import Previous, find_previous, free_run_id, sweep, write_consumed
from pipelines.options import (
    InputProblem,
    UsageError,
    add_rulebook_options,
    beam_arguments,
    checked,
    codes,
    run_command,
)
from pipelines.progress import Progress, count_cases
from pipelines.runs import OutputError, RunError, RunPlace, close_run, discard, files, open_run
from pipelines.summary import print_summary
from pipelines.unread import Unread, digested, find_unread
from schemas.avro import avro_schema
from schemas.manifest import (
    ConsumedFile,
    Counts,
    InputFile,
    Manifest,
    NightEvents,
    Nightly,
    NightReviews,
    OutputFile,
    RulebookUsed,
)
from schemas.options import NightlyOptions
from schemas.rulebook import ROUTES
from schemas.rulebook_compile import CompiledRulebook
from schemas.rulebooks import load
from transforms.avro_blocks import Gap, count_records
from transforms.bucket_files import WriteWhole
from transforms.buckets import bucket_count
from transforms.changes import LastNight
from transforms.frames import Frame
from transforms.night import PART_SCHEMAS, ByBucket, Night, RunNight
from transforms.quarantine import unreadable
from transforms.read_avro import FoundFile, ReadFrames, expand_inputs, sha256
from transforms.tally import AddUp
from transforms.weigh import Terms

TALLY = "_tally.ndjson"


@dataclass(frozen=True)
class Job:
    """What a night reads, and where it writes.

    Args:
        night: What the night goes by.
        previous: Last night; None on a first night.
        place: Where the run is written.
        cases: On a first night, the case files.
        events: Event files that no night has read.
        reviews: Review files that no night has read.
        options: The options.
    """

    night: Night
    previous: Previous | None
    place: RunPlace
    cases: tuple[FoundFile, ...]
    events: Unread
    reviews: Unread
    options: NightlyOptions


def review_night(pipeline: beam.Pipeline, job: Job) -> None:
    """The pipeline: read what is new, bring it to last night's buckets, review, write."""
    root, buckets = job.place.partial, job.night.buckets
    schemas = {part: avro_schema(name) for part, name in PART_SCHEMAS.items()}
    cases = pipeline | "Read cases" >> ReadFrames(_paths(job.cases), schemas["cases"])
    events = pipeline | "Read events" >> ReadFrames(_paths(job.events.files), schemas["log"])
    reviews = pipeline | "Read reviews" >> ReadFrames(_paths(job.reviews.files), schemas["reviews"])
    others = [
        unreadable(file.path, Gap(0, None, "", None), "UNREADABLE_FILE", reason)
        for file, reason in (*job.events.others, *job.reviews.others)
    ]
    lost_news = (
        events.quarantined,
        reviews.quarantined,
        pipeline | "Other files" >> beam.Create(others, reshuffle=False),
    ) | "All lost" >> beam.Flatten()
    came: Any = {
        "cases": cases.frames | "Cases by bucket" >> ByBucket(buckets),
        "events": events.frames | "Events by bucket" >> ByBucket(buckets),
        "reviews": reviews.frames | "Reviews by bucket" >> ByBucket(buckets),
        "lost_cases": cases.quarantined | "Lost cases" >> ByBucket(buckets),
        "lost_news": lost_news | "Lost news" >> ByBucket(buckets),
    }
    night = came | RunNight(job.night)
    night.files | WriteWhole(root, schemas)
    (
        night.tally
        | "Progress" >> beam.Map(_progress).with_output_types(Frame)
        | "Add up" >> beam.CombineGlobally(AddUp())
        | "Write tally" >> beam.Map(_write_frame, f"{root}/{TALLY}")
    )


def _paths(found: Sequence[FoundFile]) -> list[str]:
    return [file.path for file in found]


def _progress(tally: Frame) -> Frame:
    count_cases(int(tally.filter(pl.col("of") == "route")["count"].sum()))
    return tally


def _write_frame(frame: Frame, path: str) -> None:
    with FileSystems.create(path, compression_type="uncompressed") as file:
        file.write(frame.write_ndjson().encode())


def night_run(job: Job, started: datetime.datetime, clock: float) -> Manifest:
    """The manifest of a night whose files are written; its counts are recounted from them."""
    root, terms, options = job.place.partial, job.night.terms, job.options
    written = {part: files(root, part) for part in PART_SCHEMAS}
    with FileSystems.open(f"{root}/{TALLY}", compression_type="uncompressed") as file:
        tally = pl.read_ndjson(file.read())
    FileSystems.delete([f"{root}/{TALLY}"])

    def counts(of: str) -> dict[str, int]:
        part = tally.filter(pl.col("of") == of).sort(["count", "key"], descending=[True, False])
        return dict(part.select("key", "count").iter_rows())

    def total(of: str) -> int:
        return sum(counts(of).values())

    def records(part: str) -> int:
        return sum(written[part].values())

    consumed = (
        *digested("events", [*job.events.files, *(file for file, _ in job.events.others)]),
        *digested("reviews", [*job.reviews.files, *(file for file, _ in job.reviews.others)]),
    )
    earlier: tuple[ConsumedFile, ...] = job.previous.consumed if job.previous else ()
    duplicates = records("duplicates")
    return Manifest(
        run_id=job.place.run_id,
        rulebook=RulebookUsed(id=terms.rulebook.id, digest=terms.rulebook.digest),
        as_of=terms.as_of,
        presume=terms.presume,
        scope=options.scope,
        courts=terms.courts,
        inputs=tuple(
            InputFile(path=file.path, bytes=file.bytes, sha256=sha256(file.path))
            for file in job.cases
        ),
        outputs=tuple(
            OutputFile(path=path.removeprefix(f"{root}/"), records=number)
            for part in PART_SCHEMAS
            for path, number in written[part].items()
        ),
        counts=Counts(
            read=total("before") + total("opened") + duplicates + total("unread"),
            routed={route: records(route) for route in ROUTES},
            quarantined=total("quarantined"),
            duplicates=duplicates,
            completed=total("completed"),
            out_of_scope=total("out_of_scope"),
            unreadable_places=total("unreadable"),
        ),
        grounds=counts("ground"),
        unknown=counts("unknown"),
        missing_facts=counts("missing_fact"),
        quarantine=counts("quarantine"),
        warnings=counts("warning"),
        firm=total("firm"),
        look=total("look"),
        scope_unknown=total("scope_unknown"),
        versions={
            "python": platform.python_version(),
            **{name: version(name) for name in ("discretion", "apache-beam", "polars", "fastavro")},
        },
        started=started,
        seconds=round(time.monotonic() - clock, 3),
        nightly=Nightly(
            previous=job.previous.manifest.run_id if job.previous else None,
            buckets=job.night.buckets,
            second_reader=job.night.second_reader,
            consumed=consumed,
            consumed_list=write_consumed(root, (*earlier, *consumed)),
            left_unread=tuple(_paths((*job.events.cut_short, *job.reviews.cut_short))),
            set_aside=tuple(file.path for file, _ in (*job.events.others, *job.reviews.others)),
            cases_before=total("before"),
            opened=total("opened"),
            cases=records("cases"),
            events=NightEvents(
                read=total("events"),
                repeated=total("event_repeated"),
                conflicts=total("event_conflicts"),
                set_aside=total("event_bad"),
                unread=total("news_unread"),
                pending=total("event_pending"),
            ),
            reviews=NightReviews(
                read=total("reviews"),
                new=total("review_new"),
                conflicts=total("review_conflicts"),
                set_aside=total("review_bad"),
                kept=records("reviews"),
            ),
            changed=records("changes"),
            causes=counts("cause"),
            queue=counts("mark"),
        ),
    )


def parser() -> argparse.ArgumentParser:
    """The command's options."""
    made = argparse.ArgumentParser(
        prog="discretion nightly",
        description="Fold in the events and reviews that have come since last night, review every "
        "case again, and say what has changed and why.",
        epilog="Further options go to Beam, e.g. --runner FlinkRunner.",
        allow_abbrev=False,
    )
    made.add_argument("--state", required=True, metavar="OUT", help="where nights are kept")
    made.add_argument("--events", required=True, metavar="DIR", help="directory of event files")
    made.add_argument("--reviews", metavar="DIR", help="directory of review files")
    made.add_argument(
        "--input", nargs="+", metavar="FILES", help="the case files, on the first night"
    )
    add_rulebook_options(made, otherwise_today=True)
    made.add_argument("--scope", metavar="NAME", help="only cases in a scope of the rulebook")
    made.add_argument("--courts", type=codes, metavar="BAL,DEN", help="only cases of these courts")
    made.add_argument(
        "--second-reader",
        choices=("expedite",),
        help="a review with this route counts with a second reviewer, or a supervisor, only",
    )
    made.add_argument("--dry-run", action="store_true", help="only say what would be done")
    made.add_argument("--json", action="store_true", help="print the manifest, for machines")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: Its options; None for those of the process.

    Returns:
        An exit code (`pipelines.exit_codes`).
    """
    options, rest = parser().parse_known_args(arguments)
    return run_command(
        "nightly", lambda: _run(checked(NightlyOptions, options), rest, as_json=options.json)
    )


def _run(options: NightlyOptions, rest: list[str], *, as_json: bool) -> int:
    started, clock = datetime.datetime.now(datetime.UTC), time.monotonic()
    beam_options = PipelineOptions(beam_arguments(rest), save_main_session=False)
    rulebook = load(options.rulebook)
    if options.scope is not None and options.scope not in rulebook.scopes:
        known = ", ".join(rulebook.scopes) or "none"
        raise UsageError(f"{rulebook.id} has no scope {options.scope}; it has {known}")
    state = options.state.rstrip("/")
    try:
        lock = nullcontext() if options.dry_run else locked(state)
        with lock:
            job = _job(options, state, rulebook)
            if done := _nothing_new(job):
                print(done)
                return 0
            if options.dry_run:
                print(_plan(job))
                return 0
            sweep(state)
            open_run(state, job.place.run_id)
            manifest = _night(job, beam_options, started, clock)
    except OSError as error:
        if error.filename is None or not str(error.filename).startswith(state):
            raise
        raise OutputError(f"{state}: cannot be written ({error.strerror})") from None
    if as_json:
        print(manifest.model_dump_json(indent=2))
    else:
        print_summary(job.place.final, manifest, rulebook)
    return 0


def _night(
    job: Job, beam_options: PipelineOptions, started: datetime.datetime, clock: float
) -> Manifest:
    """Run the pipeline and make its run exist."""
    reads = (*job.cases, *job.events.files, *job.reviews.files)
    try:
        with Progress(sum(file.bytes for file in reads)):
            pipeline = beam.Pipeline(options=beam_options)
            review_night(pipeline, job)
            pipeline.run().wait_until_finish()
            manifest = night_run(job, started, clock)
            close_run(job.place, manifest, job.night.terms.rulebook.rulebook)
    except BaseException as error:
        discard(job.place)
        if damaged := _damaged(error):
            raise RunError(damaged) from None
        raise
    return manifest


def _damaged(error: BaseException) -> str | None:
    """What of the state is damaged, if a transform said so.

    Beam adds its place to the text of what a transform raises; a remote worker's has only the text.
    """
    kind = type(error).__name__
    found = re.search(r"DamagedError: (.+?)(?: \[while running|\n|$)", f"{kind}: {error}")
    return found[1] if found else None


def _job(options: NightlyOptions, state: str, rulebook: CompiledRulebook) -> Job:
    """What there is to do.

    Raises:
        InputProblem: There is nothing to start from.
        UsageError: The options do not fit the state.
    """
    previous = find_previous(state)
    as_of = options.as_of or datetime.date.today()
    cases: tuple[FoundFile, ...] = ()
    if previous is None:
        if options.input is None:
            raise InputProblem(f"{state}: has no night yet; give the case files with --input")
        cases = tuple(expand_inputs(options.input, avro_schema("case_record")))
        buckets = bucket_count(sum(_records(file) for file in cases))
    else:
        if options.input is not None:
            raise UsageError(
                f"{previous.run} has the cases already; new records come as RECORD_REPLACED "
                "events, so leave --input out"
            )
        if as_of < previous.manifest.as_of:
            raise UsageError(f"last night was as of {previous.manifest.as_of}, after {as_of}")
        buckets = previous.nightly.buckets
    done = previous.consumed if previous else ()
    night = Night(
        terms=Terms(
            rulebook,
            as_of,
            options.presume,
            rulebook.scopes[options.scope] if options.scope else None,
            options.courts,
        ),
        options=(options.presume, options.scope, options.courts),
        buckets=buckets,
        second_reader=options.second_reader is not None,
        last_run=previous.run if previous else None,
        last=_last(previous),
    )
    return Job(
        night=night,
        previous=previous,
        place=RunPlace(state, free_run_id(state, as_of)),
        cases=cases,
        events=find_unread(options.events, avro_schema("case_event"), done),
        reviews=find_unread(options.reviews, avro_schema("review"), done),
        options=options,
    )


def _records(file: FoundFile) -> int:
    """About how many records a file holds."""
    with FileSystems.open(file.path, compression_type="uncompressed") as stream:
        try:
            return count_records(stream, file.bytes)
        except ValueError:
            # Damaged: what can be read will be. A record has some hundred bytes.
            return file.bytes // 100


def _last(previous: Previous | None) -> LastNight | None:
    if previous is None:
        return None
    said = previous.manifest
    return LastNight(said.as_of, said.rulebook.digest, (said.presume, said.scope, said.courts))


def _nothing_new(job: Job) -> str | None:
    """That the night is done already, if it is."""
    night, last, previous = job.night, job.night.last, job.previous
    news = (job.events, job.reviews)
    if last is None or previous is None or any(new.files or new.others for new in news):
        return None
    said = LastNight(night.terms.as_of, night.terms.rulebook.digest, night.options)
    if last != said or previous.nightly.second_reader != night.second_reader:
        return None
    left = sum(len(new.cut_short) for new in news)
    waits = f"; {left} files are cut short and wait" if left else ""
    return f"nothing new since {previous.run}: nothing done{waits}"


def _plan(job: Job) -> str:
    """What a night would do, in a few lines."""
    terms, previous = job.night.terms, job.previous
    begin = f"from {previous.run}" if previous else f"from {len(job.cases)} case files"
    lines = [
        f"would review {begin} as of {terms.as_of} under {terms.rulebook.id}",
        f"would write {job.place.final}",
    ]
    for name, new in (("event", job.events), ("review", job.reviews)):
        lines += [f"would read {name} file {file.path}" for file in new.files]
        lines += [f"would leave {file.path}, which is cut short" for file in new.cut_short]
        lines += [f"would set aside {file.path}: it {reason}" for file, reason in new.others]
    return "\n".join(lines)


if __name__ == "__main__":
    os.environ.setdefault("RUST_BACKTRACE", "0")
    sys.exit(main())
