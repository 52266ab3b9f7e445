"""Routes by standing, against every way in which what is unknown could turn out."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import polars as pl
import pytest

from schemas.outcomes import ROUTES
from schemas.rulebook_compile import CompiledRulebook
from schemas.rulebooks import load, load_text
from tests.schemas.test_rulebooks import GOOD
from transforms.route.rows import reach, route_cases

Table = Callable[[bool, bool, int], str]
ROUTING = """\
routing:
  - {id: gap, when: priority AND NOT favored AND score < 2, route: expedite, why: A test.}
  - {id: mild, when: favored AND score >= 5, route: close, why: A test.}
  - {id: late, when: priority, route: continue, why: A test.}
  - {id: same, when: score >= 9, route: close, why: A test.}
scopes:
"""


def memo_2014(priority: bool, favored: bool, score: int) -> str:
    return "expedite" if priority else "continue"


def memo_june(priority: bool, favored: bool, score: int) -> str:
    if priority:
        return "continue"
    return "close" if score >= (3 if favored else 12) else "continue"


def memo_november(priority: bool, favored: bool, score: int) -> str:
    if priority and favored:
        return "continue"
    if priority:
        return "expedite"
    return "close" if favored or score >= 12 else "continue"


def tricky(priority: bool, favored: bool, score: int) -> str:
    if priority and not favored and score < 2:
        return "expedite"
    if favored and score >= 5:
        return "close"
    if priority:
        return "continue"
    return "close" if score >= 9 else "continue"


def tricky_rulebook() -> CompiledRulebook:
    """A rulebook whose rows overlap, and of which none need hold."""
    before, rest = GOOD.split("routing:\n")
    return load_text("tricky", before + ROUTING + rest.split("scopes:\n")[1])


BOOKS: dict[str, tuple[Callable[[], CompiledRulebook], Table]] = {
    "2014": (lambda: load("dhs-2014-11-20"), memo_2014),
    "june": (lambda: load("ice-2011-06-17"), memo_june),
    "november": (lambda: load("ice-2011-11-17"), memo_november),
    "tricky": (tricky_rulebook, tricky),
}


@pytest.mark.parametrize("book", BOOKS)
def test_the_routes_in_reach_are_those_of_some_completion(book: str) -> None:
    made, table = BOOKS[book]
    truths = (True, False, None)
    bounds = itertools.combinations_with_replacement(range(15), 2)
    standings = list(itertools.product(truths, truths, bounds))
    frame = pl.DataFrame(
        [(priority, favored, *score) for priority, favored, score in standings],
        schema={
            "priority": pl.Boolean,
            "favored": pl.Boolean,
            "score.low": pl.Int32,
            "score.high": pl.Int32,
        },
        orient="row",
    )
    routed = route_cases(frame, made()).to_dicts()
    for (priority, favored, (least, most)), row in zip(standings, routed, strict=True):
        ways = itertools.product(
            (True, False) if priority is None else (priority,),
            (True, False) if favored is None else (favored,),
            range(least, most + 1),
        )
        possible = {table(*way) for way in ways}
        assert {route for route in ROUTES if row[reach(route)]} == possible
        assert row["route"] == (possible.pop() if len(possible) == 1 else "continue")
