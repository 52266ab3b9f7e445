"""The manifest of a night, with counts taken from the files that it wrote."""

from __future__ import annotations

import datetime

from pipelines.nights.new_files import CUT_SHORT, Kind, NewFiles, digested
from pipelines.nights.plan import NightPlan
from pipelines.nights.state import write_consumed
from pipelines.runs.fields import computed, terms_fields
from pipelines.runs.inputs import accounted
from pipelines.runs.run import files, output_files
from pipelines.runs.tallies import Tallies
from pipelines.runs.unread_fields import unread_in
from pipelines.runs.unread_input import left_out_files, refuse_all_damaged
from schemas.manifest import (
    ConsumedFile,
    Counts,
    InputFile,
    LeftOutFile,
    Manifest,
    NightEvents,
    Nightly,
    NightReviews,
)
from schemas.outcomes import ROUTES
from transforms.files.find import LeftOut
from transforms.files.storage import remove
from transforms.nightly.buckets import PART_SCHEMAS
from transforms.shuffle.bucket_batches import SHUFFLE

TALLY = "_tally.ndjson"


def night_run(plan: NightPlan, started: datetime.datetime, clock: float) -> Manifest:
    """Make the manifest of a night whose files are written, with counts taken from them.

    Raises:
        InputError: A first night could read nothing of its cases, or a file has changed meanwhile.
    """
    root = plan.place.partial
    written = {part: files(root, part) for part in PART_SCHEMAS}
    records = {part: sum(counted.values()) for part, counted in written.items()}
    tallies = Tallies.read(f"{root}/{TALLY}")
    for name in (TALLY, SHUFFLE):
        remove(f"{root}/{name}")
    read = accounted(root, plan.reads)
    if plan.previous is None:
        refuse_all_damaged(tallies.damaged(), tallies.total("before"))
    return Manifest(
        run_id=plan.place.run_id,
        **terms_fields(plan.night.terms, plan.notices),
        inputs=tuple(read[file.name] for file in plan.cases),
        outputs=output_files(root, written),
        counts=_counts(records, tallies),
        **tallies.of_review(),
        left_out=_left_out(plan),
        unread_fields=unread_in(
            cases=plan.cases, events=plan.events.files, reviews=plan.reviews.files
        ),
        **computed(started, clock),
        nightly=_nightly(plan, records, tallies, _consumed(plan, read)),
    )


def _counts(records: dict[str, int], tallies: Tallies) -> Counts:
    """Count what happened to every case record."""
    came = tallies.total("before") + tallies.total("opened") + tallies.total("unread")
    return Counts(
        read=came + records["duplicates"],
        routed={route: records[route] for route in ROUTES},
        quarantined=tallies.total("quarantined"),
        duplicates=records["duplicates"],
        completed=tallies.total("completed"),
        out_of_scope=tallies.total("out_of_scope"),
        unreadable_places=tallies.total("unreadable"),
    )


def _consumed(plan: NightPlan, read: dict[str, InputFile]) -> tuple[ConsumedFile, ...]:
    """List the files of events and reviews that no night needs to read again."""
    kinds: tuple[tuple[Kind, NewFiles], ...] = (("events", plan.events), ("reviews", plan.reviews))
    consumed: list[ConsumedFile] = []
    for kind, found in kinds:
        consumed += (
            ConsumedFile(kind=kind, **read[file.name].model_dump()) for file in found.files
        )
        consumed += digested(kind, [file for file, _ in found.others])
    return tuple(consumed)


def _nightly(
    plan: NightPlan, records: dict[str, int], tallies: Tallies, consumed: tuple[ConsumedFile, ...]
) -> Nightly:
    """Make the part that only a night's manifest has, and write the list of all files read."""
    earlier = plan.previous.consumed if plan.previous else ()
    return Nightly(
        previous=plan.previous.manifest.run_id if plan.previous else None,
        buckets=plan.night.buckets,
        second_reader=plan.night.second_reader,
        consumed=consumed,
        consumed_list=write_consumed(plan.place.partial, (*earlier, *consumed)),
        left_unread=tuple(file.name for file in (*plan.events.cut_short, *plan.reviews.cut_short)),
        foreign=tuple(file.name for file, _ in (*plan.events.others, *plan.reviews.others)),
        cases_before=tallies.total("before"),
        opened=tallies.total("opened"),
        cases=records["cases"],
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
            kept=records["reviews"],
        ),
        changed=records["changes"],
        causes=tallies.counts("cause"),
        queue=tallies.counts("mark"),
    )


def _left_out(plan: NightPlan) -> tuple[LeftOutFile, ...]:
    """Return the files and folders of which tonight read nothing, whether or not they wait."""
    others, waiting = [], []
    for new in (plan.events, plan.reviews):
        others += [LeftOut(file.path, reason) for file, reason in new.others]
        waiting += [LeftOut(file.path, CUT_SHORT) for file in new.cut_short]
        waiting += new.left_out
    return left_out_files((*plan.left_out, *others, *waiting))
