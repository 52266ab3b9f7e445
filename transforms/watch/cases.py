"""The watch as a stateful transform: cases in Beam's state, and a timer for the next due day."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, NamedTuple

import apache_beam as beam
import polars as pl
from apache_beam.coders import StrUtf8Coder
from apache_beam.transforms.timeutil import TimeDomain
from apache_beam.transforms.userstate import ReadModifyWriteStateSpec, TimerSpec, on_timer
from apache_beam.utils.shared import Shared
from apache_beam.utils.timestamp import Timestamp

from transforms.frames.coder import FrameCoder
from transforms.frames.frame import Frame, concat_frames
from transforms.nightly.buckets import by_bucket
from transforms.nightly.events import EVENTS
from transforms.nightly.night import Night
from transforms.watch.due import DUE
from transforms.watch.step import Known, Snapshot, Step, ids_of, step


class News(NamedTuple):
    """A batch's events for a shard.

    Args:
        batch: The batch's number.
        silent: Whether its changes were reported before.
        events: Columns of case_event.avsc; empty if the batch has none for the shard.
    """

    batch: int
    silent: bool
    events: Frame


class Report(NamedTuple):
    """What to report after a batch, or on a day.

    Args:
        name: `batch-NUMBER` or `day-DATE`; the same report always has the same name.
        shard: The shard.
        events: How many events arrived.
        unusable: How many of them can't be applied.
        changes: Columns of change.avsc.
        recommendations: Recommendations of the cases that changed, columns of recommendation.avsc.
    """

    name: str
    shard: int
    events: int
    unusable: int
    changes: Frame
    recommendations: Frame


def by_shard(
    number: int, silent: bool, events: Frame, buckets: int, shards: int
) -> Iterator[tuple[int, News]]:
    """Split a batch by shard; each shard has a part, even if it is empty.

    Args:
        number: The batch's number.
        silent: Whether its changes were reported before.
        events: Its events, columns of case_event.avsc.
        buckets: The number of buckets of cases.
        shards: The number of shards.

    Yields:
        (shard, its news).
    """
    parts: dict[int, list[Frame]] = {shard: [] for shard in range(shards)}
    for bucket, part in by_bucket(events, buckets):
        parts[bucket % shards].append(part)
    for shard, frames in parts.items():
        yield shard, News(number, silent, concat_frames(frames, EVENTS))


class WatchCases(beam.PTransform[beam.PCollection[tuple[int, News]], beam.PCollection[Report]]):
    """Applies news to cases, and reports what events and new days change.

    An element's timestamp is the as-of date of its assessment. An event-time timer fires on the
    next day on which a case is due (`transforms.watch.due`), when the watermark reaches it.

    Args:
        night: Last night, from which the cases start.
        shards: The number of keys.
    """

    def __init__(self, night: Night, shards: int) -> None:
        super().__init__()
        self.night = night
        self.shards = shards

    def expand(self, pcoll: beam.PCollection[tuple[int, News]]) -> beam.PCollection[Report]:
        """Expand from (shard, news) to reports."""
        return pcoll | beam.ParDo(_Watch(self.night, self.shards)).with_output_types(Report)


_FRAME = FrameCoder()


_RECORDS = beam.DoFn.StateParam(ReadModifyWriteStateSpec("records", _FRAME))
_LOG = beam.DoFn.StateParam(ReadModifyWriteStateSpec("log", _FRAME))
_REPORTED = beam.DoFn.StateParam(ReadModifyWriteStateSpec("reported", _FRAME))
_DUE = beam.DoFn.StateParam(ReadModifyWriteStateSpec("due", _FRAME))
_REACHED = beam.DoFn.StateParam(ReadModifyWriteStateSpec("reached", StrUtf8Coder()))
_NEXT = TimerSpec("next", TimeDomain.WATERMARK)
_TIMER = beam.DoFn.TimerParam(_NEXT)


class _Watch(beam.DoFn):
    def __init__(self, night: Night, shards: int) -> None:
        self.night = night
        self.shards = shards
        # Some runners make a new function for each bundle; what it has read is kept.
        self.shared = Shared()

    def process(
        self,
        element: tuple[int, News],
        time: Any = beam.DoFn.TimestampParam,
        records: Any = _RECORDS,
        log: Any = _LOG,
        reported: Any = _REPORTED,
        due: Any = _DUE,
        reached: Any = _REACHED,
        timer: Any = _TIMER,
    ) -> Iterator[Report]:
        shard, news = element
        cases = self._cases(shard, (records, log, reported), due, reached)
        # A late element is assessed as of the latest day so far.
        day = max(_day(time), cases.reached)
        yield from cases.ring(day)
        yield cases.fold(news, day)
        cases.keep(timer)

    @on_timer(_NEXT)
    def ring(
        self,
        shard: int = beam.DoFn.KeyParam,
        time: Any = beam.DoFn.TimestampParam,
        records: Any = _RECORDS,
        log: Any = _LOG,
        reported: Any = _REPORTED,
        due: Any = _DUE,
        reached: Any = _REACHED,
        timer: Any = _TIMER,
    ) -> Iterator[Report]:
        """Handle a due day."""
        cases = self._cases(shard, (records, log, reported), due, reached)
        yield from cases.ring(_day(time))
        cases.keep(timer)

    def _cases(self, shard: int, known: tuple[Any, Any, Any], due: Any, reached: Any) -> _Cases:
        snapshot = self.shared.acquire(lambda: Snapshot(self.night))
        return _Cases(self.night, snapshot, self.shards, shard, known, due, reached)


class _Cases:
    """A shard's state while an element is processed."""

    def __init__(
        self,
        night: Night,
        snapshot: Snapshot,
        shards: int,
        shard: int,
        known: tuple[Any, Any, Any],
        due: Any,
        reached: Any,
    ) -> None:
        assert night.last is not None
        self.night, self.snapshot, self.shard = night, snapshot, shard
        self.states = (*known, due)
        self.reached_state = reached
        frames = [state.read() for state in known]
        self.known = Known.nothing() if frames[0] is None else Known(*frames)
        there = due.read()
        # Due days of touched cases; the others are due when last night's run says.
        self.due = DUE.to_frame() if there is None else there
        self.due_before = snapshot.due(shard, shards)
        self.reached = datetime.date.fromisoformat(reached.read() or str(night.last.as_of))

    def ring(self, day: datetime.date) -> Iterator[Report]:
        """Assess the cases that are due up to a day, each as of its own due day."""
        # A case may be due more than once up to the day.
        while (due := self._due_by(day)).height:
            one = due["due"].min()
            assert isinstance(one, datetime.date)
            cases = due.filter(due=one).select("case_id")
            yield self._report(f"day-{one}", 0, self._step(cases, EVENTS.to_frame(), one))
        self.reached = max(day, self.reached)

    def _due_by(self, day: datetime.date) -> Frame:
        """Find the cases that are due up to a day."""
        come = pl.col("due") <= day
        before = self.due_before.filter(come).join(self.known.reported, on="case_id", how="anti")
        return pl.concat([before, self.due.filter(come)])

    def fold(self, news: News, day: datetime.date) -> Report:
        """Apply events as of a day."""
        made = self._step(ids_of(news.events), news.events, day)
        reported = self._report(f"batch-{news.batch:06d}", news.events.height, made)
        if not news.silent:
            return reported
        return reported._replace(
            changes=reported.changes.clear(), recommendations=reported.recommendations.clear()
        )

    def _step(self, cases: Frame, events: Frame, day: datetime.date) -> Step:
        mine = self.known.of(cases)
        others = cases.join(self.known.reported, on="case_id", how="anti")
        made = step(mine.plus(self.snapshot.of(others)), events, self.night, day)
        self.known = self.known.but(cases).plus(made.known)
        self.due = pl.concat([self.due.join(cases, on="case_id", how="anti"), made.due])
        return made

    def _report(self, name: str, events: int, made: Step) -> Report:
        return Report(name, self.shard, events, made.unusable, made.changes, made.recommendations)

    def keep(self, timer: Any) -> None:
        """Write the state, and set the timer."""
        for state, frame in zip(self.states, (*self.known, self.due), strict=True):
            state.write(frame)
        self.reached_state.write(str(self.reached))
        # For a case that was touched since, it fires without effect.
        later = [due.filter(pl.col("due") > self.reached) for due in (self.due, self.due_before)]
        following = pl.concat(later)["due"].min()
        if following is None:
            timer.clear()
        else:
            assert isinstance(following, datetime.date)
            midnight = datetime.datetime.combine(following, datetime.time(), datetime.UTC)
            timer.set(Timestamp.from_utc_datetime(midnight))


def _day(time: Timestamp) -> datetime.date:
    return time.to_utc_datetime().date()
