"""From the template to case files, as a user runs it."""

from __future__ import annotations

import contextlib
import datetime
import io
import json
from pathlib import Path
from typing import Any, NamedTuple

import fastavro
import polars as pl
import pytest

from pipelines.cli.exit_codes import ExitCode
from pipelines.commands import explain, import_cases, template
from tests.helpers.commands import rows
from tests.helpers.workbooks import write_workbook

MARKER = "ZQXMARKERZQX"


class Imported(NamedTuple):
    """An import of a messy workbook."""

    table: Path
    output: Path
    printed: str
    complaints: str

    @property
    def manifest(self) -> dict[str, Any]:
        manifest: dict[str, Any] = json.loads((self.output / "manifest.json").read_text())
        return manifest


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    folder = tmp_path_factory.mktemp("import")
    table = write_workbook(
        folder / "clients.xlsx",
        {
            "cases": [
                ["Case ID", "Court", "Custody", "Birth date", "No other removals", "Nickname"],
                ["A-1", "Baltimore", "Never detained", datetime.date(1990, 11, 3), "yes", "x"],
                ["A-2", MARKER, MARKER, MARKER, MARKER, MARKER],
                ["", "DEN", "", 1944, "", ""],
                ["EXAMPLE", "", "", "", "", ""],
            ],
            "Removals": [["Case ID", "Date"], ["A-9", MARKER]],
            MARKER: [["a"], [1]],
        },
    )
    printed, complaints = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(complaints):
        code = import_cases.main([str(table), "--output", str(folder / "out")])
    assert code == ExitCode.DAMAGED, complaints.getvalue()
    return Imported(table, folder / "out", printed.getvalue(), complaints.getvalue())


def test_imports_the_records_of_the_workbook(imported: Imported) -> None:
    cases = {row["case_id"]: row for row in rows(imported.output, "cases")}
    assert set(cases) == {"A-1", "A-2", None}
    known = {name: value for name, value in cases["A-1"].items() if value is not None}
    assert known == {
        "case_id": "A-1",
        "court": "Baltimore",
        "custody": "NEVER_DETAINED",
        "birth_date": "1990-11-03",
        "removals": [],
    }
    # Untyped text stays as written; a typed value that can't be read becomes a warning.
    assert (cases["A-2"]["court"], cases["A-2"]["birth_date"]) == (MARKER, MARKER)
    assert cases["A-2"]["warnings"] == ["custody:UNKNOWN_CODE"]
    assert cases[None]["birth_date"] == "1944"


def test_names_each_refused_cell_without_its_content(imported: Imported) -> None:
    refused = pl.read_csv(imported.output / "refused.csv")
    places = refused.select("sheet", "row", "column", "path", "reason").rows()
    assert sorted(places, key=lambda place: (place[0], place[1], place[2])) == [
        ("cases", 3, "B", "court", "UNKNOWN_CODE"),
        ("cases", 3, "C", "custody", "UNKNOWN_CODE"),
        ("cases", 3, "D", "birth_date", "BAD_DATE"),
        ("cases", 3, "E", "no_other_removals", "UNKNOWN_CODE"),
        ("cases", 4, "A", "case_id", "MISSING_CASE_ID"),
        ("removals", 2, "A", "case_id", "NO_CASE"),
        ("removals", 2, "B", "removals.date", "BAD_DATE"),
    ]
    line = "cases, row 3, column C (Custody): text that isn't one of the values; allowed: Detained,"
    assert line in " ".join(imported.printed.split())
    assert imported.complaints.count("\n") == 1
    assert "7 cells were refused" in imported.complaints
    # The workbook's names may be shown, but not its cells.
    shown = [*imported.printed.splitlines(), *imported.complaints.splitlines()]
    assert [line for line in shown if MARKER in line] == [f"sheets that weren't read: {MARKER}"]
    assert MARKER not in (imported.output / "refused.csv").read_text()


def test_the_counts_reconcile(imported: Imported) -> None:
    table = imported.manifest["table"]
    assert {
        name: [sheet[part] for part in ("rows", "used", "examples", "quarantined")]
        for name, sheet in table["sheets"].items()
    } == {"cases": [4, 3, 1, 0], "removals": [1, 0, 0, 1]}
    assert (table["cases"], table["without_id"]) == (3, 1)
    assert [column["name"] for column in table["unread_columns"]] == ["Nickname"]
    [file] = imported.manifest["inputs"]
    assert (file["path"], file["bytes"]) == (str(imported.table), imported.table.stat().st_size)
    with (imported.output / "quarantine" / "part-00000.avro").open("rb") as stream:
        [orphan] = fastavro.reader(stream)
    assert isinstance(orphan, dict)
    assert (orphan["reason"], orphan["offset"], orphan["case_id"]) == ("NO_CASE", 2, "A-9")
    assert orphan["source_file"] == str(imported.table)


def test_never_overwrites_output(
    imported: Imported, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = ["--output", str(imported.output)]
    assert import_cases.main([str(imported.table), *again]) == ExitCode.OUTPUT
    assert template.main([str(tmp_path / "cases.xlsx"), "--csv", str(tmp_path / "csv")]) == 0
    assert template.main([str(tmp_path / "cases.xlsx")]) == ExitCode.OUTPUT
    assert template.main(["--csv", str(tmp_path / "csv")]) == ExitCode.OUTPUT
    assert template.main([]) == template.main([str(tmp_path / "cases.csv")]) == ExitCode.USAGE
    assert capsys.readouterr().err.count("\n") == 5


def test_rejects_an_empty_template_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert template.main(["--csv", str(tmp_path / "csv")]) == 0
    (tmp_path / "bad.csv").write_text("case_id,court\n1\n")
    for table, says in (
        (tmp_path / "csv", "there is no case in it, only the example, whose id is EXAMPLE"),
        (tmp_path / "bad.csv", "none of its 1 rows could be read"),
        (tmp_path / "nowhere.xlsx", "cannot be read (No such file or directory)"),
        (tmp_path / "cases.ods", "isn't a table; its name must end in .xlsx,"),
    ):
        before = sorted(tmp_path.iterdir())
        code = import_cases.main([str(table), "--output", str(tmp_path / "out")])
        assert code == ExitCode.INPUT
        assert says in capsys.readouterr().err
        assert sorted(tmp_path.iterdir()) == before


def test_explain_says_what_to_do_with_a_table(
    imported: Imported, capsys: pytest.CaptureFixture[str]
) -> None:
    assert explain.main([str(imported.table)]) == ExitCode.INPUT
    assert "isn't JSON; `discretion import-cases` makes case files" in capsys.readouterr().err
