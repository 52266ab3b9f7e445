"""What speaks for invented people: family, service, care, harm suffered, applications, and ties."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from transforms.sample.draw import Bools, Columns, Draw, either, iso, lists, where
from transforms.sample.people import People, years

NOT_CITIZEN = {"PERMANENT_RESIDENT": 0.2, "OTHER_LAWFUL": 0.1, "NONE": 0.5, "UNKNOWN": 0.2}
CARE = {"NO_NEED": 0.93, "DISABILITY": 0.02, "SERIOUS_ILLNESS": 0.02, "UNKNOWN": 0.03}
SERVICE = {"HONORABLE_DISCHARGE": 0.55, "SERVING_IN_GOOD_STANDING": 0.35, "OTHER_DISCHARGE": 0.1}
CRIMES = {
    "DOMESTIC_VIOLENCE": 0.55, "OTHER_SERIOUS_CRIME": 0.3, "HUMAN_TRAFFICKING": 0.08,
    "OTHER_CRIME": 0.07,
}  # fmt: skip
TIES = {
    "EMPLOYMENT": 3.0, "TAXES": 3.0, "FAITH": 2.0, "HOME": 1.0, "VOLUNTEERING": 1.0, "FAMILY": 1.0,
    "BUSINESS": 0.5,
}  # fmt: skip
BY_AGENCY = ("I918",)
DECISIONS = {"PENDING": 0.88, "DENIED": 0.06, "NOT_ADJUDICATED": 0.03, "WITHDRAWN": 0.03}


def favor(people: People) -> Columns:
    """Make what a file says in somebody's favor.

    Args:
        people: The people.

    Returns:
        Columns of case_record.avsc by name.
    """
    draw = people.draw
    family = people.rate("family")
    parent = (people.age > years(20)) & draw.chance(0.55)
    # A child born here is a citizen; one older than the stay was born abroad.
    young = parent & (people.here > years(1)) & draw.chance(0.75)
    citizen_child = young & draw.chance(np.minimum(1.0, family * 1.6))
    citizen_spouse = people.married & draw.chance(family * 0.7)
    sick_child = people.draw.chance(0.012)
    minor = pl.Series(young)
    harmed = people.victim
    crime = draw.pick(CRIMES)
    return {
        "relatives": lists(
            "relatives",
            _relative(draw, people.married & draw.chance(0.8), "SPOUSE", citizen_spouse, ~minor),
            _relative(draw, parent, "CHILD", citizen_child, minor),
            _relative(draw, parent & draw.chance(0.5), "CHILD", citizen_child, minor),
            _relative(draw, draw.chance(0.2), "PARENT", draw.chance(family * 0.5), None),
            _relative(draw, draw.chance(0.25), "SIBLING", draw.chance(family), None),
        ),
        "military_service": _service(people),
        "caretaking": lists(
            "caretaking",
            (young & draw.chance(0.25), {"of": draw.every("MINOR")}),
            (parent & sick_child, {"of": draw.every("PERSON_WITH_DISABILITY")}),
            (
                people.married & draw.chance(0.006),
                {"of": draw.every("SERIOUSLY_ILL_RELATIVE")},
            ),
        ),
        "victimization": lists(
            "victimization", (harmed, {"kind": crime, "in_united_states": draw.maybe(0.95, 0.05)})
        ),
        "witness_to_crime": pl.Series(draw.chance(np.where(harmed, 0.25, 0.004))),
        "cooperates_with_law_enforcement": pl.Series(draw.chance(np.where(harmed, 0.45, 0.006))),
        "civil_rights_plaintiff": pl.Series(draw.chance(0.003)),
        "applications": _applications(people, citizen_spouse, citizen_child),
        "ties": lists(
            "ties",
            *(
                (people.has("tie"), {"kind": draw.pick(TIES), "documented": draw.maybe(0.62, 0.2)})
                for _ in range(4)
            ),
        ),
        "home_country_ties": pl.Series(draw.chance(np.where(people.here < years(5), 0.5, 0.2))),
        "adverse_home_conditions": pl.Series(draw.chance(np.where(people.asylum, 0.4, 0.08))),
    }


def _relative(
    draw: Draw, there: Bools, relation: str, citizen: Bools, minor: pl.Series | None
) -> tuple[Bools, Mapping[str, pl.Series]]:
    is_minor = pl.Series(draw.chance(0.15)) if minor is None else minor
    grown = pl.Series(np.zeros(draw.cases, bool))
    return there, {
        "relation": draw.every(relation),
        "status": either(citizen, "CITIZEN", draw.pick(NOT_CITIZEN)),
        "minor": is_minor if relation in ("CHILD", "SIBLING") else grown,
        "care_need": draw.pick(CARE),
    }


def _service(people: People) -> pl.Series:
    """Draw military service: people without status can't enlist; residents and relatives can."""
    draw = people.draw
    of_parent = (people.age < years(32)) & draw.chance(0.6)
    of_child = (people.age > years(40)) & draw.chance(0.7)
    relative = either(of_parent, "PARENT", either(of_child, "CHILD", "SIBLING"))
    other = either(people.married & draw.chance(0.7), "SPOUSE", relative)
    who = either(people.resident & draw.chance(0.6), "SELF", other)
    return lists(
        "military_service",
        (
            people.has("service"),
            {"who": who, "status": draw.pick(SERVICE), "combat": draw.maybe(0.3, 0.2)},
        ),
    )


def _applications(people: People, citizen_spouse: Bools, citizen_child: Bools) -> pl.Series:
    draw = people.draw
    # Cancellation requires ten years before the Notice to Appear, and a qualifying relative.
    long_here = people.here - people.nta > years(10)
    cancel = ~people.resident & long_here & (citizen_spouse | citizen_child)
    adjust = ~people.uninspected & ~people.resident & citizen_spouse
    convicted_resident = people.resident & (people.here > years(7))
    leave = ~people.asylum & draw.chance(0.06)
    return lists(
        "applications",
        _application(people, people.asylum, "ASYL", 0.12),
        _application(people, people.asylum & draw.chance(0.5), "ASYW", 0.1),
        _application(people, cancel & draw.chance(0.7), "42B", 0.12),
        _application(people, adjust & draw.chance(0.75), "245", 0.45),
        _application(people, convicted_resident & draw.chance(0.6), "42A", 0.3),
        _application(people, people.victim & draw.chance(0.6), "I918", 0.5),
        _application(people, leave, "VD", 0.5),
    )


def _application(
    people: People, there: Bools, form: str, likely: float
) -> tuple[Bools, Mapping[str, pl.Series]]:
    draw = people.draw
    filed = draw.between(5, np.minimum(people.nta, people.here))
    decision = draw.pick(DECISIONS)
    decided = draw.between(1, filed - 1)
    return there, {
        "form": draw.every(form),
        "filed": iso(filed),
        "decision": decision,
        "decided": where((decision != "PENDING").to_numpy(), iso(decided)),
        "likely": draw.maybe(likely, 0.45),
        "before": draw.every("USCIS" if form in BY_AGENCY else "COURT"),
        "prima_facie": people.later.maybe(likely, 0.5),
    }
