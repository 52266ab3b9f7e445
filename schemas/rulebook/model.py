"""The rulebook: one guidance document as data.

These pydantic models are the vocabulary of a rulebook file (YAML). `schemas.rulebooks` loads a
rulebook, `transforms.explain.check` checks it, and `transforms.route.recommendation` applies it.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    model_validator,
)

from schemas.outcomes import Form, Route, State, Step

ListName = Literal["priority", "favored", "factor", "finding"]
Office = Literal["attorneys", "agency", "department"]
Seen = Literal["text", "secondary", "substance", "once"]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Truth = bool | Literal["unknown"]


# A score is a sum of weights, and must fit the 32 bits that it has in a recommendation.
HEAVIEST = 10_000_000


class _Part(BaseModel):
    # A rulebook that was kept compiled isn't validated again, so its validators needn't be built.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Source(_Part):
    """A published document that the rulebook encodes."""

    id: Slug
    title: Text
    publisher: Text
    date: datetime.date
    note: str | None = None


class Citation(_Part):
    """Where a criterion is in its document; `says` paraphrases it.

    `seen` says how well the wording is known: from the document's own text, from a secondary
    source, in substance only, or from a text that was retrieved once and not seen again.
    """

    source: Slug
    section: Text | None = None
    page: StrictInt | Text | None = None
    says: Text
    seen: Seen = "text"


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


class Interval(_Part):
    """Days on which a document is in force: from `from` up to, but not including, `to`."""

    since: datetime.date = Field(alias="from")
    to: datetime.date | None
    how: Text | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Interval:
        if self.to is not None and self.to <= self.since:
            raise ValueError("`to` must be after `from`")
        return self

    def __contains__(self, day: datetime.date) -> bool:
        return self.since <= day and (self.to is None or day < self.to)


class Circumstance(_Part):
    """A condition on the record, and its meaning in words."""

    when: Text
    says: Text


class Presumption(_Part):
    """Facts that may be presumed if unknown, so that they don't stop a route.

    They are presumed only if `basis` is TRUE on the record, and no condition in `against` is TRUE
    or reads a fact in conflict. `reason` says why, for each route that leans on them. A
    `settled_by` is the step before acting that tells whether they hold.
    """

    id: Slug
    presume: dict[Identifier, StrictBool | StrictInt] = Field(min_length=1)
    basis: Circumstance
    against: tuple[Circumstance, ...] = ()
    reason: dict[Route, Text] = Field(min_length=1)
    settled_by: Step | None = None

    def reason_for(self, route: Route) -> str:
        """Say why the facts may be presumed if a route leans on them."""
        return self.reason.get(route) or next(iter(self.reason.values()))


class Milestone(_Part):
    """A date on which something becomes true by itself: a time after a date fact, or a fixed day.

    It is reached `years`, `months`, and `days` after the date `from`, or on `day`. February 29 has
    its anniversary on March 1 in common years, so that no period is cut short.
    """

    id: Identifier
    since: Identifier | None = Field(alias="from", default=None)
    day: datetime.date | None = None
    years: int | str = 0
    months: int | str = 0
    days: int | str = 0
    note: str | None = None

    @model_validator(mode="after")
    def _from_one_day(self) -> Milestone:
        if (self.since is None) == (self.day is None):
            raise ValueError("a milestone has either `from` or `day`")
        if self.day is not None and (self.years, self.months, self.days) != (0, 0, 0):
            raise ValueError("a milestone with a `day` has no `years`, `months` or `days`")
        return self


class Judgment(_Part):
    """Words of a criterion that a person must judge.

    The case needs human review if `when` is TRUE (without `when`, if the criterion is TRUE) and the
    criterion isn't FALSE.
    """

    when: Text | None = None
    why: Text


class Criterion(_Part):
    """One cited condition: TRUE, FALSE, or UNKNOWN for a case.

    A `finding` is on neither list and has no weight; rows of the routing table may name it.
    """

    id: Identifier
    list: ListName
    title: Text
    cite: Citation | None = None
    when: Text
    weight: Annotated[StrictInt, Field(ge=-HEAVIEST, le=HEAVIEST)] | None = None
    protected: tuple[Identifier, ...] = ()
    judgment: Judgment | None = None
    note: str | None = None


class RoutingRow(_Part):
    """One row of the routing table; the first that holds decides."""

    id: Slug
    when: Text
    route: Route
    form: Form | None = None
    why: Text
    needs_review: bool = False


class HumanReview(_Part):
    """A condition that, if TRUE, flags a case with one of `routes` for human review."""

    id: Slug
    when: Text
    routes: tuple[Route, ...] = Field(default=get_args(Route), min_length=1)
    why: Text


class Scope(_Part):
    """Which cases a program covers. A case for which that is unknown is included."""

    id: Slug
    title: Text
    cite: Citation
    when: Text


class Expectation(_Part):
    """The expected result of an example; only what is named is compared."""

    route: Route | None = None
    form: Form | None = None
    state: State | None = None
    rule: str | None = None
    needs_review: bool | None = None
    criteria: dict[str, Truth] = {}
    reasons: list[str] | None = None
    checks: list[str] | None = None
    possible_routes: list[Route] | None = None
    missing_facts: list[str] | None = None
    settling_facts: list[str] | None = None
    conflicts: list[str] | None = None
    score: tuple[int, int] | None = None
    changes_on: datetime.date | None = None
    changes_to: Route | None = None


class Example(_Part):
    """A small case record with the expected result: a test, and documentation.

    `case` holds the fields of a case record that are known; if `presume` is false, the presumptions
    are off.
    """

    name: Text
    as_of: datetime.date
    case: dict[str, Any] = {}
    presume: bool = True
    expect: Expectation


class Companion(_Part):
    """A document that several rulebooks share, as the parts it adds to each."""

    id: Slug
    title: Text
    in_force: tuple[Interval, ...] = ()
    notes: str | None = None
    sources: tuple[Source, ...] = ()
    parameters: dict[Identifier, ParameterNote] = {}
    presumptions: tuple[Presumption, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    human_review: tuple[HumanReview, ...] = ()
    examples: tuple[Example, ...] = ()


class Rulebook(_Part):
    """One guidance document as data: sources, milestones, criteria, weights, routing table."""

    id: Slug
    title: Text
    issued: datetime.date
    office: Office = "agency"
    in_force: tuple[Interval, ...] = ()
    companions: tuple[Slug, ...] = ()
    summary: Text
    notes: str | None = None
    sources: tuple[Source, ...]
    parameters: dict[Identifier, ParameterNote] = {}
    counted_convictions: CountedConvictions = CountedConvictions()
    presumptions: tuple[Presumption, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    criteria: tuple[Criterion, ...]
    routing: tuple[RoutingRow, ...] = Field(min_length=1)
    human_review: tuple[HumanReview, ...] = ()
    steps: dict[Route, tuple[Step, ...]] = {}
    scopes: tuple[Scope, ...] = ()
    examples: tuple[Example, ...] = ()

    def with_companion(self, companion: Companion) -> Rulebook:
        """Add a companion's parts after the rulebook's own; the rulebook's own parameters win."""
        added = {
            part: getattr(self, part) + getattr(companion, part) for part in ADDED_BY_COMPANIONS
        }
        # Its own first.
        parameters = self.parameters | {
            name: note for name, note in companion.parameters.items() if name not in self.parameters
        }
        # The result is whole, so it no longer names the companions that it contains.
        still_named = tuple(name for name in self.companions if name != companion.id)
        return self.model_copy(
            update={**added, "parameters": parameters, "companions": still_named}
        )

    def in_force_on(self, day: datetime.date) -> bool:
        """Tell whether the document is in force on a date."""
        return any(day in interval for interval in self.in_force)

    def source(self, source_id: str) -> Source:
        """Return the source with that id."""
        return next(source for source in self.sources if source.id == source_id)

    def citation(self, criterion: Criterion) -> str:
        """Write a criterion's citation on one line: document, section, page."""
        cite = criterion.cite
        if cite is None:
            return ""
        page = None if cite.page is None else f"p. {cite.page}"
        parts = (self.source(cite.source).title, cite.section, page)
        return ", ".join(part for part in parts if part is not None)


ADDED_BY_COMPANIONS = (
    "sources",
    "presumptions",
    "milestones",
    "criteria",
    "human_review",
    "examples",
)
