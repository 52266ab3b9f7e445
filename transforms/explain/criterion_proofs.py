"""Criterion proofs: criteria that are never TRUE, always TRUE, or make no difference."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.rulebook.compile import either
from schemas.rulebook.compiled import LISTS, CompiledCriterion, CompiledRulebook, Problem
from schemas.rulebook.condition import Condition
from schemas.rulebook.tree import joined, negated, truth
from transforms.explain.examples import NOTHING_SHOWN, Shown
from transforms.explain.notes import Note
from transforms.explain.possible import can_be_true
from transforms.explain.worlds import reads

LIST_WORDS = {"priority": "priorities", "favored": "favored classes"}


def criterion_problems(
    rulebook: CompiledRulebook, shown: Shown = NOTHING_SHOWN
) -> Iterator[Problem]:
    """Describe what is wrong with criteria.

    Args:
        rulebook: The rulebook.
        shown: What its examples show, which proves as much as a search.

    Yields:
        Criteria that no case can meet, that every case meets, or that nothing reads.
    """
    for number, criterion in enumerate(rulebook.criteria):
        place = ("criteria", number)
        if _turned_off(criterion):
            continue
        can_hold = criterion.id in shown.true or can_be_true(criterion.condition, rulebook)
        if can_hold is False:
            yield Problem(
                place, f"{criterion.id} can never be TRUE: no case can meet its condition"
            )
        elif (
            criterion.id not in shown.false
            and can_be_true(_not(criterion.condition), rulebook) is False
        ):
            yield Problem(
                place, f"{criterion.id} can never be FALSE: every case meets its condition"
            )
        if reason := _idle(criterion, rulebook):
            yield Problem(place, f"{criterion.id} can never matter: {reason}")


def criterion_notes(rulebook: CompiledRulebook, shown: Shown = NOTHING_SHOWN) -> Iterator[Note]:
    """Describe what a reader of the criteria should know, although it may be intended.

    Args:
        rulebook: The rulebook.
        shown: What its examples show, which proves as much as a search.

    Yields:
        Criteria that parameters turn off, criteria that hold only if another one on their list
        does, and factors if no row reads the score.
    """
    named = _named(rulebook)
    rows = reads([row.when for row in rulebook.rulebook.routing])
    for number, criterion in enumerate(rulebook.criteria):
        place, on = ("criteria", number), criterion.criterion.list
        if _turned_off(criterion):
            yield Note(
                place, f"{criterion.id} is turned off by its parameters", "OFF", criterion.id
            )
            continue
        if on in LISTS and criterion.id not in named and criterion.id not in shown.alone:
            others = [c.condition for c in rulebook.of_list(on) if c.id != criterion.id]
            if others and can_be_true(_alone(criterion, others), rulebook) is False:
                yield Note(
                    place,
                    f"{criterion.id} never decides: whenever it holds, so does another "
                    f"of the {LIST_WORDS[on]}",
                    "COVERED",
                    criterion.id,
                    criterion.criterion.title,
                )
    factors = rulebook.of_list("factor")
    if factors and "score" not in rows:
        yield Note(
            ("routing",),
            "no row reads the score: the factors order the queue and decide nothing",
            "SCORE",
            "the score: the factors order the queue and decide nothing",
        )


def _turned_off(criterion: CompiledCriterion) -> bool:
    """Tell whether the parameters alone make a condition FALSE."""
    return criterion.condition.tree is truth(False) and ":" in criterion.criterion.when


def _idle(criterion: CompiledCriterion, rulebook: CompiledRulebook) -> str | None:
    """Say why a criterion makes no difference to anything; None if it may."""
    on = criterion.criterion.list
    if on == "factor":
        return None if criterion.criterion.weight else "its weight is 0"
    if criterion.criterion.judgment is not None or criterion.id in _named(rulebook):
        return None
    if on == "finding":
        return "no row, rule of human review, or other criterion names it"
    if on in _named(rulebook):
        return None
    return f"nothing reads whether one of the {LIST_WORDS[on]} holds"


def _named(rulebook: CompiledRulebook) -> set[str]:
    """Collect the names that rows, rules of human review, and criteria mention."""
    book = rulebook.rulebook
    judged = [c.judgment.when for c in book.criteria if c.judgment is not None and c.judgment.when]
    return reads(
        [
            *(row.when for row in book.routing),
            *(review.when for review in book.human_review),
            *(criterion.when for criterion in book.criteria),
            *judged,
        ]
    )


def _not(condition: Condition) -> Condition:
    return Condition(negated(condition.tree), condition.facts, condition.milestones)


def _alone(criterion: CompiledCriterion, others: list[Condition]) -> Condition:
    """Make the condition that one criterion holds and some others don't."""
    rest, own = either(others), criterion.condition
    return Condition(
        joined("and", (own.tree, negated(rest.tree))),
        tuple(dict.fromkeys((*own.facts, *rest.facts))),
        tuple(dict.fromkeys((*own.milestones, *rest.milestones))),
    )
