"""An explanation: how one case came by its recommendation, as a model (JSON out).

`explanation.schema.json` declares the same for other programs; `python -m schemas.explanation`
prints it, and a test keeps them in step. The version grows when a field goes, or comes to mean
something else; a new field leaves it as it is.
"""

from __future__ import annotations

import datetime
import json
from typing import Literal

from pydantic import BaseModel, ConfigDict

from schemas.outcomes import Form, ReviewReason, Route, State, Step

Truth = Literal["true", "false", "unknown"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class FactSaid(_Part):
    """What is known of a fact.

    Args:
        fact: Its name in the catalog.
        label: What it is called.
        says: What is known of it, as `two felony convictions`; no words in it come from a record
            but codes that have no words of their own.
        confidential: The law that protects it; None where none does.
    """

    fact: str
    label: str
    says: str
    confidential: str | None = None


class Citation(_Part):
    """Where a criterion stands.

    Args:
        source: The document's title.
        place: Section and page; None where no source showed them.
        says: The document in substance: a paraphrase.
        seen: How well its wording is known.
    """

    source: str
    place: str | None
    says: str
    seen: str


class Reason(_Part):
    """A criterion that is TRUE on the record and bears on the route, with the very facts."""

    criterion: str
    title: str
    facts: tuple[FactSaid, ...]
    citation: Citation | None


class Check(_Part):
    """Facts that the route presumes for one reason, to be checked before anybody acts.

    Args:
        reason: Why they may be presumed.
        presumed: The facts, each as presumed.
        not_known: Facts that could speak against it, and are not known.
        settled_by: The step before acting that tells whether they hold; None where it is another.
    """

    reason: str
    presumed: tuple[FactSaid, ...]
    not_known: tuple[FactSaid, ...]
    settled_by: Step | None = None


class ReviewReasonSaid(_Part):
    """One reason for which a person must judge the case."""

    kind: ReviewReason
    reason: str


class StepSaid(_Part):
    """What the program required before anybody acted."""

    step: Step
    says: str


class ConflictSaid(_Part):
    """Two facts of the record that cannot both be true."""

    conflict: str
    says: str


class Answer(_Part):
    """What one answer to a question would lead to, by itself."""

    answer: str
    route: Route
    state: State
    needs_review: bool


class Question(_Part):
    """A fact to ask for.

    Args:
        fact: Its name in the catalog.
        label: What it is called.
        question: What to ask.
        settles: Whether an answer to it alone can settle the route.
        answers: What each answer would lead to.
        confidential: The law that protects it; None where none does.
    """

    fact: str
    label: str
    question: str
    settles: bool
    answers: tuple[Answer, ...]
    confidential: str | None = None


class Points(_Part):
    """A factor that is TRUE, and its points."""

    criterion: str
    title: str
    points: int


class Weighing(_Part):
    """The June 17 factors, weighed. Points and threshold are the project's own.

    Args:
        low: The lowest total under any answer to what is unknown.
        high: The highest.
        needed: What rows of the routing table ask for, as `close: at least 9`.
        points: The factors that are TRUE.
        decided: Whether it decided the route.
    """

    low: int
    high: int
    needed: tuple[str, ...]
    points: tuple[Points, ...]
    decided: bool


class Change(_Part):
    """The day on which something changes with no new fact, and to what."""

    on: datetime.date
    to: str


class CriterionSaid(_Part):
    """How one criterion came out.

    Args:
        criterion: Its id.
        list: priority, favored, factor or finding.
        title: Its title.
        value: true, false or unknown.
        facts: The facts that make it so.
        condition: The condition, as the rulebook has it.
        points: Of a factor, its weight.
        citation: Where it stands.
        changes: The first later day on which it comes out otherwise.
    """

    criterion: str
    list: str
    title: str
    value: Truth
    facts: tuple[FactSaid, ...]
    condition: str
    points: int | None
    citation: Citation | None
    changes: Change | None


class Outcome(_Part):
    """What is recommended.

    Args:
        route: close, continue or expedite.
        form: What kind of closing or acceleration; None where proceedings go on.
        state: How far the route is settled.
        needs_review: Whether a person must judge the case, whatever the route.
    """

    route: Route
    form: Form | None
    state: State
    needs_review: bool


class Difference(_Part):
    """What the answers given change.

    Args:
        before: What is recommended without them.
        criteria: Criteria that come out otherwise, each from what to what.
    """

    before: Outcome
    criteria: tuple[tuple[str, Truth, Truth], ...]


class Explanation(_Part):
    """How one case came by its recommendation. It recommends; an attorney decides.

    Args:
        version: Of this form.
        case_id: The case.
        rulebook: The rulebook's id.
        guidance: Its title.
        as_of: The as-of date.
        outcome: What is recommended.
        rule: The row of the routing table that decided; None while unknown facts leave it open.
        why: That row, in words.
        review_reasons: Why a person must judge the case.
        possible_routes: The routes that some answer to what is unknown could give.
        reasons: Criteria that bear on the route.
        adverse: Adverse facts on file.
        favorable: Favorable facts on file.
        convictions: The convictions on file, with the words as written.
        conflicts: Facts of the record that cannot be true together.
        checks: Presumptions to check before anybody acts.
        steps: What the program required before anybody acted.
        ask: What to ask next, the most decisive first.
        asked: How many facts could still change the route.
        changes: When the route changes by itself.
        weighing: The factors, weighed.
        warnings: Fields set to unknown in normalizing.
        criteria: Every criterion, in the rulebook's order.
        answers: Answers given to questions, not on file.
        difference: What those answers change; None without any.
    """

    version: Literal[1] = 1
    case_id: str | None
    rulebook: str
    guidance: str
    as_of: datetime.date
    outcome: Outcome
    rule: str | None
    why: str | None
    review_reasons: tuple[ReviewReasonSaid, ...]
    possible_routes: tuple[Route, ...]
    reasons: tuple[Reason, ...]
    adverse: tuple[FactSaid, ...]
    favorable: tuple[FactSaid, ...]
    convictions: tuple[str, ...]
    conflicts: tuple[ConflictSaid, ...]
    checks: tuple[Check, ...]
    steps: tuple[StepSaid, ...]
    ask: tuple[Question, ...]
    asked: int
    changes: Change | None
    weighing: Weighing
    warnings: tuple[str, ...]
    criteria: tuple[CriterionSaid, ...]
    answers: tuple[FactSaid, ...]
    difference: Difference | None


def json_schema() -> str:
    """The JSON schema of an explanation, as text."""
    return json.dumps(Explanation.model_json_schema(mode="serialization"), indent=2) + "\n"


if __name__ == "__main__":
    print(json_schema(), end="")
