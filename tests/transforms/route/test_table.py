"""The table of outcomes, compared with the routing rows in plain Python over every completion."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable

import polars as pl
import pytest

from schemas.errors import RulebookError
from schemas.outcomes import FORMS, ROUTES
from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebooks import load_text
from tests.helpers.named_rulebook import FACTS, Truth, Values, completions, named, row
from tests.helpers.named_rulebook import ROUTES as OUTCOMES
from tests.helpers.positions import positions_of
from tests.helpers.small_rulebook import (
    HIGHEST,
    LOWEST,
    TEXT,
    plain_route,
    plain_route_without_score,
    small,
    without_score,
)
from transforms.route.table import NONE, UNDECIDED, RouteTable
from transforms.score.position import Position, position

TRUTHS = (True, False, None)
POSITIONS = [
    (priority, favored, least, most)
    for priority, favored in itertools.product(TRUTHS, TRUTHS)
    for least in range(LOWEST - 2, HIGHEST + 3)
    for most in range(least, HIGHEST + 3)
]
CODED = positions_of(["priority", "favored"], POSITIONS)


@pytest.mark.parametrize(
    ("rulebook", "plain"), [(small, plain_route), (without_score, plain_route_without_score)]
)
def test_every_position_has_the_same_route_as_in_plain_python(
    rulebook: Callable[[], CompiledRulebook], plain: Callable[[Truth, Truth, int, int], str]
) -> None:
    routes = RouteTable.of(rulebook()).recommended(CODED)
    assert routes.to_list() == [plain(*position) for position in POSITIONS]


def test_a_case_continues_if_no_row_holds() -> None:
    rows = TEXT[TEXT.index("routing:") :].splitlines()
    only = load_text("only", TEXT.split("routing:")[0] + "\n".join([rows[0], rows[3]]))
    assert rows[3].startswith("  - {id: for,")
    table = RouteTable.of(only)
    routes = table.recommended(CODED)
    assert routes.to_list() == [
        "close" if favored else "continue" for _, favored, _, _ in POSITIONS
    ]
    decided = table.look_up(table.route, CODED) != UNDECIDED
    assert decided.tolist() == [favored is not None for _, favored, _, _ in POSITIONS]
    assert (table.look_up(table.row, CODED) != NONE).tolist() == [
        favored is True for _, favored, _, _ in POSITIONS
    ]


def some_values(rng: random.Random, count: int) -> list[Values]:
    made: list[Values] = []
    for _ in range(count):
        known = rng.choice([0.3, 0.7, 0.9])
        made.append({c: rng.random() < 0.3 if rng.random() < known else None for c in FACTS})
    return made


def positions(values: list[Values], rulebook: CompiledRulebook) -> Position:
    frame = pl.DataFrame(values, schema=dict.fromkeys(FACTS, pl.Boolean))
    return position(frame, rulebook.criteria, rulebook)


def test_rows_that_name_criteria_reach_the_same_as_some_completion() -> None:
    rng = random.Random(5)
    values = some_values(rng, 600)
    table = RouteTable.of(named())
    assert table.atoms == ("priority", "favored", "P1", "N1", "N2")
    coded = positions(values, named())
    possible = table.look_up(table.possible, coded)
    rows = [r.id for r in named().rulebook.routing]
    exact, seen = 0, set()
    for case, mask, route, number, form in zip(
        values,
        possible,
        table.look_up(table.route, coded),
        table.look_up(table.row, coded),
        table.look_up(table.form, coded),
        strict=True,
    ):
        reached = {row(way) for way in completions(case)}
        routes = {OUTCOMES[r][0] for r in reached}
        held = {name for n, name in enumerate(ROUTES) if mask >> n & 1}
        assert routes <= held
        exact += routes == held
        # With the factors known, nothing dependent is treated as independent.
        if case["A1"] is not None and case["A2"] is not None:
            assert routes == held
        if len(held) == 1:
            assert ROUTES[route] == next(iter(held))
            assert rows[number] in reached or len(reached) > 1
            forms = {OUTCOMES[r][1] for r in reached}
            if len(reached) == 1:
                assert rows[number] == next(iter(reached))
            assert form == (
                FORMS.index(forms.pop()) if len(forms) == 1 and None not in forms else NONE
            )
            seen.add(rows[number])
        else:
            assert (route, number, form) == (UNDECIDED, NONE, NONE)
    assert exact > 590
    assert seen == set(rows)


def test_a_known_position_has_the_same_row_as_in_plain_python() -> None:
    every = [
        dict(zip(FACTS, way, strict=True)) for way in itertools.product((True, False), repeat=9)
    ]
    table = RouteTable.of(named())
    coded = positions(list(every), named())
    rows = [r.id for r in named().rulebook.routing]
    assert [rows[n] for n in table.look_up(table.row, coded)] == [row(way) for way in every]


def test_large_weights_make_no_larger_table() -> None:
    text = TEXT
    for weight in ("weight: 3", "weight: -2", "weight: 1"):
        text = text.replace(weight, f"{weight}000000")
    table = RouteTable.of(load_text("large", text))
    assert table.route.shape == RouteTable.of(small()).route.shape == (3, 3, 4, 4)
    scores = [(False, False, score, score) for score in (-1_000_000, 2, 3_000_000)]
    routes = table.recommended(positions_of(["priority", "favored"], scores))
    assert routes.to_list() == ["expedite", "expedite", "close"]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("score + 1 >= 3", "compare the score with a number only"),
        ("score >= score", "compare the score with a number only"),
        (" OR ".join(f"score = {n}" for n in range(0, 2000, 2)), "too many criteria and numbers"),
        ("A9", "A9 cannot be used here"),
        ("served", "served cannot be used here"),
    ],
)
def test_rejects_rows_with_invalid_conditions(rows: str, reason: str) -> None:
    text = TEXT.replace('when: "TRUE"', f'when: "{rows}"')
    with pytest.raises(RulebookError, match=reason):
        load_text("rows", text)


def test_rejects_more_names_than_a_table_can_hold() -> None:
    before, _ = TEXT.split("routing:")
    more = "".join(
        f"  - {{id: N{n}, list: finding, title: T, when: served, "
        "cite: {source: memo, section: one, says: so}}\n"
        for n in range(9)
    )
    names = " OR ".join(f"N{n}" for n in range(9))
    text = f"{before}{more}routing:\n  - {{id: all, when: {names}, route: close, why: So.}}\n"
    with pytest.raises(RulebookError, match="name more than 8 criteria"):
        load_text("names", text)
