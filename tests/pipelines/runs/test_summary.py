from __future__ import annotations

from typing import Any

import pytest

from pipelines.runs.summary import print_summary
from schemas.facts import FACTS
from schemas.manifest import Manifest
from tests.pipelines.commands.test_status import NIGHT

QUARANTINE = {"UNREADABLE_BLOCK": 2, "UNKNOWN_FIELD": 7, "CONTRADICTION": 1, "TRUNCATED_FILE": 1}
SHOWN = ["Quarantined", "records", "entries"]


def table(capsys: pytest.CaptureFixture[str], **other: Any) -> list[list[str]]:
    """The rows of what was quarantined, by word."""
    print_summary("OUT/runs/one", Manifest.model_validate({**NIGHT, **other}))
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    start = lines.index(SHOWN) + 1
    return lines[start : start + len(QUARANTINE)]


def test_quarantined_records_add_up_and_entries_are_shown_next_to_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    records = {"UNREADABLE_BLOCK": 49, "CONTRADICTION": 1}
    assert sum(records.values()) == NIGHT["counts"]["quarantined"]
    # Neither unusable events nor uncounted places are case records.
    assert table(capsys, quarantine=QUARANTINE, quarantined_records=records) == [
        ["UNREADABLE_BLOCK", "49", "2"],
        ["CONTRADICTION", "1", "1"],
        ["UNKNOWN_FIELD", "7"],
        ["TRUNCATED_FILE", "1"],
    ]


def test_shows_entries_for_a_run_that_did_not_count_records(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert table(capsys, quarantine=QUARANTINE) == [
        [reason, str(entries)] for reason, entries in QUARANTINE.items()
    ]


def test_splits_each_route_by_state_and_by_need_for_review(
    capsys: pytest.CaptureFixture[str],
) -> None:
    states = {
        "close": {"ON_THE_RECORD": 20, "AFTER_CHECKS": 180},
        "continue": {"OPEN": 900, "ON_THE_RECORD": 100},
        "expedite": {"AFTER_CHECKS": 30},
    }
    states = {
        route: {"ON_THE_RECORD": 0, "AFTER_CHECKS": 0, "OPEN": 0, **split}
        for route, split in states.items()
    }
    needs = {"close": 5, "continue": 7, "expedite": 0}
    other = {"states": states, "needs_review": needs, "ask_first": {"served": 30, "in_school": 12}}
    print_summary("OUT/runs/one", Manifest.model_validate({**NIGHT, **other}))
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["close", "200", "16.3", "%", "20", "180", "0", "5"] in lines
    assert ["continue", "1,000", "81.3", "%", "100", "0", "900", "7"] in lines
    assert ["routed", "1,230", "120", "210", "900", "12"] in lines
    text = " ".join(word for line in lines for word in line)
    assert "30 of the cases to expedite lean on facts that are presumed absent." in text
    assert f"{FACTS['served'].label} 30 100.0 %" in text


def test_names_damaged_files(capsys: pytest.CaptureFixture[str]) -> None:
    counted = {"path": "in/a.avro", "places": 1, "records": 1, "uncounted": 0, "cut_short": False}
    cut = {"path": "in/b.avro", "places": 3, "records": 40, "uncounted": 2, "cut_short": True}
    print_summary("OUT/runs/one", Manifest.model_validate({**NIGHT, "damaged": [counted, cut]}))
    assert (
        "in/a.avro: is damaged in 1 place: 1 record in it was quarantined unread "
        "in/b.avro: is damaged in 2 places and is cut short, or damaged at its end: at least 40 "
        "records in it were quarantined unread; records after the cut aren't counted "
    ) in " ".join(capsys.readouterr().out.split()) + " "


def test_no_line_of_text_is_wider_than_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    long = {"a_very_long_name_of_a_field.and_of_another_within_it:UNREADABLE_CHARGE": 7}
    print_summary("OUT/runs/one", Manifest.model_validate({**NIGHT, "warnings": long}))
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80
