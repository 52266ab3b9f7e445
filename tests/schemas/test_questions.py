from __future__ import annotations

import pytest

from schemas.avro import avro_schema
from schemas.facts import FACTS, Fact
from schemas.questions import questions

# Named in the rulebooks to come.
COMING = {
    *("moved_from_detained_docket", "moved_docket_on", "illegal_reentry", "continuing_violation"),
    *("apprehended_in_interior", "apprehended_on", "agency_record_seen", "order_carried_out"),
    *("order_not_complied_with", "serious_immigration_fraud", "smuggling", "pending_charges"),
    *("amenable_to_expedited_removal", "paroled_under_paused_policy", "felonies_not_state_status"),
    *("misdemeanor_incidents", "traffic_misdemeanors", "gang_element_convictions"),
    *("dwai_misdemeanors", "open_threat_misdemeanors", "misdemeanors_90_days_sentence"),
    *("last_conviction", "longest_sentence_days", "weapon_used", "released_from_incarceration"),
    *("rehabilitation", "arrests_without_disposition", "significant_threat_found"),
    *("current_threat_found", "otherwise_security_threat_found", "acts_chargeable_found"),
    *("benefits_abuse_found", "official_misrepresentation_found", "charges_seen"),
    *("senior_official_exception_found", "unreadable_charge", "sustained_security_ground"),
    *("sustained_human_rights_ground", "sustained_criminal_ground", "sustained_fraud"),
    *("sustained_prior_removal", "sustained_illegal_entry", "sustained_status_violation"),
    *("spouse_served", "parent_served", "immediate_crime_victim", "relief_pending"),
    *("relief_pending_before_court", "asylum_pending", "victim_relief_pending"),
    *("prima_facie_relief", "approved_petition"),
}


def test_each_fact_has_a_question_and_nothing_else_has() -> None:
    assert set(FACTS) - set(questions()) == set()
    assert set(questions()) - set(FACTS) <= COMING


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


def test_labels_tell_facts_apart() -> None:
    # A date and the event that it dates may share a name: only the date is said with a day.
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
