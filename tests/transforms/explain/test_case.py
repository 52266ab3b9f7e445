"""Explanations of small cases, worked out by hand."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from schemas.explanation import Change, Explanation
from schemas.rulebook.default import DEFAULT
from schemas.rulebooks import load, load_text
from tests.helpers.small_rulebook import TEXT, small
from transforms.explain.answers import parse_answer
from transforms.explain.case import explain, explain_all
from transforms.normalize.records import normalize
from transforms.route.recommendation import recommend_records
from transforms.testing import case_frame

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
    "charges": [],
}
PAROLED = [{"date": "2009-05-05", "manner": "PAROLED"}]


def explained(
    case: dict[str, Any],
    *answers: str,
    presume: bool = True,
    text: str = TEXT,
    everything: bool = True,
) -> Explanation:
    record, quarantined = normalize(case_frame([case]), AS_OF)
    assert quarantined.is_empty()
    rulebook = load_text("small", text)
    given = [parse_answer(answer) for answer in answers]
    explanation = explain(
        record, rulebook, AS_OF, presume=presume, given=given, everything=everything
    )
    if not given:
        [row] = recommend_records(record, rulebook, AS_OF, presume=presume).to_dicts()
        assert explanation.outcome.route == row["route"]
        assert explanation.outcome.state == row["state"]
        assert explanation.rule == row["rule"]
        assert [one.criterion for one in explanation.reasons] == [
            one["criterion"] for one in row["reasons"]
        ]
        assert [one.fact for one in explanation.ask] == row["missing_facts"]
        assert {fact.fact for check in explanation.checks for fact in check.presumed} == {
            check["fact"] for check in row["checks"]
        }
    return explanation


def led(explanation: Explanation, fact: str) -> list[tuple[str, str]]:
    """Return what the answers to a question lead to."""
    [question] = [one for one in explanation.ask if one.fact == fact]
    return [(one.answer, one.route) for one in question.answers]


def texts_of(facts: Sequence[Any]) -> list[str]:
    return [fact.says for fact in facts]


def test_lists_each_criterion_with_the_facts_that_decide_it() -> None:
    criteria = {one.criterion: one for one in explained(PURSUED).criteria}
    assert list(criteria) == [criterion.id for criterion in small().criteria]
    assert {name: (one.value, texts_of(one.facts)) for name, one in criteria.items()} == {
        "P1": ("unknown", ["arrests: not known"]),
        "P2": ("unknown", ["known gang member: not known"]),
        "P3": ("true", ["entry without inspection", "latest entry: May 5, 2009"]),
        "F1": ("false", ["born December 1, 1946"]),
        "F2": ("false", ["no serious mental or physical condition"]),
        "A1": ("false", ["no U.S. high school finished"]),
        "A2": ("false", ["no findings of immigration fraud"]),
        "A3": ("false", ["latest entry: May 5, 2009"]),
    }
    new = criteria["P3"]
    assert (new.list, new.title, new.points) == ("priority", "New", None)
    assert new.condition == "entered_illegally AND NOT three_years_in"
    assert new.citation is not None
    assert (new.citation.source, new.citation.place) == ("The memo", "three")
    assert (new.citation.says, new.citation.seen) == ("new", "text")
    assert criteria["A2"].points == -2
    assert {name: one.changes for name, one in criteria.items() if one.changes} == {
        "P3": Change(on=Day(2012, 5, 5), to="false"),
        "F1": Change(on=Day(2011, 12, 1), to="true"),
        "A3": Change(on=Day(2012, 5, 5), to="true"),
    }


def test_lists_the_reasons_with_their_facts() -> None:
    explanation = explained(PURSUED)
    assert explanation.outcome.route == "expedite"
    assert explanation.why == "So it says."
    [reason] = explanation.reasons
    assert (reason.criterion, reason.title) == ("P3", "New")
    assert texts_of(reason.facts) == ["entry without inspection", "latest entry: May 5, 2009"]
    assert texts_of(explanation.adverse) == [
        "latest entry: May 5, 2009",
        "entry without inspection",
    ]
    assert explanation.favorable == ()


def test_a_past_milestone_is_not_an_upcoming_change() -> None:
    old = {**PURSUED, "birth_date": "1940-01-01", "entries": [{"date": "2000-01-01"}]}
    assert [one.changes for one in explained(old).criteria if one.changes] == []


def test_a_birth_month_is_unknown_on_its_first_day_but_not_later() -> None:
    criteria = explained({**PURSUED, "birth_date": "1946-12"}).criteria
    [old] = [one for one in criteria if one.criterion == "F1"]
    assert texts_of(old.facts) == ["born in December 1946"]
    # The first change of its value, not the last.
    assert old.changes == Change(on=Day(2011, 12, 1), to="unknown")


def test_gives_no_date_for_an_event_not_known_to_have_happened() -> None:
    when = "entered_illegally AND last_illegal_entry >= DATE '2011-01-01'"
    text = TEXT.replace("when: gang_member", f"when: {when}")
    illegal = ["entry without inspection", "latest entry without inspection: May 5, 2011"]
    for manner, value, facts in (
        ("PAROLED", "false", ["no entry without inspection"]),
        (None, "unknown", ["entry without inspection: not known"]),
        ("WITHOUT_INSPECTION", "true", illegal),
    ):
        case = {**PURSUED, "entries": [{"date": "2011-05-05", "manner": manner}]}
        [latest] = [one for one in explained(case, text=text).criteria if one.criterion == "P2"]
        assert (latest.value, texts_of(latest.facts)) == (value, facts)


def test_tells_what_each_answer_would_lead_to() -> None:
    settled = {**PURSUED, "entries": PAROLED}
    explanation = explained(settled)
    assert explanation.outcome.route == "continue"
    assert led(explanation, "arrests") == [("at most one", "continue"), ("two or more", "expedite")]
    assert led(explanation, "gang_member") == [("yes", "expedite"), ("no", "continue")]
    assert explanation.asked == len(explanation.ask)


def test_the_short_page_asks_the_first_questions_and_lists_no_criteria() -> None:
    nothing = {"case_id": "bare"}
    short, whole = explained(nothing, everything=True), explain_short(nothing)
    assert len(whole.ask) == 3 < len(short.ask) == whole.asked
    assert whole.ask == short.ask[:3]
    assert whole.criteria == ()


def explain_short(case: dict[str, Any]) -> Explanation:
    record, _ = normalize(case_frame([case]), AS_OF)
    return explain(record, small(), AS_OF)


def test_groups_presumptions_to_check_by_reason() -> None:
    ill = {"case_id": "ill", "serious_condition": True, "entries": [], "charges": []}
    with_them, without = explained(ill), explained(ill, presume=False)
    assert with_them.outcome.route == "close"
    [check] = with_them.checks
    assert check.reason == "A check is made."
    assert texts_of(check.presumed) == ["no arrests", "not a known gang member"]
    assert without.outcome.route == "continue"
    assert without.checks == ()


def test_an_answer_replaces_what_is_on_file() -> None:
    ill = {"case_id": "ill", "serious_condition": True, "entries": [], "birth_date": "1980"}
    explanation = explained(ill, "gang-member=yes", "serious-condition=no")
    assert explanation.outcome.route == "expedite"
    assert texts_of(explanation.answers) == [
        "known gang member",
        "no serious mental or physical condition",
    ]
    assert explanation.difference is not None
    assert explanation.difference.before.route == "close"
    assert explanation.difference.criteria == (
        ("P2", "unknown", "true"),
        ("F2", "true", "false"),
    )
    assert explained(ill).difference is None


def test_shows_the_weighing_with_its_points_and_thresholds() -> None:
    schooled = {
        **PURSUED,
        "entries": [{"date": "2001-05-05", "manner": "PAROLED"}],
        "high_school": "COMPLETED_IN_US",
        "arrests": 0,
        "gang_member": False,
    }
    weighing = explained(schooled).weighing
    assert weighing.decided
    assert (weighing.low, weighing.high) == (4, 4)
    assert weighing.needed == (
        "close: at least 3",
        "expedite: exactly 2",
        "expedite: less than -1",
    )
    assert [(one.criterion, one.points) for one in weighing.points] == [("A1", 3), ("A3", 1)]
    assert not explained(PURSUED).weighing.decided


def test_lists_convictions_on_file_instead_of_counting_them() -> None:
    convicted = {
        **PURSUED,
        "convictions": [{"grade": "FELONY", "category": "BURGLARY", "date": "2009-05-04"}],
    }
    explanation = explained(convicted)
    assert explanation.convictions == ("felony, burglary, May 4, 2009",)
    assert not [fact for fact in explanation.adverse if "felony" in fact.says]


def test_text_from_a_record_cannot_control_a_terminal() -> None:
    explanation = explained({"case_id": "a\x1b[2J\u202eb"})
    assert explanation.case_id == "a\\x1b[2J\\u202eb"
    assert load_text("small", TEXT).id == explanation.rulebook


def test_lists_conflicts_in_the_record_and_leaves_their_facts_unknown() -> None:
    married = {
        **PURSUED,
        "marital_status": "UNMARRIED",
        "relatives": [{"relation": "SPOUSE", "status": "CITIZEN"}],
    }
    explanation = explained(married)
    assert [(one.conflict, one.says) for one in explanation.conflicts] == [
        (
            "UNMARRIED_WITH_SPOUSE",
            "the record says the person is unmarried, but lists a spouse",
        )
    ]
    assert "citizen spouse" not in texts_of(explanation.favorable)


def test_explains_cases_together_as_it_explains_each_alone() -> None:
    cases = [
        PURSUED,
        {"case_id": "two"},
        {**PURSUED, "case_id": "three", "charges": None, "serious_condition": True},
        {**PURSUED, "case_id": "four", "arrests": 2, "entries": PAROLED},
    ]
    records, _ = normalize(case_frame(cases), AS_OF)
    missing = recommend_records(records, small(), AS_OF)["missing_facts"].to_list()
    together = explain_all(records, small(), AS_OF, missing)
    assert [one.case_id for one in together] == ["one", "two", "three", "four"]
    assert together == [explain(records[[place]], small(), AS_OF) for place in range(len(cases))]
    assert any(question.answers for one in together for question in one.ask)
    assert explain_all(records.clear(), small(), AS_OF, []) == []


def test_a_single_case_with_several_days_ahead() -> None:
    case = {"case_id": "1", "present_continuously_since": "2007-03-04", "entries": PAROLED}
    record, _ = normalize(case_frame([case]), AS_OF)
    explanation_at_birthday = explain(record, load(DEFAULT), AS_OF, everything=True)
    changes = {
        one.criterion: one.changes for one in explanation_at_birthday.criteria if one.changes
    }
    assert changes["A2a"] == Change(on=Day(2012, 3, 5), to="true")
    assert changes["A2b"] == Change(on=Day(2017, 3, 5), to="true")
    # The age at the first entry is unknown.
    assert "A3a" not in changes
