"""Intake: what to ask a client in English and Spanish, and what to bring (`intake.yaml`)."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from schemas.catalogs import read_catalog

Language = Literal["en", "es"]


class _Texts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    en: str
    es: str

    def of(self, language: Language) -> str:
        """Return the text in a language."""
        return self.es if language == "es" else self.en


class ClientQuestion(_Texts):
    """A question for a client.

    Args:
        facts: The facts of the catalog that the answer helps to settle.
        answer: What kind of answer it takes.
        bring: The papers that show the answer.
    """

    facts: tuple[str, ...]
    answer: Literal["yes_no", "date", "text", "list"]
    bring: _Texts | None = None


class Topic(_Texts):
    """Questions on one topic, by id."""

    questions: dict[str, ClientQuestion]


class Intake(BaseModel):
    """All questions for a client, and the facts that only an attorney can answer.

    Args:
        topics: The topics, by id.
        attorney: Facts that no client can answer.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    topics: dict[str, Topic]
    attorney: tuple[str, ...]

    def question_on(self, fact: str) -> ClientQuestion | None:
        """Return the question that helps to settle a fact, if a client can answer one."""
        for topic in self.topics.values():
            for question in topic.questions.values():
                if fact in question.facts:
                    return question
        return None


@functools.cache
def intake() -> Intake:
    """Return the questions."""
    return Intake.model_validate(read_catalog(Path(__file__).with_suffix(".yaml")))
