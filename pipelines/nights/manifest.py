"""The manifest of a night, with counts taken from the files that it wrote."""

from __future__ import annotations

import datetime
import time

from pipelines.nights.new_files import CUT_SHORT, Kind, NewFiles, digested
from pipelines.nights.plan import Job
from pipelines.nights.state import write_consumed
from pipelines.runs.damage import left_out_files, refuse_all_damaged
from pipelines.runs.inputs import accounted
from pipelines.runs.run import files, output_files
from pipelines.runs.tallies import Tallies, versions
from pipelines.runs.unread_fields import unread_in
from schemas.manifest import (
    ConsumedFile,
    Counts,
    LeftOutFile,
    Manifest,
    NightEvents,
    Nightly,
    NightReviews,
    RulebookUsed,
)
from schemas.outcomes import ROUTES
from transforms.files.find import LeftOut
from transforms.files.storage import remove
from transforms.nightly.night import PART_SCHEMAS

TALLY = "_tally.ndjson"


def night_run(job: Job, started: datetime.datetime, clock: float) -> Manifest:
    """Make the manifest of a night whose files are written, with counts taken from them."""
    root, terms, options = job.place.partial, job.night.terms, job.options
    written = {part: files(root, part) for part in PART_SCHEMAS}
    tallies = Tallies.read(f"{root}/{TALLY}")
    remove(f"{root}/{TALLY}")
    read = accounted(root, job.reads)

    def records(part: str) -> int:
        return sum(written[part].values())

    kinds: tuple[tuple[Kind, NewFiles], ...] = (("events", job.events), ("reviews", job.reviews))
    consumed: list[ConsumedFile] = []
    for kind, found in kinds:
        consumed += (
            ConsumedFile(kind=kind, **read[file.name].model_dump()) for file in found.files
        )
        consumed += digested(kind, [file for file, _ in found.others])
    earlier: tuple[ConsumedFile, ...] = job.previous.consumed if job.previous else ()
    duplicates = records("duplicates")
    if job.previous is None:
        refuse_all_damaged(tallies.damaged(), tallies.total("before"))
    return Manifest(
        run_id=job.place.run_id,
        rulebook=RulebookUsed(
            id=terms.rulebook.id, digest=terms.rulebook.digest, notices=job.notices
        ),
        as_of=terms.as_of,
        presume=terms.presume,
        scope=options.scope,
        courts=terms.courts,
        inputs=tuple(read[file.name] for file in job.cases),
        outputs=output_files(root, written),
        counts=Counts(
            read=tallies.total("before")
            + tallies.total("opened")
            + duplicates
            + tallies.total("unread"),
            routed={route: records(route) for route in ROUTES},
            quarantined=tallies.total("quarantined"),
            duplicates=duplicates,
            completed=tallies.total("completed"),
            out_of_scope=tallies.total("out_of_scope"),
            unreadable_places=tallies.total("unreadable"),
        ),
        **tallies.of_review(),
        left_out=_left_out(job),
        unread_fields=unread_in(
            cases=job.cases, events=job.events.files, reviews=job.reviews.files
        ),
        versions=versions(),
        started=started,
        seconds=round(time.monotonic() - clock, 3),
        nightly=Nightly(
            previous=job.previous.manifest.run_id if job.previous else None,
            buckets=job.night.buckets,
            second_reader=job.night.second_reader,
            consumed=tuple(consumed),
            consumed_list=write_consumed(root, (*earlier, *consumed)),
            left_unread=tuple(
                file.name for file in (*job.events.cut_short, *job.reviews.cut_short)
            ),
            foreign=tuple(file.name for file, _ in (*job.events.others, *job.reviews.others)),
            cases_before=tallies.total("before"),
            opened=tallies.total("opened"),
            cases=records("cases"),
            events=NightEvents(
                read=tallies.total("events"),
                repeated=tallies.total("event_repeated"),
                conflicts=tallies.total("event_conflicts"),
                quarantined=tallies.total("event_bad"),
                unread=tallies.total("news_unread"),
                pending=tallies.total("event_pending"),
            ),
            reviews=NightReviews(
                read=tallies.total("reviews"),
                new=tallies.total("review_new"),
                conflicts=tallies.total("review_conflicts"),
                quarantined=tallies.total("review_bad"),
                kept=records("reviews"),
            ),
            changed=records("changes"),
            causes=tallies.counts("cause"),
            queue=tallies.counts("mark"),
        ),
    )


def _left_out(job: Job) -> tuple[LeftOutFile, ...]:
    """Return the files and folders of which tonight read nothing, whether or not they wait."""
    others, waiting = [], []
    for new in (job.events, job.reviews):
        others += [LeftOut(file.path, reason) for file, reason in new.others]
        waiting += [LeftOut(file.path, CUT_SHORT) for file in new.cut_short]
        waiting += new.left_out
    return left_out_files((*job.left_out, *others, *waiting))
