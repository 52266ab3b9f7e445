"""A backlog from a workbook: one command accounts for every row, cell, and file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

from pipelines.cli.exit_codes import ExitCode
from pipelines.commands import show
from pipelines.runs.table_inputs import refuse_tables, split_inputs
from schemas.errors import InputError
from tests.helpers.commands import discretion, rows, run_of, unwrapped
from tests.helpers.workbooks import write_workbook


class Run(NamedTuple):
    """A run over a workbook and a CSV file."""

    folder: Path
    run: Path
    printed: str
    complaints: str

    @property
    def manifest(self) -> dict[str, Any]:
        manifest: dict[str, Any] = json.loads((self.run / "manifest.json").read_text())
        return manifest


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("tables")
    write_workbook(
        folder / "clients.xlsx",
        {
            "cases": [
                ["Case ID", "Court", "Custody", "No other convictions"],
                ["A-1", "Baltimore", "Never detained", "yes"],
                ["A-2", "DEN", "jail", ""],
                ["", "DEN", "", ""],
            ],
            "convictions": [["Case ID", "Grade"], ["A-2", "felony"], ["A-7", "felony"]],
        },
    )
    (folder / "more.csv").write_text("case_id,court,Curt\nB-1,BAL,\nB-2\nB-3,DEN,x\n")
    printed = discretion(
        "backlog", "--input", folder / "*.xlsx", folder / "more.csv", "--output", folder / "out"
    )
    assert printed.returncode == ExitCode.DAMAGED, printed.stderr
    return Run(folder, run_of(folder / "out"), printed.stdout, printed.stderr)


def test_assesses_or_quarantines_every_record(done: Run) -> None:
    assert [row["case_id"] for row in rows(done.run, "cases")] == ["A-1", "A-2", "B-1", "B-3"]
    counts = done.manifest["counts"]
    assert (counts["read"], counts["quarantined"]) == (6, 2)
    quarantined = rows(done.run, "quarantine")
    assert {row["reason"]: (row["offset"], row["case_id"]) for row in quarantined} == {
        "MISSING_CASE_ID": (None, None),
        "NO_CASE": (3, "A-7"),
        "UNREADABLE_ROW": (3, None),
    }
    assert len(quarantined) == 3
    [case] = [row for row in rows(done.run, "cases") if row["case_id"] == "A-2"]
    assert [item and item["grade"] for item in case["convictions"]] == ["FELONY", None]
    assert done.manifest["warnings"] == {"custody:UNKNOWN_CODE": 1}


def test_the_manifest_names_the_files_that_were_given(done: Run) -> None:
    given = [done.folder / "clients.xlsx", done.folder / "more.csv"]
    assert done.manifest["inputs"] == [
        {
            "path": str(path),
            "bytes": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in given
    ]
    assert [table["path"] for table in done.manifest["tables"]] == [str(path) for path in given]
    assert [path.name for path in done.run.iterdir() if path.name.startswith("_")] == []


def test_lists_refused_cells_in_the_summary_and_in_a_file(
    done: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = pl.read_csv(done.run / "refused.csv").select("sheet", "row", "reason").rows()
    assert sorted(refused) == [
        ("cases", 3, "UNKNOWN_CODE"),
        ("cases", 3, "UNREADABLE_ROW"),
        ("cases", 4, "MISSING_CASE_ID"),
        ("convictions", 3, "NO_CASE"),
    ]
    summary = unwrapped(done.printed)
    assert "cases, row 3, column C (Custody): text that isn't one of the values" in summary
    assert 'cases: the column "Curt" isn\'t in the template: nothing in it was read' in summary
    assert [line.rpartition(": ")[2].split(";")[0] for line in done.complaints.splitlines()] == [
        "1 record in it was quarantined unread",
        "3 cells were refused",
        "1 cell was refused",
    ]
    assert show.main([str(done.run)]) == 0
    assert unwrapped(capsys.readouterr().out) == summary


def test_distinguishes_inputs_by_their_endings(tmp_path: Path) -> None:
    for name in ("a.XLSX", "b.csv"):
        (tmp_path / name).write_text("")
    (tmp_path / "csv").mkdir()
    (tmp_path / "csv" / "Cases.csv").write_text("")
    (tmp_path / "avro").mkdir()
    found = split_inputs([f"{tmp_path}/*.csv", f"{tmp_path}/a.XLSX", f"{tmp_path}/csv/",
                          f"{tmp_path}/avro", f"{tmp_path}/*.avro"])  # fmt: skip
    assert found.tables == tuple(f"{tmp_path}/{name}" for name in ("b.csv", "a.XLSX", "csv"))
    assert found.others == (f"{tmp_path}/avro", f"{tmp_path}/*.avro")
    refuse_tables(found.others)
    with pytest.raises(InputError, match=r"import-cases .*/csv --output DIR` makes case files"):
        refuse_tables([f"{tmp_path}/csv"])
    (tmp_path / "csv" / "a.avro").write_text("")
    with pytest.raises(InputError, match=r"has cases\.csv and \.avro files"):
        split_inputs([f"{tmp_path}/csv"])
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "Clients.xlsx").write_text("")
    with pytest.raises(InputError, match=r"to read Clients\.xlsx, name the file itself"):
        split_inputs([f"{tmp_path}/book"])
