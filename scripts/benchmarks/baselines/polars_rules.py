"""Baseline in plain Polars, part 4: the criteria of November 17, 2011, written out as expressions.

Parts 4 and 5 repeat by hand the rulebook ice-2011-11-17 and its companions, with each
parameter's value filled in, and without the parts that it turns off.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence

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
    """Tell whether any of some flags is TRUE."""
    return any_of([col(name) for name in names])


def at_least(count: str, number: int) -> pl.Expr:
    """Tell whether a count between bounds is at least a number."""
    low, high = col(f"{count}.low"), col(f"{count}.high")
    return pl.when(low >= number).then(True).when(high < number).then(False)


def exactly(count: str, number: int) -> pl.Expr:
    """Tell whether a count between bounds is exactly a number."""
    low, high = col(f"{count}.low"), col(f"{count}.high")
    both = (low >= number) & (high <= number)
    return pl.when(both).then(True).when((high < number) | (low > number)).then(False)


def reached(day: pl.Expr) -> list[pl.Expr]:
    """Tell which milestones are reached on a day."""
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
# Criteria on facts and milestones alone.
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
# Criteria on other criteria.
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
    """List the facts that an expression reads, including those behind its milestones."""
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
