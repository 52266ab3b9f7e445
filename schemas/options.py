"""Options: how to assess cases, as the user gives them."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from schemas.codes import aliases, code_key

RunId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class ReviewOptions(BaseModel):
    """How cases are assessed, and which cases.

    Args:
        rulebook: Name of a rulebook that comes with the project, or a file.
        as_of: The as-of date; None for the date on which the guidance was issued.
        presume: Whether to use the rulebook's presumptions.
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
    """What to assess, and where to write it.

    Args:
        input: Files, globs, or directories.
        output: The directory of the runs.
        run_id: The run's name; None for as-of date and rulebook.
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
        input: On a first night, the case files: files, globs, or directories.
        second_reader: The route for which a review needs a second reader.
        dry_run: Whether to only report what would be done.
    """

    state: str = Field(min_length=1)
    events: str = Field(min_length=1)
    reviews: str | None = None
    input: tuple[str, ...] | None = None
    second_reader: Literal["expedite"] | None = None
    dry_run: bool = False


class WatchOptions(BaseModel):
    """What to watch, and on which snapshot.

    Args:
        state: The directory of the nights.
        inbox: The directory in which event files arrive.
        source: A queue whose events are also stored in the inbox, or None.
        as_of: The date to use as today; None for the real one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: str = Field(min_length=1)
    inbox: str = Field(min_length=1)
    source: str | None = None
    as_of: datetime.date | None = None
