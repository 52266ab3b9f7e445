"""Measure whether offices and attorneys follow what was recommended, from their reviews."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.complain import complain
from pipelines.cli.exit_codes import ExitCode
from pipelines.commands.oversight.findings import Forms, check_forms, emit

if TYPE_CHECKING:
    from transforms.frames.frame import Frame

BY = {"office": "opla_office", "court": "court"}


@dataclass(frozen=True, kw_only=True)
class Options(Forms):
    """Which run and reviews, by what, and in which form."""

    reviews: str = declare.option(
        "the directory of review files, as `nightly --reviews` takes it", metavar="DIR"
    )
    by: str = declare.option(
        "what an office is: the chief counsel's office, or the court; default: office",
        default="office",
        choices=tuple(BY),
    )


def _run(options: Options) -> int:
    # Imported here so that --help doesn't wait for them.
    from pipelines.exports.about import terms
    from pipelines.runs.frames import routed_frame
    from pipelines.runs.run import load_run, run_rulebook
    from transforms.oversight.adherence import adherence
    from transforms.oversight.decisions import READ, match
    from transforms.oversight.table import criterion_titles

    check_forms(options)
    run, manifest = load_run(options.run)
    rulebook = run_rulebook(run, manifest)
    reviews, unread = _reviews(options.reviews)
    recommended = routed_frame(run, READ)
    found = match(reviews, recommended, manifest.as_of, BY[options.by])
    titles = {} if rulebook is None else criterion_titles(rulebook)
    offices = recommended.select("case_id", "route", office=BY[options.by])
    emit(adherence(found, offices, titles), options, f"{run} ({terms(manifest)})")
    for line in unread:
        complain("adherence", line)
    return ExitCode.DAMAGED if unread else ExitCode.OK


def _reviews(folder: str) -> tuple[Frame, list[str]]:
    """Read the reviews in a directory, and say what couldn't be read."""
    from schemas.avro import avro_schema
    from transforms.avro.file import read_file
    from transforms.avro.read import expand_inputs
    from transforms.frames.frame import concat_frames
    from transforms.nightly.reviews import REVIEWS

    schema = avro_schema("review")
    found = expand_inputs([folder], schema)
    unread = [f"{one.path}: {one.reason}" for one in found.left_out]
    frames = []
    for file in found.files:
        places = 0
        for of, frame in read_file(file.path, schema):
            if of == "quarantined":
                places += frame.height
            else:
                frames.append(frame.select(REVIEWS.names()))
        if places:
            unread.append(f"{file.path}: is damaged; what its reviews say there isn't counted")
    return concat_frames(frames, REVIEWS), unread


main = Command(
    "adherence",
    __doc__,
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
