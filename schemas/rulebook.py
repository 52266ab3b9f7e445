"""The rulebook: one guidance document as data.

These are the words of a rulebook file (YAML) as pydantic models. `schemas.rulebooks` loads one,
`schemas.rulebook_check` says what is wrong with one, `transforms.route.recommendation` applies one.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
)

Route = Literal["close", "continue", "expedite"]
ROUTES: tuple[Route, ...] = ("close", "continue", "expedite")
ListName = Literal["priority", "favored", "factor"]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Truth = bool | Literal["unknown"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Part):
    """A published document that the rulebook encodes."""

    id: Slug
    title: Text
    publisher: Text
    date: datetime.date
    note: str | None = None


class Citation(_Part):
    """Where a criterion stands in its document.

    `confirmed` says whether the encoded threshold was seen in the document's text or is known in
    substance only.
    """

    source: Slug
    section: Text
    says: Text
    confirmed: Literal["text", "substance"] = "text"


class ParameterNote(_Part):
    """A word that the sources leave open, as an adjustable value with the reason for it."""

    value: StrictBool | StrictInt | datetime.date | str | list[str] = Field(
        union_mode="left_to_right"
    )
    note: Text


class CountedConvictions(_Part):
    """Which convictions count as convictions."""

    foreign: bool = True
    juvenile: bool = False
    vacated: bool = False
    expunged: bool = True
    pardoned: bool = True
    note: str | None = None


class Presumption(_Part):
    """A fact that, where unknown, may be presumed so that it does not stop a route.

    `unless` is a condition under which it is not presumed, such as an allegation in the NTA.
    """

    fact: Identifier
    value: bool | int
    reason: Text
    unless: str | None = None


class Milestone(_Part):
    """A date at which a fact flips by itself: so long after a date fact.

    Reached from `years`, `months` and `days` after the date `from` on. A 29 February has its
    anniversary on 1 March in common years, so that no period is cut short.
    """

    id: Identifier
    since: Identifier = Field(alias="from")
    years: int | str = 0
    months: int = 0
    days: int = 0
    note: str | None = None


class Criterion(_Part):
    """One cited condition; TRUE, FALSE or UNKNOWN of a case."""

    id: Identifier
    list: ListName
    title: Text
    cite: Citation | None = None
    when: Text
    weight: int | None = None
    protected: tuple[Identifier, ...] = ()
    note: str | None = None


class RoutingRow(_Part):
    """One row of the routing table; the first that holds decides."""

    id: Slug
    when: Text
    route: Route
    why: Text
    look: bool = False


class Scope(_Part):
    """Which cases a review takes in; a case of which that is unknown is taken in."""

    id: Slug
    title: Text
    cite: Citation
    when: Text


class Expectation(_Part):
    """What an example must come out as; only what is named is compared."""

    route: Route | None = None
    rule: str | None = None
    look: bool | None = None
    criteria: dict[str, Truth] = {}
    grounds: list[str] | None = None
    checks: list[str] | None = None
    possible_routes: list[Route] | None = None
    firm: bool | None = None
    missing_facts: list[str] | None = None
    score: tuple[int, int] | None = None
    changes_on: datetime.date | None = None
    changes_to: Route | None = None


class Example(_Part):
    """A small case record with the expected result: a test, and documentation.

    `case` holds the fields of a case record that are known; `presume` turns the presumptions off
    when false.
    """

    name: Text
    as_of: datetime.date
    case: dict[str, Any] = {}
    presume: bool = True
    expect: Expectation


class Rulebook(_Part):
    """One guidance document as data: sources, milestones, criteria, weights, routing table."""

    id: Slug
    title: Text
    issued: datetime.date
    summary: Text
    notes: str | None = None
    sources: tuple[Source, ...] = Field(min_length=1)
    parameters: dict[Identifier, ParameterNote] = {}
    counted_convictions: CountedConvictions = CountedConvictions()
    presumptions: tuple[Presumption, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    routing: tuple[RoutingRow, ...] = Field(min_length=1)
    scopes: tuple[Scope, ...] = ()
    examples: tuple[Example, ...] = ()

    def source(self, source_id: str) -> Source:
        """The source of that id."""
        return next(source for source in self.sources if source.id == source_id)

    def citation(self, criterion: Criterion) -> str:
        """A criterion's citation as one line: document, section."""
        if criterion.cite is None:
            return ""
        return f"{self.source(criterion.cite.source).title}, {criterion.cite.section}"
