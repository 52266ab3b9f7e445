"""Invented immigration histories: entries, violations, removals, orders, and findings of fraud."""

from __future__ import annotations

import numpy as np
import polars as pl

from transforms.sample.draw import Bools, Columns, either, iso, lists, where
from transforms.sample.people import People

ADMISSIONS = {"ADMITTED": 0.9, "VISA_WAIVER": 0.05, "PAROLED": 0.05}
VIOLATIONS = {"OVERSTAY": 0.78, "FAILED_TO_MAINTAIN_STATUS": 0.13, "UNAUTHORIZED_WORK": 0.06,
    "VISA_PROGRAM_ABUSE": 0.02, "OTHER": 0.01}  # fmt: skip
REMOVALS = {
    "REMOVAL": 0.45,
    "EXPEDITED_REMOVAL": 0.4,
    "REINSTATED_ORDER": 0.08,
    "DEPORTATION": 0.07,
}
RETURNS = {"VOLUNTARY_RETURN": 0.7, "VOLUNTARY_DEPARTURE": 0.3}
FINDERS = {"IMMIGRATION_OFFICER": 0.7, "IMMIGRATION_JUDGE": 0.25, "OTHER": 0.05}


def history(people: People) -> Columns:
    """Make what a file says about how somebody came, stayed, left, and came again.

    Args:
        people: The people.

    Returns:
        Columns of case_record.avsc by name.
    """
    draw = people.draw
    always = np.ones(draw.cases, bool)
    manner = either(people.uninspected, "WITHOUT_INSPECTION", draw.pick(ADMISSIONS))
    before = either(
        people.uninspected | (people.removed & draw.chance(0.8)),
        "WITHOUT_INSPECTION",
        "ADMITTED",
    )
    # Court data lacks many dates of entry; the manner is missing less often.
    dated, has_manner = draw.chance(0.85), draw.chance(0.96)
    # A visitor's stay runs out some months after the entry, and before the charge.
    stay = np.minimum(
        people.here - 1, np.maximum(people.here - draw.between(90, 400), people.nta + 1)
    )
    came_back = people.returned & ~people.removed & people.uninspected & draw.chance(0.4)
    ordered_again = draw.chance(0.006) & (people.here > 1000) & (people.nta > 200)
    fraud = draw.chance(np.where(people.uninspected, 0.006, 0.022))
    return {
        "entries": lists(
            "entries",
            (people.returned, {"date": iso(people.first), "manner": before}),
            (
                always,
                {"date": where(dated, iso(people.here)), "manner": where(has_manner, manner)},
            ),
        ),
        "status_violations": lists(
            "status_violations",
            (
                people.overstayed,
                {
                    "date": where(draw.chance(0.88), iso(stay)),
                    "kind": draw.pick(VIOLATIONS),
                    "continuing": people.later.maybe(0.9, 0.15),
                },
            ),
        ),
        "removals": _removals(people, came_back),
        "orders": _orders(people, ordered_again),
        "fraud_findings": lists(
            "fraud_findings",
            (
                fraud,
                {"date": iso(draw.between(25, people.here)), "found_by": draw.pick(FINDERS)},
            ),
        ),
        "egregious_violations": pl.Series(draw.chance(np.where(people.removed, 0.1, 0.002))),
        "fraud": pl.Series(fraud),
    }


def _removals(people: People, came_back: Bools) -> pl.Series:
    """Make removals, and the departures of those who left by themselves and came back."""
    draw = people.draw
    removal = {
        "date": where(draw.chance(0.92), iso(people.left)),
        "kind": draw.pick(REMOVALS),
    }
    return lists(
        "removals",
        (people.removed, removal),
        (came_back, {"date": iso(people.left), "kind": draw.pick(RETURNS)}),
    )


def _orders(people: People, ordered_again: Bools) -> pl.Series:
    """Make the order behind each removal, and later orders, most of which are outstanding."""
    draw, always = people.draw, np.ones(people.draw.cases, bool)
    carried_out = {
        "date": iso(people.left + draw.between(0, 4)),
        "final": pl.Series(always),
        "outstanding": pl.Series(~always),
        "in_absentia": draw.maybe(0.25, 0.2),
    }
    since = {
        "date": iso(draw.between(30, people.nta - 60)),
        "final": draw.maybe(0.6, 0.1),
        "outstanding": draw.maybe(0.85, 0.1),
        "in_absentia": draw.maybe(0.8, 0.1),
    }
    return lists("orders", (people.removed, carried_out), (ordered_again, since))
