"""Baseline: plain Beam, one record at a time, with pydantic and rules in Python.

It applies the guidance of November 17, 2011 to the same facts, with plain functions over one
record. It gives less than the project: route, form, rule, reasons, possible routes, criteria, and
score, but no state, checks, human review, missing facts, or forecast. It writes no normalized
records, doesn't look for duplicates or conflicts, and reads dates and charges in only one form,
that of the clean sample. All of that would take longer, so its time is a lower bound.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Callable, Iterable
from typing import Any

import apache_beam as beam
import fastavro
from apache_beam.io.avroio import ReadFromAvro, WriteToAvro
from apache_beam.options.pipeline_options import PipelineOptions

from schemas.case_record import CaseRecord
from schemas.codes import charge_families, charge_labels, form_families
from scripts.benchmarks.baselines.routing_table import FORMS, NONE, ROUTES, ROWS, Table
from scripts.benchmarks.baselines.row_criteria import (
    MISDEMEANORS,
    SEXUAL,
    as_presumed,
    bears_on,
    criteria,
    position,
    score,
)
from scripts.benchmarks.baselines.row_logic import (
    Count,
    Span,
    Truth,
    after,
    all3,
    any3,
    at_least,
    count,
    day,
    earliest,
    inside,
    latest,
    not3,
    one_of,
    over,
    span,
)

TABLE = Table()
VIOLENCE = {"VIOLENCE", "THREATS", "ASSAULT", "DOMESTIC_VIOLENCE", "HOMICIDE"}
IMMIGRATION = {"ILLEGAL_ENTRY", "ILLEGAL_REENTRY", "IMMIGRATION_FRAUD"}
THREATS = {"FIREARM", "WEAPON", "BURGLARY", "ARSON", "GANG"}
GROUNDS = {
    "security": "SECURITY", "human_rights": "HUMAN_RIGHTS", "criminal": "CRIMINAL",
    "fraud": "FRAUD", "prior_removal": "PRIOR_REMOVAL",
    "illegal_entry": "ENTRY_WITHOUT_INSPECTION", "status_violation": "STATUS_VIOLATION",
}  # fmt: skip
SCALARS = (
    "outstanding_warrant", "security_risk", "gang_member", "gang_participation",
    "human_rights_violator", "public_safety_threat", "significant_threat_found",
    "egregious_violations", "serious_immigration_fraud", "lawful_permanent_resident", "in_school",
    "serious_condition", "serious_disability", "severe_illness", "spouse_severe_illness",
    "pregnant_or_nursing", "spouse_pregnant_or_nursing", "home_country_ties",
    "adverse_home_conditions", "removal_unlikely", "cooperates_with_law_enforcement",
    "witness_to_crime", "immediate_crime_victim", "civil_rights_plaintiff", "nta_filed_with_court",
)  # fmt: skip


def came_young(case: CaseRecord, birth: Span) -> Truth:
    """Tell whether the first entry was before the sixteenth birthday."""
    dates = [day(entry.date) for entry in case.entries or () if entry]
    known = [date for date in dates if date is not None]
    if not known:
        return None
    if birth[0] is not None and min(known) < after(birth[0], 16, 0):
        return True
    sure = len(known) == len(dates)
    return False if sure and birth[1] is not None and min(known) >= after(birth[1], 16, 0) else None


def conviction_counts(case: CaseRecord, born_at_latest: datetime.date | None) -> dict[str, Count]:
    """Return the counts over convictions."""

    def juvenile(c: Any) -> Truth:
        if c.juvenile_adjudication is not None:
            return bool(c.juvenile_adjudication)
        date = day(c.date)
        grown = date and born_at_latest and after(born_at_latest, 21, 0) <= date
        return False if grown else None

    def stands(c: Any) -> Truth:
        return all3(not3(juvenile(c)), not3(c.vacated))

    def misdemeanor(c: Any) -> Truth:
        return all3(one_of(c.grade, "MISDEMEANOR"), stands(c))

    def category(c: Any) -> str | None:
        return None if c.category_open else c.category

    def violent(c: Any) -> Truth:
        if c.violent is not None:
            return bool(c.violent)
        return None if category(c) == "ARSON" else inside(category(c), VIOLENCE | SEXUAL)

    def threat(c: Any) -> Truth:
        maybe = bool(inside(c.category, THREATS))
        return any3((inside(category(c), THREATS), maybe, bool(c.weapon)))

    tests: dict[str, Callable[[Any], Truth]] = {
        "convictions": lambda c: all3(not3(one_of(c.grade, "INFRACTION")), stands(c)),
        "felonies": lambda c: all3(one_of(c.grade, "FELONY"), stands(c)),
        "aggravated": lambda c: all3(c.aggravated_felony, stands(c)),
        "misdemeanors": misdemeanor,
        "immigration": lambda c: all3(inside(category(c), IMMIGRATION), stands(c)),
        "gang_offenses": lambda c: all3(inside(category(c), {"GANG"}), stands(c)),
        "nonviolent": lambda c: all3(misdemeanor(c), not3(violent(c))),
        "violent": lambda c: all3(
            misdemeanor(c), any3((violent(c), inside(category(c), VIOLENCE)))
        ),
        "open_threats": lambda c: all3(misdemeanor(c), threat(c)),
        "public_safety": lambda c: all3(
            misdemeanor(c), inside(category(c), {"OTHER_PUBLIC_SAFETY"})
        ),
    }
    found = {name: count(case.convictions, test) for name, test in tests.items()}
    for name, codes in MISDEMEANORS.items():
        found[name] = count(
            case.convictions,
            lambda c, codes=codes: all3(misdemeanor(c), inside(category(c), codes)),  # type: ignore[misc]
        )
    return found


class Judge(beam.DoFn):
    """Assess one record at a time."""

    def setup(self) -> None:
        """Read the code tables."""
        self.families = {name: charge_families()[family] for name, family in GROUNDS.items()}
        self.labels = set(charge_labels())
        self.forms = form_families()

    def process(self, element: dict[str, Any]) -> Iterable[dict[str, Any]]:
        """Turn a record into its recommendation."""
        case = CaseRecord.model_validate(element)
        flags, counts, dates = self.facts(case)
        real = criteria(flags, counts, dates)
        presumed = criteria(*as_presumed(flags, counts), dates)
        effective = {
            name: False if value is None and presumed[name] is False else value
            for name, value in real.items()
        }
        yield recommendation(case, real, effective)

    def charges(self, case: CaseRecord) -> dict[str, Truth]:
        """Return the facts over charges, alleged and sustained."""

        def of_ground(c: Any, codes: frozenset[str]) -> Truth:
            return c.code in codes if c.code in self.labels else None

        def dismissed(c: Any) -> bool:
            return bool(one_of(c.status, "NOT_SUSTAINED", "WITHDRAWN"))

        found = {"unreadable_charge": over(case.charges, lambda c: c.code not in self.labels)}
        for name, codes in self.families.items():
            found[f"alleged_{name}"] = over(
                case.charges,
                lambda c, codes=codes: all3(of_ground(c, codes), not dismissed(c)),  # type: ignore[misc]
            )
            found[f"sustained_{name}"] = over(
                case.charges,
                lambda c, codes=codes: all3(of_ground(c, codes), one_of(c.status, "SUSTAINED")),  # type: ignore[misc]
            )
        found["charges_seen"] = True if found["unreadable_charge"] is False else None
        return found

    def relief(self, case: CaseRecord) -> dict[str, Truth]:
        """Return the facts over applications."""

        def likely(family: str) -> Truth:
            return over(
                case.applications,
                lambda a: all3(
                    inside(a.form, self.forms[family]),
                    not3(one_of(a.decision, "DENIED", "WITHDRAWN")),
                    a.likely,
                ),
            )

        return {
            "relief_denied": over(case.applications, lambda a: one_of(a.decision, "DENIED")),
            "victim_relief_pending": over(
                case.applications,
                lambda a: all3(
                    one_of(a.decision, "PENDING"), inside(a.form, {"I360", "I914", "I918"})
                ),
            ),
            "likely_family_relief": likely("FAMILY"),
            "likely_protection": likely("PROTECTION"),
        }

    def facts(self, case: CaseRecord) -> tuple[dict[str, Truth], dict[str, Count], dict[str, Span]]:
        """Return the facts of a record."""
        birth = span(case.birth_date)
        shown = day(case.present_continuously_since)
        entries = [
            (day(e.date), one_of(e.manner, "WITHOUT_INSPECTION")) for e in case.entries or () if e
        ]
        dates: dict[str, Span] = {
            "birth": birth,
            "lpr": (day(case.lpr_since), day(case.lpr_since)),
            "present": (shown, shown) if shown else latest([(d, True) for d, _ in entries]),
            "illegal_entry": latest(entries),
            "violation": latest([(day(v.date), True) for v in case.status_violations or () if v]),
        }
        removed = [(day(r.date), removal(r)) for r in case.removals or () if r]
        counts = {
            **conviction_counts(case, birth[1]),
            "arrests": plain_count(case.arrests),
            "open_arrests": plain_count(case.arrests_without_disposition),
            "pending_charges": plain_count(case.pending_charges),
            "months": plain_count(case.months_in_lawful_status),
            "removals": count(case.removals, removal),
            "fraud_findings": count(
                case.fraud_findings,
                lambda f: one_of(f.found_by, "IMMIGRATION_JUDGE", "IMMIGRATION_OFFICER"),
            ),
            "ties": count(case.ties, lambda t: t.documented),
        }
        flags: dict[str, Truth] = {name: getattr(case, name) for name in SCALARS}
        flags |= self.charges(case) | self.relief(case) | family_facts(case)
        flags |= {
            "agency_record_seen": agency_record_seen(case),
            "apprehended_at_border": one_of(case.apprehension_place, "BORDER", "PORT_OF_ENTRY"),
            "entered_illegally": over(
                case.entries, lambda e: one_of(e.manner, "WITHOUT_INSPECTION")
            ),
            "violated_status": over(case.status_violations, lambda v: True),
            "continuing_violation": over(case.status_violations, lambda v: v.continuing),
            "final_order": over(case.orders, lambda o: o.final),
            "outstanding_order": over(case.orders, lambda o: o.outstanding),
            "order_carried_out": any3(
                (
                    at_least(counts["removals"], 1),
                    over(case.orders, lambda o: all3(o.final, not3(o.outstanding))),
                )
            ),
            "unmarried": one_of(case.marital_status, "UNMARRIED"),
            "finished_high_school": one_of(case.high_school, "COMPLETED_IN_US", "COMPLETED_ABROAD"),
            "us_high_school": one_of(case.high_school, "COMPLETED_IN_US"),
            "higher_education": one_of(case.higher_education, "PURSUING", "COMPLETED"),
            "primary_caretaker": over(
                case.caretaking,
                lambda c: one_of(c.of, "MINOR", "PERSON_WITH_DISABILITY", "SERIOUSLY_ILL_RELATIVE"),
            ),
            "came_young": came_young(case, birth),
        }
        flags["illegal_reentry"] = any3(
            (
                came_back(
                    flags["entered_illegally"],
                    counts["removals"],
                    dates["illegal_entry"],
                    earliest(removed),
                ),
                over(
                    case.convictions,
                    lambda c: all3(
                        inside(None if c.category_open else c.category, {"ILLEGAL_REENTRY"}),
                        not3(c.vacated),
                    ),
                ),
            )
        )
        return flags, counts, dates


def plain_count(number: int | None) -> Count:
    """Return a number as a count between two bounds."""
    return number or 0, number


def removal(r: Any) -> Truth:
    """Tell whether it is a removal, not a voluntary return."""
    return one_of(
        r.kind, "REMOVAL", "EXPEDITED_REMOVAL", "REINSTATED_ORDER", "DEPORTATION", "EXCLUSION"
    )


def agency_record_seen(case: CaseRecord) -> Truth:
    """Read it from the record, or infer it if everything that only the agency knows is there."""
    if case.agency_record_seen is not None:
        return case.agency_record_seen
    lists: tuple[list[Any] | None, ...] = (case.removals, case.orders, case.fraud_findings)
    return True if any(items is not None and None not in items for items in lists) else None


def came_back(illegal: Truth, removals: Count, entry: Span, removed: Span) -> Truth:
    """Tell whether an entry without inspection followed a removal."""
    if entry[0] and removed[1] and entry[0] > removed[1]:
        return True
    if illegal is False or removals[1] == 0:
        return False
    return False if entry[1] and removed[0] and entry[1] < removed[0] else None


def family_facts(case: CaseRecord) -> dict[str, Truth]:
    """Return the facts over service, relatives, and crimes suffered."""
    honorable = ("SERVING_IN_GOOD_STANDING", "HONORABLE_DISCHARGE")
    immediate = ("SPOUSE", "PARENT", "CHILD", "SIBLING")

    def serves(*who: str) -> Truth:
        return over(
            case.military_service, lambda s: all3(one_of(s.who, *who), one_of(s.status, *honorable))
        )

    def kin(relation: str, status: str) -> Truth:
        return over(
            case.relatives, lambda r: all3(one_of(r.relation, relation), one_of(r.status, status))
        )

    def victim(kind: str) -> Truth:
        return over(case.victimization, lambda v: all3(one_of(v.kind, kind), v.in_united_states))

    near = ("SPOUSE", "CHILD", "PARENT")
    return {
        "served": serves("SELF"),
        "spouse_served": serves("SPOUSE"),
        "parent_served": serves("PARENT"),
        "immediate_relative_served": serves(*immediate),
        "combat_service": over(
            case.military_service, lambda s: all3(s.combat, one_of(s.who, "SELF", *immediate))
        ),
        "citizen_kin": any3(kin(r, "CITIZEN") for r in near),
        "resident_kin": any3(kin(r, "PERMANENT_RESIDENT") for r in near),
        "domestic_violence_victim": victim("DOMESTIC_VIOLENCE"),
        "trafficking_victim": victim("HUMAN_TRAFFICKING"),
        "serious_crime_victim": victim("OTHER_SERIOUS_CRIME"),
    }


def recommendation(
    case: CaseRecord, real: dict[str, Truth], effective: dict[str, Truth]
) -> dict[str, Any]:
    """Route a record, and make its recommendation."""
    acted, known = position(effective), position(real)
    number, form, possible = TABLE.row[acted], TABLE.form[acted], int(TABLE.possible[known])
    rule = None if number == NONE else ROWS[number][0]
    least, most = score(real)
    return {
        "case_id": case.case_id,
        "route": (*ROUTES, "continue")[TABLE.route[acted]],
        "form": None if form == NONE else FORMS[form],
        "rule": rule,
        "reasons": [name for name, value in real.items() if value and bears_on(name, rule)],
        "possible_routes": [route for n, route in enumerate(ROUTES) if possible >> n & 1],
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
            {"name": "form", "type": ["null", "string"]},
            {"name": "rule", "type": ["null", "string"]},
            {"name": "reasons", "type": TEXTS},
            {"name": "possible_routes", "type": TEXTS},
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
        for route in ROUTES:
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
