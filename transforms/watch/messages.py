"""Turn a queue's messages, each an event in JSON (`schemas.case_event`), into frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl
from pydantic import ValidationError

from schemas.case_event import CaseEvent
from transforms.frames.frame import Frame
from transforms.nightly.events import EVENTS


class Refused(NamedTuple):
    """A message that isn't a valid event, and why, without the value."""

    message: bytes
    reason: str


def decode_events(messages: Sequence[bytes]) -> tuple[Frame, list[Refused]]:
    """Decode messages as events.

    Args:
        messages: JSON in UTF-8, one event each.

    Returns:
        Columns of case_event.avsc, in order, and the messages that aren't valid events.
    """
    events, refused = [], []
    for message in messages:
        try:
            events.append(CaseEvent.model_validate_json(message).model_dump())
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "message"
            refused.append(Refused(message, f"{place}: {first['type']}"))
    return pl.DataFrame(events, schema=EVENTS), refused
