"""Decisions that come back in the worklist that was sent out."""

from __future__ import annotations

from pathlib import Path

import fastavro
import pytest
import python_calamine
import xlsxwriter

from pipelines.commands.export import main as export
from pipelines.commands.import_reviews import main
from schemas.avro import avro_schema
from tests.helpers.commands import Row, rows
from transforms.avro.file import read_file
from transforms.nightly.reviews import normalize_reviews


def filled(worklist: Path, output: Path, **cells: dict[int, str]) -> list[str]:
    """Copy a workbook with cells of its sheet Close filled in, as a person would; list its ids."""
    book = python_calamine.load_workbook(str(worklist))
    with xlsxwriter.Workbook(output) as copy:
        for name in book.sheet_names:
            table = book.get_sheet_by_name(name).to_python()
            if name == "Close":
                header = table[1]
                ids = [str(row[0]) for row in table[2:]]
                for column, texts in cells.items():
                    for row, text in texts.items():
                        table[row - 1][header.index(column)] = text
            sheet = copy.add_worksheet(name)
            for at, values in enumerate(table):
                sheet.write_row(at, 0, [str(value) for value in values])
    return ids


def reviews(folder: Path) -> list[Row]:
    found: list[Row] = []
    for path in folder.glob("*.avro"):
        with path.open("rb") as file:
            found += [row for row in fastavro.reader(file) if isinstance(row, dict)]
    return sorted(found, key=lambda row: str(row["case_id"]))


def test_decisions_become_reviews_and_refused_cells_are_named(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export([str(run), "--format", "xlsx", "--output", str(tmp_path / "w.xlsx")])
    ids = filled(
        tmp_path / "w.xlsx",
        tmp_path / "back.xlsx",
        decision={3: "close", 4: "continue", 5: "secret words"},
        reviewer={3: "a", 4: "b", 5: "c"},
        decided_on={3: "2011-11-18", 4: "2011-11-19", 5: "2011-11-19"},
        reason_code={3: "AS_RECOMMENDED", 4: "whatever"},
        offered={3: "yes"},
    )
    capsys.readouterr()
    assert main([str(tmp_path / "back.xlsx"), "--output", str(tmp_path / "reviews")]) == 7
    printed = capsys.readouterr()
    # Two sheets have rows without a decision, and none of Close's other rows has one.
    assert (
        "Close, row 5, column R (decision): isn't one of the values; allowed: close, "
        in printed.out
    )
    assert "Close, row 4, column S (reason_code): isn't one of the values" in printed.out
    assert "397 rows" in printed.out
    assert "2 decided" in printed.out
    assert "secret" not in printed.out + printed.err
    made = {row["case_id"]: row for row in reviews(tmp_path / "reviews")}
    assert sorted(made) == sorted(ids[:2])
    assert made[ids[0]]["offer"] == "OFFERED"
    assert made[ids[0]]["route"] == made[ids[0]]["route_then"] == "close"
    [known] = [row for row in rows(run, "close") if row["case_id"] == ids[0]]
    assert made[ids[0]]["reasons_then"] == [one["criterion"] for one in known["reasons"]]
    [file] = (tmp_path / "reviews").glob("*.avro")
    [(_, frame)] = read_file(str(file), avro_schema("review"), None, 100)
    assert normalize_reviews(frame).quarantined.is_empty()
    # The same file again gives the same reviews, in the same place.
    assert main([str(tmp_path / "back.xlsx"), "--output", str(tmp_path / "reviews")]) == 7
    assert len(reviews(tmp_path / "reviews")) == 2


def test_decisions_come_back_from_csv(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "case_id;Decision;reviewer;decided on;supervisr\r\n'-7;expedite;a;11/18/2011;s\r\n"
    (tmp_path / "back.csv").write_bytes(text.encode("utf-8-sig"))
    assert main([str(tmp_path / "back.csv"), "--output", str(tmp_path / "r")]) == 0
    [review] = reviews(tmp_path / "r")
    assert (review["case_id"], review["route"], review["decided_at"]) == (
        "-7",
        "expedite",
        "2011-11-18",
    )
    assert "did you mean supervisor?" in capsys.readouterr().out


def test_a_file_without_decisions_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text("case_id,route\n1,close\n")
    assert main([str(tmp_path / "w.csv"), "--output", str(tmp_path / "r")]) == 3
    (tmp_path / "w.txt").write_text("")
    assert main([str(tmp_path / "w.txt"), "--output", str(tmp_path / "r")]) == 3
    assert not (tmp_path / "r").exists()
