"""What to ask first about a run, as a user asks for it."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.cli.exit_codes import ExitCode
from pipelines.commands.oversight import questions
from schemas.rulebooks import load
from tests.helpers.commands import rows
from tests.helpers.small_run import write_run
from transforms.assess.frame import Terms
from transforms.normalize.case_frame import CASES
from transforms.sample.backlog import sample_cases

BOOK = "ice-2011-11-17"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rulebook = load(BOOK)
    cases = pl.concat([frame for _, frame in sample_cases(3, 120, 1)]).unique(
        "case_id", keep="last", maintain_order=True
    )
    assert cases.schema == CASES
    terms = Terms(rulebook, rulebook.rulebook.issued)
    return write_run(tmp_path_factory.mktemp("runs"), cases, terms)


@pytest.fixture(scope="module")
def settling(run: Path) -> list[set[str]]:
    """What could settle each open case, as the run itself says."""
    return [set(row["settling_facts"]) for row in rows(run, "continue") if row["state"] == "OPEN"]


def printed(capfd: pytest.CaptureFixture[str], *words: Any) -> str:
    assert questions.main([*map(str, words)]) == ExitCode.OK
    return capfd.readouterr().out


def test_counts_what_the_run_says(
    run: Path, settling: list[set[str]], capfd: pytest.CaptureFixture[str]
) -> None:
    found = json.loads(printed(capfd, run, "--json", "--most", 3))
    assert (found["open"], found["settled_by_one_answer"]) == (
        len(settling),
        sum(map(bool, settling)),
    )
    left, together = settling, 0
    for one in found["questions"]:
        reached = Counter(name for names in left for name in names)
        assert reached[one["fact"]] == max(reached.values())
        together += reached[one["fact"]]
        assert one["together"] == together
        assert one["cases"] == sum(one["fact"] in names for names in settling)
        assert max(one["close"], one["continue_"], one["expedite"]) <= one["cases"]
        assert one["close"] + one["continue_"] + one["expedite"] >= one["cases"]
        left = [names for names in left if one["fact"] not in names]
    assert sum(court["open"] for court in found["courts"]) == len(settling)


def test_csv_has_every_fact_by_court(
    run: Path, settling: list[set[str]], capfd: pytest.CaptureFixture[str]
) -> None:
    by_fact: Counter[str] = Counter()
    for row in csv.DictReader(io.StringIO(printed(capfd, run, "--csv"))):
        by_fact[row["fact"]] += int(row["cases"])
    assert by_fact == Counter(name for names in settling for name in names)


def test_tables_fit_and_say_where_to_go(run: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for words in ((), ("--by-court", "--most", 2)):
        text = printed(capfd, run, *words)
        assert max(map(len, text.splitlines())) <= 80
        assert "one answer" in text.replace("\n", " ")
    assert "more: --most" in text


def test_mistakes_are_one_line(run: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for words, code in (
        ([str(run), "--most", "0"], ExitCode.USAGE),
        ([str(run), "--csv", "--json"], ExitCode.USAGE),
        ([str(run / "nowhere")], ExitCode.INPUT),
    ):
        assert questions.main(words) == code
        assert capfd.readouterr().err.count("\n") == 1
