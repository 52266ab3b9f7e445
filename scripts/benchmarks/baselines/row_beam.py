"""Baseline: plain Beam, one record at a time, with pydantic and rules in Python.

It applies the guidance of November 17, 2011 to the same facts, with plain functions over one
record. It gives less than the project: route, form, rule, reasons, possible routes, criteria, and
score, but no state, checks, human review, missing facts, or forecast. It writes no normalized
records, doesn't look for duplicates or conflicts, and reads dates and charges in only one form,
that of the clean sample. All of that would take longer, so its time is a lower bound.
"""

from __future__ import annotations

import argparse
import calendar
import datetime
import sys
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from typing import Any

import apache_beam as beam
import fastavro
from apache_beam.io.avroio import ReadFromAvro, WriteToAvro
from apache_beam.options.pipeline_options import PipelineOptions

from schemas.case_record import CaseRecord
from schemas.codes import charge_families, charge_labels, form_families
from scripts.benchmarks.baselines.routing_table import ATOMS, FORMS, NONE, ROUTES, ROWS, Table
from scripts.benchmarks.baselines.routing_table import code as position_code

AS_OF = datetime.date(2011, 11, 17)
CLOSE_SCORE = 9
TABLE = Table()
Truth = bool | None
Count = tuple[int, int | None]
Span = tuple[datetime.date | None, datetime.date | None]
WEIGHTS = {
    "A1": -10, "A2a": 2, "A2b": 2, "A2c": 2, "A3a": 2, "A3b": -2, "A4a": 1, "A4b": 1, "A5a": 5,
    "A5b": 2, "A6a": -6, "A6b": -2, "A7a": -5, "A7b": -4, "A7c": -1, "A8": -20, "A9": 3,
    "A10a": -1, "A10b": 2, "A11": 3, "A12": 4, "A13": 2, "A14": 3, "A15": 4, "A16": 2, "A17": 3,
    "A18": 3, "A19": 3, "BW": 5,
}  # fmt: skip
VIOLENCE = {"VIOLENCE", "THREATS", "ASSAULT", "DOMESTIC_VIOLENCE", "HOMICIDE"}
SEXUAL = {"SEXUAL_ABUSE", "SEXUAL_EXPLOITATION"}
IMMIGRATION = {"ILLEGAL_ENTRY", "ILLEGAL_REENTRY", "IMMIGRATION_FRAUD"}
THREATS = {"FIREARM", "WEAPON", "BURGLARY", "ARSON", "GANG"}
MISDEMEANORS = {
    "sexual_abuse": SEXUAL,
    "dui": {"DUI"},
    "hit_and_run": {"HIT_AND_RUN"},
    "drug_trafficking": {"DRUG_TRAFFICKING"},
}
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
# The rows that each finding affects, and those that use the score.
NAMED = {
    "not_filed": ("favored-not-filed", "victim-not-filed", "weighed-not-filed"),
    "B5": ("victim-and-adverse",),
    "B_covered": ("victim-and-adverse",),
    "B_clear": ("victim-not-filed", "victim"),
}
WEIGHED = ("weighed-not-filed", "weighed")
# Presumed FALSE or 0: on what basis, and what, if TRUE or at least one, is against it.
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


def inside(value: str | None, codes: AbstractSet[str]) -> Truth:
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


def exactly(number: Count, wanted: int) -> Truth:
    """Whether a count is a number."""
    low, high = number
    if low > wanted or (high is not None and high < wanted):
        return False
    return True if low == high == wanted else None


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
    """The day so many years and days after; February 29 counts on to March 1."""
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


def earliest(dates: list[tuple[datetime.date | None, Truth]]) -> Span:
    """Bounds of the earliest of dates that count, or may."""
    sure = [date for date, counts in dates if counts and date is not None]
    may = [date for date, counts in dates if counts is not False]
    known = [date for date in may if date is not None]
    low = min(known) if known and len(known) == len(may) else None
    return low, (min(sure) if sure else None)


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


def conviction_counts(case: CaseRecord, born_at_latest: datetime.date | None) -> dict[str, Count]:
    """The counts over convictions."""

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
    """Weighs one record."""

    def setup(self) -> None:
        """Read the code tables."""
        self.families = {name: charge_families()[family] for name, family in GROUNDS.items()}
        self.labels = set(charge_labels())
        self.forms = form_families()

    def process(self, element: dict[str, Any]) -> Iterable[dict[str, Any]]:
        """A record to its recommendation."""
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
        """What is alleged, and what a judge sustained."""

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
        """The facts over applications."""

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
        """The facts of a record."""
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
    """A number as a count between two bounds."""
    return number or 0, number


def removal(r: Any) -> Truth:
    """Whether it is a removal, and no voluntary return."""
    return one_of(
        r.kind, "REMOVAL", "EXPEDITED_REMOVAL", "REINSTATED_ORDER", "DEPORTATION", "EXCLUSION"
    )


def agency_record_seen(case: CaseRecord) -> Truth:
    """Read it from the record, or infer it if all that only the agency's record tells is there."""
    if case.agency_record_seen is not None:
        return case.agency_record_seen
    lists: tuple[list[Any] | None, ...] = (case.removals, case.orders, case.fraud_findings)
    return True if any(items is not None and None not in items for items in lists) else None


def came_back(illegal: Truth, removals: Count, entry: Span, removed: Span) -> Truth:
    """Whether an entry without inspection followed a removal."""
    if entry[0] and removed[1] and entry[0] > removed[1]:
        return True
    if illegal is False or removals[1] == 0:
        return False
    return False if entry[1] and removed[0] and entry[1] < removed[0] else None


def family_facts(case: CaseRecord) -> dict[str, Truth]:
    """The facts over service, relatives, and crimes suffered."""
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


def as_presumed(
    flags: dict[str, Truth], counts: dict[str, Count]
) -> tuple[dict[str, Truth], dict[str, Count]]:
    """The facts with FALSE or 0 put in where that is presumed."""
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
    """The criteria of the guidance."""
    fact = flags.__getitem__
    over_5, over_10 = reached(dates["present"], 5, 1), reached(dates["present"], 10, 1)
    turned_65 = reached(dates["birth"], 65)
    threats = any3(map(fact, ("gang_member", "human_rights_violator", "public_safety_threat")))
    felony = any3(at_least(counts[name], 1) for name in ("felonies", "aggravated"))
    child = all3(not3(reached(dates["birth"], 21)), fact("unmarried"))
    listed = any3(at_least(counts[name], 1) for name in ("violent", *MISDEMEANORS))
    victim = any3(
        map(fact, ("domestic_violence_victim", "trafficking_victim", "serious_crime_victim"))
    )
    found: dict[str, Truth] = {
        "P1": fact("security_risk"),
        "P2a": any3((felony, at_least(counts["misdemeanors"], 2))),
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
    priority = any3(value for name, value in found.items() if name.startswith("P"))
    found |= {
        "not_filed": not3(fact("nta_filed_with_court")),
        "A1": priority,
        "A2a": over_5,
        "A2b": over_10,
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
        "B1": fact("civil_rights_plaintiff"),
        "B2": any3((fact("witness_to_crime"), fact("immediate_crime_victim"))),
        "B4": victim,
        "B5": any3(
            (
                fact("security_risk"),
                felony,
                at_least(counts["convictions"], 3),
                threats,
                at_least(counts["fraud_findings"], 1),
            )
        ),
    }
    covered = any3((found["B1"], found["B2"], found["B4"]))
    clear = all3(covered, not3(found["B5"]))
    return found | {"B_covered": covered, "B_clear": clear, "BW": covered}


def score(values: dict[str, Truth]) -> tuple[int, int]:
    """The least and the most that the factors add up to."""
    low = sum(w for n, w in WEIGHTS.items() if values[n] or (values[n] is None and w < 0))
    high = sum(w for n, w in WEIGHTS.items() if values[n] or (values[n] is None and w > 0))
    return low, high


def position(values: dict[str, Truth]) -> int:
    """The code of the position in the routing table."""
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


def recommendation(
    case: CaseRecord, real: dict[str, Truth], effective: dict[str, Truth]
) -> dict[str, Any]:
    """The routing table, and what is said of it."""
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
