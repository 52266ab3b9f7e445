"""The manifest: what one run read, did, and wrote. A run exists once its manifest does."""

from __future__ import annotations

import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, model_validator

from schemas.outcomes import Route, State
from schemas.table_import import TableImport

InputKind = Literal["cases", "events", "reviews"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class InputFile(_Part):
    """A file that was read.

    Args:
        path: The path as named or found.
        bytes: Its size.
        sha256: The digest of its bytes, in hexadecimal.
    """

    path: str
    bytes: int
    sha256: str


class DamagedFile(_Part):
    """A file of which a part couldn't be read and is in quarantine.

    Args:
        path: As in `inputs`.
        places: How many parts of it couldn't be read.
        records: How many records they held, as far as known.
        uncounted: For how many of those parts that is unknown.
        cut_short: Whether its end is missing; nobody can count the records after the cut.
    """

    path: str
    places: int
    records: int
    uncounted: int
    cut_short: bool


class LeftOutFile(_Part):
    """A file or folder from which nothing was read, and why."""

    path: str
    reason: str


class UnreadField(_Part):
    """A field of input files that isn't in the schema, so it wasn't read.

    Args:
        of: What the files hold.
        field: Its name, after the names of the fields that contain it.
        meant: The field of the schema that was probably meant; None if none is similar.
        files: How many files have it.
        first: The first of them.
    """

    of: InputKind
    field: str
    meant: str | None
    files: int
    first: str


class OutputFile(_Part):
    """A file that was written, relative to the run, with its number of records."""

    path: str
    records: int


class RulebookUsed(_Part):
    """Which rulebook, by id and by a digest of its content.

    `notices` say if it isn't in force on the as-of date, and if it doesn't pass its check.
    """

    id: str
    digest: str
    notices: tuple[str, ...] = ()


class Counts(_Part):
    """What happened to every case record that was read; the parts add up.

    `completed` cases have left the docket by the as-of date; `quarantined` counts records;
    `unreadable_places` counts places that held an unknown number of records.
    """

    read: int
    routed: dict[Route, int]
    quarantined: int
    duplicates: int
    completed: int = 0
    out_of_scope: int
    unreadable_places: int

    @model_validator(mode="after")
    def _reconcile(self) -> Counts:
        accounted = (
            sum(self.routed.values())
            + self.quarantined
            + self.duplicates
            + self.completed
            + self.out_of_scope
        )
        if self.read != accounted:
            raise ValueError(f"{self.read} records were read, {accounted} are accounted for")
        return self


class ConsumedFile(InputFile):
    """A file of events or reviews that a night read.

    Args:
        kind: events or reviews.
    """

    kind: Literal["events", "reviews"]


class NightEvents(_Part):
    """What happened to the events that a night read, and to those that wait.

    Args:
        read: Events read.
        repeated: Events that were already there, or arrived twice.
        conflicts: Events with another event's id but different content, except the greatest.
        quarantined: Events that can't be applied.
        unread: Events and reviews in damaged blocks, according to the blocks' headers.
        pending: Events waiting for their case to be opened, including those of earlier nights.
    """

    read: int
    repeated: int
    conflicts: int
    quarantined: int
    unread: int
    pending: int


class NightReviews(_Part):
    """Reviews: read tonight, new, refused (another review's id), quarantined, and all kept."""

    read: int
    new: int
    conflicts: int
    quarantined: int
    kept: int


class Nightly(_Part):
    """What only a night's run has.

    Args:
        previous: The run of the night before; None on a first night.
        buckets: The number of buckets that hold the cases.
        second_reader: Whether a review that expedites counts only with a second reader.
        consumed: Files of events and reviews that were read tonight.
        consumed_list: SHA-256 of consumed.ndjson, the list of all files that any night read.
        left_unread: Files that are cut short, as if still being written, and wait for the next
            night.
        foreign: Files that aren't Avro files of events or reviews.
        cases_before: Cases in last night's snapshot or, on a first night, in the case files.
        opened: Cases that events opened.
        cases: Cases in tonight's snapshot.
        events: What happened to events.
        reviews: What happened to reviews.
        changed: Cases whose recommendation differs from last night's.
        causes: How many of them each kind of cause contributes to.
        queue: Cases that wait for an attorney, by mark; "" for those without.
    """

    previous: str | None
    buckets: int
    second_reader: bool
    consumed: tuple[ConsumedFile, ...]
    consumed_list: str
    left_unread: tuple[str, ...]
    foreign: tuple[str, ...]
    cases_before: int
    opened: int
    cases: int
    events: NightEvents
    reviews: NightReviews
    changed: int
    causes: dict[str, int]
    queue: dict[str, int]

    @model_validator(mode="after")
    def _reconcile(self) -> Nightly:
        if self.cases != self.cases_before + self.opened:
            raise ValueError(
                f"{self.cases_before} cases and {self.opened} opened are not {self.cases}"
            )
        return self


class Manifest(_Part):
    """One run.

    Args:
        run_id: Name of the run's directory.
        rulebook: The rulebook applied.
        as_of: The as-of date.
        presume: Whether presumptions were used.
        scope: The scope, or None for every case.
        courts: The courts, or None for every court.
        inputs: Files read.
        outputs: Files written.
        counts: What happened to every record.
        states: Recommendations by route and state; they add up to `counts.routed`.
        needs_review: Recommendations that need human review, by route.
        forms: How often each form of an outcome is recommended.
        review_reasons: How many cases each kind of reason flags for human review.
        ask_first: How many recommendations to expedite lean on each presumed fact: what to ask
            before anybody accelerates.
        conflicts: How many records have each conflict.
        reasons: How many recommendations have each criterion as a reason.
        unknown: How many cases leave each criterion UNKNOWN.
        missing_facts: How many cases ask for each fact.
        settling_facts: How many cases an answer to each fact alone could settle.
        quarantine: How many entries in quarantine/ each reason has, of records or places.
        quarantined_records: How many case records each reason quarantines; they add up to
            `counts.quarantined`.
        damaged: Files of which a part couldn't be read; the rest of each was read.
        left_out: Files and folders from which nothing was read.
        unread_fields: Fields in the input files that aren't in the schema.
        tables: Workbooks and other tables that were read, with every row accounted for.
        warnings: How many values of each field were set to unknown.
        scope_unknown: Cases included although it is unknown whether they are in scope.
        versions: Versions of the software.
        started: When it began, UTC.
        seconds: How long it took.
        nightly: What only a night's run has; None for a backlog run.
    """

    run_id: str
    rulebook: RulebookUsed
    as_of: datetime.date
    presume: bool
    scope: str | None
    courts: tuple[str, ...] | None
    inputs: tuple[InputFile, ...]
    outputs: tuple[OutputFile, ...]
    counts: Counts
    states: dict[Route, dict[State, int]]
    needs_review: dict[Route, int]
    forms: dict[str, int]
    review_reasons: dict[str, int]
    ask_first: dict[str, int]
    conflicts: dict[str, int]
    reasons: dict[str, int]
    unknown: dict[str, int]
    missing_facts: dict[str, int]
    settling_facts: dict[str, int]
    quarantine: dict[str, int]
    quarantined_records: dict[str, int]
    damaged: tuple[DamagedFile, ...] = ()
    left_out: tuple[LeftOutFile, ...] = ()
    unread_fields: tuple[UnreadField, ...] = ()
    tables: tuple[TableImport, ...] = ()
    warnings: dict[str, int]
    scope_unknown: int
    versions: dict[str, str]
    started: AwareDatetime
    seconds: float
    nightly: Nightly | None = None

    @model_validator(mode="after")
    def _reconcile(self) -> Manifest:
        by_reason = sum(self.quarantined_records.values())
        if by_reason != self.counts.quarantined:
            raise ValueError(
                f"{self.counts.quarantined} records are quarantined, {by_reason} by reason"
            )
        for route, states in self.states.items():
            if sum(states.values()) != self.counts.routed[route]:
                raise ValueError(f"the states of {route} do not add up to its cases")
        return self
