"""Baseline in plain Polars, part 4: the guidance of November 17, 2011, written out as expressions.

Everything that the rulebook ice-2011-11-17 and its two companions say is here again by hand, with
each parameter's value put in and what it turns off left out.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from schemas.facts import FACTS
from scripts.benchmarks.baselines.polars_facts import MILESTONES

col = pl.col
GUIDANCE = (
    "Guidance to ICE Attorneys Reviewing the CBP, USCIS, and ICE Cases Before the Executive Office "
    "for Immigration Review, Section II"
)
VINCENT = "Case-by-Case Review of Incoming and Certain Pending Cases (the Vincent memo)"
MEMO = (
    "ICE 10075.1, Exercising Prosecutorial Discretion Consistent with the Civil Immigration "
    "Enforcement Priorities, factors to consider"
)
VICTIMS = "ICE 10076.1, Prosecutorial Discretion: Certain Victims, Witnesses, and Plaintiffs"
PRIORITIES = {
    "P1": "1st item", "P2a": "2nd item, (a)", "P2b": "2nd item, (b)", "P2c": "2nd item, (c)",
    "P2c_threat": "2nd item, (c)", "P3": "3rd item", "P4": "4th item", "P5": "5th item",
    "P6": "6th item", "P7": "7th item",
}  # fmt: skip
FAVORED = {
    "F1": "1st", "F2": "2nd", "F3": "3rd", "F4": "4th", "F5": "5th", "F6": "6th", "F7": "7th",
    "F8": "8th",
}  # fmt: skip
WEIGHTS = {
    "A1": -10, "A2a": 2, "A2b": 2, "A2c": 2, "A3a": 2, "A3b": -2, "A4a": 1, "A4b": 1, "A5a": 5,
    "A5b": 2, "A6a": -6, "A6b": -2, "A7a": -5, "A7b": -4, "A7c": -1, "A8": -20, "A9": 3,
    "A10a": -1, "A10b": 2, "A11": 3, "A12": 4, "A13": 2, "A14": 3, "A15": 4, "A16": 2, "A17": 3,
    "A18": 3, "A19": 3, "BW": 5,
}  # fmt: skip
FACTORS = tuple(name for name in WEIGHTS if name != "BW")
FINDINGS = {
    "B1": "Purpose", "B2": "Discussion", "B4": "Discussion, on special attention",
    "B5": "Discussion, on adverse factors", "B_covered": "Purpose; Discussion",
    "B_clear": "Discussion",
}  # fmt: skip
CRITERIA = (*PRIORITIES, *FAVORED, "not_filed", *FACTORS, *FINDINGS, "BW")
ORDINALS = {1: "1st", 2: "2nd", 3: "3rd"}


def _factor(name: str) -> str:
    number = int(name[1:].rstrip("abc"))
    return f"{MEMO}, {ORDINALS.get(number, f'{number}th')} of 19, p. 4"


CITATIONS = {
    **{name: f"{GUIDANCE}, first list, {item}" for name, item in PRIORITIES.items()},
    **{name: f"{GUIDANCE}, second list, {item} item" for name, item in FAVORED.items()},
    "not_filed": f"{VINCENT}, scope, (1)",
    **{name: _factor(name) for name in FACTORS},
    **{name: f"{VICTIMS}, {section}" for name, section in FINDINGS.items()},
    "BW": f"{VICTIMS}, Purpose",
}


def any_of(exprs: Sequence[pl.Expr]) -> pl.Expr:
    """Kleene OR."""
    return functools.reduce(operator.or_, exprs)


def some(*names: str) -> pl.Expr:
    """Whether one of some flags is TRUE."""
    return any_of([col(name) for name in names])


def at_least(count: str, number: int) -> pl.Expr:
    """Whether a count between bounds is at least a number."""
    low, high = col(f"{count}.low"), col(f"{count}.high")
    return pl.when(low >= number).then(True).when(high < number).then(False)


def exactly(count: str, number: int) -> pl.Expr:
    """Whether a count between bounds is a number."""
    low, high = col(f"{count}.low"), col(f"{count}.high")
    both = (low >= number) & (high <= number)
    return pl.when(both).then(True).when((high < number) | (low > number)).then(False)


def reached(day: pl.Expr) -> list[pl.Expr]:
    """Which milestones are reached on a day."""
    return [
        pl.when(day >= col(f"{name}.high"))
        .then(True)
        .when(day < col(f"{name}.low"))
        .then(False)
        .alias(name)
        for name in MILESTONES
    ]


_FELONY = any_of([at_least(name, 1) for name in ("felony_convictions", "aggravated_felonies")])
_YOUNG = (
    pl.when(col("age_at_first_entry.high") < 16)
    .then(True)
    .when(col("age_at_first_entry.low") >= 16)
    .then(False)
)
_KINDS = ("violent", "sexual_abuse", "driving_under_influence", "hit_and_run", "drug_trafficking")
_P2C = any_of([at_least(f"{kind}_misdemeanors", 1) for kind in _KINDS])
_CHILD = ~col("turned_21") & col("unmarried")
_CITIZEN_KIN = some("citizen_spouse", "citizen_child", "citizen_parent")
_THREAT = some("gang_member", "human_rights_violator", "public_safety_threat")
# By the facts and milestones alone.
PLAIN: dict[str, pl.Expr] = {
    "P1": col("security_risk"),
    "P2a": _FELONY | at_least("misdemeanor_convictions", 2),
    "P2b": at_least("immigration_offenses", 1),
    "P2c": _P2C,
    "P2c_threat": at_least("public_safety_misdemeanors", 1)
    | (at_least("open_threat_misdemeanors", 1) & col("significant_threat_found")),
    "P3": _THREAT,
    "P4": (col("entered_illegally") & ~col("illegal_entry_3"))
    | (col("violated_status") & ~col("violation_3")),
    "P5": at_least("removals", 1) | col("sustained_prior_removal"),
    "P6": at_least("fraud_findings", 1) | col("sustained_fraud"),
    "P7": col("egregious_violations"),
    "F1": some("served", "spouse_served") | (col("parent_served") & _CHILD),
    "F2": _CHILD & col("over_5") & some("in_school", "finished_high_school"),
    "F3": _YOUNG & col("over_5") & col("finished_high_school") & col("higher_education"),
    "F4": col("turned_65") & col("over_10"),
    "F5": some("domestic_violence_victim", "trafficking_victim", "serious_crime_victim"),
    "F6": col("lawful_permanent_resident")
    & col("resident_10")
    & exactly("convictions", 1)
    & exactly("nonviolent_misdemeanors", 1)
    & ~_P2C
    & exactly("open_threat_misdemeanors", 0)
    & exactly("public_safety_misdemeanors", 0),
    "F7": col("serious_condition"),
    "F8": col("present_15") & at_least("documented_ties", 3) & _CITIZEN_KIN,
    "not_filed": ~col("nta_filed_with_court"),
    "A2a": col("over_5"),
    "A2b": col("over_10"),
    "A2c": at_least("months_in_lawful_status", 60) | col("lawful_permanent_resident"),
    "A3a": _YOUNG,
    "A3b": col("entered_illegally"),
    "A4a": some("in_school", "us_high_school", "higher_education"),
    "A4b": some("us_high_school", "higher_education"),
    "A5a": some("served", "immediate_relative_served"),
    "A5b": col("combat_service"),
    "A6a": at_least("convictions", 1),
    "A6b": at_least("arrests", 1) | col("outstanding_warrant"),
    "A7a": at_least("removals", 1) | some("sustained_prior_removal", "outstanding_order"),
    "A7b": at_least("fraud_findings", 1) | col("sustained_fraud"),
    "A7c": col("relief_denied"),
    "A8": col("security_risk") | _THREAT,
    "A9": at_least("documented_ties", 2),
    "A10a": col("home_country_ties"),
    "A10b": col("adverse_home_conditions"),
    "A11": ~col("turned_18") | col("turned_65"),
    "A12": _CITIZEN_KIN | some("resident_spouse", "resident_child", "resident_parent"),
    "A13": col("primary_caretaker"),
    "A14": some("pregnant_or_nursing", "spouse_pregnant_or_nursing"),
    "A15": some("severe_illness", "spouse_severe_illness"),
    "A16": col("removal_unlikely"),
    "A17": col("likely_family_relief"),
    "A18": col("likely_protection"),
    "A19": col("cooperates_with_law_enforcement"),
    "B1": col("civil_rights_plaintiff"),
    "B2": some("witness_to_crime", "immediate_crime_victim"),
    "B4": some("domestic_violence_victim", "trafficking_victim", "serious_crime_victim"),
    "B5": col("security_risk")
    | _FELONY
    | at_least("convictions", 3)
    | _THREAT
    | at_least("fraud_findings", 1),
}
# By other criteria.
PARTS: dict[str, tuple[str, ...]] = {
    "A1": tuple(PRIORITIES),
    "B_covered": ("B1", "B2", "B4"),
    "B_clear": ("B1", "B2", "B4", "B5"),
    "BW": ("B1", "B2", "B4"),
}
COMPOSED: dict[str, pl.Expr] = {
    **{name: some(*PARTS[name]) for name in ("A1", "B_covered", "BW")},
    "B_clear": some("B1", "B2", "B4") & ~col("B5"),
}


def facts_of(expr: pl.Expr) -> set[str]:
    """The facts that an expression reads, those behind its milestones included."""
    names = {name.removesuffix(".low").removesuffix(".high") for name in expr.meta.root_names()}
    return {MILESTONES[name][0] if name in MILESTONES else name for name in names}


def _read() -> dict[str, set[str]]:
    plain = {name: facts_of(expr) for name, expr in PLAIN.items()}
    composed = {name: set().union(*(plain[p] for p in parts)) for name, parts in PARTS.items()}
    return plain | composed


READ = _read()
# The criteria that read each fact, in the catalog's order of facts.
READERS = {
    fact: [name for name in CRITERIA if fact in READ[name]]
    for fact in FACTS
    if any(fact in facts for facts in READ.values())
}
MOVING = tuple(n for n in PLAIN if set(PLAIN[n].meta.root_names()) & set(MILESTONES))


class Presumption(NamedTuple):
    """Facts presumed FALSE or 0, on what basis, against what, and why by route."""

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
_SEEN, _AGENCY, _ALWAYS = col("charges_seen"), col("agency_record_seen"), pl.lit(True)
_EITHER = _SEEN | _AGENCY
_CHECK = (
    "the program closes a case only after a background check. The check must come back clear."
)
_SHOWN = "The charges or the agency's own record would show {}. What was seen shows none."
_NO_ENTRY, _NO_VIOLATION = (
    _SHOWN.format(what) for what in ("an entry without inspection", "a violation of status")
)
_NONE = "The agency's own record was seen and shows none of this."
_CHECKED = f"{_NONE} Have the file checked once more before closing."
_NO_FINDING = "A finding of fraud would be in the agency's own record, which was seen and shows none."
_NO_RULING = "No ruling on a charge of fraud or of an earlier removal is on file."
_NO_TIES = "Nothing on file speaks of close ties to the home country; ask the respondent."
_SERVICE = "No claim of service is on file, by the respondent, a spouse, or a parent; ask before accelerating."
_SCHOOL = "No claim of schooling is on file; ask before accelerating."
_VICTIM = "No claim to be a victim is on file, and few people make one unasked; ask"
_RESIDENT = "Permanent residence would be on record with the agency; check"
_ILL = "No serious condition is on file; ask"
_TIES = "No tie with evidence is on file; ask"
_CLAIM = (
    "No claim to be a victim, a witness, or a plaintiff is on file, and few people make one unasked. "
    "Ask"
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
            "felony_convictions", "aggravated_felonies", "misdemeanor_convictions",
            "immigration_offenses", "violent_misdemeanors", "sexual_abuse_misdemeanors",
            "driving_under_influence_misdemeanors", "hit_and_run_misdemeanors",
            "drug_trafficking_misdemeanors", "public_safety_misdemeanors",
            "open_threat_misdemeanors", "convictions", "arrests", "outstanding_warrant",
            "gang_member", "public_safety_threat",
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
        *[_NO_ENTRY] * 3,
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
        *[_NO_VIOLATION] * 3,
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
        *[_NO_FINDING] * 3,
    ),
    Presumption(
        ("sustained_fraud", "sustained_prior_removal"),
        _EITHER,
        _on_file(_FRAUD, _PRIOR_REMOVAL, _UNREADABLE),
        *[_NO_RULING] * 3,
    ),
    Presumption(
        ("served", "spouse_served", "parent_served"),
        _ALWAYS,
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
        _ALWAYS,
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
        _ALWAYS,
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
        _ALWAYS,
        (),
        f"{_RESIDENT} before accelerating.",
        f"{_RESIDENT}.",
        f"{_RESIDENT} before accelerating.",
    ),
    Presumption(
        ("serious_condition",),
        _ALWAYS,
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
        _ALWAYS,
        (),
        f"{_TIES} before accelerating.",
        f"{_TIES}, since ties may favor closing.",
        f"{_TIES} before accelerating.",
    ),
    Presumption(("home_country_ties",), _SEEN, (), *[_NO_TIES] * 3),
    Presumption(
        ("immediate_crime_victim", "witness_to_crime", "civil_rights_plaintiff"),
        _ALWAYS,
        _on_file(_RELIEF, _COOPERATES),
        f"{_CLAIM} before accelerating.",
        f"{_CLAIM}, since it would favor the respondent.",
        f"{_CLAIM} before accelerating.",
    ),
)
PRESUMED = {fact: group for group in PRESUMPTIONS for fact in group.facts}
BOUNDED = {fact.name for fact in FACTS.values() if fact.kind == "count"}
# The criteria that a presumption can settle, and those made of them.
TOUCHED = tuple(name for name in PLAIN if READ[name] & set(PRESUMED))


def silent(fact: str) -> pl.Expr:
    """Whether the record says nothing of a fact that may be presumed; FALSE or 0 may be put in."""
    if fact not in BOUNDED:
        return col(fact).is_null()
    return col(f"{fact}.high").is_null() & (col(f"{fact}.low") <= 0)


# For a close: what a person must settle first.
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
        "A judge sustained a criminal charge, fraud, or an earlier removal: reconcile that with the "
        "record before closing.",
    ),
    (
        some("moved_from_detained_docket"),
        "The case was moved from a detained docket; the Vincent memo says that such cases often stay "
        "a priority.",
    ),
)
# Words of the guidance that a person must judge: where the condition holds and the criterion may.
JUDGMENTS = (
    (
        "P1",
        col("security_risk"),
        '"Suspected" is a matter of judgment: a person must look at what the suspicion rests on.',
    ),
    (
        "P2c",
        at_least("open_category_convictions", 1),
        "The words of a conviction leave open what kind of offense it was. Harassment need not be a "
        "threat, nor exposure sexual abuse, nor damage to property violence: a person must read the "
        "record of conviction.",
    ),
    (
        "P2c_threat",
        at_least("open_threat_misdemeanors", 1) | at_least("public_safety_misdemeanors", 1),
        '"Other significant threat to public safety" has no list. Whether this misdemeanor (firearm '
        "or other weapon, burglary, arson, gang) is one, a person must decide.",
    ),
    (
        "P3",
        col("public_safety_threat"),
        'What is a "clear threat to public safety" is a matter of judgment: a person must look at '
        "what it rests on.",
    ),
    (
        "P7",
        col("egregious_violations"),
        '"Egregious" is a matter of judgment: a person must look at what the record holds.',
    ),
)
STEPS = ["BACKGROUND_CHECK", "SUPERVISOR_SIGNATURE", "RESPONDENT_MAY_DECLINE"]
