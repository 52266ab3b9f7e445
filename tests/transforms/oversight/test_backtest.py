"""A backtest of planted outcomes, against plain counting."""

from __future__ import annotations

import datetime
import random
from typing import Any

import polars as pl
import pytest

from schemas.outcomes import ROUTES
from transforms.oversight.backtest import backtest
from transforms.oversight.closures import Docket
from transforms.oversight.replay import OUTCOMES
from transforms.oversight.table import Findings

ROW = dict[str, Any]
FIRST, LAST = datetime.date(2011, 10, 1), datetime.date(2012, 9, 30)
NAMES = {"SEA": "Seattle (SEA)", "HOU": "Houston (HOU)", None: "not known"}


def planted() -> list[ROW]:
    rng = random.Random(7)
    rows = []
    for number in range(600):
        judged, discretion = rng.random() < 0.9, rng.random() < 0.3
        route = rng.choice(ROUTES) if judged else None
        certain = route == "close" and rng.random() < 0.5
        rows.append(
            {"case_id": f"{number % 500}", "court": rng.choice(list(NAMES)), "nationality": "MX",
             "day": FIRST + datetime.timedelta(days=rng.randint(-30, 400)),
             "code": rng.choice("MYI") if discretion else "X", "discretion": discretion,
             "route": route, "only_close": certain if judged else None,
             "may_close": (route == "close" or rng.random() < 0.4) if judged else None}
        )  # fmt: skip
    return rows


PLANTED = planted()
INSIDE = [row for row in PLANTED if FIRST <= row["day"] <= LAST]
PENDING = [{"case_id": f"{n}", "court": "SEA" if n % 2 else "HOU", "nationality": "MX"}
           for n in range(400)]  # fmt: skip


@pytest.fixture(scope="module")
def found() -> Findings:
    docket = Docket(day=datetime.date(2011, 9, 30), cases=pl.DataFrame(PENDING))
    return backtest(pl.DataFrame(PLANTED, schema=OUTCOMES), FIRST, LAST, docket)


def rows(found: Findings, name: str) -> list[ROW]:
    [table] = [table for table in found.tables if table.name == name]
    return list(table.frame.iter_rows(named=True))


def test_counts_outcomes_and_recommendations_by_court(found: Findings) -> None:
    whole, *courts = rows(found, "courts")
    assert (whole["court"], len(courts)) == ("all", len(NAMES))
    closed_ids = {row["case_id"] for row in INSIDE if row["discretion"]}
    for court, name in NAMES.items():
        [row] = [row for row in courts if row["court"] == name]
        mine = [one for one in INSIDE if one["court"] == court]
        closed = [one for one in mine if one["discretion"]]
        judged = [one for one in closed if one["route"]]
        assert (row["outcomes"], row["discretion"]) == (len(mine), len(closed))
        assert row["share"] == pytest.approx(len(closed) / len(mine))
        assert row["judged"] == len(judged)
        assert row["recommended"] == sum(one["route"] == "close" for one in judged)
        assert row["possible"] == sum(one["may_close"] for one in judged)
        assert row["recall_least"] == sum(one["only_close"] for one in judged) / len(judged)
        assert row["recall_most"] == row["possible"] / len(judged)
        assert row["others_recommended"] == sum(
            one["route"] == "close" and not one["discretion"] for one in mine
        )
        pending = [case for case in PENDING if case["court"] == court]
        gone = sum(case["case_id"] in closed_ids for case in pending)
        assert (row["pending"] or 0, row["of_pending"] or 0) == (len(pending), gone)
        assert row["of_pending_share"] == (gone / len(pending) if pending else None)


def test_precision_and_recall(found: Findings) -> None:
    recall, precision = rows(found, "hits")
    judged = [one for one in INSIDE if one["route"]]
    both = sum(one["discretion"] and one["route"] == "close" for one in judged)
    closed = sum(one["discretion"] for one in judged)
    recommended = sum(one["route"] == "close" for one in judged)
    assert recall["share"] == pytest.approx(both / closed)
    assert precision["share"] == pytest.approx(both / recommended)
    for row in (recall, precision):
        assert row["least"] <= row["share"] <= row["most"]
        assert row["low"] < row["share"] < row["high"]


def test_outcomes_that_are_not_judged_are_counted(found: Findings) -> None:
    table = {row["outcome"]: row for row in rows(found, "routes")}
    assert table["all"]["outcomes"] == len(INSIDE)
    assert table["all"]["judged"] == sum(one["route"] is not None for one in INSIDE)
    for name, discretion in (("closed by discretion", True), ("ended otherwise", False)):
        for route in ROUTES:
            assert table[name][route] == sum(
                one["route"] == route and one["discretion"] == discretion for one in INSIDE
            )
    assert any("are judged" in line for line in found.lines)


def test_without_outcomes_or_a_docket_there_is_nothing_to_divide() -> None:
    empty = backtest(OUTCOMES.to_frame(), FIRST, LAST, None)
    assert [row["share"] for row in rows(empty, "hits")] == [None, None]
    assert rows(empty, "courts")[0]["outcomes"] == 0
