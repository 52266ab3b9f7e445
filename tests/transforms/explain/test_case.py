"""Explanations of small cases, worked out by hand."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from schemas.case_record import CaseRecord
from schemas.facts import FACTS
from schemas.rulebooks import load_text
from tests.helpers.small_rulebook import TEXT, facts, small
from transforms.explain.case import Explanation, OneFactChange, explain, fact_text
from transforms.normalize.case_frame import to_frame
from transforms.normalize.records import normalize
from transforms.route.recommendation import recommend_records

Day = datetime.date
AS_OF = Day(2011, 11, 17)
PURSUED: dict[str, Any] = {
    "case_id": "one",
    "court": "BAL",
    "birth_date": "1946-12-01",
    "entries": [{"date": "2009-05-05", "manner": "WITHOUT_INSPECTION"}],
    "serious_condition": False,
    "high_school": "NOT_COMPLETED",
    "fraud_findings": [],
}
PAROLED = [{"date": "2009-05-05", "manner": "PAROLED"}]


def explained(case: dict[str, Any], *, presume: bool = True, text: str = TEXT) -> Explanation:
    record, quarantined = normalize(to_frame([CaseRecord.model_validate(case)]), AS_OF)
    assert quarantined.is_empty()
    rulebook = load_text("small", text)
    explanation = explain(record, rulebook, AS_OF, presume=presume)
    [expected] = recommend_records(record, rulebook, AS_OF, presume=presume).to_dicts()
    assert explanation.recommendation == expected
    return explanation


def test_each_criterion_is_traced() -> None:
    traces = {trace.id: trace for trace in explained(PURSUED).criteria}
    assert list(traces) == [criterion.id for criterion in small().criteria]
    assert {name: trace.value for name, trace in traces.items()} == {
        "P1": "unknown",
        "P2": "unknown",
        "P3": "true",
        "F1": "false",
        "F2": "false",
        "A1": "false",
        "A2": "false",
        "A3": "false",
    }
    new = traces["P3"]
    assert (new.list, new.title, new.citation) == ("priority", "New", "The memo, three")
    assert new.condition == "entered_illegally AND NOT three_years_in"
    assert new.facts == {"entered_illegally": "true", "last_entry": "2009-05-05"}
    assert (new.missing, new.changes) == ((), (Day(2012, 5, 5), "false"))
    arrests = traces["P1"]
    assert (arrests.facts, arrests.missing) == ({"arrests": "unknown"}, ("arrests",))
    changes = {name: trace.changes for name, trace in traces.items() if trace.changes}
    assert changes == {
        "P3": (Day(2012, 5, 5), "false"),
        "F1": (Day(2011, 12, 1), "true"),
        "A3": (Day(2012, 5, 5), "true"),
    }


def test_what_has_happened_is_no_change_to_come() -> None:
    old = {**PURSUED, "birth_date": "1940-01-01", "entries": [{"date": "2000-01-01"}]}
    assert [trace.changes for trace in explained(old).criteria if trace.changes] == []


def test_a_month_of_birth_is_unknown_on_its_first_day_and_later_no_more() -> None:
    traces = explained({**PURSUED, "birth_date": "1946-12"}).criteria
    [old] = [trace for trace in traces if trace.id == "F1"]
    assert old.facts == {"birth_date": "1946-12-01 to 1946-12-31"}
    assert old.missing == ("birth_date",)
    # The first other value that it takes, not the last.
    assert old.changes == (Day(2011, 12, 1), "unknown")


def test_what_only_an_event_has_is_not_missing_where_there_was_none() -> None:
    when = "entered_illegally AND last_illegal_entry >= DATE '2011-01-01'"
    text = TEXT.replace("when: gang_member", f"when: {when}")
    for manner, value, missing in (
        ("PAROLED", "false", ()),
        (None, "unknown", ("entered_illegally", "last_illegal_entry")),
    ):
        case = {**PURSUED, "entries": [{"date": "2011-05-05", "manner": manner}]}
        [latest] = [trace for trace in explained(case, text=text).criteria if trace.id == "P2"]
        assert (latest.value, latest.missing) == (value, missing)


def test_single_facts_that_would_change_the_route() -> None:
    explanation = explained(PURSUED)
    assert explanation.recommendation["route"] == "expedite"
    assert explanation.one_fact == (
        OneFactChange("birth_date", "before 1946-11-17", "continue"),
        OneFactChange("entered_illegally", "false", "continue"),
        OneFactChange("last_entry", "before 2008-11-17", "continue"),
        OneFactChange("serious_condition", "true", "continue"),
    )


def test_counts_that_lead_to_one_route_are_said_together() -> None:
    settled = {**PURSUED, "entries": PAROLED, "arrests": 0, "gang_member": False}
    explanation = explained(settled)
    assert explanation.recommendation["route"] == "continue"
    assert explanation.one_fact == (
        OneFactChange("arrests", "2 to 3", "expedite"),
        OneFactChange("birth_date", "before 1946-11-17", "close"),
        OneFactChange("entered_illegally", "true", "expedite"),
        OneFactChange("fraud_findings", "1 to 3", "expedite"),
        OneFactChange("gang_member", "true", "expedite"),
        OneFactChange("serious_condition", "true", "close"),
        OneFactChange("us_high_school", "true", "close"),
    )


def test_only_counts_in_a_row_are_said_together() -> None:
    text = TEXT.replace("when: arrests >= 2", "when: arrests = 2")
    case = {**PURSUED, "entries": PAROLED, "arrests": 2, "gang_member": False}
    explanation = explained(case, text=text)
    assert explanation.recommendation["route"] == "expedite"
    changes = [change for change in explanation.one_fact if change.fact == "arrests"]
    assert changes == [
        OneFactChange("arrests", "0 to 1", "continue"),
        OneFactChange("arrests", "3", "continue"),
    ]


def test_presumptions_are_used_or_not() -> None:
    ill = {"case_id": "ill", "serious_condition": True, "entries": []}
    with_them, without = explained(ill), explained(ill, presume=False)
    assert with_them.recommendation["route"] == "close"
    assert without.recommendation["route"] == "continue"
    assert OneFactChange("arrests", "2 to 3", "continue") in with_them.one_fact
    # Either alone leaves the other unknown, so no single fact closes the case.
    assert without.one_fact == ()


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("serious_condition", True, "true"),
        ("serious_condition", False, "false"),
        ("serious_condition", None, "unknown"),
        ("custody", "DETAINED", "DETAINED"),
        ("custody", None, "unknown"),
        ("arrests", 0, "0"),
        ("arrests", (0, None), "unknown"),
        ("arrests", (1, None), "at least 1"),
        ("arrests", (0, 2), "0 to 2"),
        ("arrests", (1, 2), "1 to 2"),
        ("birth_date", Day(1980, 5, 1), "1980-05-01"),
        ("birth_date", (Day(1980, 5, 1), Day(1980, 5, 31)), "1980-05-01 to 1980-05-31"),
        ("birth_date", (Day(1980, 5, 1), None), "at least 1980-05-01"),
        ("birth_date", (None, Day(1980, 5, 1)), "at most 1980-05-01"),
        ("birth_date", (None, None), "unknown"),
    ],
)
def test_a_fact_as_text(name: str, value: Any, text: str) -> None:
    [row] = facts({name: value}).to_dicts()
    assert fact_text(FACTS[name], row) == text
