"""How the nights of a state stand: the last good one, and what has failed since."""

from __future__ import annotations

import datetime

from pydantic import BaseModel, ConfigDict

from schemas.outcomes import Route, State


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Failure(_Part):
    """A night that failed.

    Args:
        at: When, UTC.
        why: One line; it names files and fields, never a person's data.
    """

    at: datetime.datetime
    why: str


class GoodNight(_Part):
    """The last good night.

    Args:
        run_id: Name of its directory.
        as_of: Its as-of date.
        rulebook: Id of its rulebook.
        finished: When it was done, UTC.
        age_seconds: How long ago that was; negative where a clock is or was wrong.
        seconds: How long it took.
        cases: Cases in its snapshot.
        routed: Cases by route and state.
        needs_review: Cases flagged for human review, by route.
        completed: Cases that the court has completed.
        out_of_scope: Cases that the night's scope or courts leave out.
        quarantined: Records that could not be read or normalized.
        changed: Cases whose recommendation differed from the night before's.
        causes: In how many of them each kind of cause has a part.
        queue: Cases that wait for an attorney, by mark; "" for those without.
        reviews: Reviews kept.
        pending: Events that wait for their case to be opened.
        left_unread: Files that were cut short, and wait.
        foreign: Files that held something else.
        damaged_files: Files of which a part could not be read, and is lost until it is repaired.
        lost_records: Records in those parts, as far as that is known.
        lost_uncounted: In how many of those parts it is not.
        left_out: Files and folders of which nothing was read.
    """

    run_id: str
    as_of: datetime.date
    rulebook: str
    finished: datetime.datetime
    age_seconds: float
    seconds: float
    cases: int
    routed: dict[Route, dict[State, int]]
    needs_review: dict[Route, int]
    completed: int
    out_of_scope: int
    quarantined: int
    changed: int
    causes: dict[str, int]
    queue: dict[str, int]
    reviews: int
    pending: int
    left_unread: int
    foreign: int
    damaged_files: int
    lost_records: int
    lost_uncounted: int
    left_out: int


class Status(_Part):
    """How the nights stand.

    Args:
        state: The directory in which nights are kept.
        last_good: The last good night; None where there is none.
        failed: The night that failed since; None where none has.
        unfinished: Runs being written, or left by killed nights; the next night removes those.
    """

    state: str
    last_good: GoodNight | None
    failed: Failure | None
    unfinished: tuple[str, ...]
