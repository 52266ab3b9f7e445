"""What a watch has to do: its snapshot, its terms, and its clock."""

from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass

from pipelines.inbox.batches import Place
from pipelines.nights.state import Previous
from pipelines.runs.run import run_rulebook
from schemas.errors import RunError, UsageError
from transforms.assess.frame import Terms
from transforms.nightly.night import Night

# Each day since last night is assessed separately.
MOST_DAYS = 31


@dataclass(frozen=True)
class WatchPlan:
    """What to watch.

    Args:
        place: Where changes are written.
        night: Last night.
        shift: The time to add to the clock.
        as_json: Whether to report in JSON.
        elsewhere: Whether workers in other processes write the reports, which this one prints.
    """

    place: Place
    night: Night
    shift: datetime.timedelta
    as_json: bool
    elsewhere: bool = False

    @property
    def shards(self) -> int:
        """Return the number of keys that cases are split into."""
        return self.place.shards

    def now(self) -> datetime.datetime:
        """The time by the watch's clock: UTC, without a time zone."""
        return utc_now() + self.shift


def utc_now() -> datetime.datetime:
    """The time by the machine's clock: UTC, without a time zone."""
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)


def plan_watch(
    state: str, last: Previous, shift: datetime.timedelta, *, as_json: bool, workers: int = 0
) -> WatchPlan:
    """Plan a watch on a night's snapshot.

    Args:
        state: The directory of the nights.
        last: Last night.
        shift: The time to add to the clock.
        as_json: Whether to report in JSON.
        workers: The number of workers in other processes; 0 in process.

    Raises:
        UsageError: Last night is too old, or later than today.
        RunError: Its rulebook is missing.
    """
    night = _night(last)
    # In a single process, one key is enough: large frames are fastest.
    place = Place(state, last.manifest.run_id, max(1, min(workers, night.buckets)))
    plan = WatchPlan(place, night, shift, as_json, elsewhere=workers > 0)
    today = plan.now().date()
    if not 0 <= (today - last.manifest.as_of).days <= MOST_DAYS:
        raise UsageError(
            f"last night was as of {last.manifest.as_of}, and today is {today}; "
            "run discretion nightly first, or give --as-of"
        )
    return dataclasses.replace(plan, place=place.keep_shards())


def _night(previous: Previous) -> Night:
    """Return last night's terms, as of last night."""
    rulebook = run_rulebook(previous.run, previous.manifest)
    if rulebook is None:
        raise RunError(f"{previous.run}: its rulebook isn't available")
    last = previous.terms
    return Night(
        terms=Terms(rulebook, last.as_of, last.presume, last.scope, last.courts),
        buckets=previous.nightly.buckets,
        second_reader=previous.nightly.second_reader,
        last_run=previous.run,
        last=last,
    )
