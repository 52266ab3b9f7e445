"""Facts by a plain reading of one record at a time, without frames."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable
from typing import Any

from schemas.codes import charge_families, form_families
from schemas.facts import FACTS, high, low
from schemas.rulebook.model import CountedConvictions
from transforms.score.facts import BOOL_FIELDS

Row = dict[str, Any]
Truth = bool | None


def both(*truths: Truth) -> Truth:
    return False if False in truths else None if None in truths else True


def either(*truths: Truth) -> Truth:
    return True if True in truths else None if None in truths else False


def no(truth: Truth) -> Truth:
    return None if truth is None else not truth


def among(value: str | None, *symbols: str) -> Truth:
    return None if value in (None, "UNKNOWN") else value in symbols


def any_of(items: list[Row | None] | None, holds: Callable[[Row], Truth]) -> Truth:
    if items is None:
        return None
    return either(*(None if item is None else holds(item) for item in items))


def count(name: str, items: list[Row | None] | None, holds: Callable[[Row], Truth]) -> Row:
    if items is None:
        return {low(name): 0, high(name): None}
    truths = [holds(item) for item in items if item is not None]
    most = None if None in items else sum(truth is not False for truth in truths)
    return {low(name): sum(truth is True for truth in truths), high(name): most}


def day(text: str | None) -> datetime.date | None:
    return None if text is None else datetime.date.fromisoformat(text)


def latest(name: str, items: list[Row | None] | None, holds: Callable[[Row], Truth]) -> Row:
    there = [item for item in items or () if item is not None]
    sure = [item["date"] for item in there if holds(item) is True and item["date"]]
    may = [item["date"] for item in there if holds(item) is not False]
    closed = items is not None and None not in items and may and None not in may
    return {
        low(name): day(max(sure, default=None)),
        high(name): day(max(may)) if closed else None,
    }


def always(item: Row) -> Truth:
    return True


def age(birth: datetime.date, on: datetime.date) -> int:
    full = on.year - birth.year
    return max(0, full - ((on.month, on.day) < (birth.month, birth.day)))


def bounds_of_birth(text: str | None) -> tuple[datetime.date | None, datetime.date | None]:
    if text is None:
        return None, None
    days = [datetime.date.fromisoformat((text + "-01-01")[:10])]
    while (following := days[-1] + datetime.timedelta(days=1)).isoformat().startswith(text):
        days.append(following)
    return days[0], days[-1]


def turned_21(record: Row, one: Row) -> Truth:
    latest = bounds_of_birth(record["birth_date"])[1]
    if latest is None or one["date"] is None:
        return None
    return age(latest, datetime.date.fromisoformat(one["date"])) >= 21


def separate(items: list[Row]) -> int:
    """Return the least number of incidents that some convictions arose from."""
    texts = {one["incident"] for one in items if one["incident"] is not None}
    days = {one["date"] for one in items if one["incident"] is None and one["date"] is not None}
    return max(len(texts), len(days), 1 if items else 0)


def incidents(items: list[Row | None] | None, holds: Callable[[Row], Truth]) -> Row:
    name, there = "misdemeanor_incidents", [one for one in items or () if one is not None]
    may = [one for one in there if holds(one) is not False]
    texts = {one["incident"] for one in may if one["incident"] is not None}
    most = len(texts) + sum(one["incident"] is None for one in may)
    closed = items is not None and None not in items
    return {
        low(name): separate([one for one in there if holds(one) is True]),
        high(name): most if closed else None,
    }


def longest(items: list[Row | None] | None, holds: Callable[[Row], Truth]) -> Row:
    name, there = "longest_sentence_days", [one for one in items or () if one is not None]
    sure = [one["sentence_days"] or 0 for one in there if holds(one) is True]
    may = [one["sentence_days"] for one in there if holds(one) is not False]
    closed = items is not None and None not in items and None not in may
    return {low(name): max(sure, default=0), high(name): max(may, default=0) if closed else None}


def convictions(record: Row, counted: CountedConvictions) -> Row:
    items = record["convictions"]
    violence = {"VIOLENCE", "THREATS", "ASSAULT", "DOMESTIC_VIOLENCE", "HOMICIDE"}
    sexual = {"SEXUAL_ABUSE", "SEXUAL_EXPLOITATION"}

    def stands(one: Row) -> Truth:
        return both(
            True if counted.foreign else no(among(one["jurisdiction"], "FOREIGN")),
            True if counted.juvenile else no(juvenile(one)),
            True if counted.vacated else no(one["vacated"]),
            True if counted.expunged else no(one["expunged"]),
            True if counted.pardoned else no(one["pardoned"]),
        )

    def juvenile(one: Row) -> Truth:
        grown = turned_21(record, one)
        recorded: Truth = one["juvenile_adjudication"]
        return False if recorded is None and grown is True else recorded

    def of(one: Row, *categories: str) -> Truth:
        if one["category"] is None or one["category_open"] is True:
            return None
        return one["category"] in categories

    def felony(one: Row) -> Truth:
        return both(among(one["grade"], "FELONY"), stands(one))

    def misdemeanor(one: Row) -> Truth:
        return both(among(one["grade"], "MISDEMEANOR"), stands(one))

    def misdemeanor_of(category: str, one: Row) -> Truth:
        return both(misdemeanor(one), of(one, category))

    def violent(one: Row) -> Truth:
        # The category doesn't say whether arson is violence: it may be against property alone.
        if one["violent"] is not None or of(one, "ARSON"):
            recorded: Truth = one["violent"]
            return recorded
        return of(one, *violence, *sexual)

    def of_status(one: Row) -> Truth:
        # Fraud may or may not have status as an element: the category does not say.
        if one["immigration_element"] is not None or of(one, "IMMIGRATION_FRAUD"):
            recorded: Truth = one["immigration_element"]
            return recorded
        return of(one, "ILLEGAL_ENTRY", "ILLEGAL_REENTRY")

    def excepted(one: Row) -> Truth:
        return both(of_status(one), among(one["jurisdiction"], "STATE", "LOCAL"))

    def serious(one: Row) -> Truth:
        return both(misdemeanor(one), no(of(one, "TRAFFIC")), no(excepted(one)))

    def of_gang(one: Row) -> Truth:
        recorded: Truth = one["gang_element"]
        # A gang offense may have participation as its element or not.
        other = False if of(one, "GANG") is False else None
        return other if recorded is None else recorded

    def days(one: Row, field: str) -> Truth:
        return None if one[field] is None else one[field] >= 90

    def beyond(one: Row, most: int) -> Truth:
        longest = one["maximum_sentence_days"]
        return None if longest is None else longest > most

    def conviction(one: Row) -> Truth:
        return both(no(among(one["grade"], "INFRACTION")), stands(one))

    threats = ("FIREARM", "WEAPON", "BURGLARY", "ARSON", "GANG")
    entry = ("ILLEGAL_ENTRY", "ILLEGAL_REENTRY", "IMMIGRATION_FRAUD")
    kinds: dict[str, Callable[[Row], Truth]] = {
        "convictions": conviction,
        "felony_convictions": felony,
        "felonies_not_status": lambda c: both(felony(c), no(of_status(c))),
        "felonies_not_state_status": lambda c: both(felony(c), no(excepted(c))),
        "aggravated_felonies": lambda c: both(c["aggravated_felony"], stands(c)),
        "misdemeanor_convictions": misdemeanor,
        "misdemeanors_not_minor": lambda c: both(
            misdemeanor(c), no(of(c, "TRAFFIC")), no(of_status(c))
        ),
        "immigration_offenses": lambda c: both(of(c, *entry), stands(c)),
        "gang_offenses": lambda c: both(of(c, "GANG"), stands(c)),
        "identity_theft_convictions": lambda c: both(of(c, "IDENTITY_THEFT"), stands(c)),
        "gang_element_convictions": lambda c: both(of_gang(c), stands(c)),
        "open_category_convictions": lambda c: both(c["category_open"] is True, stands(c)),
        "open_threat_misdemeanors": lambda c: both(
            misdemeanor(c),
            either(of(c, *threats), c["category"] in threats, c["weapon"] is True),
        ),
        "felonies_by_maximum_sentence": lambda c: both(beyond(c, 365), stands(c)),
        "dui_in_federal_range": lambda c: both(
            misdemeanor(c), of(c, "DUI"), beyond(c, 5), no(beyond(c, 365))
        ),
        "misdemeanors_90_days_custody": lambda c: both(misdemeanor(c), days(c, "custody_days")),
        "misdemeanors_90_days_sentence": lambda c: both(misdemeanor(c), days(c, "sentence_days")),
        "vacated_convictions": lambda c: c["vacated"],
        "juvenile_adjudications": juvenile,
        "nonviolent_misdemeanors": lambda c: both(misdemeanor(c), no(violent(c))),
        "violent_misdemeanors": lambda c: both(
            misdemeanor(c), either(violent(c), of(c, *violence))
        ),
        "sexual_abuse_misdemeanors": lambda c: both(misdemeanor(c), of(c, *sexual)),
    }
    for name, category in {
        "domestic_violence": "DOMESTIC_VIOLENCE",
        "driving_under_influence": "DUI",
        "hit_and_run": "HIT_AND_RUN",
        "drug_trafficking": "DRUG_TRAFFICKING",
        "burglary": "BURGLARY",
        "firearm": "FIREARM",
        "public_safety": "OTHER_PUBLIC_SAFETY",
        "dwai": "DWAI",
        "traffic": "TRAFFIC",
    }.items():
        kinds[f"{name}_misdemeanors"] = functools.partial(misdemeanor_of, category)
    return {
        **{
            column: value
            for name, holds in kinds.items()
            for column, value in count(name, items, holds).items()
        },
        **incidents(items, serious),
        **longest(items, stands),
        **latest("last_conviction", items, conviction),
    }


def entries(record: Row) -> Row:
    items = record["entries"]
    there = [item["date"] for item in items or () if item is not None]
    dates = [date for date in there if date is not None]
    closed = items is not None and None not in items and None not in there
    first = {
        low("first_entry"): day(min(dates, default=None)) if closed else None,
        high("first_entry"): day(min(dates, default=None)),
    }
    last = latest("last_entry", items, always)
    shown = day(record["present_continuously_since"])
    born, born_at_latest = bounds_of_birth(record["birth_date"])
    earliest, at_latest = first[low("first_entry")], first[high("first_entry")]

    def illegal(one: Row) -> Truth:
        return among(one["manner"], "WITHOUT_INSPECTION")

    return {
        **first,
        **last,
        **latest("last_illegal_entry", items, illegal),
        "entered_illegally": any_of(items, illegal),
        low("present_since"): shown or last[low("last_entry")],
        high("present_since"): shown or last[high("last_entry")],
        low("birth_date"): born,
        high("birth_date"): born_at_latest,
        low("age_at_first_entry"): age(born_at_latest, earliest)
        if born_at_latest and earliest
        else 0,
        high("age_at_first_entry"): age(born, at_latest) if born and at_latest else None,
    }


def favor(record: Row) -> Row:
    service = record["military_service"]

    def honorable(one: Row) -> Truth:
        return among(one["status"], "SERVING_IN_GOOD_STANDING", "HONORABLE_DISCHARGE")

    def served(*who: str) -> Truth:
        return any_of(service, lambda s: both(among(s["who"], *who), honorable(s)))

    def relative(relation: str, status: str) -> Truth:
        return any_of(
            record["relatives"],
            lambda r: both(among(r["relation"], relation), among(r["status"], status)),
        )

    def victim(kind: str) -> Truth:
        return any_of(
            record["victimization"], lambda v: both(among(v["kind"], kind), v["in_united_states"])
        )

    def likely(family: str) -> Truth:
        def alive(one: Row) -> Truth:
            form = None if one["form"] is None else one["form"] in form_families()[family]
            return both(form, no(among(one["decision"], "DENIED", "WITHDRAWN")), one["likely"])

        return any_of(record["applications"], alive)

    def relief(holds: Callable[[Row], Truth]) -> Truth:
        return any_of(record["applications"], holds)

    def form(one: Row, *forms: str) -> Truth:
        return None if one["form"] is None else one["form"] in forms

    def pending(one: Row) -> Truth:
        return both(among(one["decision"], "PENDING"), no(form(one, "VD", "WD", "WDL")))

    def in_court(one: Row) -> Truth:
        recorded = among(one["before"], "COURT")
        if recorded is None and form(one, "42A", "42B", "SUSP"):
            return True
        if recorded is None and form(one, "I130", "I360", "I914", "I918"):
            return False
        return recorded

    kin = ("SPOUSE", "PARENT", "CHILD", "SIBLING")
    facts: Row = {
        "served": served("SELF"),
        "spouse_served": served("SPOUSE"),
        "parent_served": served("PARENT"),
        "immediate_relative_served": served(*kin),
        "close_relative_served": served("SPOUSE", "PARENT", "CHILD"),
        "combat_service": any_of(
            service, lambda s: both(s["combat"], among(s["who"], "SELF", *kin))
        ),
        "primary_caretaker": any_of(
            record["caretaking"],
            lambda c: among(c["of"], "MINOR", "PERSON_WITH_DISABILITY", "SERIOUSLY_ILL_RELATIVE"),
        ),
        "domestic_violence_victim": victim("DOMESTIC_VIOLENCE"),
        "trafficking_victim": victim("HUMAN_TRAFFICKING"),
        "serious_crime_victim": victim("OTHER_SERIOUS_CRIME"),
        "likely_family_relief": likely("FAMILY"),
        "likely_protection": likely("PROTECTION"),
        "relief_denied": relief(lambda a: among(a["decision"], "DENIED")),
        "relief_pending": relief(pending),
        "relief_pending_before_court": relief(lambda a: both(pending(a), in_court(a))),
        "asylum_pending": relief(lambda a: both(pending(a), form(a, "ASYL", "ASYW"))),
        "victim_relief_pending": relief(
            lambda a: both(pending(a), form(a, "I360", "I914", "I918"))
        ),
        "prima_facie_relief": relief(
            lambda a: both(
                a["prima_facie"],
                no(among(a["decision"], "DENIED", "WITHDRAWN")),
                no(form(a, "VD", "WD", "WDL")),
            )
        ),
        "victim_benefit_granted": relief(
            lambda a: both(among(a["decision"], "GRANTED"), form(a, "I360", "I914", "I918"))
        ),
        "approved_petition": relief(
            lambda a: both(among(a["decision"], "GRANTED"), form(a, "I130", "I360"))
        ),
        **count("documented_ties", record["ties"], lambda tie: tie["documented"]),
    }
    for status, symbol in (("citizen", "CITIZEN"), ("resident", "PERMANENT_RESIDENT")):
        for relation in kin:
            if f"{status}_{relation.lower()}" in FACTS:
                facts[f"{status}_{relation.lower()}"] = relative(relation, symbol)
    return facts


def history(record: Row) -> Row:
    violations, orders = record["status_violations"], record["orders"]
    removed = ("REMOVAL", "EXPEDITED_REMOVAL", "REINSTATED_ORDER", "DEPORTATION", "EXCLUSION")
    judged = ("IMMIGRATION_JUDGE", "IMMIGRATION_OFFICER")
    grounds = {
        "security_ground": "SECURITY",
        "human_rights_ground": "HUMAN_RIGHTS",
        "criminal_ground": "CRIMINAL",
        "fraud": "FRAUD",
        "prior_removal": "PRIOR_REMOVAL",
        "illegal_entry": "ENTRY_WITHOUT_INSPECTION",
        "status_violation": "STATUS_VIOLATION",
    }
    charges, removals = record["charges"], record["removals"]

    def read(one: Row) -> bool:
        return one["code"] not in (None, "INA 237?")

    def of(family: str, one: Row) -> Truth:
        return one["code"] in charge_families()[family] if read(one) else None

    def alleged(family: str, one: Row) -> Truth:
        dismissed = among(one["status"], "NOT_SUSTAINED", "WITHDRAWN") is True
        return both(of(family, one), not dismissed)

    def sustained(family: str, one: Row) -> Truth:
        return both(of(family, one), among(one["status"], "SUSTAINED"))

    seen = charges is not None and None not in charges and all(read(one) for one in charges)
    listed = any(
        record[name] is not None and None not in record[name]
        for name in ("removals", "orders", "fraud_findings")
    )
    return {
        "charges_seen": seen or None,
        "unreadable_charge": any_of(charges, lambda c: not read(c)),
        "agency_record_seen": (listed or None)
        if record["agency_record_seen"] is None
        else record["agency_record_seen"],
        "continuing_violation": any_of(violations, lambda v: v["continuing"]),
        "order_carried_out": either(
            any_of(removals, lambda r: among(r["kind"], *removed)),
            any_of(orders, lambda o: both(o["final"], no(o["outstanding"]))),
        ),
        "illegal_reentry": illegal_reentry(record, removed),
        "violated_status": any_of(violations, always),
        "visa_program_abuse": any_of(violations, lambda v: among(v["kind"], "VISA_PROGRAM_ABUSE")),
        **latest("last_status_violation", violations, always),
        **count("removals", record["removals"], lambda r: among(r["kind"], *removed)),
        "final_order": any_of(orders, lambda o: o["final"]),
        "outstanding_order": any_of(orders, lambda o: o["outstanding"]),
        **latest("latest_final_order", orders, lambda o: o["final"]),
        **count(
            "fraud_findings", record["fraud_findings"], lambda f: among(f["found_by"], *judged)
        ),
        **count(
            "consular_fraud_findings",
            record["fraud_findings"],
            lambda f: among(f["found_by"], "CONSULAR_OFFICER"),
        ),
        **{
            f"{kind}_{ground}": any_of(charges, functools.partial(holds, family))
            for ground, family in grounds.items()
            for kind, holds in (("alleged", alleged), ("sustained", sustained))
        },
    }


def illegal_reentry(record: Row, removed: tuple[str, ...]) -> Truth:
    """Tell, pair by pair, whether an illegal entry follows a removal; or look for a conviction."""

    def convicted(one: Row) -> Truth:
        unsettled = one["category"] is None or one["category_open"] is True
        category = None if unsettled else one["category"] == "ILLEGAL_REENTRY"
        return both(category, no(one["vacated"]))

    def after(entry: Row, removal: Row) -> Truth:
        days = (entry["date"], removal["date"])
        # On the same day, either may have come first.
        return None if None in days or days[0] == days[1] else days[0] > days[1]

    def some(items: list[Row | None] | None, **nothing_known: None) -> list[Row]:
        return [nothing_known if item is None else item for item in items or [None]]

    none = {"date": None, "manner": None, "kind": None}
    entries = [] if record["entries"] == [] else some(record["entries"], **none)
    removals = [] if record["removals"] == [] else some(record["removals"], **none)
    came_back = [
        both(
            among(entry["manner"], "WITHOUT_INSPECTION"),
            among(removal["kind"], *removed),
            after(entry, removal),
        )
        for entry in entries
        for removal in removals
    ]
    return either(*came_back, any_of(record["convictions"], convicted))


def scalars(record: Row) -> Row:
    def symbol(name: str) -> str | None:
        return None if record[name] == "UNKNOWN" else record[name]

    facts: Row = {name: record[name] for name in (*BOOL_FIELDS, "court", "case_type")}
    for name in ("nationality", "language"):
        facts[name] = record[name]
    for name in (
        *("next_hearing", "nta_issued", "lpr_since", "moved_docket_on", "apprehended_on"),
        "released_from_incarceration",
    ):
        facts |= dict.fromkeys((low(name), high(name)), day(record[name]))
    for name in (
        *("months_in_lawful_status", "arrests", "arrests_without_disposition"),
        "pending_charges",
    ):
        facts |= {low(name): record[name] or 0, high(name): record[name]}
    return facts | {
        "custody": symbol("custody"),
        "calendar": symbol("calendar_type"),
        "sex": symbol("sex"),
        "unmarried": among(record["marital_status"], "UNMARRIED"),
        "apprehended_at_border": among(record["apprehension_place"], "BORDER", "PORT_OF_ENTRY"),
        "apprehended_in_interior": among(record["apprehension_place"], "INTERIOR"),
        "finished_high_school": among(record["high_school"], "COMPLETED_IN_US", "COMPLETED_ABROAD"),
        "us_high_school": among(record["high_school"], "COMPLETED_IN_US"),
        "higher_education": among(record["higher_education"], "PURSUING", "COMPLETED"),
    }


def plainly(record: Row, counted: CountedConvictions) -> Row:
    """Derive the facts of one record without frames."""
    return {
        **scalars(record),
        **entries(record),
        **history(record),
        **convictions(record, counted),
        **favor(record),
    }
