"""A field that nothing reads is reported, whichever command reads the file; real processes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import fastavro
import pytest

from pipelines.runs.unread_fields import unread_field_lines
from schemas.manifest import Manifest
from tests.helpers.commands import discretion, rows, run_of, unwrapped
from tests.pipelines.commands.test_status import NIGHT

SECRET = "ZQXMARKERZQX"


def write(path: Path, rows: list[dict[str, Any]], **types: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fields = [{"name": name, "type": avro} for name, avro in types.items()]
    schema = {"type": "record", "name": "Export", "fields": fields}
    with path.open("wb") as file:
        fastavro.writer(file, schema, rows)


def test_a_backlog_reports_the_fields_that_it_did_not_read(tmp_path: Path) -> None:
    row = {"case_id": "1", "COURT": SECRET, "note": SECRET}
    write(tmp_path / "in/a.avro", [row], case_id="string", COURT="string", note="string")
    write(tmp_path / "in/b.avro", [row], case_id="string", COURT="string")
    done = discretion("backlog", "--input", tmp_path / "in", "--output", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    where, only = f"{tmp_path}/in/a.avro and 1 more", f"{tmp_path}/in/a.avro"
    assert (
        f"{where}: the field COURT is not in the schema (names are case-sensitive): "
        "nothing in it was read; did you mean court? "
        f"{only}: the field note is not in the schema: nothing in it was read"
    ) in unwrapped(done.stdout)
    assert SECRET not in done.stdout + done.stderr
    run = run_of(tmp_path / "out")
    [court, note] = json.loads((run / "manifest.json").read_text())["unread_fields"]
    assert court == {"of": "cases", "field": "COURT", "meant": "court", "files": 2, "first": only}
    assert (note["field"], note["meant"], note["files"]) == ("note", None, 1)
    # It is reported, and still not read.
    [case] = [case for case in rows(run, "cases") if case["case_id"] == "1"]
    assert case["court"] is None


def test_names_the_differences_in_case_if_no_field_matches(tmp_path: Path) -> None:
    write(tmp_path / "in/a.avro", [{"CASE_ID": "1"}], CASE_ID="string")
    done = discretion("backlog", "--input", tmp_path / "in", "--output", tmp_path / "out")
    assert done.returncode == 3
    [line] = done.stderr.splitlines()
    assert "names are case-sensitive: CASE_ID is not case_id" in line


def test_a_night_reports_unread_fields_of_events_and_reviews(tmp_path: Path) -> None:
    write(
        tmp_path / "in/a.avro", [{"case_id": "1", "Court": "BAL"}], case_id="string", Court="string"
    )
    event = {"event_id": "e", "case_id": "1", "recorded_at": "2011-11-17", "Kind": "X"}
    write(tmp_path / "events/e.avro", [event], **dict.fromkeys(event, "string"))
    review = {"review_id": "r", "case_id": "1", "decided_at": "2011-11-18", "route": "close"}
    review["Reviewer"] = SECRET
    write(tmp_path / "reviews/r.avro", [review], **dict.fromkeys(review, "string"))
    done = discretion(
        "nightly", "--state", tmp_path / "out", "--events", tmp_path / "events",
        "--reviews", tmp_path / "reviews", "--input", tmp_path / "in", "--as-of", "2011-11-18",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for name in ("Court", "Kind", "Reviewer"):
        [_, line] = unwrapped(done.stdout).split(f"the field {name} ")
        assert f"did you mean {name.lower()}?" in line.partition("the field")[0]
    assert SECRET not in done.stdout + done.stderr


def fields(*names: str, **more: Any) -> Manifest:
    unread = [
        {"of": "cases", "field": name, "meant": None, "files": 1, "first": "a.avro", **more}
        for name in names
    ]
    return Manifest.model_validate({**NIGHT, "unread_fields": unread})


@pytest.mark.parametrize("count", [0, 1, 10, 11, 5_000])
def test_shortens_a_long_list_of_fields(count: int) -> None:
    lines = unread_field_lines(fields(*(f"f{n}" for n in range(count))))
    assert len(lines) == min(count, 11)
    if count > 10:
        assert (
            lines[-1] == f"{count - 10:,} more fields that weren't read; manifest.json names them"
        )


def test_cuts_a_very_long_name() -> None:
    [line] = unread_field_lines(fields("x" * 100_000))
    assert len(line) < 300
