from __future__ import annotations

import datetime
from typing import Any

import pytest

from schemas.explanation import Answer
from schemas.facts import FACTS
from schemas.rulebooks import load_text
from tests.helpers.small_rulebook import TEXT, small
from transforms.explain.leads import Lead, answers, leads

AS_OF = datetime.date(2011, 11, 17)


def outcome(route: str, state: str = "OPEN") -> dict[str, Any]:
    return {"route": route, "state": state, "needs_review": False}


def answers_of(*pairs: tuple[str, str]) -> tuple[Answer, ...]:
    return tuple(Answer.model_validate({"answer": text, **outcome(route)}) for text, route in pairs)


def test_tries_only_answers_that_can_make_a_difference() -> None:
    assert [lead.text for lead in leads(FACTS["served"], small(), AS_OF)] == ["yes", "no"]
    assert [lead.text for lead in leads(FACTS["custody"], small(), AS_OF)] == [
        "detained",
        "released",
        "never detained",
    ]
    assert [lead.value for lead in leads(FACTS["arrests"], small(), AS_OF)] == [0, 1, 2, 3]
    assert list(leads(FACTS["court"], small(), AS_OF)) == []
    born = list(leads(FACTS["birth_date"], small(), AS_OF))
    assert [lead.text for lead in born] == ["before November 17, 1946", "after November 17, 1946"]
    assert [lead.value for lead in born] == [
        datetime.date(1946, 11, 15),
        datetime.date(1946, 11, 19),
    ]


def test_tries_the_numbers_that_conditions_compare_with() -> None:
    text = TEXT.replace("when: arrests >= 2", "when: arrests >= 60")
    rulebook = load_text("small", text)
    tried = [lead.value for lead in leads(FACTS["arrests"], rulebook, AS_OF)]
    assert tried == [0, 1, 2, 3, 59, 60, 61]


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        ({0: "close", 1: "close"}, [("any number", "close")]),
        (
            {0: "close", 1: "continue", 2: "continue"},
            [("none", "close"), ("one or more", "continue")],
        ),
        (
            {0: "close", 1: "close", 2: "continue", 3: "expedite"},
            [("at most one", "close"), ("two", "continue"), ("three or more", "expedite")],
        ),
        (
            {0: "close", 1: "continue", 59: "continue", 60: "close", 61: "close"},
            [("none", "close"), ("one to 59", "continue"), ("60 or more", "close")],
        ),
    ],
)
def test_combines_consecutive_numbers(
    routes: dict[int, str], expected: list[tuple[str, str]]
) -> None:
    tried = [(Lead("arrests", count, None), outcome(route)) for count, route in routes.items()]
    assert answers(tried) == answers_of(*expected)


def test_lists_answers_in_words_one_by_one() -> None:
    tried = [
        (Lead("served", value, text), outcome("close"))
        for value, text in ((True, "yes"), (False, "no"))
    ]
    assert answers(tried) == answers_of(("yes", "close"), ("no", "close"))
