"""Intake: the questionnaire of everything that a rulebook can turn on, heaviest questions first."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

from schemas.facts import FACTS
from schemas.intake import ClientQuestion, Intake, Language, Topic
from schemas.rulebook.compiled import LISTS, CompiledRulebook
from transforms.documents.document import Asked, Block, Document, Heading, Item, Items, Paragraph

_LINES = {"yes_no": 1, "date": 0, "text": 2, "list": 4}


@dataclass(frozen=True)
class _Words:
    title: str
    banner: str
    opening: str
    choices: tuple[str, ...]
    date: str
    bring: str
    protected: str


_WORDS: dict[Language, _Words] = {
    "en": _Words(
        title="Questions for you",
        banner="Confidential. For your lawyer only.",
        opening=(
            "Your lawyer asks these questions to see if the government can be asked to stop "
            "pursuing your case. The most important questions come first. If you aren't sure of an "
            "answer, say so; don't guess. Bring copies of the papers that are named below the "
            "questions, and never hand over your only original."
        ),
        choices=("Yes", "No", "I don't know"),
        date="Date",
        bring="Bring",
        protected="The law protects your answer: it may not be passed on.",
    ),
    "es": _Words(
        title="Preguntas para usted",
        banner="Confidencial. Solo para su abogado.",
        opening=(
            "Su abogado le hace estas preguntas para ver si se puede pedir al gobierno que deje de "
            "seguir con su caso. Las preguntas más importantes van primero. Si no está seguro de "
            "una respuesta, dígalo; no adivine. Traiga copias de los papeles que se nombran debajo "
            "de las preguntas y nunca entregue su único original."
        ),
        choices=("Sí", "No", "No sé"),
        date="Fecha",
        bring="Traiga",
        protected="La ley protege su respuesta: no se puede divulgar.",
    ),
}


def questionnaire(rulebook: CompiledRulebook, intake: Intake, language: Language) -> Document:
    """Lay out all questions that a rulebook can turn on.

    Args:
        rulebook: The rulebook.
        intake: The questions there are.
        language: The client's language. The page for the attorney is in English.

    Returns:
        The questions by topic. The topic with the heaviest question comes first, and so does the
        heaviest question of a topic: the one whose facts the most criteria of the two lists read,
        then the one whose facts have the most points as factors.
    """
    words = _WORDS[language]
    read = facts_read(rulebook)
    topics = [
        (topic, questions)
        for topic in intake.topics.values()
        if (questions := _questions(topic, rulebook, read))
    ]
    topics.sort(key=lambda pair: _weight(pair[1][0], rulebook), reverse=True)
    blocks: list[Block] = [Paragraph(words.opening)]
    number = 0
    for topic, questions in topics:
        blocks.append(Heading(topic.of(language)))
        for question in questions:
            number += 1
            blocks.append(asked(number, question, language))
    return Document(
        language, words.title, words.banner, (*blocks, *_for_attorney(rulebook, intake, read))
    )


def asked(number: int, question: ClientQuestion, language: Language) -> Asked:
    """Lay out one question, with room for its answer and what to bring."""
    words = _WORDS[language]
    below = []
    if question.bring is not None:
        below.append(f"{words.bring}: {question.bring.of(language)}.")
    if any(FACTS[name].confidential for name in question.facts):
        below.append(words.protected)
    choices = {"yes_no": words.choices, "date": (f"{words.date}: ____ / ____ / ________",)}
    return Asked(
        number,
        question.of(language),
        choices.get(question.answer, ()),
        _LINES[question.answer],
        tuple(below),
    )


def facts_read(rulebook: CompiledRulebook) -> set[str]:
    """Return the facts that can change what a rulebook recommends.

    Those are the facts that its criteria, its presumptions, and its rules of human review read.
    """
    conditions = [
        *(criterion.condition for criterion in rulebook.criteria),
        *(c.judgment for c in rulebook.criteria if c.judgment is not None),
        *(presumption.basis for presumption in rulebook.presumptions),
        *(against for presumption in rulebook.presumptions for against in presumption.against),
        *(condition for _, condition in rulebook.human_review),
    ]
    return {name for condition in conditions for name in rulebook.facts_read(condition)} & {*FACTS}


def _questions(topic: Topic, rulebook: CompiledRulebook, read: Set[str]) -> list[ClientQuestion]:
    found = [q for q in topic.questions.values() if not read.isdisjoint(q.facts)]
    return sorted(found, key=lambda question: _weight(question, rulebook), reverse=True)


def _weight(question: ClientQuestion, rulebook: CompiledRulebook) -> tuple[int, int]:
    ids = {id_ for fact in question.facts for id_ in rulebook.readers.get(fact, ())}
    criteria = [one.criterion for one in rulebook.criteria if one.id in ids]
    points = sum(abs(one.weight or 0) for one in criteria)
    return sum(one.list in LISTS for one in criteria), points


def _for_attorney(rulebook: CompiledRulebook, intake: Intake, read: Set[str]) -> Iterator[Block]:
    facts = [FACTS[name] for name in intake.attorney if name in read]
    if facts:
        yield Heading("For the attorney", new_page=True)
        yield Paragraph(
            f"Under {rulebook.rulebook.title}, the answer also turns on facts that the client "
            "can't tell: look for them in the agency's file, or decide them."
        )
        yield Items(tuple(Item(fact.question) for fact in facts), numbered=True)
