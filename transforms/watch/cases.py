"""The watch as a stateful transform: cases in Beam's state, and a timer for the next day due."""

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
        silent: Whether what it changes was said before.
        events: Columns of case_event.avsc; none where the batch has none for the shard.
    """

    batch: int
    silent: bool
    events: Frame


class Said(NamedTuple):
    """What there is to say after a batch, or on a day.

    Args:
        name: `batch-NUMBER`, or `day-DATE`: the same whenever the same is said again.
        shard: The shard.
        events: How many events came.
        aside: How many of them no fold can use.
        changes: Columns of change.avsc.
        recommendations: Those of the cases that changed, columns of recommendation.avsc.
    """

    name: str
    shard: int
    events: int
    aside: int
    changes: Frame
    recommendations: Frame


def by_shard(
    number: int, silent: bool, events: Frame, buckets: int, shards: int
) -> Iterator[tuple[int, News]]:
    """A batch parted by shard; each shard has its part, if an empty one.

    Args:
        number: The batch's number.
        silent: Whether what it changes was said before.
        events: Its events, columns of case_event.avsc.
        buckets: How many buckets of cases there are.
        shards: How many shards.

    Yields:
        (shard, its news).
    """
    parts: dict[int, list[Frame]] = {shard: [] for shard in range(shards)}
    for bucket, part in by_bucket(events, buckets):
        parts[bucket % shards].append(part)
    for shard, frames in parts.items():
        yield shard, News(number, silent, concat_frames(frames, EVENTS))


class WatchCases(beam.PTransform[beam.PCollection[tuple[int, News]], beam.PCollection[Said]]):
    """Folds news into cases and says what changes, by events and by days that come.

    An element's timestamp is the as-of date by which it is assessed. A timer in event time rings on
    the next day on which a case is due (`transforms.watch.due`), when the watermark comes to it.

    Args:
        night: Last night, from which the cases start.
        shards: How many keys there are.
    """

    def __init__(self, night: Night, shards: int) -> None:
        super().__init__()
        self.night = night
        self.shards = shards

    def expand(self, pcoll: beam.PCollection[tuple[int, News]]) -> beam.PCollection[Said]:
        """(shard, news) to what there is to say."""
        return pcoll | beam.ParDo(_Watch(self.night, self.shards)).with_output_types(Said)


_FRAME = FrameCoder()


_RECORDS = beam.DoFn.StateParam(ReadModifyWriteStateSpec("records", _FRAME))
_LOG = beam.DoFn.StateParam(ReadModifyWriteStateSpec("log", _FRAME))
_SAID = beam.DoFn.StateParam(ReadModifyWriteStateSpec("said", _FRAME))
_DUE = beam.DoFn.StateParam(ReadModifyWriteStateSpec("due", _FRAME))
_REACHED = beam.DoFn.StateParam(ReadModifyWriteStateSpec("reached", StrUtf8Coder()))
_NEXT = TimerSpec("next", TimeDomain.WATERMARK)
_TIMER = beam.DoFn.TimerParam(_NEXT)


class _Watch(beam.DoFn):
    def __init__(self, night: Night, shards: int) -> None:
        self.night = night
        self.shards = shards
        # Some runners make the function anew for each bundle; what it has read stays.
        self.shared = Shared()

    def process(
        self,
        element: tuple[int, News],
        time: Any = beam.DoFn.TimestampParam,
        records: Any = _RECORDS,
        log: Any = _LOG,
        said: Any = _SAID,
        due: Any = _DUE,
        reached: Any = _REACHED,
        timer: Any = _TIMER,
    ) -> Iterator[Said]:
        shard, news = element
        cases = self._cases(shard, (records, log, said), due, reached)
        # What comes late is assessed as of the day that others have brought.
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
        said: Any = _SAID,
        due: Any = _DUE,
        reached: Any = _REACHED,
        timer: Any = _TIMER,
    ) -> Iterator[Said]:
        """The day has come."""
        cases = self._cases(shard, (records, log, said), due, reached)
        yield from cases.ring(_day(time))
        cases.keep(timer)

    def _cases(self, shard: int, known: tuple[Any, Any, Any], due: Any, reached: Any) -> _Cases:
        snapshot = self.shared.acquire(lambda: Snapshot(self.night))
        return _Cases(self.night, snapshot, self.shards, shard, known, due, reached)


class _Cases:
    """A shard's state while an element is worked on."""

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
        # Of the cases that have been touched; the others are due when last night's run says.
        self.due = DUE.to_frame() if there is None else there
        self.due_before = snapshot.due(shard, shards)
        self.reached = datetime.date.fromisoformat(reached.read() or str(night.last.as_of))

    def ring(self, day: datetime.date) -> Iterator[Said]:
        """Weigh the cases that are due up to a day, each as of its own."""
        # A case may be due more than once up to the day.
        while (due := self._due_by(day)).height:
            one = due["due"].min()
            assert isinstance(one, datetime.date)
            cases = due.filter(due=one).select("case_id")
            yield self._say(f"day-{one}", 0, self._step(cases, EVENTS.to_frame(), one))
        self.reached = max(day, self.reached)

    def _due_by(self, day: datetime.date) -> Frame:
        """The cases that are due up to a day."""
        come = pl.col("due") <= day
        before = self.due_before.filter(come).join(self.known.said, on="case_id", how="anti")
        return pl.concat([before, self.due.filter(come)])

    def fold(self, news: News, day: datetime.date) -> Said:
        """Fold events in, as of a day."""
        made = self._step(ids_of(news.events), news.events, day)
        said = self._say(f"batch-{news.batch:06d}", news.events.height, made)
        if not news.silent:
            return said
        return said._replace(
            changes=said.changes.clear(), recommendations=said.recommendations.clear()
        )

    def _step(self, cases: Frame, events: Frame, day: datetime.date) -> Step:
        mine = self.known.of(cases)
        others = cases.join(self.known.said, on="case_id", how="anti")
        made = step(mine.plus(self.snapshot.of(others)), events, self.night, day)
        self.known = self.known.but(cases).plus(made.known)
        self.due = pl.concat([self.due.join(cases, on="case_id", how="anti"), made.due])
        return made

    def _say(self, name: str, events: int, made: Step) -> Said:
        return Said(name, self.shard, events, made.aside, made.changes, made.recommendations)

    def keep(self, timer: Any) -> None:
        """Write the state down and set the timer."""
        for state, frame in zip(self.states, (*self.known, self.due), strict=True):
            state.write(frame)
        self.reached_state.write(str(self.reached))
        # For a case that was touched since, it rings in vain.
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
