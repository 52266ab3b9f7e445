"""Exports as their users open them: with polars, calamine, XlsxWriter's own XML, and DuckDB."""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
import python_calamine

from pipelines.commands.export import ORDER, main
from pipelines.exports import ordered as order
from pipelines.exports import workbook
from pipelines.exports.ordered import Ordered, Wanted
from schemas.worklist import COLUMNS, SHARED
from tests.helpers.commands import Row, rows
from tests.pipelines.exports.conftest import COMPLETED
from transforms.export.cells import STARTS
from transforms.frames.frame import Frame


def export(run: Path, form: str, output: Path, *more: str) -> int:
    return main([str(run), "--format", form, "--output", str(output), *more])


def recommended(run: Path) -> dict[str, Row]:
    return {row["case_id"]: row for route in ORDER for row in rows(run, route)}


def test_a_csv_has_each_case_once_in_order_and_no_formula(run: Path, tmp_path: Path) -> None:
    assert export(run, "csv", tmp_path / "w.csv") == 0
    table = pl.read_csv(tmp_path / "w.csv", infer_schema=False)
    assert table.columns == [column.name for column in COLUMNS]
    known = recommended(run)
    assert sorted(table["case_id"]) == sorted(known)
    ranks = [(ORDER.index(known[c]["route"]), -known[c]["score_low"], c)
             for c in table["case_id"]]  # fmt: skip
    assert ranks == sorted(ranks)
    text = table.drop("score_low", "score_high")
    starts = pl.any_horizontal(pl.col(c).str.slice(0, 1).is_in(STARTS) for c in text.columns)
    assert text.filter(starts).is_empty()
    assert {"'=1+1", "'@x"} <= set(table["office"].drop_nulls())
    assert "8 USC 1367" in (tmp_path / "w.csv.README.txt").read_text()
    assert sorted(os.listdir(tmp_path)) == ["w.csv", "w.csv.README.txt"]


def test_a_worklist_of_many_parts_is_the_same(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(run, "csv", tmp_path / "one.csv")
    monkeypatch.setattr(order, "PART_ROWS", 7)
    export(run, "csv", tmp_path / "many.csv")
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "many.csv").read_bytes()


def test_a_workbook_has_a_sheet_a_route_with_filters_and_drop_downs(
    run: Path, tmp_path: Path
) -> None:
    assert export(run, "xlsx", tmp_path / "w.xlsx") == 0
    book = python_calamine.load_workbook(str(tmp_path / "w.xlsx"))
    assert book.sheet_names == ["Read me", "Close", "Expedite", "Continue"]
    known, found = recommended(run), []
    for name in book.sheet_names[1:]:
        table = book.get_sheet_by_name(name).to_python()
        assert "8 USC 1367" in str(table[0][0])
        assert table[1] == [column.name for column in COLUMNS]
        found += [row[0] for row in table[2:]]
        assert {known[str(row[0])]["route"] for row in table[2:]} == {name.lower()}
        assert "=1+1" in {row[3] for row in table[2:]} or name != "Continue"
    assert sorted(map(str, found)) == sorted(known)
    with zipfile.ZipFile(tmp_path / "w.xlsx") as packed:
        sheet = packed.read("xl/worksheets/sheet2.xml").decode()
    assert "<f>" not in sheet
    assert re.search(r'<pane [^>]*ySplit="2"[^>]*state="frozen"', sheet)
    assert "<autoFilter " in sheet
    assert '"close,continue,expedite"' in sheet.replace("&quot;", '"')


def test_a_sheet_that_is_full_goes_on_in_another(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "SHEET_CASES", 100)
    export(run, "xlsx", tmp_path / "w.xlsx", "--route", "continue")
    names = python_calamine.load_workbook(str(tmp_path / "w.xlsx")).sheet_names
    assert names[:3] == ["Read me", "Continue", "Continue (2)"]


def test_a_parquet_holds_cases_and_recommendations_whole(
    run: Path, tmp_path: Path, some_cases: Frame
) -> None:
    assert export(run, "parquet", tmp_path / "w.parquet") == 0
    table = pl.read_parquet(tmp_path / "w.parquet")
    assert {*some_cases.columns, "route", "reasons", "checks", "missing_facts"} <= {*table.columns}
    known = recommended(run)
    for row in table.sample(20, seed=1).to_dicts():
        assert {name: row[name] for name in known[row["case_id"]]} == known[row["case_id"]]
    [written] = [row for row in rows(run, "cases") if row["case_id"] == table["case_id"][0]]
    assert {name: table[name][0] for name in ("birth_date", "custody", "nationality")} == {
        name: written[name] for name in ("birth_date", "custody", "nationality")
    }
    schema = pq.read_schema(tmp_path / "w.parquet")
    assert b"8 USC 1367" in schema.metadata[b"confidential"]
    assert schema.field("victimization").metadata[b"confidential"] == b"8 USC 1367"


def test_a_database_has_tables_views_and_comments(run: Path, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    assert export(run, "duckdb", tmp_path / "w.duckdb") == 0
    with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True) as connection:

        def ask(query: str) -> list[tuple[object, ...]]:
            found: list[tuple[object, ...]] = connection.execute(query).fetchall()
            return found

        known = recommended(run)
        assert ask("select count(*) from cases") == [(len(known),)]
        assert ask("select count(*) from other_cases where completed_on is null") == [(0,)]
        assert ask("select count(*) from other_cases") == [(COMPLETED,)]
        assert ask("from quarantine union all from duplicates") == []
        assert ask("select count(*) from recommendations") == [(len(known),)]
        assert ask("select count(*) from worklist") == [(len(known),)]
        assert ask("select sum(cases) from routes_by_court") == [(len(known),)]
        reasons = sum(len(row["reasons"]) for row in known.values())
        assert ask("select count(*), count(title) from reasons") == [(reasons, reasons)]
        assert ask("select count(*) from asked where question is null") == [(0,)]
        assert ask("select run_id from manifest") == [("one",)]
        comment = "select comment from duckdb_columns() where column_name = 'victimization'"
        assert ask(comment) == [("Confidential by law: 8 USC 1367",)] * 2


def test_a_shared_database_has_the_worklist_alone(run: Path, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    more = ["--share", "--share-key", str(tmp_path / "key")]
    assert export(run, "duckdb", tmp_path / "w.duckdb", *more) == 0
    assert export(run, "csv", tmp_path / "w.csv", *more) == 0
    with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True) as connection:
        tables = connection.execute("select table_name from duckdb_tables()").fetchall()
        assert sorted(tables) == [("manifest",), ("worklist",)]
        columns = ", ".join(f"cast({column.name} as varchar)" for column in SHARED)
        found = connection.execute(f"select {columns} from worklist").fetchall()
    table = pl.read_csv(tmp_path / "w.csv", infer_schema=False)
    assert found == table.rows()


def test_what_is_not_listed_is_named(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = recommended(run)
    for form in ("csv", "duckdb"):
        assert export(run, form, tmp_path / f"all.{form}") == 0
    assert export(run, "csv", tmp_path / "close.csv", "--route", "close") == 0
    lines = capsys.readouterr().out.splitlines()
    others = sum(row["route"] != "close" for row in known.values())
    assert lines[1::2] == [
        f"not in it: {COMPLETED} completed",
        f"in tables of their own: {COMPLETED} completed",
        f"not in it: {others} of other routes or courts, {COMPLETED} completed",
    ]
    readme = (tmp_path / "close.csv.README.txt").read_text()
    assert f"Not in this file: {others} of other routes or courts" in readme


def test_only_the_routes_and_courts_asked_for(run: Path, tmp_path: Path) -> None:
    known = recommended(run)
    court = str(next(row["court"] for row in known.values() if row["route"] == "expedite"))
    export(run, "csv", tmp_path / "w.csv", "--route", "expedite,close", "--courts", court)
    table = pl.read_csv(tmp_path / "w.csv", infer_schema=False)
    wanted = [c for c, row in known.items() if row["court"] == court and row["route"] != "continue"]
    assert sorted(table["case_id"]) == sorted(wanted)
    assert set(table["court"]) == {court}


def test_a_shared_copy_says_nothing_of_a_case_and_the_key_brings_it_back(
    run: Path, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        more = ["--share", "--share-key", str(tmp_path / "key")]
        assert export(run, "csv", tmp_path / f"{name}.csv", *more) == 0
    text = (tmp_path / "a.csv").read_text()
    assert text == (tmp_path / "b.csv").read_text()
    assert os.stat(tmp_path / "key").st_mode & 0o777 == 0o600
    table = pl.read_csv(tmp_path / "a.csv", infer_schema=False)
    assert table.columns == [column.name for column in SHARED]
    known = recommended(run)
    assert not {*table["case_id"]} & {*known}
    assert table.height == len(known)
    assert not any(case in text for case in known)
    assert "[confidential]" not in text
    assert export(run, "csv", tmp_path / "c.csv", "--share") == 0
    assert (tmp_path / "c.csv").read_text() != text
    assert (tmp_path / "c.csv.key").exists()


def test_existing_files_are_never_overwritten(run: Path, tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text("mine")
    (tmp_path / "x.csv.README.txt").write_text("mine too")
    assert export(run, "csv", tmp_path / "w.csv") == 4
    assert export(run, "csv", tmp_path / "x.csv") == 4
    assert (tmp_path / "w.csv").read_text() == "mine"
    assert sorted(os.listdir(tmp_path)) == ["w.csv", "x.csv.README.txt"]


def test_the_file_ending_sets_the_format(run: Path, tmp_path: Path) -> None:
    assert main([str(run), "--output", str(tmp_path / "w.XLSX"), "--route", "close"]) == 0
    assert python_calamine.load_workbook(str(tmp_path / "w.XLSX")).sheet_names[1] == "Close"
    assert main([str(run), "--output", str(tmp_path / "w")]) == 2
    assert main([str(run), "--format", "csv", "--output", f"{tmp_path}/new/"]) == 4


def test_an_export_that_fails_leaves_nothing(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", str(tmp_path / "_w.csv.partial/x"))

    monkeypatch.setattr(Ordered, "_partition", full)
    assert export(run, "csv", tmp_path / "w.csv") == 4
    assert os.listdir(tmp_path) == []


def test_a_run_without_such_cases_gives_a_header(run: Path, tmp_path: Path) -> None:
    for form in ("csv", "xlsx", "parquet", "duckdb"):
        assert export(run, form, tmp_path / f"w.{form}", "--courts", "ADL") == 0
    assert (tmp_path / "w.csv").read_text().startswith("case_id,court,")
    assert Ordered.of(Wanted(str(run), ORDER, ("ADL",))).places.is_empty()


@pytest.mark.parametrize(
    "more",
    [["--route", "clsoe"], ["--courts", "XXX"], ["--share-key", "k"], ["--format", "xlsx"]],
    ids=["route", "court", "key", "ending"],
)
def test_a_mistake_is_reported(
    run: Path, tmp_path: Path, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = export(run, "csv", tmp_path / "w.csv", *more)
    except SystemExit as stopped:
        code = int(str(stopped.code))
    assert code == 2
    error = capsys.readouterr().err
    says = {
        "--route": "did you mean close?",
        "--courts": "isn't a court",
        "--share-key": "is for --share",
        "--format": "ends in .csv",
    }
    assert says[more[0]] in error
    assert os.listdir(tmp_path) == []
