"""Page: an explanation as text of 80 columns, for an attorney."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from schemas.explanation import (
    Answer,
    Check,
    Citation,
    ExplainedCriterion,
    ExplainedFact,
    Explanation,
    Outcome,
    Question,
    Weighing,
)
from schemas.outcomes import FORM_TEXTS, STEP_TEXTS, Step
from schemas.words import criterion_name, day, sentence, warning_in_words

WIDTH = 80
YEARS_AHEAD = 5
# If more presumptions than this share a reason, the page says how many, and --all lists them.
MOST_PRESUMED = 3
MOST_POINTS = 8
MOST_REASONS = 3
MARK = "[confidential]"
PROTECTED_BY = "protected from disclosure by law (8 USC 1367, 8 CFR 208.6)"
SEEN = {
    "text": "text seen",
    "secondary": "secondary source",
    "substance": "in substance only",
    "once": "seen once",
}
STATES = {"ON_THE_RECORD": "on the record", "AFTER_CHECKS": "after checks", "OPEN": "open"}
_STATE_SENTENCES = {
    "ON_THE_RECORD": "On the record: no fact that is still unknown can change the route.",
    "AFTER_CHECKS": "After checks: it leans on presumptions. Check them before anybody acts.",
    "OPEN": "Open: it continues only because facts are unknown. Ask for them.",
}
_LISTS = {
    "priority": "Priorities",
    "favored": "Favored classes",
    "finding": "Findings",
    "factor": "Factors",
}


@dataclass(frozen=True)
class Line:
    """A line of the page, and whether it is a heading."""

    text: str
    heading: bool = False


@dataclass(frozen=True)
class Item:
    """A paragraph: its text, and the indentation of its first and of its other lines."""

    text: str
    first: int = 2
    other: int = 4

    def lines(self) -> Iterator[Line]:
        """Wrap it to lines."""
        wrapped = textwrap.wrap(
            self.text,
            WIDTH,
            initial_indent=" " * self.first,
            subsequent_indent=" " * self.other,
            break_long_words=False,
            break_on_hyphens=False,
        )
        yield from (Line(text) for text in wrapped)


def page(explanation: Explanation, *, everything: bool = False) -> Iterator[Line]:
    """Write an explanation as lines.

    Args:
        explanation: The explanation.
        everything: Whether to list every presumption, and every criterion at the end.

    Yields:
        Lines of at most `WIDTH` columns, unless a single word is longer.
    """
    body = [*_headline(explanation)]
    for heading, items in sections(explanation, everything=everything).items():
        lines = [line for item in items for line in item.lines()]
        body += [Line(""), Line(heading, heading=True), *lines]
    yield from body
    yield Line("")
    if any(MARK in line.text for line in body):
        yield from Item(f"{MARK}: {PROTECTED_BY}.", 0, 0).lines()
    yield Line("It recommends. An attorney decides.")


def sections(explanation: Explanation, *, everything: bool = False) -> dict[str, list[Item]]:
    """Write what an explanation says below its outcome.

    Args:
        explanation: The explanation.
        everything: Whether to list every presumption, and every criterion at the end.

    Returns:
        Paragraphs by heading, in order; none is empty.
    """
    before, acting = _before_acting(explanation, everything)
    # What nobody has asked comes before the reasons to accelerate the case.
    first = explanation.outcome.route == "expedite" and bool(explanation.checks)
    found = {
        "With the answers given": _difference(explanation),
        **({before: acting} if first else {}),
        "Why": _why(explanation, everything),
        "Conflicts in the record": [Item(sentence(one.says)) for one in explanation.conflicts],
        "Adverse facts on file": _on_file(explanation.adverse, explanation.convictions),
        "Favorable facts on file": _on_file(explanation.favorable, ()),
        **({} if first else {before: acting}),
        "What to ask next": _ask(explanation),
        "Changes by itself": _by_itself(explanation, everything),
        "The score (points and threshold are this project's own)": _weighed(
            explanation.weighing, everything
        ),
        "Not read, so not known": [
            Item(warning_in_words(warning)) for warning in explanation.warnings
        ],
        **(_criteria(explanation.criteria) if everything else {}),
    }
    listed = {heading: list(items) for heading, items in found.items()}
    return {heading: items for heading, items in listed.items() if items}


def settled(explanation: Explanation) -> Iterator[Item]:
    """Say how far the route is settled, and why a person must judge it."""
    outcome = explanation.outcome
    yield Item(_STATE_SENTENCES[outcome.state])
    others = [route for route in explanation.possible_routes if route != outcome.route]
    if others:
        yield Item(f"Unknown facts could still make it {' or '.join(others)}.")
    for review in explanation.review_reasons:
        yield Item(f"Needs human review: {sentence(review.reason)}")


def outcome_in_words(outcome: Outcome | Answer) -> str:
    """Write a route with its state, such as `close, after checks`."""
    flagged = ", needs human review" if outcome.needs_review else ""
    return f"{outcome.route}, {STATES[outcome.state]}{flagged}"


def _headline(explanation: Explanation) -> Iterator[Line]:
    outcome = explanation.outcome
    name = explanation.case_id or "A case without an id"
    form = f": {FORM_TEXTS[outcome.form]}" if outcome.form else ""
    yield Line(f"{name}, as of {day(explanation.as_of)}", heading=True)
    yield from Item(f"{explanation.guidance} ({explanation.rulebook})", 0, 2).lines()
    yield Line("")
    yield Line(f"{outcome.route.upper()}{form}", heading=True)
    for item in settled(explanation):
        yield from item.lines()


def _difference(explanation: Explanation) -> Iterator[Item]:
    if explanation.difference is None:
        return
    yield Item(f"Answered, but not on file: {_facts(explanation.answers)}.")
    before = explanation.difference.before
    if before == explanation.outcome:
        yield Item(f"The recommendation stays as it is: {outcome_in_words(before)}.")
    else:
        yield Item(f"Without them: {outcome_in_words(before)}.")
        yield Item(f"With them: {outcome_in_words(explanation.outcome)}.")
    moved = [f"{name} from {old} to {new}" for name, old, new in explanation.difference.criteria]
    if moved:
        yield Item(f"Criteria that change: {'; '.join(moved)}.")


def _why(explanation: Explanation, everything: bool) -> Iterator[Item]:
    why = explanation.why or "The facts that are known leave open which rule applies."
    yield Item(sentence(why))
    last = None
    shown = explanation.reasons if everything else explanation.reasons[:MOST_REASONS]
    for reason in shown:
        # A title that equals the fact doesn't need to be repeated.
        new = [fact for fact in reason.facts if fact.says.lower() != reason.title.lower()]
        facts = f": {_facts(new)}" if new else ""
        yield Item(f"{criterion_name(reason.criterion, reason.title)}{facts}")
        if reason.citation is not None:
            yield Item(cited(reason.citation, last), 6, 6)
            last = reason.citation.source
    if more := explanation.reasons[len(shown) :]:
        names = "; ".join(reason.title for reason in more)
        yield Item(f"and for: {names} (--all says why)")


def cited(citation: Citation, last: str | None = None) -> str:
    """Write a citation on one line: document, place, and how it was seen.

    Args:
        citation: The citation.
        last: The document that was cited just before.
    """
    source = "the same" if citation.source == last else citation.source
    place = f", {citation.place}" if citation.place else ""
    return f"{source}{place} ({SEEN[citation.seen]})"


def _on_file(facts: Sequence[ExplainedFact], convictions: Sequence[str]) -> Iterator[Item]:
    for conviction in convictions:
        yield Item(f"conviction: {conviction}")
    if facts:
        yield Item(_facts(facts), 2, 2)


def _before_acting(explanation: Explanation, everything: bool) -> tuple[str, list[Item]]:
    expedited = explanation.outcome.route == "expedite"
    heading = "Ask before anybody accelerates" if expedited else "Before anybody acts"
    if everything:
        checks = [Item(f"- {_check(check)}") for check in explanation.checks]
        return heading, [*checks, *(Item(f"- {step.says}") for step in explanation.steps)]
    return heading, [Item(f"- {text}") for text in _checks_in_short(explanation)]


def _checks_in_short(explanation: Explanation) -> Iterator[str]:
    """Yield one text per reason; what a step of the program settles comes with the step."""
    by_step: dict[Step, list[ExplainedFact]] = {}
    for check in explanation.checks:
        if check.settled_by is not None:
            by_step.setdefault(check.settled_by, []).extend(check.presumed)
    for step, presumed in by_step.items():
        yield f"{STEP_TEXTS[step]} Presumed until then: {_first(presumed)}."
    others = [check for check in explanation.checks if check.settled_by is None]
    if explanation.outcome.route == "expedite" and others:
        # All of them: each is to be asked, whatever the reason that it may be presumed.
        facts = [fact for check in others for fact in check.presumed]
        yield f"None of this is on file, and each could stop it: {_facts(facts, labels=True)}."
    else:
        for check in others:
            yield f"{sentence(check.reason)} Presumed: {_first(check.presumed)}."
    rest = [step.says for step in explanation.steps if step.step not in by_step]
    if rest:
        yield " ".join(rest)


def _first(presumed: Sequence[ExplainedFact]) -> str:
    """List the first presumptions, and say how many more there are."""
    more = len(presumed) - MOST_PRESUMED
    return _facts(presumed[:MOST_PRESUMED]) + (f"; and {more} more" if more > 0 else "")


def _check(check: Check) -> str:
    unseen = f" Also not known: {_facts(check.not_known, labels=True)}." if check.not_known else ""
    return f"{sentence(check.reason)} Presumed: {_facts(check.presumed)}.{unseen}"


def _ask(explanation: Explanation) -> Iterator[Item]:
    for place, question in enumerate(explanation.ask, start=1):
        mark = f" {MARK}" if question.confidential else ""
        name = question.fact.replace("_", "-")
        yield Item(f"{place}. {question.question} ({name}){mark}", 2, 5)
        yield Item(_answers(question, explanation.outcome), 5, 5)
    if explanation.ask:
        rest = explanation.asked - len(explanation.ask)
        more = f" {rest} more could matter: see --all." if rest else ""
        yield Item(f"To try an answer: --set NAME=ANSWER.{more}", 2, 2)


def _answers(question: Question, outcome: Outcome) -> str:
    now = (outcome.route, outcome.state, outcome.needs_review)
    led = [
        f"{one.answer}: {outcome_in_words(one)}"
        for one in question.answers
        if (one.route, one.state, one.needs_review) != now
    ]
    if not led:
        return "No answer changes it alone."
    return f"{'; '.join(led)}."


def _by_itself(explanation: Explanation, everything: bool) -> Iterator[Item]:
    change = explanation.changes
    if change is None:
        return
    on, today = change.on, explanation.as_of
    if everything or (on.year - YEARS_AHEAD, on.month, on.day) <= (
        today.year,
        today.month,
        today.day,
    ):
        yield Item(f"On {day(change.on)} the route changes to {change.to}, with no new fact.")


def _weighed(weighing: Weighing, everything: bool) -> Iterator[Item]:
    if not (weighing.decided or everything):
        return
    low, high = weighing.low, weighing.high
    total = (
        f"{low} points" if low == high else f"{low} to {high} points, depending on unknown facts"
    )
    asked = f" Threshold to {'; to '.join(weighing.needed)}." if weighing.needed else ""
    yield Item(f"{total}.{asked}")
    points = weighing.points if everything else weighing.points[:MOST_POINTS]
    if points:
        yield Item("; ".join(f"{one.points:+d} {one.title}" for one in points), 2, 5)


def _criteria(criteria: Iterable[ExplainedCriterion]) -> dict[str, list[Item]]:
    sections: dict[str, list[Item]] = {heading: [] for heading in _LISTS.values()}
    for one in criteria:
        items = sections[_LISTS[one.list]]
        points = f" ({one.points:+d})" if one.points is not None else ""
        named = criterion_name(one.criterion, one.title)
        items.append(Item(f"{one.value.upper():<7} {named}{points}", 2, 10))
        if one.facts:
            items.append(Item(_facts(one.facts), 10, 10))
        if one.citation is not None:
            items.append(Item(cited(one.citation), 10, 10))
        if one.changes is not None:
            items.append(Item(f"becomes {one.changes.to} on {day(one.changes.on)}", 10, 10))
    return sections


def _facts(facts: Sequence[ExplainedFact], *, labels: bool = False) -> str:
    return "; ".join(
        (fact.label if labels else fact.says) + (f" {MARK}" if fact.confidential else "")
        for fact in facts
    )
