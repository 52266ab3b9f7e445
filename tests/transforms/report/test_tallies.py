"""Tallies, against counting case by case in plain Python."""

from __future__ import annotations

import datetime
import random
from collections import Counter
from typing import Any

import polars as pl

from schemas.outcomes import ROUTES
from tests.helpers.fact_sets import as_sets
from tests.helpers.random_facts import partial_facts
from tests.helpers.small_rulebook import small
from transforms.report.tallies import (
    RECOMMENDED,
    add_up,
    by_value,
    tally_docket,
    tally_recommendations,
    tally_sets,
)
from transforms.route import fact_sets
from transforms.route.recommendation import recommend

AS_OF = datetime.date(2011, 11, 17)
SOON = datetime.date(2012, 11, 17)


def counted(rows: list[dict[str, Any]], by: str) -> Counter[tuple[str | None, str]]:
    found: Counter[tuple[str | None, str]] = Counter()
    for row in rows:
        route, on = row["route"], row["changes_on"]
        match by:
            case "court":
                found[row["court"], route] += 1
            case "possible":
                found.update((route, possible) for possible in row["possible_routes"])
            case "certain" if len(row["possible_routes"]) == 1:
                found[route, row["possible_routes"][0]] += 1
            case "reason":
                found.update((one["criterion"], route) for one in row["reasons"])
            case "settles" if row["state"] != "OPEN":
                found.update((fact, route) for fact in row["settling_facts"])
            case "settles_open" if row["state"] == "OPEN":
                found.update((fact, route) for fact in row["settling_facts"])
            case "changes" if on is not None and on <= SOON:
                found[f"{on:%Y-%m} {row['changes_to']}", route] += 1
            case "changes_later" if on is not None and on > SOON:
                found[row["changes_to"], route] += 1
    return found


def test_a_tally_matches_a_count_case_by_case() -> None:
    facts = partial_facts(11, 400, known=0.7)
    recommended = recommend(facts, small(), AS_OF).with_columns(
        case_id=pl.int_range(400).cast(pl.String)
    )
    frames = [recommended.select(RECOMMENDED)[start : start + 150] for start in range(0, 400, 150)]
    tally = add_up(tally_recommendations(frame, AS_OF) for frame in frames)
    rows = recommended.to_dicts()
    for by in ("court", "possible", "certain", "reason", "settles", "settles_open", "changes",
               "changes_later"):  # fmt: skip
        expected = counted(rows, by)
        assert expected, by
        flat = {
            (value, route): number
            for value, routes in by_value(tally, by).items()
            for route, number in routes.items()
        }
        assert flat == dict(expected), by
    sets = fact_sets.added(tally_sets(frame) for frame in frames)
    assert as_sets(sets) == Counter(
        frozenset(row["settling_facts"]) for row in rows if row["state"] == "OPEN"
    )


def test_each_routes_count_lies_between_its_bounds() -> None:
    recommended = recommend(partial_facts(12, 500, known=0.6), small(), AS_OF)
    rows = recommended.to_dicts()
    tally = tally_recommendations(
        recommended.with_columns(case_id=pl.lit("1")).select(RECOMMENDED), AS_OF
    )
    certain, possible = (by_value(tally, by) for by in ("certain", "possible"))
    # An open case continues only until a fact is known, so only the others are within bounds.
    for route in ("close", "expedite"):
        cases = sum(row["route"] == route for row in rows)
        least = sum(counts.get(route, 0) for counts in certain.values())
        most = sum(counts.get(route, 0) for counts in possible.values())
        assert 0 < least <= cases <= most > least


def test_docket_values_are_counted_including_unknown_ones() -> None:
    rng = random.Random(1)
    names = ("custody", "age", "representation", "calendar", "nationality", "sex", "language")
    rows = [
        {name: rng.choice(["A", "B", None]) for name in names} | {"route": rng.choice(ROUTES)}
        for _ in range(200)
    ]
    tally = tally_docket(pl.DataFrame(rows))
    for name in names:
        expected = Counter((row[name], row["route"]) for row in rows)
        assert {
            (value, route): number
            for value, routes in by_value(tally, name).items()
            for route, number in routes.items()
        } == dict(expected)
