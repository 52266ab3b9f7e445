"""The status of the nights: the last good one, and what has failed since."""

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
        why: One line that names files and fields, never a person's data.
    """

    at: datetime.datetime
    why: str


class GoodNight(_Part):
    """The last good night.

    Args:
        run_id: The name of its directory.
        as_of: Its as-of date.
        rulebook: Id of its rulebook.
        finished: When it finished, UTC.
        age_seconds: How long ago that was; negative if a clock is or was wrong.
        seconds: How long it took.
        cases: Cases in its snapshot.
        routed: Cases by route and state.
        needs_review: Cases flagged for human review, by route.
        completed: Cases that the court completed.
        out_of_scope: Cases outside the night's scope or courts.
        quarantined: Records that couldn't be read or normalized.
        changed: Cases whose recommendation differed from the night before's.
        causes: How many of them each kind of cause contributes to.
        queue: Cases that wait for an attorney, by mark; "" for those without.
        reviews: Reviews kept.
        pending: Events waiting for their case to be opened.
        left_unread: Files that are cut short and wait.
        foreign: Files that held something else.
        damaged_files: Files of which a part couldn't be read and is lost until the file is
            repaired.
        lost_records: Records in those parts, as far as known.
        lost_uncounted: For how many of those parts that is unknown.
        left_out: Files and folders from which nothing was read.
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
    """The status of the nights.

    Args:
        state: The directory of the nights.
        last_good: The last good night, or None.
        failed: The night that failed since, or None.
        unfinished: Runs that are being written or that killed nights left behind; the next night
            removes the latter.
    """

    state: str
    last_good: GoodNight | None
    failed: Failure | None
    unfinished: tuple[str, ...]
