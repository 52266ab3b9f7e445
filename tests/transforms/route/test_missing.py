"""Missing and settling facts, by trying every answer to every fact."""

from __future__ import annotations

import itertools

import polars as pl
import pytest

from schemas.facts import FACTS
from schemas.rulebooks import load_text
from tests.helpers.random_facts import AS_OF
from tests.helpers.small_cases import (
    LATELY,
    LONG_AGO,
    UNKNOWN,
    VALUES,
    Case,
    routed,
    some_cases,
    unknown,
)
from tests.helpers.small_rulebook import TEXT, facts, small
from transforms.route.recommendation import recommend


def test_asks_for_every_fact_that_can_change_the_route() -> None:
    cases = [case for case in some_cases(40, 3) if unknown(case)]
    ways = [list(itertools.product(*(VALUES[name] for name in unknown(case)))) for case in cases]
    # All ways of all cases at once: a call for each case would take most of the time.
    answers = iter(
        routed(
            [
                {**case, **dict(zip(unknown(case), way, strict=True))}
                for case, each in zip(cases, ways, strict=True)
                for way in each
            ]
        )
    )
    asked = 0
    for case, each, row in zip(cases, ways, routed(cases), strict=True):
        names = unknown(case)
        routes = {way: next(answers)["route"] for way in each}
        assert set(routes.values()) <= set(row["possible_routes"])
        for place, name in enumerate(names):
            can_change = any(
                route != routes[(*way[:place], other, *way[place + 1 :])]
                for way, route in routes.items()
                for other in VALUES[name]
            )
            if can_change:
                assert name in row["missing_facts"], (case, name)
                asked += 1
        if row["state"] == "ON_THE_RECORD":
            assert row["missing_facts"] == row["settling_facts"] == []
            assert set(routes.values()) == {row["route"]}
    assert asked > 60


def test_a_fact_settles_the_route_if_one_answer_alone_changes_it() -> None:
    cases = some_cases(150, 4)
    found = routed(cases)
    asked = [
        (case, row, name)
        for case, row in zip(cases, found, strict=True)
        for name in row["missing_facts"]
    ]
    # All answers at once: a call for each would take most of the time.
    answers = iter(
        routed([{**case, name: value} for case, _, name in asked for value in VALUES[name]])
    )
    settled = 0
    for case, row, name in asked:
        decides = [
            answer["state"] != "OPEN"
            and (row["state"] == "OPEN" or answer["route"] != row["route"])
            for answer in itertools.islice(answers, len(VALUES[name]))
        ]
        assert (name in row["settling_facts"]) == any(decides), (case, name)
        settled += any(decides)
    assert settled > 100
    for case, row in zip(cases, found, strict=True):
        assert set(row["settling_facts"]) <= set(row["missing_facts"]) <= set(unknown(case))
        # The settling facts come first.
        assert row["missing_facts"][: len(row["settling_facts"])] == row["settling_facts"]


NEITHER = {"arrests": 0, "gang_member": False, "fraud_findings": 0, "us_high_school": False}


@pytest.mark.parametrize(
    ("case", "missing", "settling"),
    [
        # Ill: another favored class makes no difference; a priority would.
        (
            {**UNKNOWN, "serious_condition": True, "arrests": 0, "gang_member": False},
            ["last_entry", "entered_illegally"],
            ["last_entry", "entered_illegally"],
        ),
        (
            {**UNKNOWN, "serious_condition": True, "arrests": 0, "entered_illegally": False},
            ["gang_member"],
            ["gang_member"],
        ),
        # Everything that could matter is known.
        ({**UNKNOWN, "serious_condition": True, "arrests": 2}, [], []),
        # A grown person, here for long, may be ill: three points, or a favored class.
        (
            {**NEITHER, "birth_date": LATELY, "last_entry": LONG_AGO, "entered_illegally": True},
            ["serious_condition"],
            ["serious_condition"],
        ),
        # School gives 3 or 1, by whether there is a fraud; without it 0 or -2. Both are needed.
        (
            {**NEITHER, "birth_date": LATELY, "last_entry": LATELY, "entered_illegally": False,
             "serious_condition": False, "us_high_school": None, "fraud_findings": (0, None)},
            ["fraud_findings", "us_high_school"],
            [],
        ),
    ],
)  # fmt: skip
def test_asks_for_the_facts_worked_out_by_hand(
    case: Case, missing: list[str], settling: list[str]
) -> None:
    [row] = routed([case])
    assert (row["missing_facts"], row["settling_facts"]) == (missing, settling)


def test_orders_by_settling_then_readers_then_catalog() -> None:
    text = TEXT.replace("when: serious_condition\n", "when: serious_condition OR served\n")
    text = text.replace("when: us_high_school\n", "when: us_high_school AND in_school\n")
    case = {**UNKNOWN, "arrests": 0, "gang_member": False, "entered_illegally": False}
    [row] = recommend(facts(case), load_text("order", text), AS_OF).to_dicts()
    # Old or ill settles it; school needs two answers, and where one was born is read once.
    assert row["settling_facts"] == ["birth_date", "served", "serious_condition"]
    catalog = list(FACTS)
    rest = row["missing_facts"][3:]
    assert rest == sorted(rest, key=catalog.index)
    assert set(rest) == {"last_entry", "us_high_school", "in_school", "fraud_findings"}


def test_asks_the_question_that_settles_what_is_on_file() -> None:
    text = TEXT.replace("when: arrests >= 2", "when: felony_convictions >= 1")
    rulebook = load_text("felony", text.replace("arrests: 0", "felony_convictions: 0"))
    case: Case = {**UNKNOWN, "gang_member": False, "entered_illegally": False}
    del case["arrests"]
    on_file = {**case, "felony_convictions": (0, 1), "vacated_convictions": None}
    rows = recommend(
        facts({**on_file, "serious_condition": True}, {**case, "felony_convictions": (0, None),
              "serious_condition": True}), rulebook, AS_OF, presume=False
    ).to_dicts()  # fmt: skip
    asked = ["vacated_convictions", "juvenile_adjudications"]
    assert sorted(rows[0]["missing_facts"]) == sorted(rows[0]["settling_facts"]) == sorted(asked)
    assert rows[1]["missing_facts"] == ["felony_convictions"]


def test_asks_nothing_without_a_case() -> None:
    none = recommend(facts({}).clear(), small(), AS_OF)
    assert none.height == 0
    assert none.schema["missing_facts"] == pl.List(pl.String)
