"""One review: what an attorney decided on a case, as a model (JSON in and out).

`review.avsc` declares and documents the same fields; a test keeps the two in step.
"""

from __future__ import annotations

import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

Offer = Literal["UNKNOWN", "NOT_OFFERED", "OFFERED", "ACCEPTED", "DECLINED"]
BackgroundCheck = Literal["UNKNOWN", "PENDING", "PASSED", "FAILED"]


class Review(BaseModel):
    """What an attorney decided on a case."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    review_id: str | None = None
    case_id: str | None = None
    reviewer: str | None = None
    supervisor: str | None = None
    decided_at: str | None = None
    route: str | None = None
    reason_code: str | None = None
    reason: str | None = None
    offer: Offer | None = None
    background_check: BackgroundCheck | None = None
    humanitarian_considered: bool | None = None
    route_then: str | None = None
    reasons_then: list[str] | None = None
    seen_on: datetime.date | None = None
