"""Turn a queue's messages, each an event in JSON (`schemas.case_event`), into frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl
from pydantic import ValidationError

from schemas.case_event import CaseEvent
from transforms.frames.frame import Frame
from transforms.nightly.events import EVENTS

# A schema registry's message: this byte, a schema's id in four bytes, and Avro or another format.
_REGISTRY, _REGISTRY_HEADER = b"\0", 5
# https://avro.apache.org/docs/1.12.0/specification/#single-object-encoding
_SINGLE_OBJECT = b"\xc3\x01"


class Refused(NamedTuple):
    """A message that isn't a valid event, and why, without the value."""

    message: bytes
    reason: str


def _other_format(message: bytes) -> str | None:
    """Name the format of a message that isn't JSON, if its first bytes tell."""
    if not message:
        return "message: empty"
    if message.startswith(_REGISTRY) and len(message) > _REGISTRY_HEADER:
        schema = int.from_bytes(message[1:_REGISTRY_HEADER], "big")
        return f"message: schema_registry_format, schema {schema}; send JSON"
    if message.startswith(_SINGLE_OBJECT):
        return "message: avro_single_object; send JSON"
    return None


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
            if named := _other_format(message):
                refused.append(Refused(message, named))
                continue
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "message"
            refused.append(Refused(message, f"{place}: {first['type']}"))
    return pl.DataFrame(events, schema=EVENTS), refused
