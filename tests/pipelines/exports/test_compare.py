"""A comparison counts and lists what comparing the files by hand does."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.commands.compare import main
from schemas.avro import avro_schema
from schemas.outcomes import ROUTES
from schemas.rulebooks import load
from tests.helpers.commands import Row, rows
from tests.helpers.small_run import write_run
from tests.pipelines.exports.conftest import COMPLETED, DAY
from transforms.assess.frame import Terms, assess
from transforms.avro.encode import encode_blocks, write_header
from transforms.frames.frame import Frame

OTHER = load("dhs-2014-11-20")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory, some_cases: Frame) -> Path:
    """A run under other rules, without the first ten cases of the other one, and with five more."""
    more = some_cases.head(5).with_columns(case_id=pl.lit("NEW-") + pl.col("case_id"))
    cases = pl.concat([some_cases.slice(10), more])
    return write_run(tmp_path_factory.mktemp("other"), cases, Terms(OTHER, DAY), "two")


def recommended(run: Path) -> dict[str, Row]:
    return {row["case_id"]: row for route in ROUTES for row in rows(run, route)}


def compared(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    assert main([*map(str, words), "--json"]) == 0
    made: dict[str, Any] = json.loads(capsys.readouterr().out)
    return made


def test_the_counts_and_the_list_are_exact(
    run: Path, other: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = compared(capsys, run, other, "--output", tmp_path / "c")
    one, two = recommended(run), recommended(other)
    by_hand: Counter[tuple[Any, ...]] = Counter()
    moved = set()
    for case in one | two:
        before, after = one.get(case), two.get(case)
        pair = (before and before["route"], after and after["route"])
        by_hand[((after or before or {})["court"], *pair)] += 1
        if pair[0] != pair[1]:
            moved.add(case)
    routes = {(r["court"], r["from_route"], r["to_route"]): r["cases"] for r in made["routes"]}
    assert routes == by_hand
    both = set(one) & set(two)
    counts = made["counts"]
    assert counts["in_both"] == len(both)
    assert counts["moved"] == len(moved & both)
    assert (counts["only_in_first"], counts["only_in_second"]) == (
        len(set(one) - set(two)),
        len(set(two) - set(one)),
    )
    listed = rows(tmp_path / "c", "moved")
    assert [row["case_id"] for row in listed] == sorted(moved)
    for row in listed:
        case = row["case_id"]
        for side, known in (("from", one.get(case)), ("to", two.get(case))):
            assert row[f"{side}_route"] == (known and known["route"])
            reasons = known and [reason["criterion"] for reason in known["reasons"]]
            assert row[f"{side}_reasons"] == reasons
            assert (row[f"{side}_why"] is None) == (known is None)
    with (tmp_path / "c/moved.csv").open(newline="") as file:
        assert {row["case_id"] for row in csv.DictReader(file)} == moved
    assert pl.read_avro(tmp_path / "c/moved/part-00000.avro").height == len(moved)
    criteria: Counter[tuple[str, str]] = Counter()
    titles = [{c.id: c.criterion.title for c in book.criteria}
              for book in (load("ice-2011-11-17"), OTHER)]  # fmt: skip
    for case in moved & both:
        first, second = (
            {(r["criterion"], t[r["criterion"]]) for r in of[case]["reasons"]}
            for of, t in zip((one, two), titles, strict=True)
        )
        criteria.update(("from", name) for name, _ in first - second)
        criteria.update(("to", name) for name, _ in second - first)
    found: Counter[tuple[str, str]] = Counter()
    for row in made["criteria"]:
        if row["criterion"] is not None:
            found[row["side"], row["criterion"]] += row["cases"]
    assert found == criteria


def test_two_rulebooks_on_one_run_match_two_runs(
    run: Path, other: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # The run's own rulebook gives what the run says; the other one what its run says.
    made = compared(capsys, run, "--rulebooks", "ice-2011-11-17,dhs-2014-11-20")
    one, two = recommended(run), recommended(other)
    assert made["counts"]["in_both"] == len(one)
    pairs = Counter((one[c]["route"], two[c]["route"]) for c in set(one) & set(two))
    found: Counter[tuple[str, str]] = Counter()
    for row in made["routes"]:
        found[row["from_route"], row["to_route"]] += row["cases"]
    assert sum((found - pairs).values()) == 10
    assert not pairs - found


def test_a_run_compared_with_itself_has_no_moves(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = compared(capsys, run, run)
    assert made["counts"]["moved"] == 0
    assert made["criteria"] == []


def test_the_tables_fit_80_columns_and_add_up(
    run: Path, other: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(run), str(other)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines[4:])) <= 80
    court = next(line for line in lines if line.startswith("  LOS Los Angeles")).split()
    moved = int(court[4])
    assert moved == sum(map(int, court[-3:])) > 0
    assert court[5] == f"{100 * moved / int(court[3]):.1f}"


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--rulebooks", "a"],
        ["--as-of", "2011-11-17"],
        ["--input", "x", "--rulebooks", "a,b"],
        ["--input", "x"],
    ],
)
def test_a_mistake_is_reported(
    run: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(run), *words]) == 2
    assert capsys.readouterr().err


def test_two_rulebooks_on_files_match_a_run_of_those_files(
    tmp_path: Path, some_cases: Frame, capfd: pytest.CaptureFixture[str]
) -> None:
    schema = avro_schema("case_record")
    older = some_cases.head(3).with_columns(updated_at=pl.lit("1999-01-01"))
    case_files = write_header(schema) + encode_blocks(pl.concat([some_cases, older]), schema)
    (tmp_path / "cases.avro").write_bytes(case_files)
    (tmp_path / "bad.csv").write_text("Case ID,Custody\nC-1,somewhere\nC-2,Detained\n")
    words = ["--input", str(tmp_path / "cases.avro"), str(tmp_path / "bad.csv")]
    rulebooks = ["--rulebooks", "ice-2011-11-17,dhs-2014-11-20", "--json"]
    assert main([*words, *rulebooks]) == 7
    printed = capfd.readouterr()
    assert "row 2, column B (Custody)" in printed.err
    assert "somewhere" not in printed.err
    made = json.loads(printed.out)
    assert made["not_compared"] == {
        "either": {"superseded duplicates": 3, "completed or out of scope": COMPLETED}
    }
    sides = [assess(some_cases, Terms(book, DAY)) for book in (load("ice-2011-11-17"), OTHER)]
    routes = [dict(side.recommendations.select("case_id", "route").iter_rows()) for side in sides]
    pairs = Counter((routes[0][case], routes[1][case]) for case in routes[0])
    pairs["continue", "continue"] += 2
    found: Counter[tuple[str, str]] = Counter()
    for row in made["routes"]:
        found[row["from_route"], row["to_route"]] += row["cases"]
    assert found == pairs
