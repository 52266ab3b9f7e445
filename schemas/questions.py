"""Questions: how each fact is named to a person, and asked for (`questions.yaml`)."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field


class Question(BaseModel):
    """How one fact is named and asked for.

    Args:
        label: What it is called; of a number of things, their plural.
        question: What to ask.
        one: Of a number of things, the singular.
        absent: What is said where it is known not to be so; None for "LABEL: no".
        weighs: Which way it weighs with an attorney where it is so; None for neither.
        confidential: The law that protects it; None for a fact that is not confidential by law.
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
    """The questions by the names of their facts."""
    text = Path(__file__).with_name("questions.yaml").read_text("utf-8")
    content: dict[str, dict[str, str]] = yaml.load(text, Loader=yaml.CBaseLoader)
    return {name: Question.model_validate(entry) for name, entry in content.items()}
