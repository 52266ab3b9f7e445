from __future__ import annotations

import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.status import Failure, GoodNight, Status

NOON = datetime.datetime(2011, 11, 17, 12, tzinfo=datetime.UTC)
GOOD: dict[str, Any] = {
    "run_id": "night-2011-11-16",
    "as_of": "2011-11-16",
    "rulebook": "small",
    "finished": NOON,
    "age_seconds": 7.5,
    "seconds": 2.25,
    "cases": 9,
    "routed": {
        "close": {"AFTER_CHECKS": 1},
        "continue": {"ON_THE_RECORD": 1, "OPEN": 1},
        "expedite": {"ON_THE_RECORD": 3},
    },
    "needs_review": {"close": 1, "continue": 0, "expedite": 0},
    "completed": 2,
    "out_of_scope": 1,
    "quarantined": 4,
    "changed": 5,
    "causes": {"fact": 5},
    "queue": {"": 1},
    "reviews": 0,
    "pending": 0,
    "left_unread": 0,
    "foreign": 0,
    "damaged_files": 3,
    "lost_records": 20,
    "lost_uncounted": 1,
    "left_out": 2,
}


def made(**other: Any) -> Status:
    return Status(
        state="OUT",
        last_good=GoodNight.model_validate({**GOOD, **other}),
        failed=Failure(at=NOON, why="no such directory"),
        unfinished=("OUT/runs/_night-2011-11-17.partial",),
    )


def test_reads_a_status_as_it_was_written() -> None:
    for status in (made(), Status(state="OUT", last_good=None, failed=None, unfinished=())):
        assert Status.model_validate_json(status.model_dump_json()) == status


@pytest.mark.parametrize(
    ("other", "at"),
    [
        ({"routed": {"shelve": {}}}, ("routed", "shelve", "[key]")),
        ({"routed": {"close": {"MAYBE": 1}}}, ("routed", "close", "MAYBE", "[key]")),
        ({"cases": None}, ("cases",)),
        ({"finished": "yesterday"}, ("finished",)),
        ({"color": "red"}, ("color",)),
    ],
)
def test_rejects_unknown_fields_in_a_status(other: dict[str, Any], at: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        made(**other)
    assert [error["loc"] for error in caught.value.errors()] == [at]


def test_a_status_is_immutable() -> None:
    with pytest.raises(ValidationError):
        made().state = "elsewhere"
