from __future__ import annotations

import pytest

from schemas.avro import avro_schema
from schemas.facts import FACTS, Fact
from schemas.questions import questions


def test_every_fact_and_nothing_else_has_a_question() -> None:
    assert set(questions()) == set(FACTS)


@pytest.mark.parametrize("fact", FACTS.values(), ids=FACTS)
def test_a_fact_is_named_and_asked_for_in_plain_words(fact: Fact) -> None:
    for text in (fact.label, fact.question, fact.asked.one, fact.asked.absent):
        assert text is None or ("_" not in text and "  " not in text and text == text.strip())
    assert fact.question[0].isupper()
    assert "?" in fact.question
    assert fact.question[-1] in "?)"
    assert (fact.asked.one is not None) == (fact.kind == "count")
    assert fact.asked.absent is None or fact.kind == "bool"
    assert fact.asked.weighs is None or fact.kind in ("bool", "count")


def test_labels_are_distinct() -> None:
    # A date and its event may share a label: only the date is followed by a day.
    labels = [(fact.kind, fact.label) for fact in FACTS.values()]
    assert len(set(labels)) == len(labels)


def test_a_fact_of_a_confidential_field_is_confidential_by_the_same_law() -> None:
    by_field = {
        field["name"]: field["confidential"]
        for field in avro_schema("case_record")["fields"]
        if "confidential" in field
    }
    assert set(by_field) >= {"victimization", "applications"}
    for fact in FACTS.values():
        laws = {
            by_field[f] for f in (field.split(".")[0] for field in fact.fields) if f in by_field
        }
        if fact.confidential is None:
            assert not laws, fact.name
        else:
            assert any(set(fact.confidential.split("; ")) <= set(law.split("; ")) for law in laws)
