"""Watch: between nights, assess cases again when events arrive or their due day comes.

What last night wrote stays where it is. The state keeps only what has happened since: for each case
touched by an event or its due day, its record, its events in force, and the last report.
"""

from __future__ import annotations

import dataclasses
import datetime
from typing import NamedTuple

import polars as pl

from schemas.outcomes import ROUTES
from transforms.assess.frame import assess_both
from transforms.frames.frame import Frame
from transforms.nightly.buckets import bucket_of
from transforms.nightly.changes import CHANGES, SUMMARY, Compared, Folded, changes, summarize
from transforms.nightly.events import EVENTS
from transforms.nightly.folding import fold_in
from transforms.nightly.night import Night
from transforms.normalize.case_frame import CASES, case_key
from transforms.route.recommendation import RECOMMENDATION
from transforms.watch.due import due_dates, due_since

_SUMMARY = summarize(RECOMMENDATION.to_frame()).schema
# What was last reported about a case, and as of when; route is null if nothing was.
REPORTED = pl.Schema([*_SUMMARY.items(), ("reported_on", pl.Date())])


class Known(NamedTuple):
    """What is known about some cases.

    Args:
        records: Their records, columns of case_record.avsc.
        log: Their events in force, columns of case_event.avsc.
        reported: What was last reported about each one, columns `REPORTED`; includes cases that
            aren't known yet.
    """

    records: Frame
    log: Frame
    reported: Frame

    @staticmethod
    def nothing() -> Known:
        """Return an empty `Known`."""
        return Known(CASES.to_frame(), EVENTS.to_frame(), REPORTED.to_frame())

    def of(self, cases: Frame) -> Known:
        """Select some of the cases.

        Args:
            cases: Their `case_id`.
        """
        return Known(*(frame.join(cases, on="case_id", how="semi") for frame in self))

    def but(self, cases: Frame) -> Known:
        """Select all but some of the cases.

        Args:
            cases: The `case_id` of those to leave out.
        """
        return Known(*(frame.join(cases, on="case_id", how="anti") for frame in self))

    def plus(self, other: Known) -> Known:
        """Combine with another `Known`."""
        pairs = zip(self, other, strict=True)
        return Known(*(pl.concat([mine, its], rechunk=True) for mine, its in pairs))


class Step(NamedTuple):
    """The result of events, or of a day, for cases.

    Args:
        known: What is known about them now.
        due: When to assess each one again, if there is such a day; columns `DUE`.
        changes: Columns of change.avsc.
        recommendations: Recommendations of the cases that changed, columns of recommendation.avsc.
        unusable: How many events can't be applied; the next night quarantines them.
    """

    known: Known
    due: Frame
    changes: Frame
    recommendations: Frame
    unusable: int


def step(known: Known, events: Frame, night: Night, as_of: datetime.date) -> Step:
    """Apply events to cases, and assess them as of a day.

    Args:
        known: What is known about the cases, all of them in `reported`.
        events: New events, as agencies write them; empty if only a due day has come.
        night: Last night.
        as_of: The day.

    Returns:
        What is known then, and what has changed.
    """
    terms = dataclasses.replace(night.terms, as_of=as_of)
    folding = fold_in(known.records, known.log, events)
    dated, assessed = assess_both(known.records, folding.records, terms)
    found = [CHANGES.to_frame()]
    # What was reported about a case holds until the day before: it is due on each day that could
    # change it.
    eve = as_of - datetime.timedelta(days=1)
    until = known.reported.with_columns(_until=pl.max_horizontal("reported_on", pl.lit(eve)))
    for (day,), reported in until.group_by("_until", maintain_order=True):
        assert isinstance(day, datetime.date)
        ids = reported.select("case_id")
        old, new, log = (
            frame.join(ids, on="case_id", how="semi")
            for frame in (known.records, folding.records, folding.log)
        )
        last = dataclasses.replace(terms.key, as_of=day)
        before = reported.filter(pl.col("route").is_not_null()).select(SUMMARY)
        compared = Compared(before, assessed.of(ids), Folded(old, new, log))
        found.append(changes(compared, last, terms, dated))
    changed = pl.concat(found).sort("case_id")
    after = summarize(assessed.recommendations)
    reported = known.reported.select("case_id").join(after, on="case_id", how="left")
    return Step(
        Known(
            folding.records,
            folding.log,
            reported.with_columns(reported_on=pl.lit(as_of))
            .select(REPORTED.names())
            .cast(REPORTED),
        ),
        due_dates(folding.records, assessed, terms),
        changed,
        assessed.recommendations.join(changed, on="case_id", how="semi"),
        folding.quarantined.height,
    )


def ids_of(events: Frame) -> Frame:
    """Return the cases of events: `case_id`, each once."""
    return events.select(case_id=case_key()).drop_nulls().unique(maintain_order=True)


class Snapshot:
    """What last night's run knows; recently used buckets stay in memory.

    Args:
        night: Last night.
        most: The number of buckets to keep.
    """

    def __init__(self, night: Night, most: int = 16) -> None:
        self.night = night
        self.most = most
        self.held: dict[int, Known] = {}
        self.dates: dict[tuple[int, int], Frame] = {}

    def due(self, shard: int, shards: int) -> Frame:
        """Return when to assess a shard's cases again (`due_since`); read only once."""
        if (shard, shards) not in self.dates:
            self.dates[shard, shards] = due_since(self.night, shard, shards)
        return self.dates[shard, shards]

    def of(self, cases: Frame) -> Known:
        """Return what is known about cases.

        Args:
            cases: Their `case_id`.

        Returns:
            What is known, with the last report on each case; null if there was none.
        """
        assert self.night.last is not None
        found = Known.nothing()
        keyed = cases.select("case_id", _bucket=bucket_of(cases["case_id"], self.night.buckets))
        for (bucket,), part in keyed.sort("_bucket").group_by("_bucket", maintain_order=True):
            ids = part.select("case_id")
            there = self._bucket(int(str(bucket)))
            known = there.of(ids)
            reported = ids.join(known.reported, on="case_id", how="left").select(REPORTED.names())
            found = found.plus(known._replace(reported=reported))
        return found._replace(
            reported=found.reported.with_columns(reported_on=pl.lit(self.night.last.as_of))
        )

    def _bucket(self, number: int) -> Known:
        known = self.held.pop(number, None)
        if known is None:
            night = self.night
            routed = [night.state(route, number, SUMMARY) for route in ROUTES]
            reported = summarize(pl.concat(routed)).with_columns(reported_on=pl.lit(None, pl.Date))
            known = Known(night.state("cases", number), night.state("log", number), reported)
        # The most recently used one is removed last.
        self.held[number] = known
        if len(self.held) > self.most:
            del self.held[next(iter(self.held))]
        return known
