"""Counts by group are those that counting the files by hand gives."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.commands.show import main
from schemas.outcomes import ROUTES, STATES
from tests.helpers.commands import rows


def counted(run: Path, *names: str) -> Counter[tuple[Any, ...]]:
    """Count by the fields of a case, its route, and its state, from the files."""
    cases = {row["case_id"]: row for row in rows(run, "cases")}
    found: Counter[tuple[Any, ...]] = Counter()
    for route in ROUTES:
        for row in rows(run, route):
            case = cases[row["case_id"]]
            values = (None if case[name] == "UNKNOWN" else case[name] for name in names)
            found[(*values, route, row["state"])] += 1
    return found


def test_the_counts_are_those_of_the_files(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(run), "--by", "court,custody", "--csv"]) == 0
    table = pl.read_csv(io.StringIO(capsys.readouterr().out))
    found: Counter[tuple[Any, ...]] = Counter()
    for row in table.to_dicts():
        key = tuple(None if row[name] == "UNKNOWN" else row[name] for name in ("court", "custody"))
        for state in STATES:
            if row[state.lower()]:
                found[(*key, row["route"], state)] = row[state.lower()]
        assert row["cases"] == sum(row[state.lower()] for state in STATES)
        assert row["small"] == ("yes" if row["cases"] < 11 else "no")
    assert found == counted(run, "court", "custody")


def test_months_are_grouped_and_unknown_dates_have_a_row(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(run), "--by", "Month( next_hearing )", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["by"] == ["month(next_hearing)"]
    months = [group["month(next_hearing)"] for group in printed["groups"]]
    known = [month for month in months if month is not None]
    assert known == sorted(known)
    assert months[-1] is None
    by_hand: Counter[str | None] = Counter()
    for (hearing, *_), number in counted(run, "next_hearing").items():
        by_hand[None if hearing is None else hearing[:7]] += number
    found: Counter[str | None] = Counter()
    for group in printed["groups"]:
        found[group["month(next_hearing)"]] += group["cases"]
    assert found == by_hand


def test_the_table_fits_80_columns_and_marks_small_cells(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(run), "--by", "court"]) == 0
    printed = capsys.readouterr().out
    assert max(map(len, printed.splitlines())) <= 80
    assert "LOS Los Angeles" in printed
    assert "* fewer than 11 cases" in printed
    [line] = [line for line in printed.splitlines() if line.startswith("  all ")][:1]
    assert line.split()[1] == "397"


@pytest.mark.parametrize(
    ("by", "says"),
    [
        ("cuort", "did you mean court?"),
        ("convictions", "has a value of its own for each case"),
        ("case_id", "has a value of its own for each case"),
        ("week(next_hearing)", "write month(...) or year(...)"),
        ("court,,", "write names with commas"),
    ],
)
def test_a_mistake_is_reported(
    run: Path, by: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(run), "--by", by]) == 2
    assert says in capsys.readouterr().err


def test_csv_is_for_groups(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(run), "--csv"]) == 2
    assert "--by" in capsys.readouterr().err
