"""Row by row: the criteria of November 17, 2011, what is presumed, and the position."""

from __future__ import annotations

from scripts.benchmarks.baselines.routing_table import ATOMS
from scripts.benchmarks.baselines.routing_table import code as position_code
from scripts.benchmarks.baselines.row_logic import (
    Count,
    Span,
    Truth,
    all3,
    any3,
    at_least,
    exactly,
    not3,
    reached,
)

CLOSE_SCORE = 9
WEIGHTS = {
    "A1": -10, "A2a": 2, "A2b": 2, "A2c": 2, "A3a": 2, "A3b": -2, "A4a": 1, "A4b": 1, "A5a": 5,
    "A5b": 2, "A6a": -6, "A6b": -2, "A7a": -5, "A7b": -4, "A7c": -1, "A8": -20, "A9": 3,
    "A10a": -1, "A10b": 2, "A11": 3, "A12": 4, "A13": 2, "A14": 3, "A15": 4, "A16": 2, "A17": 3,
    "A18": 3, "A19": 3, "BW": 5,
}  # fmt: skip
SEXUAL = {"SEXUAL_ABUSE", "SEXUAL_EXPLOITATION"}
MISDEMEANORS = {
    "sexual_abuse": SEXUAL,
    "dui": {"DUI"},
    "hit_and_run": {"HIT_AND_RUN"},
    "drug_trafficking": {"DRUG_TRAFFICKING"},
}
# The rows that each finding affects, and those that use the score.
NAMED = {
    "not_filed": ("favored-not-filed", "victim-not-filed", "weighed-not-filed"),
    "B5": ("victim-and-adverse",),
    "B_covered": ("victim-and-adverse",),
    "B_clear": ("victim-not-filed", "victim"),
}
WEIGHED = ("weighed-not-filed", "weighed")
# Presumed FALSE or 0: the basis, and what speaks against it if TRUE or at least one.
_RECORD = ("illegal_reentry", "immigration", "unreadable_charge")
PRESUMED: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("security_risk",),
        ("charges_seen",),
        ("alleged_security", "sustained_security", "unreadable_charge"),
    ),
    (
        (
            "felonies", "aggravated", "misdemeanors", "immigration", "violent", *MISDEMEANORS,
            "public_safety", "open_threats", "convictions", "arrests", "outstanding_warrant",
            "gang_member", "public_safety_threat",
        ),
        ("charges_seen",),
        (
            "arrests", "open_arrests", "outstanding_warrant", "pending_charges", "convictions",
            "gang_member", "gang_participation", "gang_offenses", "alleged_criminal",
            "sustained_criminal", "illegal_reentry", "unreadable_charge",
        ),
    ),
    (
        ("human_rights_violator",),
        ("charges_seen",),
        ("alleged_human_rights", "sustained_human_rights", "unreadable_charge"),
    ),
    (
        ("entered_illegally",),
        ("charges_seen", "agency_record_seen"),
        (
            "alleged_illegal_entry", "sustained_illegal_entry", "apprehended_at_border",
            "illegal_reentry", "unreadable_charge",
        ),
    ),
    (
        ("violated_status",),
        ("charges_seen", "agency_record_seen"),
        (
            "alleged_status_violation", "sustained_status_violation", "continuing_violation",
            "unreadable_charge",
        ),
    ),
    (
        ("removals", "outstanding_order", "egregious_violations", "relief_denied"),
        ("agency_record_seen",),
        (
            "removals", "alleged_prior_removal", "sustained_prior_removal", "order_carried_out",
            "final_order", *_RECORD,
        ),
    ),
    (
        ("fraud_findings",),
        ("agency_record_seen",),
        (
            "alleged_fraud", "sustained_fraud", "serious_immigration_fraud", "immigration",
            "unreadable_charge",
        ),
    ),
    (
        ("sustained_fraud", "sustained_prior_removal"),
        ("charges_seen", "agency_record_seen"),
        ("alleged_fraud", "alleged_prior_removal", "unreadable_charge"),
    ),
    (
        ("served", "spouse_served", "parent_served"),
        (),
        ("combat_service", "immediate_relative_served"),
    ),
    (
        ("in_school", "finished_high_school", "higher_education"),
        (),
        ("in_school", "higher_education"),
    ),
    (
        ("domestic_violence_victim", "trafficking_victim", "serious_crime_victim"),
        (),
        ("victim_relief_pending", "immediate_crime_victim", "cooperates_with_law_enforcement"),
    ),
    (("lawful_permanent_resident",), (), ()),
    (("serious_condition",), (), ("severe_illness", "serious_disability")),
    (("ties",), (), ()),
    (("home_country_ties",), ("charges_seen",), ()),
    (
        ("immediate_crime_victim", "witness_to_crime", "civil_rights_plaintiff"),
        (),
        ("victim_relief_pending", "cooperates_with_law_enforcement"),
    ),
)  # fmt: skip


def as_presumed(
    flags: dict[str, Truth], counts: dict[str, Count]
) -> tuple[dict[str, Truth], dict[str, Count]]:
    """Fill in FALSE or 0 where it is presumed."""
    new_flags, new_counts = dict(flags), dict(counts)
    for names, basis, against in PRESUMED:
        if basis and not any(flags[name] for name in basis):
            continue
        if any(flags[n] if n in flags else counts[n][0] >= 1 for n in against):
            continue
        for name in names:
            if name in counts and counts[name] == (0, None):
                new_counts[name] = (0, 0)
            elif name in flags and flags[name] is None:
                new_flags[name] = False
    return new_flags, new_counts


def criteria(
    flags: dict[str, Truth], counts: dict[str, Count], dates: dict[str, Span]
) -> dict[str, Truth]:
    """Evaluate the criteria of the guidance."""
    found = listed_criteria(flags, counts, dates)
    found |= factors(found, flags, counts, dates)
    covered = any3((found["B1"], found["B2"], found["B4"]))
    clear = all3(covered, not3(found["B5"]))
    return found | {"B_covered": covered, "B_clear": clear, "BW": covered}


def listed_criteria(
    flags: dict[str, Truth], counts: dict[str, Count], dates: dict[str, Span]
) -> dict[str, Truth]:
    """Evaluate the criteria of the two lists."""
    fact = flags.__getitem__
    over_5, over_10 = reached(dates["present"], 5, 1), reached(dates["present"], 10, 1)
    turned_65 = reached(dates["birth"], 65)
    threats = any3(map(fact, ("gang_member", "human_rights_violator", "public_safety_threat")))
    child = all3(not3(reached(dates["birth"], 21)), fact("unmarried"))
    listed = any3(at_least(counts[name], 1) for name in ("violent", *MISDEMEANORS))
    victim = any3(
        map(fact, ("domestic_violence_victim", "trafficking_victim", "serious_crime_victim"))
    )
    return {
        "P1": fact("security_risk"),
        "P2a": any3((felony(counts), at_least(counts["misdemeanors"], 2))),
        "P2b": at_least(counts["immigration"], 1),
        "P2c": listed,
        "P2c_threat": any3(
            (
                at_least(counts["public_safety"], 1),
                all3(at_least(counts["open_threats"], 1), fact("significant_threat_found")),
            )
        ),
        "P3": threats,
        "P4": any3(
            (
                all3(fact("entered_illegally"), not3(reached(dates["illegal_entry"], 3, 1))),
                all3(fact("violated_status"), not3(reached(dates["violation"], 3, 1))),
            )
        ),
        "P5": any3((at_least(counts["removals"], 1), fact("sustained_prior_removal"))),
        "P6": any3((at_least(counts["fraud_findings"], 1), fact("sustained_fraud"))),
        "P7": fact("egregious_violations"),
        "F1": any3((fact("served"), fact("spouse_served"), all3(fact("parent_served"), child))),
        "F2": all3(child, over_5, any3((fact("in_school"), fact("finished_high_school")))),
        "F3": all3(
            fact("came_young"), over_5, fact("finished_high_school"), fact("higher_education")
        ),
        "F4": all3(turned_65, over_10),
        "F5": victim,
        "F6": all3(
            fact("lawful_permanent_resident"),
            reached(dates["lpr"], 10),
            exactly(counts["convictions"], 1),
            exactly(counts["nonviolent"], 1),
            not3(listed),
            exactly(counts["open_threats"], 0),
            exactly(counts["public_safety"], 0),
        ),
        "F7": fact("serious_condition"),
        "F8": all3(reached(dates["present"], 15), at_least(counts["ties"], 3), fact("citizen_kin")),
    }


def factors(
    found: dict[str, Truth],
    flags: dict[str, Truth],
    counts: dict[str, Count],
    dates: dict[str, Span],
) -> dict[str, Truth]:
    """Evaluate the factors and the findings, given the criteria of the two lists."""
    fact = flags.__getitem__
    return {
        "not_filed": not3(fact("nta_filed_with_court")),
        "A1": any3(value for name, value in found.items() if name.startswith("P")),
        "A2a": reached(dates["present"], 5, 1),
        "A2b": reached(dates["present"], 10, 1),
        "A2c": any3((at_least(counts["months"], 60), fact("lawful_permanent_resident"))),
        "A3a": fact("came_young"),
        "A3b": fact("entered_illegally"),
        "A4a": any3((fact("in_school"), fact("us_high_school"), fact("higher_education"))),
        "A4b": any3((fact("us_high_school"), fact("higher_education"))),
        "A5a": any3((fact("served"), fact("immediate_relative_served"))),
        "A5b": fact("combat_service"),
        "A6a": at_least(counts["convictions"], 1),
        "A6b": any3((at_least(counts["arrests"], 1), fact("outstanding_warrant"))),
        "A7a": any3((found["P5"], fact("outstanding_order"))),
        "A7b": found["P6"],
        "A7c": fact("relief_denied"),
        "A8": any3((fact("security_risk"), found["P3"])),
        "A9": at_least(counts["ties"], 2),
        "A10a": fact("home_country_ties"),
        "A10b": fact("adverse_home_conditions"),
        "A11": any3((not3(reached(dates["birth"], 18)), reached(dates["birth"], 65))),
        "A12": any3((fact("citizen_kin"), fact("resident_kin"))),
        "A13": fact("primary_caretaker"),
        "A14": any3((fact("pregnant_or_nursing"), fact("spouse_pregnant_or_nursing"))),
        "A15": any3((fact("severe_illness"), fact("spouse_severe_illness"))),
        "A16": fact("removal_unlikely"),
        "A17": fact("likely_family_relief"),
        "A18": fact("likely_protection"),
        "A19": fact("cooperates_with_law_enforcement"),
        "B1": fact("civil_rights_plaintiff"),
        "B2": any3((fact("witness_to_crime"), fact("immediate_crime_victim"))),
        "B4": found["F5"],
        "B5": any3(
            (
                fact("security_risk"),
                felony(counts),
                at_least(counts["convictions"], 3),
                found["P3"],
                at_least(counts["fraud_findings"], 1),
            )
        ),
    }


def felony(counts: dict[str, Count]) -> Truth:
    """Tell whether there is a felony, or an aggravated felony."""
    return any3(at_least(counts[name], 1) for name in ("felonies", "aggravated"))


def score(values: dict[str, Truth]) -> tuple[int, int]:
    """Return the lowest and the highest total of the factors."""
    low = sum(w for n, w in WEIGHTS.items() if values[n] or (values[n] is None and w < 0))
    high = sum(w for n, w in WEIGHTS.items() if values[n] or (values[n] is None and w > 0))
    return low, high


def position(values: dict[str, Truth]) -> int:
    """Return the code of the position in the routing table."""
    asked = {
        **values,
        "priority": any3(value for name, value in values.items() if name.startswith("P")),
        "favored": any3(value for name, value in values.items() if name.startswith("F")),
        "enough": at_least(score(values), CLOSE_SCORE),
    }
    return position_code(2 if asked[atom] is None else int(bool(asked[atom])) for atom in ATOMS)


def bears_on(name: str, rule: str | None) -> bool:
    """Tell whether a criterion affects the row that decided."""
    if name in WEIGHTS:
        return WEIGHTS[name] > 0 and rule in WEIGHED
    if name == "not_filed" or name.startswith("B"):
        return rule in NAMED.get(name, ())
    return True
