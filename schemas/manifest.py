"""The manifest: what one run read, did and wrote. A run exists once its manifest does."""

from __future__ import annotations

import datetime

from pydantic import BaseModel, ConfigDict, model_validator

from schemas.rulebook import Route


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class InputFile(_Part):
    """A file that was read.

    Args:
        path: As it was named or found.
        bytes: Its size.
        sha256: Digest of its bytes, hexadecimal.
    """

    path: str
    bytes: int
    sha256: str


class OutputFile(_Part):
    """A file that was written, relative to the run, with the records counted in it."""

    path: str
    records: int


class RulebookUsed(_Part):
    """Which rulebook, by id and by a digest of its content."""

    id: str
    digest: str


class Counts(_Part):
    """Where every case record that was read went; the parts add up.

    `completed` cases have left the docket by the as-of date; `quarantined` counts records;
    `unreadable_places` counts places of which nobody can say how many records they held.
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
        counts: Where every record went.
        grounds: How often each criterion grounds a recommendation.
        unknown: How often each criterion is UNKNOWN.
        missing_facts: How often each fact is asked for.
        quarantine: How often each reason sets records or places aside.
        warnings: How often each field was set to unknown in normalising.
        firm: Recommendations that no missing fact can change.
        look: Recommendations marked for a person's look.
        scope_unknown: Cases taken in although it is unknown whether they are in scope.
        versions: Versions of what computed it.
        started: When it began, UTC.
        seconds: How long it took.
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
    grounds: dict[str, int]
    unknown: dict[str, int]
    missing_facts: dict[str, int]
    quarantine: dict[str, int]
    warnings: dict[str, int]
    firm: int
    look: int
    scope_unknown: int
    versions: dict[str, str]
    started: datetime.datetime
    seconds: float
