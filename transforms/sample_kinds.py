"""What the invented people of a sample backlog are like: kinds of people, and shares of the docket.

All numbers are the project's own modelling choice, set so that the shape is that of the docket of 2011
and the shares found eligible are near the published ones. A rate is a probability.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of people, by what is likely to be true of them.

    Args:
        share: Share of the backlog.
        age: Years of age, from and to.
        years: Years since the last entry, from and to.
        uninspected: Entered without inspection.
        overstayed: Violated the terms of admission, if admitted.
        at_border: Apprehended at the border, if entered without inspection.
        detained: In detention.
        resident: Lawful permanent resident.
        family: Has a citizen spouse, and each of two chances of a citizen child or parent.
        tie: Each of four chances of a tie to the community.
        asylum: Asked for asylum.
        school: Is or was in school in the United States.
        felony: Convicted of a felony.
        misdemeanor: Each of two chances of a conviction of a misdemeanor.
        light: Such a conviction is of the lighter, non-violent sort.
        removed: Removed before.
        victim: Victim of a crime.
        ill: In serious ill health.
        service: Military service of the person or a relative.
    """

    share: float
    age: tuple[int, int] = (20, 56)
    years: tuple[int, int] = (1, 12)
    uninspected: float = 0.6
    overstayed: float = 0.7
    at_border: float = 0.05
    detained: float = 0.12
    resident: float = 0.0
    family: float = 0.12
    tie: float = 0.2
    asylum: float = 0.06
    school: float = 0.05
    felony: float = 0.004
    misdemeanor: float = 0.015
    light: float = 0.4
    removed: float = 0.015
    victim: float = 0.012
    ill: float = 0.008
    service: float = 0.004


KINDS = {
    "settled": Kind(0.22, age=(30, 58), years=(10, 26), uninspected=0.75, family=0.38, tie=0.42),
    "worker": Kind(0.20, years=(3, 10), uninspected=0.75, tie=0.3),
    "crosser": Kind(
        0.08, age=(17, 45), years=(0, 2), uninspected=1.0, at_border=0.5, detained=0.5, tie=0.03
    ),
    "visitor": Kind(0.15, years=(1, 14), uninspected=0.0, overstayed=0.95, detained=0.06),
    "asylum seeker": Kind(0.15, years=(0, 9), uninspected=0.35, asylum=1.0, detained=0.1, tie=0.1),
    "student": Kind(
        0.035, age=(15, 25), years=(6, 13), uninspected=0.7, detained=0.02, school=1.0, tie=0.4
    ),
    "resident": Kind(
        0.04, age=(28, 62), years=(8, 30), uninspected=0.0, overstayed=0.0, resident=1.0,
        family=0.5, tie=0.5, misdemeanor=0.6, light=0.75, felony=0.1,
    ),
    "felon": Kind(0.035, years=(4, 25), felony=1.0, misdemeanor=0.3, detained=0.7, family=0.25),
    "misdemeanant": Kind(0.05, years=(3, 18), misdemeanor=0.8, light=0.25, detained=0.35),
    "returner": Kind(0.025, years=(1, 9), uninspected=0.95, removed=1.0, detained=0.45),
    "elder": Kind(0.01, age=(63, 86), years=(8, 30), uninspected=0.4, detained=0.01, family=0.5),
    "victim": Kind(0.015, years=(3, 15), victim=1.0, detained=0.03, family=0.25),
    "patient": Kind(0.01, years=(2, 18), ill=1.0, detained=0.05),
    "soldier's family": Kind(0.006, years=(4, 18), service=1.0, family=0.6, tie=0.5, detained=0.02),
}  # fmt: skip

# Shares are rough; Baltimore and Denver as in the pilot (3,759 and 7,923 of 300,000).
COURTS = {
    "LOS": 0.152, "NYC": 0.138, "MIA": 0.078, "SFR": 0.064, "HOU": 0.045, "SNA": 0.043, "CHI": 0.045,
    "WAS": 0.043, "ORL": 0.038, "NEW": 0.036, "BOS": 0.033, "ATL": 0.033, "PHO": 0.030, "DEN": 0.0264,
    "ELP": 0.024, "DAL": 0.024, "SND": 0.022, "SEA": 0.022, "MEM": 0.020, "PHI": 0.019, "HLG": 0.018,
    "BAL": 0.0125, "DET": 0.012, "TUC": 0.011, "NOL": 0.010, "OMA": 0.010, "LVG": 0.010, "CHL": 0.010,
}  # fmt: skip

# Nationalities of those who came without inspection, and of those who were admitted.
CROSSED = {
    "MX": 0.51, "GT": 0.14, "ES": 0.15, "HO": 0.09, "EC": 0.03, "CH": 0.05, "BR": 0.02, "NU": 0.01,
}  # fmt: skip
ADMITTED = {
    "MX": 0.19, "CH": 0.16, "CO": 0.06, "HA": 0.07, "CU": 0.06, "IN": 0.06, "RP": 0.05, "KS": 0.04,
    "JM": 0.05, "DR": 0.06, "BR": 0.04, "ES": 0.05, "GT": 0.05, "PE": 0.03, "CM": 0.02, "ID": 0.01,
}  # fmt: skip
LANGUAGES = {"CH": "MAN", "IN": "HIN", "KS": "KOR", "BR": "POR", "HA": "CRE", "RP": "TAG"}

# How often a file of middling care says nothing of a fact.
SILENCE = {
    "birth_date": 0.10, "marital_status": 0.25, "entries": 0.08, "status_violations": 0.15,
    "removals": 0.10, "orders": 0.10, "fraud_findings": 0.15, "convictions": 0.15, "arrests": 0.25,
    "outstanding_warrant": 0.20, "security_risk": 0.20, "gang_member": 0.25,
    "gang_participation": 0.40, "human_rights_violator": 0.20, "public_safety_threat": 0.25,
    "egregious_violations": 0.30, "charges": 0.03, "military_service": 0.40, "relatives": 0.20,
    "caretaking": 0.35, "in_school": 0.30, "high_school": 0.35, "higher_education": 0.30,
    "serious_condition": 0.40, "serious_disability": 0.40, "severe_illness": 0.40,
    "spouse_severe_illness": 0.50, "pregnant_or_nursing": 0.30, "spouse_pregnant_or_nursing": 0.40,
    "victimisation": 0.40, "witness_to_crime": 0.45, "applications": 0.05, "ties": 0.30,
    "home_country_ties": 0.40, "adverse_home_conditions": 0.40, "removal_unlikely": 0.15,
    "cooperates_with_law_enforcement": 0.35, "civil_rights_plaintiff": 0.35,
    "months_in_lawful_status": 0.35, "lawful_permanent_resident": 0.05, "custody": 0.01,
    "calendar_type": 0.03, "next_hearing": 0.04, "nta_issued": 0.02, "nta_filed": 0.10,
    "nta_filed_with_court": 0.03, "represented": 0.02, "apprehended_at_border": 0.20,
    "present_continuously_since": 0.20, "nationality": 0.01, "sex": 0.05, "language": 0.05,
}  # fmt: skip
