"""Questions: how to name each fact to a person, and how to ask for it (`questions.yaml`)."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.catalogs import read_catalog


class Question(BaseModel):
    """How to name one fact, and how to ask for it.

    Args:
        label: What it is called; for a number of things, the plural.
        question: What to ask.
        one: For a number of things, the singular.
        absent: What to say if it is known not to be so; None for "LABEL: no".
        weighs: Which way it weighs with an attorney if it is so; None for neither.
        confidential: The law that protects it; None if it isn't confidential by law.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str
    question: str
    one: str | None = None
    absent: str | None = Field(default=None, alias="no")
    weighs: Literal["against", "for"] | None = None
    confidential: str | None = None


@functools.cache
def questions() -> dict[str, Question]:
    """Return the questions, by the names of their facts."""
    content: dict[str, dict[str, str]] = read_catalog(Path(__file__).with_suffix(".yaml"))
    return {name: Question.model_validate(entry) for name, entry in content.items()}
