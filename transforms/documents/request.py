"""Request: the draft in which a respondent's attorney asks for prosecutorial discretion.

Its parts are those that the attorneys' offices asked for: who asks for what, why the case isn't a
priority, what speaks for the person and against, with evidence, and what is still missing.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from schemas.codes import court_names
from schemas.explanation import Citation, ExplainedCriterion, ExplainedFact, Explanation
from schemas.intake import ClientQuestion, Intake, Language
from schemas.outcomes import FORMS, Form
from schemas.rulebook.model import Rulebook
from schemas.shown import shown
from schemas.words import criterion_name, day, sentence
from transforms.documents.document import (
    Asked,
    Block,
    Document,
    Fields,
    Heading,
    Item,
    Items,
    Note,
    Paragraph,
)
from transforms.documents.intake import asked
from transforms.explain.page import outcome_in_words

ANSWER_HERE = "[Attorney: answer this, with evidence.]"
MOST_LISTED = 6
_ASKS: dict[Form, str] = {
    "NOT_FILING": "not to file the Notice to Appear with the immigration court",
    "ADMINISTRATIVE_CLOSURE": "to join a motion to close the proceedings administratively",
    "DISMISSAL_WITHOUT_PREJUDICE": "to move to dismiss the proceedings without prejudice",
}
_CLIENT = {
    "en": "Questions for you, and what to bring",
    "es": "Preguntas para usted y qué papeles traer",
}


def draft(
    explanation: Explanation,
    record: Mapping[str, Any],
    rulebook: Rulebook,
    intake: Intake,
    language: Language,
) -> Document:
    """Draft a request for one case.

    Args:
        explanation: The explanation of its recommendation, with every criterion and question.
        record: Its normalized case record.
        rulebook: The rulebook.
        intake: The questions for clients.
        language: The client's language, for the last page; the request itself is in English.

    Returns:
        The draft.
    """
    blocks: list[Block] = [
        *_heading(explanation, record),
        *_asked_for(explanation, rulebook),
        *_no_priority(explanation),
        *_in_favor(explanation, intake),
        *_against(explanation),
        Paragraph("Respectfully submitted,"),
        Fields((("Attorney for the respondent", ""), ("Date", ""))),
        *_missing(explanation),
        *_for_client(explanation, intake, language),
    ]
    return Document(
        "en",
        "Request for prosecutorial discretion",
        "Draft for an attorney: not reviewed, not filed",
        tuple(blocks),
    )


def _heading(explanation: Explanation, record: Mapping[str, Any]) -> Iterator[Block]:
    court = record["court"]
    hearing = record["next_hearing"]
    yield Note(
        f"Drafted from the case file as of {day(explanation.as_of)}. Check each fact before you "
        "sign, and remove the notes in gray. Facts that the law protects (8 USC 1367, 8 CFR 208.6) "
        "are marked: decide what to disclose."
    )
    yield Fields(
        (
            ("To", "Office of the Principal Legal Advisor" + _of_office(record)),
            ("Respondent", ""),
            ("A-number", _text(record["a_number"])),
            ("Case", _text(explanation.case_id)),
            ("Immigration court", court_names().get(court, court) if court else ""),
            ("Next hearing", day(datetime.date.fromisoformat(hearing)) if hearing else ""),
        )
    )


def _of_office(record: Mapping[str, Any]) -> str:
    office = _text(record["opla_office"])
    return f", {office}" if office else ""


def _text(value: str | None) -> str:
    return "" if value is None else shown(value)


def _asked_for(explanation: Explanation, rulebook: Rulebook) -> Iterator[Block]:
    outcome = explanation.outcome
    rows = [row for row in rulebook.routing if row.route == "close" and row.form in _ASKS]
    possible = sorted({row.form for row in rows if row.form}, key=FORMS.index)
    forms = [outcome.form] if outcome.form in _ASKS else possible
    yield Heading("What the respondent asks for")
    if forms:
        ways = " or ".join(_ASKS[form] for form in forms if form is not None)
        yield Paragraph(
            f"The respondent asks the Department to exercise prosecutorial discretion, and {ways}, "
            f"under {_named(explanation)}."
        )
    else:
        yield Paragraph(
            "The respondent asks the Department to exercise prosecutorial discretion, and "
            "[Attorney: say how]. No case is closed by rule under "
            f"{_named(explanation)}: the request rests on the discretion of the office."
        )
    if len(forms) > 1:
        yield Note(
            "Keep one of these. Which it is turns on whether the Notice to Appear was filed."
        )
    if outcome.route == "close":
        why = f" {sentence(explanation.why)}" if explanation.why else ""
        yield Paragraph(f"The file supports this under that guidance.{why}")
    else:
        could = (
            " Facts that aren't known could still make it close: see what is missing, below."
            if "close" in explanation.possible_routes
            else " No fact that is still unknown makes it close: the request asks for an exception."
        )
        yield Note(f"On this file, the recommendation is {outcome_in_words(outcome)}.{could}")


def _named(explanation: Explanation) -> str:
    title = explanation.guidance
    return title if title.split()[0].isupper() else f"the {title[0].lower()}{title[1:]}"


def _no_priority(explanation: Explanation) -> Iterator[Block]:
    priorities = [one for one in explanation.criteria if one.list == "priority"]
    if not priorities:
        return
    holds = [one for one in priorities if one.value == "true"]
    unknown = [one for one in priorities if one.value == "unknown"]
    cleared = [one for one in priorities if one.value == "false"]
    yield Heading("Why the case isn't a priority" if not holds else "Priorities that apply")
    if holds:
        yield Items(
            tuple(
                Item(
                    f"{criterion_name(one.criterion, one.title)}: {_facts(one.facts)}.",
                    (ANSWER_HERE,),
                )
                for one in holds
            )
        )
    if cleared:
        whole = (
            "None of the guidance's priorities applies"
            if not holds and not unknown
            else ("On the record, these priorities do not apply")
        )
        yield Paragraph(f"{whole}: {_titles(cleared)}.")
    if unknown:
        yield Note(
            f"The file doesn't show whether these apply, so get the evidence first: "
            f"{_titles(unknown)}."
        )


def _titles(criteria: Sequence[ExplainedCriterion]) -> str:
    return "; ".join(one.title[0].lower() + one.title[1:] for one in criteria)


def _in_favor(explanation: Explanation, intake: Intake) -> Iterator[Block]:
    favorable = [
        one
        for one in explanation.criteria
        if one.value == "true"
        and (one.list == "favored" or (one.list == "factor" and (one.points or 0) > 0))
    ]
    # A class comes before a factor, and a heavy factor before a light one.
    favorable.sort(key=lambda one: (one.list != "favored", -(one.points or 0)))
    by_facts: dict[tuple[ExplainedFact, ...], list[ExplainedCriterion]] = {}
    for one in favorable:
        by_facts.setdefault(one.facts, []).append(one)
    items = [
        _reason(_titles(group), facts, [one.citation for one in group], intake)
        for facts, group in by_facts.items()
    ]
    read = {fact.fact for facts in by_facts for fact in facts}
    if also := tuple(fact for fact in explanation.favorable if fact.fact not in read):
        items.append(_reason("also on file", also, [], intake))
    yield Heading("What speaks for the respondent")
    if items:
        yield Items(tuple(items), numbered=True)
    else:
        yield Note(
            "The file shows nothing in the respondent's favor yet: see what is missing, below."
        )


def _reason(
    title: str, facts: Sequence[ExplainedFact], citations: Sequence[Citation | None], intake: Intake
) -> Item:
    """State one reason: what the guidance calls it, the facts, where it stands, the evidence."""
    places = dict.fromkeys(_place(citation) for citation in citations if citation is not None)
    below = [f"{place}." for place in places]
    asked_for = (intake.question_on(fact.fact) for fact in facts)
    papers = (q.bring.en for q in asked_for if q is not None and q.bring is not None)
    # A client brings "your" papers; a request attaches them.
    if evidence := "; ".join(dict.fromkeys(paper.replace("your ", "the ") for paper in papers)):
        below.append(f"Attach: {evidence}.")
    return Item(f"{title[0].upper()}{title[1:]}: {_facts(facts)}.", tuple(below))


def _place(citation: Citation) -> str:
    place = f", {citation.place}" if citation.place else ""
    unseen = "" if citation.seen == "text" else " [check the wording: its text was not seen]"
    return f"{citation.source}{place}{unseen}"


def _facts(facts: Sequence[ExplainedFact]) -> str:
    return "; ".join(
        fact.says + (" [protected by law]" if fact.confidential else "") for fact in facts
    )


def _against(explanation: Explanation) -> Iterator[Block]:
    adverse = [*explanation.convictions, *(fact.says for fact in explanation.adverse)]
    items = [Item(sentence(text), (ANSWER_HERE,)) for text in adverse]
    items += [
        Item(conflict.says, ("[Attorney: say which of the two is right.]",))
        for conflict in explanation.conflicts
    ]
    yield Heading("What speaks against the respondent, and our answer")
    if items:
        yield Items(tuple(items))
    else:
        yield Paragraph("The file shows no adverse fact.")
        yield Note("That isn't a finding that there are none: see what is missing, below.")


def _missing(explanation: Explanation) -> Iterator[Block]:
    presumed = [fact.says for check in explanation.checks for fact in check.presumed]
    if not presumed and not explanation.ask:
        return
    yield Heading("For the attorney: what is still missing")
    if presumed:
        yield Note(
            f"Presumed, and to be checked before anybody relies on it: {'; '.join(presumed)}."
        )
    if explanation.ask:
        questions = tuple(Item(question.question) for question in explanation.ask[:MOST_LISTED])
        yield Note("Ask first, the most decisive question first:")
        yield Items(questions, numbered=True)
        if (more := len(explanation.ask) - MOST_LISTED) > 0:
            yield Note(f"{more} more could matter: the command explain lists them all.")


def _for_client(explanation: Explanation, intake: Intake, language: Language) -> Iterator[Block]:
    found: list[ClientQuestion] = []
    for one in explanation.ask:
        question = intake.question_on(one.fact)
        if question is not None and question not in found:
            found.append(question)
    if not found:
        return
    yield Heading(_CLIENT[language], new_page=True)
    questions: list[Asked] = [
        asked(number, question, language) for number, question in enumerate(found, start=1)
    ]
    yield from questions
