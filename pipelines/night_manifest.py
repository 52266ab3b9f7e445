"""The manifest of a night, recounted from the files that it wrote."""

from __future__ import annotations

import datetime
import platform
import time
from importlib.metadata import version

import polars as pl
from apache_beam.io.filesystems import FileSystems

from pipelines.night_job import Job, paths
from pipelines.nights import write_consumed
from pipelines.runs import files
from pipelines.unread import digested
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
from schemas.rulebook import ROUTES
from transforms.night import PART_SCHEMAS
from transforms.read_avro import sha256

TALLY = "_tally.ndjson"


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
            left_unread=tuple(paths((*job.events.cut_short, *job.reviews.cut_short))),
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
