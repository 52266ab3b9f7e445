"""Sample: an invented backlog of the shape of 2011, messy on purpose.

People come from a pool of invented records of a dozen kinds (a student who came as a child, somebody
who crossed last year, a permanent resident with one conviction ...), each with facts missing as
files lack them. A case takes a person from the pool and gets its own id, court, calendar and dates
of the docket. The same seed gives the same cases, however many are made at a time.
"""

from __future__ import annotations

import datetime
import random
from typing import Any

import numpy as np
import polars as pl

from transforms.case_frame import CASES
from transforms.frames import Frame

BLOCK = 10_000
POOL = 12_000
TODAY = datetime.date(2011, 11, 17)

# Shares of the docket are rough; Baltimore and Denver as in the pilot (3,759 and 7,923 of 300,000).
COURTS = {
    "LOS": 0.152, "NYC": 0.138, "MIA": 0.078, "SFR": 0.064, "HOU": 0.045, "SNA": 0.043, "CHI": 0.045,
    "WAS": 0.043, "ORL": 0.038, "NEW": 0.036, "BOS": 0.033, "ATL": 0.033, "PHO": 0.030, "DEN": 0.0264,
    "ELP": 0.024, "DAL": 0.024, "SND": 0.022, "SEA": 0.022, "MEM": 0.020, "PHI": 0.019, "HLG": 0.018,
    "BAL": 0.0125, "DET": 0.012, "TUC": 0.011, "NOL": 0.010, "OMA": 0.010, "LVG": 0.010, "CHL": 0.010,
}  # fmt: skip
COURT_WORDS = {"BAL": "Baltimore, MD", "DEN": "denver", "LOS": "Los Angeles", "NYC": "new york "}
NATIONS = {
    "MX": 0.40, "ES": 0.11, "GT": 0.10, "CH": 0.08, "HO": 0.06, "CU": 0.03, "HA": 0.03, "BR": 0.02,
    "IN": 0.02, "CO": 0.02, "DR": 0.02, "EC": 0.02, "JM": 0.015, "KS": 0.01, "RP": 0.01, "CM": 0.005,
}  # fmt: skip
NATION_WORDS = {"MX": "Mexico", "ES": "el salvador", "CH": "CHINA"}

# How often a file says nothing of a fact.
SILENCE = {
    "birth_date": 0.12, "marital_status": 0.25, "entries": 0.08, "status_violations": 0.15,
    "removals": 0.10, "orders": 0.10, "fraud_findings": 0.15, "convictions": 0.12, "arrests": 0.25,
    "outstanding_warrant": 0.20, "security_risk": 0.20, "gang_member": 0.25,
    "gang_participation": 0.40, "human_rights_violator": 0.20, "public_safety_threat": 0.25,
    "egregious_violations": 0.30, "charges": 0.03, "military_service": 0.40, "relatives": 0.20,
    "caretaking": 0.35, "in_school": 0.30, "high_school": 0.35, "higher_education": 0.30,
    "serious_condition": 0.40, "serious_disability": 0.40, "severe_illness": 0.40,
    "spouse_severe_illness": 0.50, "pregnant_or_nursing": 0.30, "spouse_pregnant_or_nursing": 0.40,
    "victimisation": 0.40, "witness_to_crime": 0.45, "applications": 0.05, "ties": 0.30,
    "home_country_ties": 0.40, "adverse_home_conditions": 0.40, "removal_unlikely": 0.15,
    "cooperates_with_law_enforcement": 0.35, "civil_rights_plaintiff": 0.35,
    "months_in_lawful_status": 0.35, "lawful_permanent_resident": 0.05,
}  # fmt: skip

KINDS = {
    "settled": 0.20, "recent_crosser": 0.13, "overstayer": 0.17, "asylum_seeker": 0.17,
    "student": 0.045, "resident": 0.035, "felon": 0.05, "misdemeanant": 0.07, "removed": 0.05,
    "elder": 0.02, "victim": 0.03, "ill": 0.02, "veteran_family": 0.01,
}  # fmt: skip

MESSY = 0.15
MESSES = (
    lambda day: f"{day:%m/%d/%Y}",
    lambda day: f"{day:%d-%b-%Y}".upper(),
    lambda day: f"{day:%Y%m%d}",
    lambda day: f"{day:%b %d, %Y}",
    lambda day: f"{day} 00:00:00.000",
    lambda day: f"  {day}",
)
OFFENSE_WORDS = {"DUI": "drunk driving", "THEFT": "Shoplifting", "ASSAULT": "battery "}

Record = dict[str, Any]


def sample_block(pool: Frame, seed: int, block: int, cases: int, *, clean: bool = False) -> Frame:
    """One block of cases.

    Args:
        pool: From `people`.
        seed: The sample's seed.
        block: The block's number; with the seed it settles what comes.
        cases: How many cases the block has, at most `BLOCK`.
        clean: Whether to leave out the mess.

    Returns:
        Columns of case_record.avsc; some rows more than `cases`, for there are duplicates.
    """
    rng = np.random.default_rng([seed, block])
    chosen = pool[rng.integers(0, pool.height, cases)]
    number = pl.Series(np.arange(cases) + block * BLOCK + 1)
    court = _pick(rng, COURTS, cases)
    detained = rng.random(cases) < 0.19
    calendar = rng.choice(["MASTER", "INDIVIDUAL", "NOT_CALENDARED"], cases, p=[0.45, 0.4, 0.15])
    issued = _days(rng, cases, -2100, -20)
    hearing = _days(rng, cases, 5, 900)
    frame = chosen.with_columns(
        case_id=("7" + number.cast(pl.String).str.zfill(8)),
        a_number=("A9" + number.cast(pl.String).str.zfill(8)),
        updated_at=_days(rng, cases, -60, -1).cast(pl.String) + "T08:00:00",
        source=pl.lit("SAMPLE"),
        court=court,
        opla_office=court + " OCC",
        case_type=pl.lit("RMV"),
        custody=pl.Series(np.where(detained, "DETAINED", "NEVER_DETAINED")).cast(CASES["custody"]),
        calendar_type=pl.Series(calendar).cast(CASES["calendar_type"]),
        next_hearing=pl.when(pl.Series(calendar != "NOT_CALENDARED")).then(hearing.cast(pl.String)),
        nta_issued=issued.cast(pl.String),
        nta_filed_with_court=pl.Series(rng.random(cases) < 0.93),
        nationality=_pick(rng, NATIONS, cases),
        represented=pl.Series(rng.random(cases) < 0.52),
    ).select(CASES.names())
    return frame if clean else _mess_up(frame, rng, block)


def _mess_up(frame: Frame, rng: np.random.Generator, block: int) -> Frame:
    odd = pl.Series(rng.random(frame.height) < MESSY)
    issued = pl.col("nta_issued").str.to_date()
    frame = frame.with_columns(
        court=pl.when(odd).then(pl.col("court").replace(COURT_WORDS)).otherwise("court"),
        nationality=pl.when(odd)
        .then(pl.col("nationality").replace(NATION_WORDS))
        .otherwise("nationality"),
        nta_issued=pl.when(odd).then(issued.dt.strftime("%m/%d/%Y")).otherwise("nta_issued"),
        case_id=pl.when(pl.Series(rng.random(frame.height) < 0.0002))
        .then(pl.lit("  "))
        .when(odd)
        .then(" " + pl.col("case_id") + " ")
        .otherwise("case_id"),
    )
    twice = frame.filter(pl.Series(rng.random(frame.height) < 0.005)).with_columns(
        updated_at=pl.lit("2010-06-01T08:00:00"),
        relatives=pl.lit(None, CASES["relatives"]),
        convictions=pl.lit(None, CASES["convictions"]),
    )
    return pl.concat([frame, twice])


def people(seed: int, *, clean: bool = False) -> Frame:
    """The pool of invented people.

    Args:
        seed: The sample's seed.
        clean: Whether to leave out the mess.

    Returns:
        Columns of case_record.avsc with those of the docket empty.
    """
    rng = random.Random(seed)
    kinds, weights = list(KINDS), list(KINDS.values())
    made = [_person(rng, rng.choices(kinds, weights)[0], clean) for _ in range(POOL)]
    return pl.DataFrame(made, schema=CASES)


def _person(rng: random.Random, kind: str, clean: bool) -> Record:
    age = rng.randint(19, 60)
    years_here = rng.choice([1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 20])
    manner, charge = rng.choice(
        [("WITHOUT_INSPECTION", "212a06Ai"), ("ADMITTED", "237a01B"), ("ADMITTED", "237a01Ci")]
    )
    record = _nothing_of_note(rng)
    record["relatives"] = _relatives(rng, 0.3)
    record["ties"] = [_tie(rng) for _ in range(rng.choice([0, 0, 1, 2, 3]))]
    match kind:
        case "settled":
            years_here = rng.randint(9, 24)
            record["relatives"] = _relatives(rng, 0.65)
        case "recent_crosser":
            years_here, manner, charge = rng.choice([0, 1, 2]), "WITHOUT_INSPECTION", "212a06Ai"
            record["apprehended_at_border"] = rng.random() < 0.4
        case "overstayer":
            manner, charge = "ADMITTED", "237a01B"
            when = TODAY - datetime.timedelta(days=rng.randint(400, 4000))
            record["status_violations"] = [{"date": str(when), "kind": "OVERSTAY"}]
        case "asylum_seeker":
            record["applications"] = [_application(rng, "ASYL")]
            record["adverse_home_conditions"] = rng.random() < 0.5
        case "student":
            age = rng.randint(15, 24)
            years_here = rng.randint(5, age - 2)
            record["in_school"] = age < 19
            record["high_school"] = "NOT_COMPLETED" if age < 18 else "COMPLETED_IN_US"
            record["higher_education"] = "PURSUING" if age > 18 else "NEITHER"
            record["marital_status"] = "UNMARRIED"
        case "resident":
            years_here, manner, charge = rng.randint(6, 30), "ADMITTED", "237a02Ai"
            since = TODAY - datetime.timedelta(days=365 * (years_here - rng.randint(0, 4)))
            record |= {"lawful_permanent_resident": True, "lpr_since": str(since)}
            record["convictions"] = [_conviction(rng, "MISDEMEANOR", ["THEFT", "DRUG_POSSESSION"])]
        case "felon":
            charge = "237a02Aiii" if manner == "ADMITTED" else "212a02AiI"
            record["convictions"] = [
                _conviction(rng, "FELONY", ["BURGLARY", "DRUG_TRAFFICKING", "VIOLENCE"])
            ]
        case "misdemeanant":
            record["convictions"] = [
                _conviction(rng, "MISDEMEANOR", ["DUI", "ASSAULT", "THEFT", "TRAFFIC"])
                for _ in range(rng.choice([1, 1, 2]))
            ]
        case "removed":
            charge = "212a09AiiI"
            when = TODAY - datetime.timedelta(days=rng.randint(800, 6000))
            record["removals"] = [{"date": str(when), "kind": "REMOVAL"}]
        case "elder":
            age, years_here = rng.randint(62, 84), rng.randint(5, 30)
        case "victim":
            crime = rng.choice(["DOMESTIC_VIOLENCE", "HUMAN_TRAFFICKING", "OTHER_SERIOUS_CRIME"])
            record["victimisation"] = [{"kind": crime, "in_united_states": True}]
            record["applications"] = [_application(rng, "I918")]
        case "ill":
            record["serious_condition"] = record["severe_illness"] = True
        case "veteran_family":
            who = rng.choice(["SELF", "SPOUSE", "PARENT"])
            record["military_service"] = [
                {"who": who, "status": "SERVING_IN_GOOD_STANDING", "combat": rng.random() < 0.3}
            ]
    born = TODAY - datetime.timedelta(days=int(age * 365.25) + rng.randint(0, 364))
    came = TODAY - datetime.timedelta(days=int(years_here * 365.25) + rng.randint(0, 364))
    came = max(came, born + datetime.timedelta(days=90))
    record["birth_date"] = str(born)[:7] if rng.random() < 0.08 else str(born)
    record["entries"] = [{"date": str(came), "manner": manner}]
    if rng.random() < 0.2:
        record["entries"][0]["date"] = None
    record["charges"] = [{"code": charge, "status": None}]
    record = {name: None if _silent(rng, name, kind) else record[name] for name in record}
    return record if clean else _untidy(rng, record, born)


def _nothing_of_note(rng: random.Random) -> Record:
    """A file that says all there is, and that there is nothing special."""
    record: Record = {name: False for name, dtype in CASES.items() if dtype == pl.Boolean}
    record |= {name: [] for name, dtype in CASES.items() if isinstance(dtype, pl.List)}
    return record | {
        "arrests": 0,
        "marital_status": rng.choice(["MARRIED", "UNMARRIED"]),
        "high_school": rng.choice(["COMPLETED_ABROAD", "NOT_COMPLETED", "NOT_COMPLETED"]),
        "higher_education": "NEITHER",
        "months_in_lawful_status": rng.choice([0, 0, 0, 6, 12, 72]),
        "sex": rng.choice(["FEMALE", "MALE", "MALE"]),
        "language": "SP",
    }


def _silent(rng: random.Random, name: str, kind: str) -> bool:
    """Whether the file says nothing of a field; what makes the kind is in it."""
    telling = {
        "felon": "convictions", "misdemeanant": "convictions", "resident": "convictions",
        "removed": "removals", "ill": "serious_condition", "victim": "victimisation",
        "veteran_family": "military_service", "student": "higher_education",
    }  # fmt: skip
    chance = SILENCE.get(name, 0.0)
    return rng.random() < (chance * 0.3 if telling.get(kind) == name else chance)


def _relatives(rng: random.Random, chance: float) -> list[Record]:
    if rng.random() > chance:
        return []
    return [
        {
            "relation": rng.choice(["CHILD", "CHILD", "SPOUSE", "PARENT", "SIBLING"]),
            "status": rng.choice(["CITIZEN", "CITIZEN", "PERMANENT_RESIDENT", "NONE", "UNKNOWN"]),
            "minor": rng.random() < 0.5,
            "care_need": "NO_NEED",
        }
        for _ in range(rng.choice([1, 1, 2]))
    ]


def _tie(rng: random.Random) -> Record:
    kind = rng.choice(["EMPLOYMENT", "HOME", "FAITH", "TAXES", "VOLUNTEERING"])
    return {"kind": kind, "documented": rng.choice([True, False, None])}


def _application(rng: random.Random, form: str) -> Record:
    filed = TODAY - datetime.timedelta(days=rng.randint(30, 1500))
    likely = rng.choice([True, False, False, None])
    return {"form": form, "filed": str(filed), "decision": "PENDING", "likely": likely}


def _conviction(rng: random.Random, grade: str, categories: list[str]) -> Record:
    category = rng.choice(categories)
    return {
        "date": str(TODAY - datetime.timedelta(days=rng.randint(200, 4000))),
        "grade": grade if rng.random() < 0.95 else "UNKNOWN",
        "category": category,
        "aggravated_felony": grade == "FELONY" and rng.random() < 0.4,
        "immigration_element": False,
        "violent": category in ("ASSAULT", "VIOLENCE"),
        "sentence_days": rng.choice([0, 30, 180, 720]),
        "custody_days": rng.choice([0, 10, 95]),
        "jurisdiction": "STATE",
        "juvenile_adjudication": False,
        "vacated": False if rng.random() < 0.9 else None,
    }


def _untidy(rng: random.Random, record: Record, born: datetime.date) -> Record:
    """Write a person's values as agencies do, and now and then what cannot be true."""
    if rng.random() < MESSY and record["birth_date"] and len(record["birth_date"]) == 10:
        record["birth_date"] = rng.choice(MESSES)(born)
    if rng.random() < MESSY and record["entries"] and record["entries"][0]["date"]:
        day = datetime.date.fromisoformat(record["entries"][0]["date"])
        record["entries"][0]["date"] = rng.choice(MESSES)(day)
    for conviction in record["convictions"] or ():
        if rng.random() < MESSY:
            category = conviction["category"]
            conviction["category"] = OFFENSE_WORDS.get(category, category.lower())
    if rng.random() < 0.002 and record["entries"]:
        record["entries"][0]["date"] = str(born - datetime.timedelta(days=900))
    if rng.random() < 0.004:
        record["birth_date"] = rng.choice(["N/A", "13/45/1970", "11/17/45", "2031-01-01"])
    return record


def _pick(rng: np.random.Generator, shares: dict[str, float], number: int) -> pl.Series:
    weights = np.array(list(shares.values()))
    return pl.Series(rng.choice(list(shares), number, p=weights / weights.sum()))


def _days(rng: np.random.Generator, number: int, first: int, last: int) -> pl.Series:
    start = np.datetime64(TODAY, "D")
    return pl.Series(start + rng.integers(first, last, number).astype("timedelta64[D]"))
