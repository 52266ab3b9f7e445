"""Questionnaires: what each rulebook turns on, the heaviest question first."""

from __future__ import annotations

import pytest

from schemas.facts import FACTS
from schemas.intake import intake
from schemas.rulebooks import load, names
from transforms.documents.document import Asked, Document, Heading, Items
from transforms.documents.intake import facts_read, questionnaire


def asked_in(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Asked)]


@pytest.mark.parametrize("name", names())
def test_every_fact_that_a_rulebook_reads_is_asked_for(name: str) -> None:
    rulebook = load(name)
    document = questionnaire(rulebook, intake(), "en")
    asked = set(asked_in(document))
    left = {
        item.text for block in document.blocks if isinstance(block, Items) for item in block.items
    }
    read = facts_read(rulebook)
    assert read
    for fact in read:
        question = intake().question_on(fact)
        if question is None:
            assert FACTS[fact].question in left
        else:
            assert question.en in asked
    # Nothing else is asked for.
    for topic in intake().topics.values():
        for one in topic.questions.values():
            assert (one.en in asked) == bool(read.intersection(one.facts))


def test_heavy_questions_come_first() -> None:
    # The three facts that the measures of 2025 read are behind two topics; a priority outweighs a
    # finding.
    document = questionnaire(load("dhs-2025-01-20"), intake(), "en")
    headings = [block.text for block in document.blocks if isinstance(block, Heading)]
    assert headings[0] == "Coming to the United States"
    assert asked_in(document)[0].startswith("Did you come under a parole program")


def test_a_spanish_questionnaire_is_spanish() -> None:
    document = questionnaire(load("ice-2011-11-17"), intake(), "es")
    first = next(block for block in document.blocks if isinstance(block, Asked))
    assert document.title == "Preguntas para usted"
    assert first.number == 1
    english = {q.en for topic in intake().topics.values() for q in topic.questions.values()}
    assert not english.intersection(asked_in(document))


def test_the_law_protects_answers_on_harm_and_asylum() -> None:
    document = questionnaire(load("ice-2011-11-17"), intake(), "en")
    marked = {
        block.text
        for block in document.blocks
        if isinstance(block, Asked) and any("law protects" in line for line in block.below)
    }
    for fact in ("domestic_violence_victim", "asylum_pending"):
        question = intake().question_on(fact)
        assert question is not None
        assert question.en in marked
    question = intake().question_on("birth_date")
    assert question is not None
    assert question.en not in marked
