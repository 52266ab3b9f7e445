"""Page: a course as one HTML file that needs nothing else; without a script, it can be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas.explanation import Explanation, Question, Reason
from schemas.facts import FACTS
from schemas.rulebook.compiled import CompiledCriterion, CompiledRulebook
from schemas.words import criterion_name, day, sentence
from transforms.explain.page import cited, outcome_in_words, sections, settled
from transforms.report.html import render
from transforms.report.page import MEANINGS
from transforms.training.course import Exercise
from transforms.training.scenario import KINDS, options

_ASSETS = Path(__file__).with_name("assets")
# What an explanation shows below its reasons; the file and the questions have their own places.
_ALSO = (
    "Conflicts in the record",
    "Ask before anybody accelerates",
    "Before anybody acts",
    "Changes by itself",
    "The score (points and threshold are this project's own)",
)
_LISTS = {
    "priority": "Priorities",
    "favored": "Favored classes",
    "finding": "Findings",
    "factor": "Factors to weigh",
}


@dataclass(frozen=True)
class CoursePage:
    """What a course's page shows.

    Args:
        rulebook: The rulebook.
        exercises: The exercises, in order.
        notice: What to know about the rulebook, such as that it isn't in force; or nothing.
    """

    rulebook: CompiledRulebook
    exercises: Sequence[Exercise]
    notice: str | None = None


def write_course(page: CoursePage) -> str:
    """Write the HTML of a course."""
    return render(
        "course.html.j2",
        _context(page),
        package="transforms.training",
        own_style=(_ASSETS / "course.css").read_text("utf-8"),
        script=(_ASSETS / "course.js").read_text("utf-8"),
    )


def _context(page: CoursePage) -> dict[str, Any]:
    return {
        "rulebook": page.rulebook.rulebook,
        "digest": page.rulebook.digest,
        "notice": page.notice,
        "meanings": MEANINGS,
        "criteria": [*_criteria(page.rulebook)],
        "exercises": [_exercise(one, page.rulebook) for one in page.exercises],
    }


def _criteria(rulebook: CompiledRulebook) -> Iterator[dict[str, Any]]:
    """Yield the criteria that a trainee chooses from, by list."""
    for name, heading in _LISTS.items():
        listed = [_criterion(one, rulebook) for one in rulebook.of_list(name)]
        if listed:
            yield {"list": name, "heading": heading, "criteria": listed}


def _criterion(one: CompiledCriterion, rulebook: CompiledRulebook) -> dict[str, str]:
    cite = one.criterion.cite
    return {
        "id": one.id,
        "name": criterion_name(one.id, one.criterion.title),
        "says": "" if cite is None else cite.says,
        "source": "" if cite is None else rulebook.rulebook.source(cite.source).title,
    }


def _exercise(one: Exercise, rulebook: CompiledRulebook) -> dict[str, Any]:
    answered, explanation = one.answered, one.explanation
    names = options(one.scenario, answered, rulebook)
    shown = sections(explanation)
    return {
        "id": one.scenario.id,
        "kind": KINDS[one.scenario.kind],
        "as_of": day(one.scenario.as_of),
        "file": one.file,
        "asks": [{"fact": name, "question": FACTS[name].question} for name in names],
        "route": answered.route,
        "reasons": answered.reasons,
        "missing": answered.missing,
        "lesson": one.scenario.lesson,
        "why": sentence(
            explanation.why or "The facts that are known leave open which rule applies"
        ),
        "settled": [item.text for item in settled(explanation)],
        "because": [_because(reason) for reason in explanation.reasons],
        "sections": {
            head: [item.text.removeprefix("- ") for item in shown[head]]
            for head in _ALSO
            if head in shown
        },
        "worth": [_worth(question, explanation) for question in explanation.ask],
    }


def _because(reason: Reason) -> dict[str, str]:
    facts = "; ".join(fact.says for fact in reason.facts)
    return {
        "name": criterion_name(reason.criterion, reason.title),
        "facts": facts,
        "says": "" if reason.citation is None else reason.citation.says,
        "cited": "" if reason.citation is None else cited(reason.citation),
    }


def _worth(question: Question, explanation: Explanation) -> dict[str, str]:
    """Write a question, and what each answer that changes something would lead to."""
    now = outcome_in_words(explanation.outcome)
    led = [(one.answer, outcome_in_words(one)) for one in question.answers]
    changes = "; ".join(f"{answer}: {outcome}" for answer, outcome in led if outcome != now)
    return {
        "question": question.question,
        "led": f"{changes}." if changes else "No answer changes it alone.",
    }
