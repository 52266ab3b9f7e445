"""Baseline in plain Polars, part 5: what is presumed, and what an attorney must judge."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from schemas.facts import FACTS
from scripts.benchmarks.baselines.polars_rules import PLAIN, READ, at_least, some

col = pl.col


class Presumption(NamedTuple):
    """Facts presumed FALSE or 0: the basis, what is against it, and the reason for each route."""

    facts: tuple[str, ...]
    basis: pl.Expr
    against: tuple[tuple[pl.Expr, str], ...]
    close: str
    proceed: str
    expedite: str


def _on_file(*pairs: tuple[str | pl.Expr, str]) -> tuple[tuple[pl.Expr, str], ...]:
    return tuple((col(e) if isinstance(e, str) else e, says) for e, says in pairs)


_UNREADABLE = ("unreadable_charge", "a charge in the Notice to Appear cannot be read")
_REENTRY = ("illegal_reentry", "the record shows a re-entry after removal")
_IMMIGRATION = (
    at_least("immigration_offenses", 1),
    "a conviction for illegal entry, re-entry, or immigration fraud is on file",
)
_PRIOR_REMOVAL = ("alleged_prior_removal", "an earlier removal is charged")
_FRAUD = ("alleged_fraud", "fraud or misrepresentation is charged")
_COOPERATES = (
    "cooperates_with_law_enforcement",
    "the respondent cooperates or has cooperated with law enforcement",
)
_RELIEF = ("victim_relief_pending", "an application for relief as a victim is pending")
_SEEN, _AGENCY = col("charges_seen"), col("agency_record_seen")
_EITHER = _SEEN | _AGENCY
_NO_CLAIM = (
    _EITHER
    | at_least("convictions", 1)
    | some("security_risk", "gang_member", "human_rights_violator", "public_safety_threat")
    | some("entered_illegally", "violated_status", "egregious_violations")
    | at_least("removals", 1)
    | at_least("fraud_findings", 1)
    | some("sustained_fraud", "sustained_prior_removal")
)
_CHECK = "the program closes a case only after a background check. The check must come back clear."
_SHOWN = "The charges or the agency's own record were seen, and show none."
_NONE = "The agency's own record was seen and shows none."
_CHECKED = f"{_NONE} Have it checked once more before closing."
_NO_RULING = "No ruling on a charge of fraud or of an earlier removal is on file."
_NO_TIES = "Nothing on file speaks of close ties to the home country; ask the respondent."
_SERVICE = (
    "No claim of service is on file, by the respondent, a spouse, or a parent; ask before "
    "accelerating."
)
_SCHOOL = "No claim of schooling is on file; ask before accelerating."
_VICTIM = "No claim to be a victim is on file, and few people make one unasked; ask"
_RESIDENT = "Permanent residence would be on record with the agency; check"
_ILL = "No serious condition is on file; ask"
_TIES = "No tie with evidence is on file; ask"
_CLAIM = (
    "No claim to be a victim, a witness, or a plaintiff is on file, and few people make one "
    "unasked. Ask"
)
PRESUMPTIONS = (
    Presumption(
        ("security_risk",),
        _SEEN,
        _on_file(
            ("alleged_security_ground", "a security ground is charged"),
            ("sustained_security_ground", "a judge sustained a security ground"),
            _UNREADABLE,
        ),
        f"No security ground is charged, and {_CHECK}",
        "No security ground is charged. The background check will tell.",
        f"No security ground is charged, and {_CHECK}",
    ),
    Presumption(
        (
            "felony_convictions",
            "aggravated_felonies",
            "misdemeanor_convictions",
            "immigration_offenses",
            "violent_misdemeanors",
            "sexual_abuse_misdemeanors",
            "driving_under_influence_misdemeanors",
            "hit_and_run_misdemeanors",
            "drug_trafficking_misdemeanors",
            "public_safety_misdemeanors",
            "open_threat_misdemeanors",
            "convictions",
            "arrests",
            "outstanding_warrant",
            "gang_member",
            "public_safety_threat",
        ),
        _SEEN,
        _on_file(
            (at_least("arrests", 1), "arrests are on file"),
            (
                at_least("arrests_without_disposition", 1),
                "an arrest without a disposition is on file",
            ),
            ("outstanding_warrant", "a warrant is outstanding"),
            (at_least("pending_charges", 1), "criminal charges are pending"),
            (at_least("convictions", 1), "a conviction is on file"),
            ("gang_member", "gang membership is on file"),
            ("gang_participation", "gang participation is on file"),
            (at_least("gang_offenses", 1), "a gang offense is on file"),
            ("alleged_criminal_ground", "a criminal ground is charged"),
            ("sustained_criminal_ground", "a judge sustained a criminal ground"),
            ("illegal_reentry", "the record shows a re-entry after removal, which is a crime"),
            _UNREADABLE,
        ),
        f"No criminal ground is charged, and {_CHECK}",
        "No criminal ground is charged. The background check will tell.",
        f"No criminal ground is charged, and {_CHECK}",
    ),
    Presumption(
        ("human_rights_violator",),
        _SEEN,
        _on_file(
            ("alleged_human_rights_ground", "a human rights ground is charged"),
            ("sustained_human_rights_ground", "a judge sustained a human rights ground"),
            _UNREADABLE,
        ),
        "No human rights ground is charged, and the program closes a case only after a background "
        "check.",
        "No human rights ground is charged.",
        "No human rights ground is charged, and the program closes a case only after a background "
        "check.",
    ),
    Presumption(
        ("entered_illegally",),
        _EITHER,
        _on_file(
            ("alleged_illegal_entry", "entry without inspection is charged"),
            ("sustained_illegal_entry", "a judge sustained entry without inspection"),
            ("apprehended_at_border", "the respondent was apprehended at the border"),
            _REENTRY,
            _UNREADABLE,
        ),
        *[_SHOWN] * 3,
    ),
    Presumption(
        ("violated_status",),
        _EITHER,
        _on_file(
            ("alleged_status_violation", "a violation of status is charged"),
            ("sustained_status_violation", "a judge sustained a violation of status"),
            ("continuing_violation", "a violation of status goes on"),
            _UNREADABLE,
        ),
        *[_SHOWN] * 3,
    ),
    Presumption(
        ("removals", "outstanding_order", "egregious_violations", "relief_denied"),
        _AGENCY,
        _on_file(
            (at_least("removals", 1), "a removal is on file"),
            _PRIOR_REMOVAL,
            ("sustained_prior_removal", "a judge sustained the charge of an earlier removal"),
            ("order_carried_out", "an order of removal was carried out"),
            ("final_order", "a final order is on file"),
            _REENTRY,
            _IMMIGRATION,
            _UNREADABLE,
        ),
        _CHECKED,
        _NONE,
        _CHECKED,
    ),
    Presumption(
        ("fraud_findings",),
        _AGENCY,
        _on_file(
            _FRAUD,
            ("sustained_fraud", "a judge sustained a charge of fraud"),
            ("serious_immigration_fraud", "serious immigration fraud is on file"),
            _IMMIGRATION,
            _UNREADABLE,
        ),
        _CHECKED,
        _NONE,
        _CHECKED,
    ),
    Presumption(
        ("sustained_fraud", "sustained_prior_removal"),
        _EITHER,
        _on_file(_FRAUD, _PRIOR_REMOVAL, _UNREADABLE),
        *[_NO_RULING] * 3,
    ),
    Presumption(
        ("served", "spouse_served", "parent_served"),
        _NO_CLAIM,
        _on_file(
            ("combat_service", "combat service is on file"),
            ("immediate_relative_served", "the service of an immediate relative is on file"),
        ),
        _SERVICE,
        "No claim of service is on file; ask, since service would favor closing.",
        _SERVICE,
    ),
    Presumption(
        ("in_school", "finished_high_school", "higher_education"),
        _NO_CLAIM,
        _on_file(
            ("in_school", "enrollment in school is on file"),
            ("higher_education", "higher education is on file"),
        ),
        _SCHOOL,
        "No claim of schooling is on file; ask, since it may favor closing.",
        _SCHOOL,
    ),
    Presumption(
        ("domestic_violence_victim", "trafficking_victim", "serious_crime_victim"),
        _NO_CLAIM,
        _on_file(
            _RELIEF,
            ("immediate_crime_victim", "the respondent is known to be the victim of a crime"),
            _COOPERATES,
        ),
        f"{_VICTIM} before accelerating.",
        f"{_VICTIM}, since it would favor closing.",
        f"{_VICTIM} before accelerating.",
    ),
    Presumption(
        ("lawful_permanent_resident",),
        _NO_CLAIM,
        (),
        f"{_RESIDENT} before accelerating.",
        f"{_RESIDENT}.",
        f"{_RESIDENT} before accelerating.",
    ),
    Presumption(
        ("serious_condition",),
        _NO_CLAIM,
        _on_file(
            ("severe_illness", "a severe illness is on file"),
            ("serious_disability", "a serious disability is on file"),
        ),
        f"{_ILL} before accelerating.",
        f"{_ILL}, since it would favor closing.",
        f"{_ILL} before accelerating.",
    ),
    Presumption(
        ("documented_ties",),
        _NO_CLAIM,
        (),
        f"{_TIES} before accelerating.",
        f"{_TIES}, since ties may favor closing.",
        f"{_TIES} before accelerating.",
    ),
    Presumption(("home_country_ties",), _SEEN, (), *[_NO_TIES] * 3),
    Presumption(
        ("immediate_crime_victim", "witness_to_crime", "civil_rights_plaintiff"),
        _NO_CLAIM,
        _on_file(_RELIEF, _COOPERATES),
        f"{_CLAIM} before accelerating.",
        f"{_CLAIM}, since it would favor the respondent.",
        f"{_CLAIM} before accelerating.",
    ),
)
PRESUMED = {fact: group for group in PRESUMPTIONS for fact in group.facts}
BOUNDED = {fact.name for fact in FACTS.values() if fact.kind == "count"}
# The criteria that a presumption can settle, and those that combine them.
TOUCHED = tuple(name for name in PLAIN if READ[name] & set(PRESUMED))


def silent(fact: str) -> pl.Expr:
    """Tell whether the record says nothing about a fact, so that FALSE or 0 may be presumed."""
    if fact not in BOUNDED:
        return col(fact).is_null()
    return col(f"{fact}.high").is_null() & (col(f"{fact}.low") <= 0)


# What must be settled before a case is closed.
RULES = (
    (
        some("outstanding_warrant")
        | at_least("pending_charges", 1)
        | at_least("arrests_without_disposition", 1),
        "A warrant, a pending charge, or an arrest without a disposition is on file: resolve it "
        "before closing.",
    ),
    (
        some("sustained_criminal_ground", "sustained_fraud", "sustained_prior_removal"),
        "A judge sustained a criminal charge, fraud, or an earlier removal: reconcile that with "
        "the record before closing.",
    ),
    (
        some("moved_from_detained_docket"),
        "The case was moved from a detained docket; the Vincent memo says that such cases often "
        "stay a priority.",
    ),
)
# Words that an attorney must judge, where the condition holds and the criterion may hold.
JUDGMENTS = (
    (
        "P1",
        col("security_risk"),
        '"Suspected" is a matter of judgment: an attorney must judge what the suspicion rests on.',
    ),
    (
        "P2c",
        at_least("open_category_convictions", 1),
        "The words of a conviction leave open what kind of offense it was. Harassment need not be "
        "a threat, nor exposure sexual abuse, nor damage to property violence: an attorney must "
        "read the record of conviction.",
    ),
    (
        "P2c_threat",
        at_least("open_threat_misdemeanors", 1) | at_least("public_safety_misdemeanors", 1),
        '"Other significant threat to public safety" has no list. Whether this misdemeanor '
        "(firearm or other weapon, burglary, arson, gang) is one, an attorney must decide.",
    ),
    (
        "P3",
        col("public_safety_threat"),
        'What is a "clear threat to public safety" is a matter of judgment: an attorney must judge '
        "what it rests on.",
    ),
    (
        "P7",
        col("egregious_violations"),
        '"Egregious" is a matter of judgment: an attorney must judge the record.',
    ),
)
STEPS = ["BACKGROUND_CHECK", "SUPERVISOR_SIGNATURE", "RESPONDENT_MAY_DECLINE"]
