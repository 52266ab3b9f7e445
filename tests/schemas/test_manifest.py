from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.manifest import Counts, InputFile, Manifest, OutputFile, RulebookUsed

PARTS = ("quarantined", "duplicates", "completed", "out_of_scope")
NUMBERS = st.integers(0, 1000)
RIGHT: dict[str, Any] = {
    "read": 21,
    "routed": {"close": 1, "continue": 2, "expedite": 3},
    "quarantined": 4,
    "duplicates": 5,
    "completed": 6,
    "out_of_scope": 0,
    "unreadable_places": 7,
}


@given(st.lists(NUMBERS, min_size=4, max_size=4), NUMBERS, st.integers(-3, 3))
def test_rejects_counts_that_do_not_add_up(parts: list[int], closed: int, off: int) -> None:
    counts = dict(zip(PARTS, parts, strict=True))
    read = sum(parts) + closed + off
    given_ = {**counts, "read": read, "routed": {"close": closed}, "unreadable_places": 9}
    if off:
        with pytest.raises(ValidationError, match=f"{read} records were read"):
            Counts.model_validate(given_)
    else:
        assert Counts.model_validate(given_).read == read


def test_reads_a_manifest_as_it_was_written() -> None:
    made = Manifest(
        run_id="one",
        rulebook=RulebookUsed(id="small", digest="0f"),
        as_of=datetime.date(2011, 11, 17),
        presume=True,
        scope=None,
        courts=("BAL",),
        inputs=(InputFile(path="a.avro", bytes=3, sha256="ba"),),
        outputs=(OutputFile(path="close/part-0.avro", records=1),),
        counts=Counts.model_validate(RIGHT),
        states={
            "close": {"ON_THE_RECORD": 1, "AFTER_CHECKS": 0, "OPEN": 0},
            "continue": {"OPEN": 2},
            "expedite": {"ON_THE_RECORD": 1, "AFTER_CHECKS": 2},
        },
        needs_review={"close": 0, "continue": 0, "expedite": 0},
        forms={"ADMINISTRATIVE_CLOSURE": 1},
        review_reasons={},
        ask_first={},
        conflicts={},
        settling_facts={},
        reasons={"F1": 1},
        unknown={},
        missing_facts={},
        quarantine={"UNREADABLE_BLOCK": 1, "BAD_DATE": 1},
        quarantined_records={"UNREADABLE_BLOCK": 3, "BAD_DATE": 1},
        warnings={},
        scope_unknown=0,
        versions={"python": "3.11"},
        started=datetime.datetime(2011, 11, 17, tzinfo=datetime.UTC),
        seconds=0.5,
    )
    text = made.model_dump_json(indent=2)
    assert Manifest.model_validate_json(text) == made
    spoilt = text.replace('"read": 21', '"read": 22')
    with pytest.raises(ValidationError, match="22 records were read, 21 are accounted for"):
        Manifest.model_validate_json(spoilt)
    spoilt = text.replace('"UNREADABLE_BLOCK": 3', '"UNREADABLE_BLOCK": 1')
    with pytest.raises(ValidationError, match="4 records are quarantined, 2 by reason"):
        Manifest.model_validate_json(spoilt)
