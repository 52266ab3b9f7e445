"""One event: a later fact about a case, as a model (JSON in and out).

`case_event.avsc` declares and documents the same fields; a test keeps the two in step.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from schemas.case_record import CaseRecord

EventKind = Literal[
    "UNKNOWN",
    "FACT_CHANGED",
    "RECORD_REPLACED",
    "CASE_OPENED",
    "CASE_COMPLETED",
    "CASE_REOPENED",
    "CUSTODY_CHANGED",
    "HEARING_SET",
    "VENUE_CHANGED",
    "NOTICE_FILED",
    "CHARGE_CHANGED",
    "APPEARANCE_ENTERED",
    "CONVICTION_ENTERED",
    "ARREST_RECORDED",
    "APPLICATION_FILED",
    "APPLICATION_DECIDED",
    "ORDER_ENTERED",
    "REMOVAL_RECORDED",
    "FAMILY_CHANGED",
    "BACKGROUND_CHECKED",
]


class CaseEvent(BaseModel):
    """A later fact about a case."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    event_id: str | None = None
    case_id: str | None = None
    kind: EventKind | None = None
    happened_at: str | None = None
    recorded_at: str | None = None
    source: str | None = None
    sets: list[str] | None = None
    adds: list[str] | None = None
    facts: CaseRecord | None = None
