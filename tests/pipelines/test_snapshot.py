"""A snapshot holds everything that decided: reading it again gives the same recommendations."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from schemas.avro import avro_schema
from tests.helpers.commands import discretion, rows, run_of
from tests.helpers.news import VETERAN
from transforms.avro.encode import encode_blocks, write_header
from transforms.testing import case_frame

RECORD = avro_schema("case_record")
COMPARED = ("case_id", "route", "reasons", "checks", "possible_routes", "conflicts", "warnings")
CASES: tuple[dict[str, Any], ...] = (
    {**VETERAN, "case_id": "plain"},
    {**VETERAN, "case_id": "arrests", "arrests": -1},
    {**VETERAN, "case_id": "sentence", "convictions": [{"sentence_days": -1}]},
    {**VETERAN, "case_id": "charge", "charges": [{"code": "junk", "status": "SUSTAINED"}]},
    {**VETERAN, "case_id": "born", "birth_date": "2030-01-01"},
)


def good(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stderr


def recommended(run: Path) -> list[dict[str, object]]:
    made = [row for route in ("close", "continue", "expedite") for row in rows(run, route)]
    recommendations = [{name: row[name] for name in COMPARED} for row in made]
    return sorted(recommendations, key=lambda row: str(row["case_id"]))


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path]]:
    """A backlog, and three nights that begin with its snapshot; the last as of another day."""
    place = tmp_path_factory.mktemp("snapshot")
    (place / "in").mkdir()
    (place / "events").mkdir()
    frame = case_frame(CASES)
    (place / "in/a.avro").write_bytes(write_header(RECORD) + encode_blocks(frame, RECORD))
    good(discretion("backlog", "--input", place / "in", "--output", place / "backlog"))
    backlog = run_of(place / "backlog")
    runs = []
    for day, more in (("2011-11-17", ["--input", backlog / "cases"]), ("2011-11-18", [])):
        good(discretion("nightly", "--state", place / "out", "--events", place / "events",
                        "--as-of", day, *more))  # fmt: skip
        runs.append(run_of(place / "out"))
    return backlog, runs


def test_a_night_on_a_backlogs_snapshot_recommends_the_same_as_the_backlog(
    nights: tuple[Path, list[Path]],
) -> None:
    backlog, [first, _] = nights
    recommendations = recommended(backlog)
    conflicts = {str(row["case_id"]): row["conflicts"] for row in recommendations}
    assert conflicts["arrests"] == ["ARRESTS_OUT_OF_RANGE"]
    assert conflicts["sentence"] == ["SENTENCE_OUT_OF_RANGE"]
    warnings = {str(row["case_id"]): row["warnings"] for row in recommendations}
    assert warnings["charge"] == ["charges.code:UNREADABLE_CHARGE"]
    assert warnings["born"] == ["birth_date:FUTURE_DATE"]
    assert recommended(first) == recommendations


def test_a_second_night_without_news_changes_nothing(nights: tuple[Path, list[Path]]) -> None:
    _, [first, second] = nights
    assert recommended(second) == recommended(first)
    manifest = json.loads((second / "manifest.json").read_text())
    assert manifest["as_of"] == "2011-11-18"
    assert manifest["nightly"]["changed"] == 0
    assert rows(second, "changes") == []


def test_explain_finds_the_conflict_in_the_snapshot(nights: tuple[Path, list[Path]]) -> None:
    backlog, _ = nights
    done = discretion("explain", "arrests", "--run", backlog, "--json")
    good(done)
    assert "ARRESTS_OUT_OF_RANGE" in done.stdout
    assert "arrests:OUT_OF_RANGE" in done.stdout
