"""Sample events: invented news; late, repeated, and contradictory on purpose.

The same seed and cases give the same events.
"""

from __future__ import annotations

import datetime
import random
from typing import Any

import polars as pl

from schemas.outcomes import ROUTES
from schemas.worklist import REASON_CODES
from transforms.frames.frame import Frame
from transforms.nightly.events import EVENTS
from transforms.nightly.reviews import REVIEWS

# Shares of a night's events, by kind.
KINDS = {
    "HEARING_SET": 0.30,
    "FACT_CHANGED": 0.18,
    "APPLICATION_FILED": 0.12,
    "CONVICTION_ENTERED": 0.08,
    "CUSTODY_CHANGED": 0.08,
    "APPEARANCE_ENTERED": 0.08,
    "FAMILY_CHANGED": 0.06,
    "CASE_COMPLETED": 0.05,
    "CASE_OPENED": 0.05,
}
LATE, REPEATED, AT_ODDS = 0.05, 0.03, 0.005
# How often attorneys follow what is recommended: mostly, or less often at some of the courts.
_MOSTLY, _SELDOMER, _OF_COURTS = 0.9, 0.7, 0.15
# The shares of reviews that don't say whether humanitarian factors were considered, and of those
# that don't say so or say yes.
_UNSAID, _CONSIDERED = 0.2, 0.85
# The last one is no code: the attorney gave none.
_OTHER_REASONS = (*(code for code in REASON_CODES if code != "AS_RECOMMENDED"), None)

Row = dict[str, Any]


def sample_events(ids: list[str], number: int, day: datetime.date, seed: int) -> Frame:
    """Make one day's events.

    Args:
        ids: The cases' ids.
        number: The number of events; there are more rows, because some events come twice.
        day: The day before which they happened.
        seed: The seed.

    Returns:
        Columns of case_event.avsc, in no order.
    """
    rng = random.Random(f"{seed} {day}")
    rows = [_event(rng, ids, day, place) for place in range(number)]
    again = [row for row in rows if rng.random() < REPEATED]
    other = [
        row | {"recorded_at": f"{day}T23:59:00", "source": "OPLA"}
        for row in rows
        if rng.random() < AT_ODDS
    ]
    everything = [*rows, *again, *other]
    rng.shuffle(everything)
    return pl.DataFrame(everything, schema=EVENTS)


def _event(rng: random.Random, ids: list[str], day: datetime.date, place: int) -> Row:
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    happened = day - datetime.timedelta(days=rng.randint(0, 3))
    late = rng.random() < LATE
    recorded = happened - datetime.timedelta(days=200) if late else day
    sets, adds, facts = _news(rng, kind, happened)
    case = f"8{day:%y%m%d}{place:05d}" if kind == "CASE_OPENED" else rng.choice(ids)
    return {
        "event_id": f"{day:%Y%m%d}-{place:06d}",
        "case_id": case,
        "kind": kind,
        "happened_at": str(happened),
        "recorded_at": f"{recorded}T{rng.randint(0, 22):02d}:{rng.randint(0, 59):02d}:00",
        "source": "EOIR",
        "sets": sets,
        "adds": adds,
        "facts": facts,
    }


def _news(
    rng: random.Random, kind: str, day: datetime.date
) -> tuple[list[str] | None, list[str] | None, Row]:
    """Make what an event of a kind sets and adds, with the values."""
    match kind:
        case "HEARING_SET":
            when = day + datetime.timedelta(days=rng.randint(20, 900))
            calendar = rng.choice(["MASTER", "INDIVIDUAL"])
            return _sets(next_hearing=str(when), calendar_type=calendar)
        case "APPLICATION_FILED":
            form = rng.choice(["ASYL", "42B", "I918", "245"])
            return _adds("applications", {"form": form, "filed": str(day), "decision": "PENDING"})
        case "CONVICTION_ENTERED":
            grade = rng.choice(["FELONY", "MISDEMEANOR", "MISDEMEANOR"])
            category = rng.choice(["DUI", "THEFT", "ASSAULT", "DRUG_TRAFFICKING"])
            return _adds(
                "convictions",
                {
                    "date": str(day),
                    "grade": grade,
                    "category": category,
                    "immigration_element": False,
                    "vacated": False,
                    "juvenile_adjudication": False,
                },
            )
        case "CUSTODY_CHANGED":
            return _sets(custody=rng.choice(["DETAINED", "RELEASED"]))
        case "APPEARANCE_ENTERED":
            return _sets(represented=True, represented_since=str(day))
        case "FAMILY_CHANGED":
            relation = rng.choice(["SPOUSE", "CHILD"])
            return _adds("relatives", {"relation": relation, "status": "CITIZEN"})
        case "CASE_COMPLETED":
            return _sets(completed_on=str(day))
        case "CASE_OPENED":
            return None, None, _opened(rng, day)
    return _fact_changed(rng, day)


def _opened(rng: random.Random, day: datetime.date) -> Row:
    """Make what is known about a case when it is opened."""
    return {
        "court": rng.choice(["BAL", "DEN", "LOS"]),
        "case_type": "RMV",
        "custody": "NEVER_DETAINED",
        "birth_date": str(day - datetime.timedelta(days=rng.randint(6000, 25000))),
        "nta_issued": str(day),
        "entries": [
            {
                "date": str(day - datetime.timedelta(days=rng.randint(30, 6000))),
                "manner": rng.choice(["ADMITTED", "WITHOUT_INSPECTION"]),
            }
        ],
        "convictions": [],
        "removals": [],
    }


def _fact_changed(rng: random.Random, day: datetime.date) -> tuple[list[str], None, Row]:
    """Make one of the facts that an agency may learn."""
    field, value = rng.choice(
        [
            ("serious_condition", True),
            ("military_service", []),
            ("in_school", True),
            ("fraud_findings", [{"date": str(day), "found_by": "IMMIGRATION_JUDGE"}]),
            ("victimization", [{"kind": "DOMESTIC_VIOLENCE", "in_united_states": True}]),
            ("security_risk", None),
            ("gang_member", False),
        ]
    )
    return _sets(**{field: value})


def _sets(**facts: Any) -> tuple[list[str], None, Row]:
    return list(facts), None, facts


def _adds(name: str, element: Row) -> tuple[None, list[str], Row]:
    return None, [name], {name: [element]}


def sample_reviews(recommended: Frame, number: int, day: datetime.date, seed: int) -> Frame:
    """Make one day's reviews, most of them as recommended.

    Args:
        recommended: The `case_id` and `route` of cases to review; with their `court`, attorneys
            belong to courts, and those of some courts follow less often.
        number: The number of reviews, at most one per case.
        day: The day on which they were decided.
        seed: The seed.

    Returns:
        Columns of review.avsc.
    """
    rng = random.Random(f"{seed} reviews {day}")
    # Apart, so that how somebody decides doesn't change who is drawn.
    ways = random.Random(f"{seed} decisions {day}")
    courts = recommended["court"] if "court" in recommended.columns else [None] * len(recommended)
    cases = sorted(
        zip(recommended["case_id"], recommended["route"], courts, strict=True),
        key=lambda case: case[:2],
    )
    rows = []
    for place, (case, route, court) in enumerate(rng.sample(cases, min(number, len(cases)))):
        attorney = rng.randint(1, 40)
        supervisor = rng.choice([None, f"supervisor-{rng.randint(1, 8)}"])
        hour = rng.randint(8, 17)
        follows = rng.random() < _follows(court, seed)
        decided = route if follows else ways.choice([one for one in ROUTES if one != route])
        said = ways.random()
        offer = rng.choice(["OFFERED", "NOT_OFFERED"]) if route == "close" else None
        rows.append(
            {
                "review_id": f"R{day:%Y%m%d}-{place:06d}",
                "case_id": case,
                "reviewer": f"attorney-{attorney}" if court is None else _of_court(court, attorney),
                "supervisor": supervisor,
                "decided_at": f"{day}T{hour:02d}:00:00",
                "route": decided,
                "reason_code": "AS_RECOMMENDED" if follows else ways.choice(_OTHER_REASONS),
                "reason": None,
                "offer": offer,
                "background_check": "PENDING" if route == "close" else None,
                "humanitarian_considered": None if said < _UNSAID else said < _CONSIDERED,
            }
        )
    return pl.DataFrame(rows, schema=REVIEWS)


def _of_court(court: str, attorney: int) -> str:
    return f"{court}-attorney-{attorney % 4 + 1}"


def _follows(court: str | None, seed: int) -> float:
    """Return how often the attorneys of a court follow what is recommended."""
    if court is None:
        return _MOSTLY
    return _SELDOMER if random.Random(f"{seed} {court}").random() < _OF_COURTS else _MOSTLY
