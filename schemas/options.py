"""Options: how cases are to be reviewed, as a user says it."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from schemas.codes import aliases, code_key

RunId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class ReviewOptions(BaseModel):
    """How cases are weighed, and which.

    Args:
        rulebook: Name of a rulebook that comes with the project, or a file.
        as_of: The as-of date; None for the day the guidance was issued.
        presume: Whether the rulebook's presumptions are used.
        scope: A scope of the rulebook; None for every case.
        courts: Court codes; None for every court.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    rulebook: str
    as_of: datetime.date | None = None
    presume: bool = True
    scope: str | None = None
    courts: tuple[str, ...] | None = None

    @field_validator("courts")
    @classmethod
    def _known_courts(cls, courts: tuple[str, ...] | None) -> tuple[str, ...] | None:
        known = aliases("courts")
        for court in courts or ():
            if known.get(code_key(court)) != court:
                raise ValueError(f"{court} isn't a court code; write codes such as BAL,DEN")
        if courts == ():
            raise ValueError("names no court; write codes such as BAL,DEN")
        return courts


class BacklogOptions(ReviewOptions):
    """What to review and where to write it.

    Args:
        input: Files, globs or directories.
        output: The directory in which runs are kept.
        run_id: Name of the run; None for as-of date and rulebook.
    """

    input: tuple[str, ...] = Field(min_length=1)
    output: str = Field(min_length=1)
    run_id: RunId | None = None


class NightlyOptions(ReviewOptions):
    """What a night reads and where its state is.

    Args:
        state: The directory of the nights.
        events: Directory of event files.
        reviews: Directory of review files; None for none.
        input: On a first night, the case files; files, globs or directories.
        second_reader: The route that a review gives only with a second reader.
        dry_run: Whether only to say what would be done.
    """

    state: str = Field(min_length=1)
    events: str = Field(min_length=1)
    reviews: str | None = None
    input: tuple[str, ...] | None = None
    second_reader: Literal["expedite"] | None = None
    dry_run: bool = False


class WatchOptions(BaseModel):
    """What is watched, and on which snapshot.

    Args:
        state: The directory of the nights.
        inbox: Directory in which event files land.
        source: A queue whose events land in the inbox too; None for none.
        as_of: The day for which today is taken; None for today.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: str = Field(min_length=1)
    inbox: str = Field(min_length=1)
    source: str | None = None
    as_of: datetime.date | None = None
