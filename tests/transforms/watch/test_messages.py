"""Messages of a queue as events."""

from __future__ import annotations

from schemas.case_event import CaseEvent
from schemas.case_record import CaseRecord
from transforms.nightly.events import EVENTS
from transforms.watch.messages import decode_events


def test_reads_messages_as_events_in_order() -> None:
    facts = CaseRecord(court="DEN")
    events = [CaseEvent(event_id=f"e{n}", case_id="c", kind="VENUE_CHANGED", facts=facts)
              for n in range(3)]  # fmt: skip
    frame, refused = decode_events([event.model_dump_json().encode() for event in events])
    assert frame.schema == EVENTS
    assert frame["event_id"].to_list() == ["e0", "e1", "e2"]
    assert frame["facts"].struct.field("court").to_list() == ["DEN"] * 3
    assert refused == []


def test_rejects_an_invalid_event_without_printing_its_value() -> None:
    messages = [b'{"shoe": "Peter"}', b"Peter", b'{"kind": "Peter"}', b'{"event_id": "e"}']
    frame, refused = decode_events(messages)
    assert frame.height == 1
    assert [one.message for one in refused] == messages[:3]
    assert [one.reason for one in refused] == [
        "shoe: extra_forbidden", "message: json_invalid", "kind: literal_error",
    ]  # fmt: skip
    assert not any("Peter" in one.reason for one in refused)
