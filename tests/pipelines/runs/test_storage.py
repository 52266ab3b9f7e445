"""Runs in an object store."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import fastavro
import pytest

from pipelines import backlog
from pipelines.cli.exit_codes import ExitCode
from pipelines.commands import explain, show
from tests.helpers.commands import PARTS, discretion, rows, run_of
from tests.helpers.object_store import OBJECTS


@pytest.fixture(autouse=True)
def empty_store() -> Iterator[None]:
    OBJECTS.clear()
    yield
    OBJECTS.clear()


def test_a_backlog_gives_the_same_result_in_an_object_store_as_on_disk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert discretion("sample", "--output", tmp_path / "s", "--cases", 300).returncode == 0
    local = discretion("backlog", "--input", tmp_path / "s", "--output", tmp_path / "out")
    assert local.returncode == 0, local.stderr
    for path in (tmp_path / "s").iterdir():
        OBJECTS[f"flat://b/cases/{path.name}"] = path.read_bytes()
    command = ["--input", "flat://b/cases", "--output", "flat://b/out", "--run-id", "one"]
    OBJECTS["flat://b/out/runs/_one.partial/close/part-killed.avro"] = b"left by a killed run"
    assert backlog.main(command) == 0

    assert OBJECTS["flat://b/out/LATEST"] == b"one\n"
    assert not any("partial" in name or "killed" in name for name in OBJECTS)
    for part in PARTS:
        found = [
            row
            for name in OBJECTS
            if name.startswith(f"flat://b/out/runs/one/{part}/")
            for row in fastavro.reader(io.BytesIO(OBJECTS[name]))
            if isinstance(row, dict)
        ]
        there = rows(run_of(tmp_path / "out"), part)
        if part in ("quarantine", "duplicates"):
            # These name the file that a record came from.
            assert len(found) == len(there)
        else:
            assert sorted(found, key=lambda row: (str(row["case_id"]), repr(row))) == there

    again = dict(OBJECTS)
    assert backlog.main(command) == ExitCode.OUTPUT
    assert again == OBJECTS
    capsys.readouterr()
    assert show.main(["flat://b/out", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["run_id"] == "one"
    case = rows(run_of(tmp_path / "out"), "close")[0]["case_id"]
    assert explain.main([case, "--run", "flat://b/out"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f"{case}, as of November 17, 2011\n")
    assert "\nCLOSE" in printed
