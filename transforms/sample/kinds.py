"""What the invented people of a sample backlog are like: kinds of people, courts, and rates.

All numbers are the project's own, chosen so that the sample resembles the docket of 2011 and the
shares found eligible are near the published ones. A rate is a probability.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of people, by what is likely to be true of them.

    Args:
        share: Share among the kinds that `favored` puts it with.
        favored: Whether classes that the guidance favors are common in it.
        age: Years of age, from and to.
        years: Years since the last entry, from and to.
        uninspected: Entered without inspection.
        overstayed: Violated the terms of admission, if admitted.
        at_border: Apprehended at the border, if entered without inspection.
        detained: In detention.
        resident: Lawful permanent resident.
        family: Spouse, child, or parent is a citizen, for each one that exists.
        tie: Each of four chances of a tie to the community.
        asylum: Asked for asylum.
        school: Is or was in school in the United States.
        felony: Convicted of a felony.
        misdemeanor: Convicted of a misdemeanor; half as often, of a second one.
        light: Such a conviction is for a lighter, nonviolent offense.
        removed: Removed before.
        victim: Victim of a crime.
        ill: In serious ill health.
        service: Military service of the person or a relative.
    """

    share: float
    favored: bool = False
    age: tuple[int, int] = (20, 56)
    years: tuple[int, int] = (1, 12)
    uninspected: float = 0.6
    overstayed: float = 0.9
    at_border: float = 0.03
    detained: float = 0.12
    resident: float = 0.0
    family: float = 0.15
    tie: float = 0.2
    asylum: float = 0.06
    school: float = 0.03
    felony: float = 0.004
    misdemeanor: float = 0.02
    light: float = 0.4
    removed: float = 0.015
    victim: float = 0.008
    ill: float = 0.006
    service: float = 0.003


KINDS = {
    "worker": Kind(0.27, years=(3, 10), uninspected=0.75, tie=0.3, detained=0.2),
    "crosser": Kind(
        0.11, age=(17, 45), years=(0, 2), uninspected=1.0, at_border=0.5, detained=0.55, tie=0.03
    ),
    "minor": Kind(
        0.015, age=(6, 17), years=(0, 3), uninspected=0.9, at_border=0.6, detained=0.15, tie=0.05,
        school=0.5, removed=0.0,
    ),
    "visitor": Kind(
        0.18, years=(1, 14), uninspected=0.0, overstayed=0.97, detained=0.1, school=0.1
    ),
    "asylum seeker": Kind(
        0.19, years=(0, 9), uninspected=0.35, overstayed=0.75, asylum=1.0, detained=0.17, tie=0.1
    ),
    "felon": Kind(0.05, years=(4, 25), felony=1.0, misdemeanor=0.4, detained=0.85, family=0.25),
    "misdemeanant": Kind(0.075, years=(3, 18), misdemeanor=0.95, light=0.25, detained=0.5),
    "returner": Kind(0.04, years=(1, 9), uninspected=0.95, removed=1.0, detained=0.55),
    "settled": Kind(
        0.46, True, age=(30, 58), years=(10, 26), uninspected=0.75, family=0.35, tie=0.4,
        detained=0.002,
    ),
    "student": Kind(
        0.1, True, age=(15, 25), years=(6, 13), uninspected=0.7, detained=0.001, school=1.0, tie=0.4
    ),
    "resident": Kind(
        0.1, True, age=(28, 62), years=(8, 30), uninspected=0.0, overstayed=0.0, resident=1.0,
        family=0.5, tie=0.5, misdemeanor=0.8, light=0.75, felony=0.15, detained=0.02, asylum=0.0,
    ),
    "elder": Kind(
        0.04, True, age=(63, 86), years=(8, 30), uninspected=0.4, detained=0.001, family=0.5
    ),
    "victim": Kind(0.05, True, years=(3, 15), victim=1.0, detained=0.002, family=0.25),
    "patient": Kind(0.04, True, years=(2, 18), ill=1.0, detained=0.002),
    "soldier's family": Kind(
        0.02, True, years=(4, 18), service=1.0, family=0.6, tie=0.5, detained=0.002
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Court:
    """An immigration court.

    Args:
        share: Share of the backlog.
        favored: Share of its cases that are of the favored kinds.
        region: Where its people come from: a key of `CROSSED` and `ADMITTED`.
    """

    share: float
    favored: float = 0.3
    region: str = "west"


# Rough shares; Baltimore and Denver as in the pilot of 2011 (3,759 and 7,923 of 300,000).
COURTS = {
    "LOS": Court(0.142, 0.36), "NYC": Court(0.130, 0.21, "north"),
    "MIA": Court(0.072, 0.23, "south"), "SFR": Court(0.060, 0.33), "HOU": Court(0.045, 0.2),
    "SNA": Court(0.043),
    "CHI": Court(0.044, 0.24, "north"), "WAS": Court(0.043, 0.27, "north"),
    "ORL": Court(0.038, 0.26, "south"), "NEW": Court(0.036, 0.26, "north"),
    "BOS": Court(0.033, 0.26, "north"), "ATL": Court(0.033), "PHO": Court(0.030, 0.36),
    "DEN": Court(0.02641, 0.72), "ELP": Court(0.024), "DAL": Court(0.024), "SND": Court(0.022),
    "SEA": Court(0.022, 0.4), "MEM": Court(0.020), "PHI": Court(0.019, 0.27, "north"),
    "HLG": Court(0.018, 0.2), "BAL": Court(0.01253, 0.43, "north"),
    "DET": Court(0.012, 0.3, "north"),
    "TUC": Court(0.011, 0.38), "NOL": Court(0.010), "OMA": Court(0.010, 0.36), "LVG": Court(0.010),
    "CHL": Court(0.010),
}  # fmt: skip

# Nationalities of those who came without inspection, and of those who were admitted.
CROSSED = {
    "west": {"MX": 0.62, "GT": 0.13, "ES": 0.13, "HO": 0.07, "CH": 0.02, "NU": 0.01, "BR": 0.02},
    "north": {"CH": 0.2, "EC": 0.14, "ES": 0.2, "GT": 0.14, "MX": 0.16, "HO": 0.1, "BR": 0.06},
    "south": {"HA": 0.18, "GT": 0.2, "MX": 0.2, "HO": 0.17, "NU": 0.08, "ES": 0.1, "CU": 0.07},
}
ADMITTED = {
    "west": {
        "MX": 0.35, "CH": 0.14, "RP": 0.11, "KS": 0.08, "IN": 0.08, "AM": 0.04, "ES": 0.06,
        "GT": 0.06, "PE": 0.04, "ID": 0.04,
    },
    "north": {
        "CH": 0.24, "DR": 0.14, "JM": 0.11, "CO": 0.09, "IN": 0.09, "EC": 0.09, "BR": 0.07,
        "KS": 0.06, "CM": 0.05, "RP": 0.06,
    },
    "south": {
        "CU": 0.24, "HA": 0.22, "CO": 0.18, "VE": 0.1, "BR": 0.1, "JM": 0.1, "PE": 0.06,
    },
}  # fmt: skip
LANGUAGES = {
    "CH": "MAN", "IN": "HIN", "KS": "KOR", "BR": "POR", "HA": "CRE", "RP": "TAG", "JM": "ENG",
    "AM": "ARM", "ID": "IND", "CM": "FR",
}  # fmt: skip

# How often a file says nothing about a fact.
SILENCE = {
    "birth_date": 0.10, "marital_status": 0.25, "entries": 0.08, "status_violations": 0.12,
    "removals": 0.10, "orders": 0.10, "fraud_findings": 0.15, "convictions": 0.15, "arrests": 0.25,
    "outstanding_warrant": 0.20, "security_risk": 0.20, "gang_member": 0.25,
    "gang_participation": 0.40, "human_rights_violator": 0.20, "public_safety_threat": 0.25,
    "egregious_violations": 0.30, "charges": 0.03, "military_service": 0.40, "relatives": 0.20,
    "caretaking": 0.35, "in_school": 0.30, "high_school": 0.35, "higher_education": 0.30,
    "serious_condition": 0.40, "serious_disability": 0.40, "severe_illness": 0.40,
    "spouse_severe_illness": 0.50, "pregnant_or_nursing": 0.30, "spouse_pregnant_or_nursing": 0.40,
    "victimization": 0.40, "witness_to_crime": 0.45, "applications": 0.05, "ties": 0.30,
    "home_country_ties": 0.40, "adverse_home_conditions": 0.40, "removal_unlikely": 0.15,
    "cooperates_with_law_enforcement": 0.35, "civil_rights_plaintiff": 0.35,
    "months_in_lawful_status": 0.35, "lawful_permanent_resident": 0.05, "lpr_since": 0.05,
    "custody": 0.01, "calendar_type": 0.03, "next_hearing": 0.04, "nta_issued": 0.02,
    "nta_filed": 0.10, "nta_filed_with_court": 0.03, "represented": 0.02, "represented_since": 0.10,
    "apprehension_place": 0.20, "present_continuously_since": 0.85, "nationality": 0.01,
    "sex": 0.05, "language": 0.05, "a_number": 0.01, "opla_office": 0.05, "family_role": 0.10,
    "juvenile": 0.05, "court": 0.001, "case_type": 0.01,
}  # fmt: skip

# For fields that were added to the record later.
LATER = {
    "apprehended_on": 0.30, "moved_from_detained_docket": 0.25, "moved_docket_on": 0.25,
    "arrests_without_disposition": 0.30, "pending_charges": 0.25, "weapon_used": 0.40,
    "released_from_incarceration": 0.35, "rehabilitation": 0.60, "smuggling": 0.30,
    "serious_immigration_fraud": 0.35, "order_not_complied_with": 0.30,
    "amenable_to_expedited_removal": 0.40, "paroled_under_paused_policy": 0.40,
    "immediate_crime_victim": 0.45, "significant_threat_found": 0.60, "current_threat_found": 0.60,
    "otherwise_security_threat_found": 0.60, "acts_chargeable_found": 0.60,
    "official_misrepresentation_found": 0.60, "benefits_abuse_found": 0.60,
    "senior_official_exception_found": 0.80,
}  # fmt: skip
SILENCE |= LATER

# What makes a case one of its kind is usually in the file.
TELLING = {
    "felon": ("convictions",), "misdemeanant": ("convictions",), "returner": ("removals",),
    "resident": ("convictions", "lpr_since"), "patient": ("serious_condition", "severe_illness"),
    "victim": ("victimization",), "soldier's family": ("military_service",),
    "student": ("high_school", "higher_education", "in_school"), "elder": ("birth_date",),
}  # fmt: skip
TELLING_SHARE = 0.3
