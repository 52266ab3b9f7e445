"""What must be seen before presumptions may decide is asked for if it could settle a case."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.case_record import CaseRecord
from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebooks import load, load_text
from tests.helpers.random_facts import AS_OF
from tests.helpers.small_rulebook import TEXT, facts
from transforms.normalize.case_frame import to_frame
from transforms.normalize.records import normalize
from transforms.route.recommendation import recommend, recommend_records

Row = dict[str, Any]
# Ill, not a gang member, and not a recent arrival: only an arrest could prevent closing.
ILL = {"serious_condition": True, "gang_member": False, "entered_illegally": False}
IN_GANG = {**ILL, "gang_member": None}


def resting_on(basis: str) -> CompiledRulebook:
    """The small rulebook, with presumptions based on what was seen."""
    return load_text("resting", TEXT.replace('basis: {when: "TRUE"', f"basis: {{when: {basis}"))


def routed(case: Row, basis: str = "charges_seen") -> Row:
    [row] = recommend(facts(case), resting_on(basis), AS_OF).to_dicts()
    return row


def test_asks_for_a_source_that_may_not_have_been_seen_and_settles_the_route() -> None:
    row = routed(ILL)
    assert (row["route"], row["state"]) == ("continue", "OPEN")
    assert row["missing_facts"] == row["settling_facts"] == ["arrests", "charges_seen"]
    seen = routed({**ILL, "charges_seen": True})
    assert (seen["route"], seen["state"]) == ("close", "AFTER_CHECKS")


def test_either_of_two_sources_settles_the_route() -> None:
    row = routed(ILL, "charges_seen OR agency_record_seen")
    assert row["settling_facts"] == ["agency_record_seen", "arrests", "charges_seen"]


def test_if_both_must_be_seen_neither_settles_alone() -> None:
    row = routed(ILL, "charges_seen AND agency_record_seen")
    assert row["settling_facts"] == ["arrests"]
    assert row["missing_facts"] == ["arrests", "agency_record_seen", "charges_seen"]


def test_asks_first_for_what_lets_more_criteria_be_presumed() -> None:
    row = routed(IN_GANG)
    # Each can settle the case: two arrests or a gang put it on both lists, and the notice lets
    # both be presumed away.
    assert row["missing_facts"] == ["charges_seen", "arrests", "gang_member"]
    assert row["settling_facts"] == row["missing_facts"]


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ({**ILL, "arrests": 0}, "the case is on the record"),
        ({**ILL, "charges_seen": True}, "it was seen"),
        ({**ILL, "arrests": (0, 3)}, "the record isn't silent, so nothing can be presumed"),
        ({**IN_GANG, "arrests": 0, "alleged_criminal_ground": True}, "something is against it"),
    ],
)
def test_asks_for_nothing_if_everything_was_seen(case: Row, why: str) -> None:
    assert "charges_seen" not in routed(case)["missing_facts"], why


def test_without_presumptions_asks_for_no_sources() -> None:
    [row] = recommend(facts(ILL), resting_on("charges_seen"), AS_OF, presume=False).to_dicts()
    assert row["missing_facts"] == ["arrests"]


def test_a_file_with_one_known_fact_asks_for_the_notice_and_the_agencys_record() -> None:
    rulebook = load("ice-2011-11-17")
    case = CaseRecord(case_id="1", serious_condition=True)
    records, _ = normalize(to_frame([case]), AS_OF)
    [row] = recommend_records(records, rulebook, AS_OF).to_dicts()
    assert {"charges_seen", "agency_record_seen"} <= set(row["missing_facts"])
