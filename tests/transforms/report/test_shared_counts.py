"""A copy to give away: no small count can be read, or found by subtracting what is beside it."""

from __future__ import annotations

import datetime
import functools
import itertools
import random
from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from schemas.manifest import Counts, Manifest
from schemas.outcomes import ROUTES, STATES
from schemas.small_cells import LEAST
from tests.helpers.random_facts import partial_facts
from tests.helpers.small_rulebook import small
from transforms.frames.frame import Frame
from transforms.report import overlaps, tallies
from transforms.report.counts import Counted
from transforms.report.docket import AGES, COUNTED, PROTECTED
from transforms.report.shared_counts import Marked, Shared
from transforms.route.recommendation import recommend
from transforms.route.tally import tally_recommendations

AS_OF = datetime.date(2011, 11, 17)
RANDOM = st.builds(random.Random, st.integers(0, 2**32))


def is_small(number: int) -> bool:
    return 0 < number < LEAST


def docket(recommended: Frame, chance: random.Random) -> Frame:
    """Give each case values, of which some are rare."""
    values = {name: [None, "A", "B", "C", "D"] for name in (*COUNTED, *PROTECTED)}
    values["age"] = [None, *AGES]
    return recommended.select("route").with_columns(
        pl.Series(
            name,
            chance.choices(
                known, weights=[3.0**-n for n in range(len(known))], k=recommended.height
            ),
            pl.String,
        )
        for name, known in values.items()
    )


def manifest_of(recommended: Frame, others: Sequence[int]) -> Manifest:
    rows = recommended.to_dicts()
    tally = tally_recommendations(recommended)
    routed = {route: sum(row["route"] == route for row in rows) for route in ROUTES}
    quarantined, duplicates, completed, out = others

    def keyed(of: str) -> dict[str, int]:
        found = tally.filter(pl.col("of") == of).group_by("key").agg(pl.col("count").sum())
        return dict(found.iter_rows())

    return Manifest.model_construct(
        counts=Counts(
            read=len(rows) + sum(others),
            routed=routed,
            quarantined=quarantined,
            duplicates=duplicates,
            completed=completed,
            out_of_scope=out,
            unreadable_places=0,
        ),
        states={
            route: {
                state: sum((row["route"], row["state"]) == (route, state) for row in rows)
                for state in STATES
            }
            for route in ROUTES
        },
        needs_review={
            route: sum(row["route"] == route and row["needs_review"] for row in rows)
            for route in ROUTES
        },
        review_reasons=keyed("review_reason"),
        ask_first=keyed("ask_first"),
        conflicts=keyed("conflict"),
        quarantined_records={"A": quarantined // 3, "B": quarantined - quarantined // 3},
        warnings={},
    )


@functools.cache
def recommendations(known: float) -> Frame:
    recommended = recommend(partial_facts(7, 1_000, known=known), small(), AS_OF)
    return recommended.with_columns(case_id=pl.int_range(pl.len()).cast(pl.String))


def made(size: int, known: float, others: Sequence[int], chance: random.Random) -> Shared:
    recommended = recommendations(known).sample(size, seed=chance.randrange(2**32))
    counted = Counted(
        manifest_of(recommended, others),
        small(),
        tallies.add_up(
            [
                tallies.tally_recommendations(recommended, AS_OF),
                tallies.tally_docket(docket(recommended, chance)),
            ]
        ),
        tallies.tally_sets(recommended),
    )
    return Shared(counted, overlaps.add_up([overlaps.tally_overlaps(recommended)]))


def parts_add_up(parts: Iterable[int], whole: int) -> None:
    """Check parts that each case is in once: whatever is subtracted, some of them are left."""
    numbers = list(parts)
    assert not any(map(is_small, numbers))
    assert sum(numbers) == whole


def numbers_keep_apart(found: Marked, column: int, whole: int) -> None:
    for _, _, cells in found.rows:
        number = cells[column].number
        if number is not None:
            assert not is_small(number)
            assert not is_small(whole - number) or not number


# Cases are drawn by a seed, which has no simpler form.
@settings(deadline=None, max_examples=25, phases=[Phase.generate])
@given(
    size=st.integers(LEAST, 400),
    known=st.sampled_from([0.3, 0.7, 0.95]),
    others=st.lists(st.integers(0, 40), min_size=4, max_size=4),
    chance=RANDOM,
)
def test_no_small_count_can_be_read_or_worked_out(
    size: int, known: float, others: list[int], chance: random.Random
) -> None:
    shared = made(size, known, others, chance)
    groups = shared.groups
    parts_add_up((one.cases for one in groups), size)
    for table in (*shared.tables(), *shared.protected(), shared.forms()):
        rows = (*table.rows, *table.rest)
        for group in groups:
            parts_add_up((row.of(group.name) for row in rows), group.cases)
    for group in groups:
        parts_add_up((one.number for one in shared.states(group)), group.cases)
        review = shared.needs_review(group).number
        assert review is None or not (is_small(review) or is_small(group.cases - review))
        certain, possible = shared.bounds(group)
        for bound in (certain, possible):
            assert bound == size or bound % max(LEAST, size // 100) == 0
    if shared.is_accounted:
        parts_add_up((one.number for one in shared.accounted), sum(others))
    assert not any(is_small(one.number) for one in shared.quarantined)
    for found in (shared.reasons(), shared.one_away()):
        for column, group in enumerate(groups):
            numbers_keep_apart(found, column, group.cases)
        numbers_keep_apart(found, len(groups), size)
    for found in (shared.review(), shared.ask_first(), shared.conflicts()):
        numbers_keep_apart(found, 0, size)
    if (open_cases := shared.open) is not None:
        steps = shared.steps()
        left = open_cases - (steps[-1].together if steps else 0)
        parts_add_up([*(one.more for one in steps), left], open_cases) if steps else None
    if (months := shared.changes()) is not None:
        for group in groups:
            moves = [move for move in months.moves if move[0] == group.name]
            cells = [one.moves.get(move, 0) for one in months.months for move in moves]
            parts_add_up([*cells, group.cases - sum(cells)], group.cases)


@given(st.lists(st.tuples(st.sets(st.sampled_from("ABCD")), st.integers(1, 30)), max_size=8))
def test_a_count_is_hidden_if_it_nearly_equals_one_that_contains_it(
    lists: list[tuple[set[str], int]],
) -> None:
    rows: list[dict[str, Any]] = [
        {"by": "reason", "route": "close", "names": " ".join(sorted(names)), "count": count}
        for names, count in lists
    ]
    tally = overlaps.add_up([pl.DataFrame(rows, schema=overlaps.SCHEMA)])
    cases = [names for names, count in lists for _ in range(count)]
    expected = {
        inner
        for inner, outer in itertools.permutations(set().union(*cases), 2)
        if all(outer in names for names in cases if inner in names)
        and is_small(sum(outer in names and inner not in names for names in cases))
    }
    assert overlaps.given_away(tally, "reason", ["close"]) == expected
    assert overlaps.given_away(tally, "reason", ["expedite"]) == frozenset()
