"""The table of routes, against the routing table in plain Python."""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl

from schemas.outcomes import ROUTES
from schemas.rulebooks import load_text
from tests.helpers.small_rulebook import (
    HIGHEST,
    LOWEST,
    TEXT,
    plain_route,
    plain_route_without_score,
    small,
    without_score,
)
from transforms.route.table import FALSE, TRUE, UNKNOWN, Coded, RouteTable

TRUTHS = (True, False, None)
SCHEMA = {
    "priority": pl.Boolean,
    "favored": pl.Boolean,
    "score.low": pl.Int32,
    "score.high": pl.Int32,
}
STANDINGS = [
    (priority, favored, least, most)
    for priority, favored in itertools.product(TRUTHS, TRUTHS)
    for least in range(LOWEST, HIGHEST + 1)
    for most in range(least, HIGHEST + 1)
]
FRAME = pl.DataFrame(STANDINGS, schema=SCHEMA, orient="row")


def test_every_standing_has_the_route_of_plain_python() -> None:
    routes = RouteTable.of(small()).route(FRAME)
    assert routes.to_list() == [plain_route(*standing) for standing in STANDINGS]
    assert set(routes) == set(ROUTES)


def test_each_rulebook_has_a_table_of_its_own() -> None:
    for _ in range(2):
        for rulebook, plain in ((small, plain_route), (without_score, plain_route_without_score)):
            routes = RouteTable.of(rulebook()).route(FRAME)
            assert routes.to_list() == [plain(*standing) for standing in STANDINGS]


def test_where_no_row_holds_the_case_continues() -> None:
    rows = TEXT[TEXT.index("routing:") :].splitlines()
    only = load_text("only", TEXT.split("routing:")[0] + "\n".join([rows[0], rows[3]]))
    assert rows[3].startswith("  - {id: for,")
    routes = RouteTable.of(only).route(FRAME)
    assert routes.to_list() == [
        "close" if favored else "continue" for _, favored, _, _ in STANDINGS
    ]


def test_a_score_beyond_an_end_counts_as_that_end() -> None:
    table = RouteTable.of(small())
    assert table.lowest == LOWEST
    last = HIGHEST - LOWEST
    low, high = np.array([-7, -1, 0, last, last + 1, last + 9]), last
    ends = np.clip(low, 0, last)
    for coded in (Coded(FALSE, FALSE, low, high), Coded(FALSE, UNKNOWN, high, low)):
        cut = Coded(
            coded.priority,
            coded.favored,
            ends if coded.low is low else high,
            ends if coded.high is low else high,
        )
        assert table.look_up(coded).tolist() == table.look_up(cut).tolist()
    known = table.look_up(Coded(FALSE, FALSE, low, low))
    routes = [ROUTES[number] for number in known]
    assert routes == ["expedite", "expedite", "expedite", "close", "close", "close"]


def test_standings_as_numbers() -> None:
    coded = RouteTable.of(small()).code(
        pl.DataFrame([(True, None, -2, 4), (False, True, 0, 0)], schema=SCHEMA, orient="row")
    )
    parts = [np.asarray(part).tolist() for part in vars(coded).values()]
    assert parts == [[TRUE, FALSE], [UNKNOWN, TRUE], [0, 2], [6, 2]]
