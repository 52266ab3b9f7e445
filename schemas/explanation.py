"""An explanation: how one case came by its recommendation, as a model (JSON out).

`explanation.schema.json` declares the same for other programs. `python -m schemas.explanation`
prints it, and a test keeps the two in step. The version increases if a field is removed or changes
its meaning, but not if a field is added.
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


class ExplainedFact(_Part):
    """What is known about a fact.

    Args:
        fact: Its name in the catalog.
        label: What it is called.
        says: What is known about it, such as `two felony convictions`. None of these words come
            from a record, except codes that have no words of their own.
        confidential: The law that protects it, or None.
    """

    fact: str
    label: str
    says: str
    confidential: str | None = None


class Citation(_Part):
    """Where a criterion comes from.

    Args:
        source: The document's title.
        place: Section and page; None if no source shows them.
        says: A paraphrase of the document.
        seen: How well its wording is known.
    """

    source: str
    place: str | None
    says: str
    seen: str


class Reason(_Part):
    """A criterion that is TRUE on the record and affects the route, with the facts."""

    criterion: str
    title: str
    facts: tuple[ExplainedFact, ...]
    citation: Citation | None


class Check(_Part):
    """Facts that the route presumes for one reason, to be checked before anybody acts.

    Args:
        reason: Why they may be presumed.
        presumed: The facts, each as presumed.
        not_known: Unknown facts that could speak against it.
        settled_by: The step before acting that tells whether they hold; None where it is another.
    """

    reason: str
    presumed: tuple[ExplainedFact, ...]
    not_known: tuple[ExplainedFact, ...]
    settled_by: Step | None = None


class ExplainedReviewReason(_Part):
    """One reason for which a person must judge the case."""

    kind: ReviewReason
    reason: str


class ExplainedStep(_Part):
    """What the program required before anybody acted."""

    step: Step
    says: str


class ExplainedConflict(_Part):
    """Two facts of the record that can't both be true."""

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
        confidential: The law that protects it, or None.
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
    """The score of the June 17 factors. Points and threshold are the project's own.

    Args:
        low: The lowest total, whatever the unknown facts turn out to be.
        high: The highest.
        needed: What rows of the routing table require, such as `close: at least 9`.
        points: The factors that are TRUE.
        decided: Whether it decided the route.
    """

    low: int
    high: int
    needed: tuple[str, ...]
    points: tuple[Points, ...]
    decided: bool


class Change(_Part):
    """The date on which something changes without any new fact, and to what."""

    on: datetime.date
    to: str


class ExplainedCriterion(_Part):
    """The result of one criterion.

    Args:
        criterion: Its id.
        list: priority, favored, factor, or finding.
        title: Its title.
        value: true, false, or unknown.
        facts: The facts that make it so.
        condition: The condition, as in the rulebook.
        points: A factor's weight.
        citation: Its citation.
        changes: The first later date on which the result changes.
    """

    criterion: str
    list: str
    title: str
    value: Truth
    facts: tuple[ExplainedFact, ...]
    condition: str
    points: int | None
    citation: Citation | None
    changes: Change | None


class Outcome(_Part):
    """What is recommended.

    Args:
        route: close, continue, or expedite.
        form: The kind of closing or acceleration; None if proceedings go on.
        state: How far the route is settled.
        needs_review: Whether a person must judge the case, whatever the route.
    """

    route: Route
    form: Form | None
    state: State
    needs_review: bool


class Difference(_Part):
    """What the given answers change.

    Args:
        before: What is recommended without them.
        criteria: Criteria whose result changes, with the old and the new result.
    """

    before: Outcome
    criteria: tuple[tuple[str, Truth, Truth], ...]


class Explanation(_Part):
    """How one case came by its recommendation. It recommends. An attorney decides.

    Args:
        version: The version of this form.
        case_id: The case.
        rulebook: The rulebook's id.
        guidance: Its title.
        as_of: The as-of date.
        outcome: What is recommended.
        rule: The row of the routing table that decided; None if unknown facts leave it open.
        why: That row, in words.
        review_reasons: Why a person must judge the case.
        possible_routes: The routes that are possible, depending on unknown facts.
        reasons: Criteria that affect the route.
        adverse: Adverse facts on file.
        favorable: Favorable facts on file.
        convictions: The convictions on file, as written.
        conflicts: Facts of the record that can't be true together.
        checks: Presumptions to check before anybody acts.
        steps: What the program required before anybody acted.
        ask: What to ask next, the most decisive first.
        asked: How many facts could still change the route.
        changes: When the route changes by itself.
        weighing: The factors, weighed.
        warnings: Fields that were set to unknown.
        criteria: Every criterion, in the rulebook's order.
        answers: Answers given to questions, not on file.
        difference: What those answers change; None without answers.
    """

    version: Literal[1] = 1
    case_id: str | None
    rulebook: str
    guidance: str
    as_of: datetime.date
    outcome: Outcome
    rule: str | None
    why: str | None
    review_reasons: tuple[ExplainedReviewReason, ...]
    possible_routes: tuple[Route, ...]
    reasons: tuple[Reason, ...]
    adverse: tuple[ExplainedFact, ...]
    favorable: tuple[ExplainedFact, ...]
    convictions: tuple[str, ...]
    conflicts: tuple[ExplainedConflict, ...]
    checks: tuple[Check, ...]
    steps: tuple[ExplainedStep, ...]
    ask: tuple[Question, ...]
    asked: int
    changes: Change | None
    weighing: Weighing
    warnings: tuple[str, ...]
    criteria: tuple[ExplainedCriterion, ...]
    answers: tuple[ExplainedFact, ...]
    difference: Difference | None


def json_schema() -> str:
    """Return the JSON schema of an explanation, as text."""
    return json.dumps(Explanation.model_json_schema(mode="serialization"), indent=2) + "\n"


if __name__ == "__main__":
    print(json_schema(), end="")
