"""Assess a whole backlog: from case files to routed recommendations."""

from __future__ import annotations

import datetime
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines.cli.arguments import CommandParser, add_readers, add_rulebook_options, checked, codes
from pipelines.cli.output import print_result
from pipelines.cli.progress import Progress, count_cases
from pipelines.cli.rulebooks import named, notices, warn
from pipelines.cli.run_command import run_command
from pipelines.cli.runners import beam_arguments
from pipelines.runs.damage import left_out_files, refuse_all_damaged, report_damage
from pipelines.runs.inputs import WriteAccount, accounted
from pipelines.runs.run import PARTS, RunPlace, files, output_files
from pipelines.runs.summary import print_run
from pipelines.runs.tallies import Tallies, versions, write_frame
from pipelines.runs.unread_fields import unread_in
from schemas.avro import avro_schema
from schemas.errors import UsageError
from schemas.manifest import Counts, Manifest, RulebookUsed
from schemas.options import BacklogOptions
from schemas.outcomes import ROUTES
from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebooks import load
from transforms.assess.beam import Assess
from transforms.assess.frame import Terms
from transforms.avro.quarantined import unreadable_file
from transforms.avro.read import ReadFrames, expand_inputs
from transforms.avro.write import WriteFrames
from transforms.files.find import FoundFile, LeftOut
from transforms.files.names import path_text
from transforms.files.storage import remove
from transforms.frames.frame import Frame
from transforms.normalize.duplicates import FindRepeated, ResolveRepeated, SplitRepeated
from transforms.route.tally import AddUp, tally_quarantined, tally_rows

TALLY = "_tally.ndjson"


@dataclass(frozen=True)
class Job:
    """What to assess, and how.

    Args:
        inputs: Files to read.
        left_out: Files and folders that can't be read, each with the reason.
        place: Where the run is written.
        rulebook: The rulebook.
        notices: Warnings about using it.
        as_of: The as-of date.
        presume: Whether to use presumptions.
        scope: A scope of the rulebook, or None.
        courts: Court codes, or None.
    """

    inputs: tuple[FoundFile, ...]
    left_out: tuple[LeftOut, ...]
    place: RunPlace
    rulebook: CompiledRulebook
    notices: tuple[str, ...]
    as_of: datetime.date
    presume: bool
    scope: str | None
    courts: tuple[str, ...] | None


def review(pipeline: beam.Pipeline, job: Job) -> None:
    """The pipeline: read, deduplicate, assess, write."""
    root = job.place.partial
    record, recommendation = avro_schema("case_record"), avro_schema("recommendation")
    aside = dict.fromkeys(("quarantine", "duplicates"), avro_schema("quarantined"))
    terms = Terms(
        job.rulebook,
        job.as_of,
        job.presume,
        job.rulebook.scopes[job.scope] if job.scope else None,
        job.courts,
    )

    ids = pipeline | "Read ids" >> ReadFrames(job.inputs, record, columns=["case_id"])
    read = pipeline | "Read cases" >> ReadFrames(job.inputs, record)
    split = read.frames | SplitRepeated(ids.frames | FindRepeated())
    resolved = split.repeated | ResolveRepeated()
    once = split.unique | "Assess" >> Assess(terms)
    latest = resolved.winners | "Assess latest" >> Assess(terms)

    for name, assessed in (("a", once), ("b", latest)):
        assessed.cases | f"Write cases {name}" >> WriteFrames(root, {"cases": record}, name)
        assessed.recommendations | f"Write routes {name}" >> WriteFrames(
            root, dict.fromkeys(ROUTES, recommendation), name
        )
    left_out = [unreadable_file(path_text(file.path), file.reason) for file in job.left_out]
    quarantined = (
        pipeline | "Left out" >> beam.Create(left_out, reshuffle=False),
        read.quarantined,
        once.quarantined,
        latest.quarantined,
    ) | "All quarantined" >> beam.Flatten()
    (
        (
            quarantined
            | "To quarantine" >> beam.Map(_to, "quarantine").with_output_types(tuple[str, Frame]),
            resolved.superseded
            | "To duplicates" >> beam.Map(_to, "duplicates").with_output_types(tuple[str, Frame]),
        )
        | "All aside" >> beam.Flatten()
        | "Write aside" >> WriteFrames(root, aside, "a")
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
        )
        | "All tallies" >> beam.Flatten()
        | "Add up" >> beam.CombineGlobally(AddUp())
        | "Write tally" >> beam.Map(write_frame, f"{root}/{TALLY}")
    )
    (ids.stretches, read.stretches) | WriteAccount(root, job.inputs)


def _to(frame: Frame, destination: str) -> tuple[str, Frame]:
    return destination, frame


def _tally_superseded(superseded: Frame) -> Frame:
    return tally_rows("duplicates", superseded)


def _tally_read(records: Frame) -> Frame:
    count_cases(records.height)
    return tally_rows("read", records)


def assessed_run(job: Job, started: datetime.datetime, clock: float) -> Manifest:
    """Make the manifest of a run whose files are written, with counts taken from them.

    Raises:
        InputError: Nothing in the input could be read, or it changed while it was read.
    """
    root = job.place.partial
    written = {part: files(root, part) for part in PARTS}
    tallies = Tallies.read(f"{root}/{TALLY}")
    refuse_all_damaged(tallies.damaged(), tallies.total("read"))
    remove(f"{root}/{TALLY}")
    inputs = accounted(root, job.inputs)

    return Manifest(
        run_id=job.place.run_id,
        rulebook=RulebookUsed(id=job.rulebook.id, digest=job.rulebook.digest, notices=job.notices),
        as_of=job.as_of,
        presume=job.presume,
        scope=job.scope,
        courts=job.courts,
        inputs=tuple(inputs[name] for name in sorted(inputs)),
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
        left_out=left_out_files(job.left_out),
        unread_fields=unread_in(cases=job.inputs),
        versions=versions(),
        started=started,
        seconds=round(time.monotonic() - clock, 3),
    )


def parser() -> CommandParser:
    """The command's options."""
    made = CommandParser(
        prog="discretion backlog",
        description="Assess case files and route each case to close, continue, or expedite.",
        epilog="Other options go to Beam, such as --runner FlinkRunner.",
        allow_abbrev=False,
    )
    made.add_argument(
        "--input",
        required=True,
        nargs="+",
        metavar="FILES",
        help="Avro files, globs, or directories",
    )
    made.add_argument("--output", required=True, metavar="OUT", help="directory for the runs")
    add_rulebook_options(made)
    made.add_argument(
        "--scope", metavar="NAME", help="assess only the cases in this scope of the rulebook"
    )
    made.add_argument(
        "--courts", type=codes, metavar="BAL,DEN", help="assess only these courts' cases"
    )
    made.add_argument(
        "--run-id", metavar="ID", help="the run's name; default: as-of date and rulebook"
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
    return run_command(
        "backlog", lambda: _run(checked(BacklogOptions, options), rest, as_json=options.json)
    )


def _run(options: BacklogOptions, rest: list[str], *, as_json: bool) -> int:
    started, clock = datetime.datetime.now(datetime.UTC), time.monotonic()
    beam_options = PipelineOptions(
        beam_arguments(rest, parser().own_options), save_main_session=False
    )
    name = named("backlog", options.rulebook, options.as_of)
    rulebook = load(name)
    if options.scope is not None and options.scope not in rulebook.scopes:
        known = ", ".join(rulebook.scopes) or "none"
        raise UsageError(f"{rulebook.id} has no scope {options.scope}; it has {known}")
    as_of = options.as_of or rulebook.rulebook.issued
    said = notices(name, rulebook, as_of)
    warn("backlog", *said)
    found = expand_inputs(options.input, avro_schema("case_record"))
    place = RunPlace(options.output.rstrip("/"), options.run_id or f"{as_of}-{rulebook.id}")
    with place.alone():
        job = Job(
            inputs=found.files,
            left_out=found.left_out,
            place=place,
            rulebook=rulebook,
            notices=said,
            as_of=as_of,
            presume=options.presume,
            scope=options.scope,
            courts=options.courts,
        )
        with Progress(sum(file.bytes for file in found.files)):
            pipeline = beam.Pipeline(options=beam_options)
            review(pipeline, job)
            pipeline.run().wait_until_finish()
            manifest = assessed_run(job, started, clock)
            place.close(manifest, rulebook.rulebook)
    print_result(
        "backlog",
        f"{place.final} is complete",
        lambda: print_run(place.final, manifest, rulebook, as_json=as_json),
    )
    return report_damage("backlog", manifest)


if __name__ == "__main__":
    os.environ.setdefault("RUST_BACKTRACE", "0")
    sys.exit(main())
