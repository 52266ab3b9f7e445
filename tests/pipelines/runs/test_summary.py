from __future__ import annotations

from typing import Any

import pytest

from pipelines.runs.summary import print_summary
from schemas.manifest import Manifest
from schemas.rulebooks import load
from tests.pipelines.commands.test_status import NIGHT

QUARANTINE = {"UNREADABLE_BLOCK": 2, "UNKNOWN_FIELD": 7, "CONTRADICTION": 1, "TRUNCATED_FILE": 1}
SHOWN = "set aside                           records  entries"


def table(capsys: pytest.CaptureFixture[str], **other: Any) -> list[list[str]]:
    """The rows of what was set aside, by word."""
    print_summary("OUT/runs/one", Manifest.model_validate({**NIGHT, **other}))
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    start = lines.index(SHOWN) + 1
    return [line.split() for line in lines[start : start + len(QUARANTINE)]]


def test_records_set_aside_add_up_and_entries_stand_beside_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    records = {"UNREADABLE_BLOCK": 49, "CONTRADICTION": 1}
    assert sum(records.values()) == NIGHT["counts"]["quarantined"]
    # Events that no fold can use are no case records, nor is what nobody can count.
    assert table(capsys, quarantine=QUARANTINE, quarantined_records=records) == [
        ["UNREADABLE_BLOCK", "49", "2"],
        ["CONTRADICTION", "1", "1"],
        ["UNKNOWN_FIELD", "7"],
        ["TRUNCATED_FILE", "1"],
    ]


def test_of_a_run_from_before_records_were_counted_the_entries_are_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert table(capsys, quarantine=QUARANTINE) == [
        [reason, str(entries)] for reason, entries in QUARANTINE.items()
    ]


def test_why_a_person_must_look_is_said_in_the_rulebooks_own_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    manifest = Manifest.model_validate({**NIGHT, "look": 3})
    no_rule = "No rule was found for a case on both lists; a person must look"
    for rulebook, why in (("ice-2011-11-17", f": {no_rule}"), ("dhs-2014-11-20", ""), (None, "")):
        print_summary("OUT/runs/one", manifest, load(rulebook) if rulebook else None)
        assert f" 3 are marked for a person's look{why}.\n" in capsys.readouterr().out


def test_damaged_files_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    counted = {"path": "in/a.avro", "places": 1, "records": 1, "uncounted": 0, "cut_short": False}
    cut = {"path": "in/b.avro", "places": 3, "records": 40, "uncounted": 2, "cut_short": True}
    print_summary("OUT/runs/one", Manifest.model_validate({**NIGHT, "damaged": [counted, cut]}))
    assert (
        "in/a.avro: is damaged in 1 place: 1 record in it went to quarantine unread\n"
        "in/b.avro: is damaged in 2 places and is cut short, or damaged at its end: at least 40 "
        "records in it went to quarantine unread; what stood behind the cut is in no count\n"
    ) in capsys.readouterr().out
