from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.small_rulebook import facts
from transforms.explain.on_file import convictions, explained_fact, on_file


def test_lists_only_facts_known_to_weigh() -> None:
    [row] = facts(
        {
            "arrests": (1, None),
            "felony_convictions": 0,
            "outstanding_warrant": True,
            "gang_member": False,
            "served": True,
            "citizen_spouse": None,
            "serious_crime_victim": True,
        }
    ).to_dicts()
    against, favorable = on_file("against", row), on_file("for", row)
    assert [fact.says for fact in against] == [
        "at least one arrest",
        "outstanding criminal warrant",
    ]
    assert [(fact.fact, fact.confidential) for fact in favorable] == [
        ("served", None),
        ("serious_crime_victim", "8 USC 1367"),
    ]


def test_lists_a_fact_that_a_criterion_makes_weigh_once() -> None:
    [row] = facts({"served": True, "unmarried": False}).to_dicts()
    found = on_file("for", row, ["unmarried", "served"])
    assert [fact.says for fact in found] == ["married", "military service, the respondent"]


def test_lists_a_sustained_charge_once() -> None:
    [row] = facts(
        {"alleged_fraud": True, "sustained_fraud": True, "alleged_criminal_ground": True}
    ).to_dicts()
    found = on_file("against", row)
    assert [fact.fact for fact in found] == ["alleged_criminal_ground", "sustained_fraud"]


def test_a_code_of_a_record_cannot_control_a_terminal() -> None:
    [row] = facts({"court": "B\x1b[2J"}).to_dicts()
    assert explained_fact("court", row).says == "immigration court: B\\x1b[2J"


@pytest.mark.parametrize(
    ("conviction", "line"),
    [
        ({}, "grade not known, offense not known"),
        (
            {"grade": "FELONY", "category": "DRUG_TRAFFICKING", "date": "2009-05-04"},
            "felony, drug trafficking, May 4, 2009",
        ),
        (
            {
                "grade": "MISDEMEANOR",
                "category": "THREATS",
                "offense": "harassment \x1b",
                "category_open": True,
                "jurisdiction": "STATE",
                "sentence_days": 30,
                "vacated": True,
            },
            'misdemeanor, "harassment \\x1b" (perhaps threats: a person must judge), '
            "state, sentence of 30 days, vacated",
        ),
        (
            {"grade": "MISDEMEANOR", "category": "ASSAULT", "offense": "simple assault"},
            'misdemeanor, assault ("simple assault")',
        ),
        (
            {"grade": "MISDEMEANOR", "offense": "mopery"},
            'misdemeanor, "mopery" (kind of offense not known)',
        ),
        (
            {"category": "GANG", "category_open": True},
            "grade not known, offense (perhaps gang: a person must judge)",
        ),
        (
            {"grade": "UNKNOWN", "category": "BURGLARY", "offense": "Burglary", "sentence_days": 1},
            "grade not known, burglary, sentence of one day",
        ),
    ],
)
def test_describes_a_conviction_in_its_own_words(conviction: dict[str, Any], line: str) -> None:
    assert convictions([conviction]) == (line,)


def test_an_unknown_list_and_a_null_element_give_no_convictions() -> None:
    assert convictions(None) == ()
    assert convictions([None]) == ()
