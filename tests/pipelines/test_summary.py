from __future__ import annotations

from typing import Any

import pytest

from pipelines.summary import print_summary
from schemas.manifest import Manifest
from tests.pipelines.test_status import NIGHT

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
