"""Baseline: the plain Beam way, a record at a time, in pydantic and Python rules.

The guidance of November 17, 2011 on the same facts, by plain functions over one record. It gives
less than the project: route, rule, grounds, the criteria and the score, but no checks,
possible routes, missing facts or forecast; it writes no normalized records, looks for no duplicates
and no contradictions, and reads dates in ISO form only, as the clean sample has them. With all that
it would take longer, so its time is a lower bound.
"""

from __future__ import annotations

import argparse
import calendar
import datetime
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import apache_beam as beam
import fastavro
import yaml
from apache_beam.io.avroio import ReadFromAvro, WriteToAvro
from apache_beam.options.pipeline_options import PipelineOptions

from schemas.case_record import CaseRecord

AS_OF = datetime.date(2011, 11, 17)
CODES = Path(__file__).parents[3] / "schemas" / "codes"
Truth = bool | None
Count = tuple[int, int | None]
Span = tuple[datetime.date | None, datetime.date | None]
WEIGHTS = {
    "A1": -10, "A2a": 2, "A2b": 3, "A2c": 2, "A3a": 3, "A3b": -2, "A4": 3, "A5a": 5, "A5b": 2,
    "A6a": -6, "A6b": -2, "A7a": -5, "A7b": -4, "A7c": -1, "A8": -20, "A9": 3, "A10a": -1,
    "A10b": 2, "A11": 3, "A12": 4, "A13": 4, "A14": 3, "A15": 4, "A16": 2, "A17": 3, "A18": 3,
    "A19": 3,
}  # fmt: skip
VIOLENCE = {"VIOLENCE", "THREATS", "ASSAULT", "DOMESTIC_VIOLENCE", "HOMICIDE"}
SEXUAL = {"SEXUAL_ABUSE", "SEXUAL_EXPLOITATION"}
IMMIGRATION = {"ILLEGAL_ENTRY", "ILLEGAL_REENTRY", "IMMIGRATION_FRAUD"}
MISDEMEANORS = {
    "sexual_abuse": SEXUAL,
    "dui": {"DUI"},
    "hit_and_run": {"HIT_AND_RUN"},
    "drug_trafficking": {"DRUG_TRAFFICKING"},
    "public_safety": {"OTHER_PUBLIC_SAFETY"},
}
CONVICTIONS = (
    "convictions", "felonies", "aggravated", "misdemeanors", "immigration", "nonviolent", "violent",
    *MISDEMEANORS,
)  # fmt: skip
BARRED_BY = {
    "security_risk": "SECURITY", "human_rights_violator": "HUMAN_RIGHTS",
    "public_safety_threat": "CRIMINAL", "entered_illegally": "ENTRY_WITHOUT_INSPECTION",
    "violated_status": "STATUS_VIOLATION", "outstanding_order": "PRIOR_REMOVAL",
}  # fmt: skip
PRESUMED = (
    *BARRED_BY, "outstanding_warrant", "gang_member", "egregious_violations", "relief_denied",
    "home_country_ties", "served", "spouse_or_parent_served", "in_school", "finished_high_school",
    "higher_education", "domestic_violence_victim", "trafficking_victim", "serious_crime_victim",
    "lawful_permanent_resident", "serious_condition",
)  # fmt: skip
PRESUMED_COUNTS = {
    **{name: "CRIMINAL" for name in (*CONVICTIONS, "arrests") if name != "nonviolent"},
    "removals": "PRIOR_REMOVAL",
    "fraud_findings": "FRAUD",
    "ties": "",
}


def any3(values: Iterable[Truth]) -> Truth:
    """TRUE if one is, else UNKNOWN if one is, else FALSE."""
    unknown = False
    for value in values:
        if value:
            return True
        unknown |= value is None
    return None if unknown else False


def all3(*values: Truth) -> Truth:
    """FALSE if one is, else UNKNOWN if one is, else TRUE."""
    if any(value is False for value in values):
        return False
    return None if None in values else True


def not3(value: Truth) -> Truth:
    """The opposite; UNKNOWN stays."""
    return None if value is None else not value


def one_of(value: str | None, *symbols: str) -> Truth:
    """Whether an enum is one of some symbols."""
    return None if value in (None, "UNKNOWN") else value in symbols


def inside(value: str | None, codes: set[str]) -> Truth:
    """Whether a code is one of some."""
    return None if value is None else value in codes


def over(elements: list[Any] | None, test: Callable[[Any], Truth]) -> Truth:
    """Whether one element of a list passes."""
    return None if elements is None else any3(test(element) for element in elements)


def count(elements: list[Any] | None, test: Callable[[Any], Truth]) -> Count:
    """How many elements of a list pass, between two bounds."""
    if elements is None:
        return 0, None
    results = [test(element) for element in elements]
    return results.count(True), results.count(True) + results.count(None)


def at_least(number: Count, limit: int) -> Truth:
    """Whether a count is at least so much."""
    low, high = number
    if low >= limit:
        return True
    return False if high is not None and high < limit else None


def exactly_one(number: Count) -> Truth:
    """Whether a count is one."""
    low, high = number
    if low > 1 or (high is not None and high < 1):
        return False
    return True if low == 1 and high == 1 else None


def day(text: str | None) -> datetime.date | None:
    """An ISO date."""
    try:
        return None if text is None else datetime.date.fromisoformat(text)
    except ValueError:
        return None


def span(text: str | None) -> Span:
    """First and last day that an ISO date of day, month or year precision means."""
    if text is not None and len(text) == 7:
        first = day(f"{text}-01")
        if first is not None:
            last = calendar.monthrange(first.year, first.month)[1]
            return first, first.replace(day=last)
    if text is not None and len(text) == 4:
        return day(f"{text}-01-01"), day(f"{text}-12-31")
    return day(text), day(text)


def after(date: datetime.date, years: int, days: int) -> datetime.date:
    """The day so many years and days after; 29 February counts on to 1 March."""
    try:
        shifted = date.replace(year=date.year + years)
    except ValueError:
        shifted = datetime.date(date.year + years, 3, 1)
    return shifted + datetime.timedelta(days)


def reached(since: Span, years: int, days: int = 0) -> Truth:
    """Whether a milestone is reached as of the day."""
    low, high = since
    if high is not None and after(high, years, days) <= AS_OF:
        return True
    return False if low is not None and after(low, years, days) > AS_OF else None


def latest(dates: list[tuple[datetime.date | None, Truth]]) -> Span:
    """Bounds of the latest of dates that count, or may."""
    sure = [date for date, counts in dates if counts and date is not None]
    may = [date for date, counts in dates if counts is not False]
    known = [date for date in may if date is not None]
    high = max(known) if known and len(known) == len(may) else None
    return (max(sure) if sure else None), high


def came_young(case: CaseRecord, birth: Span) -> Truth:
    """Whether the first entry was before the sixteenth birthday."""
    dates = [day(entry.date) for entry in case.entries or () if entry]
    known = [date for date in dates if date is not None]
    if not known:
        return None
    if birth[0] is not None and min(known) < after(birth[0], 16, 0):
        return True
    sure = len(known) == len(dates)
    return False if sure and birth[1] is not None and min(known) >= after(birth[1], 16, 0) else None


def conviction_counts(case: CaseRecord) -> dict[str, Count]:
    """The counts over convictions."""

    def stands(c: Any) -> Truth:
        return all3(not3(c.juvenile_adjudication), not3(c.vacated))

    def misdemeanor(c: Any) -> Truth:
        return all3(one_of(c.grade, "MISDEMEANOR"), stands(c))

    def violent(c: Any) -> Truth:
        return inside(c.category, VIOLENCE | SEXUAL) if c.violent is None else c.violent

    tests: dict[str, Callable[[Any], Truth]] = {
        "convictions": lambda c: all3(not3(one_of(c.grade, "INFRACTION")), stands(c)),
        "felonies": lambda c: all3(one_of(c.grade, "FELONY"), stands(c)),
        "aggravated": lambda c: all3(c.aggravated_felony, stands(c)),
        "misdemeanors": misdemeanor,
        "immigration": lambda c: all3(inside(c.category, IMMIGRATION), stands(c)),
        "nonviolent": lambda c: all3(misdemeanor(c), not3(violent(c))),
        "violent": lambda c: all3(misdemeanor(c), any3((violent(c), inside(c.category, VIOLENCE)))),
    }
    found = {name: count(case.convictions, test) for name, test in tests.items()}
    for name, codes in MISDEMEANORS.items():
        found[name] = count(
            case.convictions,
            lambda c, codes=codes: all3(misdemeanor(c), inside(c.category, codes)),  # type: ignore[misc]
        )
    return found


class Judge(beam.DoFn):
    """Weighs one record."""

    def setup(self) -> None:
        """Read the code tables."""

        def read(name: str) -> Any:
            return yaml.load((CODES / f"{name}.yaml").read_text("utf-8"), Loader=yaml.CBaseLoader)

        self.charges = {family: set(codes) for family, codes in read("charges").items()}
        self.forms = {family: set(codes) for family, codes in read("forms")["families"].items()}

    def process(self, element: dict[str, Any]) -> Iterable[dict[str, Any]]:
        """A record to its recommendation."""
        case = CaseRecord.model_validate(element)
        flags, counts, dates = self.facts(case)
        real = criteria(flags, counts, dates)
        alleged = {
            family: any(c and c.code in codes for c in case.charges or ())
            for family, codes in self.charges.items()
        }
        for name in PRESUMED:
            if flags[name] is None and not alleged.get(BARRED_BY.get(name, ""), False):
                flags[name] = False
        for name, family in PRESUMED_COUNTS.items():
            if counts[name] == (0, None) and not alleged.get(family, False):
                counts[name] = (0, 0)
        presumed = criteria(flags, counts, dates)
        effective = {
            name: False if value is None and presumed[name] is False else value
            for name, value in real.items()
        }
        yield recommendation(case, real, effective)

    def facts(self, case: CaseRecord) -> tuple[dict[str, Truth], dict[str, Count], dict[str, Span]]:
        """The facts of a record."""
        honorable = ("SERVING_IN_GOOD_STANDING", "HONORABLE_DISCHARGE")
        immediate = ("SPOUSE", "PARENT", "CHILD", "SIBLING")

        def serves(*who: str) -> Truth:
            return over(
                case.military_service,
                lambda s: all3(one_of(s.who, *who), one_of(s.status, *honorable)),
            )

        def kin(relation: str, status: str) -> Truth:
            return over(
                case.relatives,
                lambda r: all3(one_of(r.relation, relation), one_of(r.status, status)),
            )

        def victim(kind: str) -> Truth:
            return over(
                case.victimization, lambda v: all3(one_of(v.kind, kind), v.in_united_states)
            )

        def likely(family: str) -> Truth:
            return over(
                case.applications,
                lambda a: all3(
                    inside(a.form, self.forms[family]),
                    not3(one_of(a.decision, "DENIED", "WITHDRAWN")),
                    a.likely,
                ),
            )

        names = (
            "outstanding_warrant", "security_risk", "gang_member", "human_rights_violator",
            "public_safety_threat", "egregious_violations", "lawful_permanent_resident",
            "in_school", "serious_condition", "severe_illness", "spouse_severe_illness",
            "pregnant_or_nursing",
            "spouse_pregnant_or_nursing", "home_country_ties", "adverse_home_conditions",
            "removal_unlikely", "cooperates_with_law_enforcement",
        )  # fmt: skip
        birth = span(case.birth_date)
        manners = [
            (day(e.date), one_of(e.manner, "WITHOUT_INSPECTION")) for e in case.entries or () if e
        ]
        flags: dict[str, Truth] = {name: getattr(case, name) for name in names}
        flags |= {
            "entered_illegally": over(
                case.entries, lambda e: one_of(e.manner, "WITHOUT_INSPECTION")
            ),
            "violated_status": over(case.status_violations, lambda v: True),
            "outstanding_order": over(case.orders, lambda o: o.outstanding),
            "relief_denied": over(case.applications, lambda a: one_of(a.decision, "DENIED")),
            "unmarried": one_of(case.marital_status, "UNMARRIED"),
            "finished_high_school": one_of(case.high_school, "COMPLETED_IN_US", "COMPLETED_ABROAD"),
            "us_high_school": one_of(case.high_school, "COMPLETED_IN_US"),
            "higher_education": one_of(case.higher_education, "PURSUING", "COMPLETED"),
            "served": serves("SELF"),
            "spouse_or_parent_served": serves("SPOUSE", "PARENT"),
            "immediate_relative_served": serves(*immediate),
            "combat_service": over(
                case.military_service, lambda s: all3(s.combat, one_of(s.who, "SELF", *immediate))
            ),
            "citizen_kin": any3(kin(r, "CITIZEN") for r in ("SPOUSE", "CHILD", "PARENT")),
            "resident_kin": any3(
                kin(r, "PERMANENT_RESIDENT") for r in ("SPOUSE", "CHILD", "PARENT")
            ),
            "primary_caretaker": over(
                case.caretaking,
                lambda c: one_of(c.of, "MINOR", "PERSON_WITH_DISABILITY", "SERIOUSLY_ILL_RELATIVE"),
            ),
            "domestic_violence_victim": victim("DOMESTIC_VIOLENCE"),
            "trafficking_victim": victim("HUMAN_TRAFFICKING"),
            "serious_crime_victim": victim("OTHER_SERIOUS_CRIME"),
            "likely_family_relief": likely("FAMILY"),
            "likely_protection": likely("PROTECTION"),
            "came_young": came_young(case, birth),
        }
        counts = {
            **conviction_counts(case),
            "arrests": (case.arrests or 0, case.arrests),
            "months": (case.months_in_lawful_status or 0, case.months_in_lawful_status),
            "removals": count(
                case.removals,
                lambda r: one_of(
                    r.kind,
                    "REMOVAL",
                    "EXPEDITED_REMOVAL",
                    "REINSTATED_ORDER",
                    "DEPORTATION",
                    "EXCLUSION",
                ),
            ),
            "fraud_findings": count(
                case.fraud_findings,
                lambda f: one_of(f.found_by, "IMMIGRATION_JUDGE", "IMMIGRATION_OFFICER"),
            ),
            "ties": count(case.ties, lambda t: t.documented),
        }
        shown = day(case.present_continuously_since)
        dates: dict[str, Span] = {
            "birth": birth,
            "lpr": (day(case.lpr_since), day(case.lpr_since)),
            "present": (shown, shown) if shown else latest([(d, True) for d, _ in manners]),
            "illegal_entry": latest(manners),
            "violation": latest([(day(v.date), True) for v in case.status_violations or () if v]),
        }
        return flags, counts, dates


def criteria(
    flags: dict[str, Truth], counts: dict[str, Count], dates: dict[str, Span]
) -> dict[str, Truth]:
    """The criteria of the guidance."""
    fact = flags.__getitem__
    over_5, over_10 = reached(dates["present"], 5, 1), reached(dates["present"], 10, 1)
    turned_65 = reached(dates["birth"], 65)
    threats = any3(map(fact, ("gang_member", "human_rights_violator", "public_safety_threat")))
    found: dict[str, Truth] = {
        "P1": fact("security_risk"),
        "P2a": any3(
            (
                at_least(counts["felonies"], 1),
                at_least(counts["aggravated"], 1),
                at_least(counts["misdemeanors"], 2),
            )
        ),
        "P2b": at_least(counts["immigration"], 1),
        "P2c": any3(at_least(counts[name], 1) for name in ("violent", *MISDEMEANORS)),
        "P3": threats,
        "P4": any3(
            (
                all3(fact("entered_illegally"), not3(reached(dates["illegal_entry"], 3, 1))),
                all3(fact("violated_status"), not3(reached(dates["violation"], 3, 1))),
            )
        ),
        "P5": at_least(counts["removals"], 1),
        "P6": at_least(counts["fraud_findings"], 1),
        "P7": fact("egregious_violations"),
        "F1": any3((fact("served"), fact("spouse_or_parent_served"))),
        "F2": all3(
            not3(reached(dates["birth"], 21)),
            fact("unmarried"),
            over_5,
            any3((fact("in_school"), fact("finished_high_school"))),
        ),
        "F3": all3(
            fact("came_young"), over_5, fact("finished_high_school"), fact("higher_education")
        ),
        "F4": all3(turned_65, over_10),
        "F5": any3(
            map(fact, ("domestic_violence_victim", "trafficking_victim", "serious_crime_victim"))
        ),
        "F6": all3(
            fact("lawful_permanent_resident"),
            reached(dates["lpr"], 10),
            exactly_one(counts["convictions"]),
            exactly_one(counts["nonviolent"]),
        ),
        "F7": fact("serious_condition"),
        "F8": all3(reached(dates["present"], 15), at_least(counts["ties"], 3), fact("citizen_kin")),
    }
    found["A1"] = any3(value for name, value in found.items() if name.startswith("P"))
    return found | {
        "A2a": over_5,
        "A2b": over_10,
        "A2c": any3((at_least(counts["months"], 60), fact("lawful_permanent_resident"))),
        "A3a": fact("came_young"),
        "A3b": fact("entered_illegally"),
        "A4": any3((fact("us_high_school"), fact("higher_education"))),
        "A5a": any3((fact("served"), fact("immediate_relative_served"))),
        "A5b": fact("combat_service"),
        "A6a": at_least(counts["convictions"], 1),
        "A6b": any3((at_least(counts["arrests"], 1), fact("outstanding_warrant"))),
        "A7a": any3((at_least(counts["removals"], 1), fact("outstanding_order"))),
        "A7b": at_least(counts["fraud_findings"], 1),
        "A7c": fact("relief_denied"),
        "A8": any3((fact("security_risk"), threats)),
        "A9": at_least(counts["ties"], 2),
        "A10a": fact("home_country_ties"),
        "A10b": fact("adverse_home_conditions"),
        "A11": any3((not3(reached(dates["birth"], 18)), turned_65)),
        "A12": any3((fact("citizen_kin"), fact("resident_kin"))),
        "A13": fact("primary_caretaker"),
        "A14": any3((fact("pregnant_or_nursing"), fact("spouse_pregnant_or_nursing"))),
        "A15": any3((fact("severe_illness"), fact("spouse_severe_illness"))),
        "A16": fact("removal_unlikely"),
        "A17": fact("likely_family_relief"),
        "A18": fact("likely_protection"),
        "A19": fact("cooperates_with_law_enforcement"),
    }


def score(values: dict[str, Truth]) -> tuple[int, int]:
    """The least and the most that the factors add up to."""
    low = sum(w for n, w in WEIGHTS.items() if values[n] or (values[n] is None and w < 0))
    high = sum(w for n, w in WEIGHTS.items() if values[n] or (values[n] is None and w > 0))
    return low, high


def recommendation(
    case: CaseRecord, real: dict[str, Truth], effective: dict[str, Truth]
) -> dict[str, Any]:
    """The routing table, and what is said of it."""
    priority = any3(value for name, value in effective.items() if name.startswith("P"))
    favored = any3(value for name, value in effective.items() if name.startswith("F"))
    low, high = score(effective)
    route, rule = "continue", None
    if priority and favored:
        rule = "both-lists"
    elif priority and favored is False:
        route, rule = "expedite", "priority"
    elif priority is False and favored:
        route, rule = "close", "favored"
    elif priority is False and low >= 12:
        route, rule = "close", "weighed"
    elif priority is False and favored is False and high < 12:
        rule = "neither"
    least, most = score(real)
    return {
        "case_id": case.case_id,
        "route": route,
        "rule": rule,
        "grounds": [
            name
            for name, value in real.items()
            if value and (name[0] != "A" or (rule == "weighed" and WEIGHTS[name] > 0))
        ],
        "criteria_true": [name for name, value in real.items() if value],
        "criteria_unknown": [name for name, value in real.items() if value is None],
        "score_low": least,
        "score_high": most,
    }


TEXTS = {"type": "array", "items": "string"}
SCHEMA = fastavro.parse_schema(
    {
        "type": "record",
        "name": "RowRecommendation",
        "fields": [
            {"name": "case_id", "type": ["null", "string"]},
            {"name": "route", "type": "string"},
            {"name": "rule", "type": ["null", "string"]},
            {"name": "grounds", "type": TEXTS},
            {"name": "criteria_true", "type": TEXTS},
            {"name": "criteria_unknown", "type": TEXTS},
            {"name": "score_low", "type": "int"},
            {"name": "score_high", "type": "int"},
        ],
    }
)
IN_PROCESS = "--runner=apache_beam.runners.portability.fn_api_runner.FnApiRunner"


def main() -> int:
    """Run the pipeline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--input", required=True)
    parser.add_argument("--output", required=True)
    options = parser.parse_args()
    with beam.Pipeline(options=PipelineOptions([IN_PROCESS])) as pipeline:
        judged = pipeline | ReadFromAvro(f"{options.input}/*.avro") | beam.ParDo(Judge())
        for route in ("close", "continue", "expedite"):
            (
                judged
                | f"Only {route}"
                >> beam.Filter(lambda result, route=route: result["route"] == route)
                | f"Write {route}"
                >> WriteToAvro(
                    f"{options.output}/{route}/part",
                    SCHEMA,
                    codec="snappy",
                    file_name_suffix=".avro",
                )
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
