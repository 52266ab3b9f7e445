"""A backtest on a release with planted outcomes, against counting the release's own lines."""

from __future__ import annotations

import contextlib
import csv
import datetime
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines import import_eoir
from pipelines.cli.exit_codes import ExitCode
from pipelines.commands.oversight import backtest
from pipelines.runs.frames import part_frames
from schemas.rulebooks import load
from scripts.eoir_release import write_release
from transforms.assess.frame import Terms, assess
from transforms.eoir.planted import planted
from transforms.oversight.replay import replay

FROM, TO = "2011-10-01", "2013-12-31"
SCALE = 400
Found = dict[str, Any]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backtest")
    plan = planted(SCALE, 7)
    (folder / "release").mkdir()
    write_release(folder / "release", plan.height, 7, tidy=True, plan=plan)
    words = [str(folder / "release"), "--output", str(folder / "docket")]
    words += ["--pending-on", "2011-09-30", "--outcomes-from", FROM, "--outcomes-to", TO]
    assert import_eoir.main(words) == ExitCode.OK
    return folder


@pytest.fixture(scope="module")
def found(place: Path) -> Found:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert backtest.main([str(place / "docket"), "--json"]) == ExitCode.OK
    tables: Found = json.loads(printed.getvalue())["tables"]
    return tables


def ended(place: Path) -> list[dict[str, str]]:
    """The lines of the table of proceedings that ended in the period."""
    with (place / "release" / "B_TblProceeding.csv").open(encoding="latin-1") as file:
        return [row for row in csv.DictReader(file, delimiter="\t")
                if FROM <= row["COMP_DATE"][:10] <= TO]  # fmt: skip


def test_the_planted_table_comes_out_exactly(place: Path, found: Found) -> None:
    for table, of, column, length in (
        ("courts", "court", "BASE_CITY_CODE", None),
        ("nationalities", "nationality", "NAT", None),
        ("months", "month", "COMP_DATE", 7),
    ):
        lines = [(row[column][:length], row["OTHER_COMP"]) for row in ended(place)]
        every = Counter(group for group, _ in lines)
        closed = Counter(group for group, letter in lines if letter in ("M", "Y", "I"))
        whole, *rows = found[table]
        assert (whole["outcomes"], whole["discretion"]) == (every.total(), closed.total())
        # Names end in the code: Baltimore (BAL).
        got = {row[of].rpartition("(")[2].rstrip(")"): (row["outcomes"], row["discretion"])
               for row in rows}  # fmt: skip
        assert got == {name: (number, closed[name]) for name, number in every.items()}
    assert sum(row["discretion"] for row in found["codes"]) == whole["discretion"]


def test_the_plan_is_as_published(found: Found) -> None:
    closed = {(row["group"], row["to"]): row["discretion"] for row in found["published"]}
    assert [closed["all courts", day] for day in ("2012-03-28", "2012-05-31", "2012-06-28")] == [
        round(2609 / SCALE), round(4585 / SCALE), round(5684 / SCALE)
    ]  # fmt: skip
    assert closed["Los Angeles (LOS)", "2012-05-31"] == round(534 / SCALE)
    assert closed["Mexico (MX)", "2012-06-28"] == round(3060 / SCALE)
    whole, *courts = found["courts"]
    assert whole["outcomes"] == sum(round(n / SCALE) for n in (206_330, 191_803, 42_816))
    assert whole["pending"] == round(298_173 / SCALE)
    [seattle] = [row for row in courts if row["court"] == "Seattle (SEA)"]
    assert (seattle["outcomes"], seattle["discretion"]) == (25, round(0.298 * 25))


def test_routes_are_those_of_a_run_on_the_day_before(place: Path) -> None:
    rulebook = load("ice-2011-11-17")
    frames = list(part_frames(str(place / "docket"), "outcomes", "case_record"))
    records = pl.concat(frames)
    at_once = replay(records, lambda day: rulebook, presume=True)
    day = datetime.date.fromisoformat(records["updated_at"].drop_nulls().mode().min())  # type: ignore[arg-type]
    mine = records.filter(updated_at=day.isoformat())
    alone = assess(mine, Terms(rulebook, day)).recommendations
    then = at_once.filter(day=day + datetime.timedelta(days=1))
    assert 0 < alone.height == then.height
    assert dict(alone.select("case_id", "route").iter_rows()) == dict(
        then.select("case_id", "route").iter_rows()
    )
    may = alone.select("case_id", pl.col("possible_routes").list.contains("close"))
    assert dict(may.iter_rows()) == dict(then.select("case_id", "may_close").iter_rows())


def test_before_any_guidance_nothing_is_judged(place: Path, found: Found) -> None:
    records = next(part_frames(str(place / "docket"), "outcomes", "case_record"))
    none = replay(records, lambda day: None, presume=True)
    assert none.height == records.height
    assert none["route"].null_count() == none.height
    assert none["discretion"].sum() == found["courts"][0]["discretion"]


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["--to", "2014-01-01"], ExitCode.USAGE, "has outcomes from 2011-10-01 to 2013-12-31"),
        (["--from", "2013-01-01", "--to", "2012-01-01"], ExitCode.USAGE, "earlier than --from"),
    ],
)
def test_a_period_outside_the_import_is_refused(
    place: Path, words: list[str], code: int, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert backtest.main([str(place / "docket"), *words]) == code
    assert why in capsys.readouterr().err
