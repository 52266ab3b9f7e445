"""The questions for clients: complete, and in two languages."""

from __future__ import annotations

from schemas.facts import FACTS
from schemas.intake import intake


def test_every_fact_is_covered_by_one_question_or_left_to_the_attorney() -> None:
    questions = [q for topic in intake().topics.values() for q in topic.questions.values()]
    covered = [*(fact for q in questions for fact in q.facts), *intake().attorney]
    assert sorted(covered) == sorted(FACTS)


def test_every_text_is_there_in_both_languages() -> None:
    for topic in intake().topics.values():
        texts = [topic, *topic.questions.values()]
        texts += [q.bring for q in topic.questions.values() if q.bring is not None]
        for text in texts:
            assert text.of("en") == text.en != text.of("es") == text.es
        for question in topic.questions.values():
            assert question.en.rstrip().endswith(("?", "."))
            assert question.es.startswith("¿") or question.answer in ("list", "date")


def test_a_fact_leads_to_its_question() -> None:
    question = intake().question_on("felony_convictions")
    assert question is not None
    assert "found guilty" in question.en
    assert intake().question_on("agency_record_seen") is None
