"""The catalog of facts: every named, typed column that a rulebook may read.

A fact is derived from the fields of a case record by `transforms.score.facts`. Three kinds of fact
are three-valued in different ways:

- `bool` and `code` facts are one column of the same name; null means "not known".
- `count` and `date` facts are two columns, `NAME.low` and `NAME.high`: the truth lies between them.
  They are known when both are equal. A null bound is open. For example, if a file has one felony
  and one conviction of unknown grade, `felony_convictions` is between 1 and 2, and
  `felony_convictions >= 1` is TRUE although the count isn't known.

No fact changes with the calendar. Something that does, such as being 65, is a milestone of the
rulebook.

The facts themselves are data: `facts.yaml`, and `questions.yaml` for how each is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from schemas.catalogs import read_catalog
from schemas.questions import Question, questions

FactKind = Literal["bool", "count", "date", "code"]

# Kinds of removal that count as removals; voluntary departures and returns don't.
REMOVALS = ("REMOVAL", "EXPEDITED_REMOVAL", "REINSTATED_ORDER", "DEPORTATION", "EXCLUSION")


@dataclass(frozen=True, slots=True)
class Fact:
    """One named, typed column derived from a case record.

    Args:
        name: The column's name, as conditions write it.
        kind: `bool`, `count` (a number of things), `date`, or `code` (one of `values`, or any
            text).
        doc: What it says, in one line.
        fields: The record fields that it is derived from, such as `convictions.grade`.
        values: The codes that a `code` fact can have; empty if it can have any text.
        protected: Whether it is a protected attribute (nationality, sex, language).
        only_if: A `bool` fact that must be true for this one to exist. If someone never entered
            illegally, nobody needs to ask when they last did.
        seen: Whether it says that a source was seen, so that presumptions may rest on it.
        settled_by: Facts to ask for first, if everything counted is listed (the upper bound is
            known) and one of them is unknown. Whether a conviction on file counts depends on
            whether it was vacated, so the question is that, not how many convictions there are.
    """

    name: str
    kind: FactKind
    doc: str
    fields: tuple[str, ...]
    values: tuple[str, ...] = ()
    protected: bool = False
    only_if: str | None = None
    seen: bool = False
    settled_by: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the fact's columns in a fact frame."""
        if self.kind in ("count", "date"):
            return (low(self.name), high(self.name))
        return (self.name,)

    @property
    def asked(self) -> Question:
        """Return how to name it to a person, and how to ask for it."""
        return questions()[self.name]

    @property
    def label(self) -> str:
        """Return what a person calls it, such as `military service, the respondent`."""
        return self.asked.label

    @property
    def question(self) -> str:
        """Return the question that asks for it."""
        return self.asked.question

    @property
    def confidential(self) -> str | None:
        """Return the law that protects it, or None."""
        return self.asked.confidential


def low(name: str) -> str:
    """Return the column for the lower bound of a `count` or `date` fact."""
    return f"{name}.low"


def high(name: str) -> str:
    """Return the column for the upper bound of a `count` or `date` fact."""
    return f"{name}.high"


# Whether a conviction counts depends on these, and on what a rulebook counts.
_COUNTS = (
    "convictions.jurisdiction",
    "convictions.juvenile_adjudication",
    "convictions.vacated",
    "convictions.expunged",
    "convictions.pardoned",
    "convictions.date",
    "birth_date",
)
_ASKED_FIRST = ("vacated_convictions", "juvenile_adjudications")


def _fact(name: str, entry: Mapping[str, Any]) -> Fact:
    of_convictions = "convictions" in entry
    fields = tuple(entry.get("from", (name,)))
    if of_convictions:
        own = (f"convictions.{column}" for column in entry["convictions"])
        fields = tuple(dict.fromkeys((*own, *_COUNTS)))
    return Fact(
        name,
        entry.get("kind", "bool"),
        entry["says"],
        fields,
        values=tuple(entry.get("values", ())),
        protected=bool(entry.get("protected")),
        only_if=entry.get("only_if"),
        seen=bool(entry.get("seen")),
        settled_by=_ASKED_FIRST if of_convictions else (),
    )


def _catalog() -> dict[str, Fact]:
    entries = read_catalog(Path(__file__).with_suffix(".yaml"))
    return {name: _fact(name, entry) for name, entry in entries.items()}


FACTS: dict[str, Fact] = _catalog()
# The fact that each column of a fact frame belongs to.
FACT_OF: dict[str, str] = {column: fact.name for fact in FACTS.values() for column in fact.columns}
