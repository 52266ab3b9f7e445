"""What a watch has to do: its snapshot, its terms, and its clock."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from pipelines.inbox.batches import Place
from pipelines.nights.state import Previous
from pipelines.runs.run import run_rulebook
from schemas.errors import RunError, UsageError
from transforms.assess.frame import Terms
from transforms.nightly.changes import LastNight
from transforms.nightly.night import Night

# One key: in a single process, large frames are fastest.
SHARDS = 1
# Each day since last night is assessed separately.
MOST_DAYS = 31


@dataclass(frozen=True)
class Job:
    """What to watch.

    Args:
        place: Where changes are written.
        night: Last night.
        shift: The time to add to the clock.
        as_json: Whether to report in JSON.
        shards: The number of keys that cases are split into.
    """

    place: Place
    night: Night
    shift: datetime.timedelta
    as_json: bool
    shards: int = SHARDS

    def now(self) -> datetime.datetime:
        """The time by the watch's clock: UTC, without a time zone."""
        return utc_now() + self.shift


def utc_now() -> datetime.datetime:
    """The time by the machine's clock: UTC, without a time zone."""
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)


def plan_watch(state: str, last: Previous, shift: datetime.timedelta, *, as_json: bool) -> Job:
    """Plan a watch on a night's snapshot.

    Args:
        state: The directory of the nights.
        last: Last night.
        shift: The time to add to the clock.
        as_json: Whether to report in JSON.

    Raises:
        UsageError: Last night is too old, or later than today.
        RunError: Its rulebook is missing.
    """
    job = Job(Place(state, last.manifest.run_id), _night(last), shift, as_json)
    today = job.now().date()
    if not 0 <= (today - last.manifest.as_of).days <= MOST_DAYS:
        raise UsageError(
            f"last night was as of {last.manifest.as_of}, and today is {today}; "
            "run discretion nightly first, or give --as-of"
        )
    return job


def _night(previous: Previous) -> Night:
    """Return last night's terms, as of last night."""
    said = previous.manifest
    rulebook = run_rulebook(previous.run, said)
    if rulebook is None:
        raise RunError(f"{previous.run}: its rulebook isn't available")
    scope = rulebook.scopes[said.scope] if said.scope else None
    options = (said.presume, said.scope, said.courts)
    return Night(
        terms=Terms(rulebook, said.as_of, said.presume, scope, said.courts),
        options=options,
        buckets=previous.nightly.buckets,
        second_reader=previous.nightly.second_reader,
        last_run=previous.run,
        last=LastNight(said.as_of, said.rulebook.digest, options),
    )
