"""Cases between two routes, and events about them."""

from __future__ import annotations

from typing import Any

import polars as pl

from schemas.case_event import CaseEvent
from schemas.case_record import CaseRecord, Conviction
from schemas.rulebooks import load
from transforms.frames.frame import Frame
from transforms.nightly.events import EVENTS

RULEBOOK = load("ice-2011-11-17")
ELDER = next(e for e in RULEBOOK.rulebook.examples if e.name == "F4, on the 65th birthday").case
CLEAN = {**ELDER, "birth_date": "1970-01-01", "updated_at": "2011-11-01"}
# Already closed at 64; at 65, there is one more reason.
VETERAN = {
    **ELDER,
    "military_service": [{"who": "SELF", "status": "HONORABLE_DISCHARGE", "combat": False}],
}
FELONY = Conviction(
    date="2011-11-10", grade="FELONY", category="BURGLARY", immigration_element=False,
    vacated=False, juvenile_adjudication=False,
)  # fmt: skip


def event(event_id: str, case_id: str, kind: Any, recorded: str, **more: Any) -> CaseEvent:
    facts = CaseRecord(**more.pop("facts", {}))
    return CaseEvent(
        event_id=event_id, case_id=case_id, kind=kind, recorded_at=recorded, facts=facts, **more
    )


def felony(event_id: str, case_id: str, recorded: str = "2011-11-15", **more: Any) -> CaseEvent:
    return event(
        event_id, case_id, "CONVICTION_ENTERED", recorded,
        adds=["convictions"], facts={"convictions": [FELONY]}, **more,
    )  # fmt: skip


def completed(event_id: str, case_id: str) -> CaseEvent:
    return event(event_id, case_id, "CASE_COMPLETED", "2011-11-15", sets=["completed_on"],
                 facts={"completed_on": "2011-11-14"})  # fmt: skip


def events_of(*events: CaseEvent) -> Frame:
    return pl.DataFrame([e.model_dump() for e in events], schema=EVENTS)
