"""Training results: what one trainee answered in a course, as the course's page saves it."""

from __future__ import annotations

import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.outcomes import Route

_Name = Field(max_length=200)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Answer(_Part):
    """One trainee's answer to one scenario.

    Args:
        scenario: The scenario's id.
        route: The route that the trainee chose.
        reasons: The criteria that the trainee named, by id.
        ask: The facts that the trainee would ask for, by name; empty for nothing.
    """

    scenario: str = _Name
    route: Route
    reasons: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()


class TrainingResult(_Part):
    """What one trainee answered.

    Args:
        version: The version of this form.
        rulebook: The rulebook's name.
        digest: The rulebook's digest, as in a manifest.
        trainee: A name, a number, or nothing.
        saved: When the page saved it.
        answers: The answers, in the order given.
    """

    version: Literal[1]
    rulebook: str = _Name
    digest: str = _Name
    trainee: str = Field(default="", max_length=200)
    saved: datetime.datetime
    answers: tuple[Answer, ...] = Field(max_length=10_000)
