"""Moves between two runs, against comparing case by case in plain Python."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import polars as pl

from schemas.avro import avro_schema
from schemas.outcomes import ROUTES
from transforms.avro.types import polars_schema
from transforms.report.flows import (
    CAUSES,
    MOVED,
    count_moves,
    moved,
    routes_and_reasons,
)

CRITERIA = ("P1", "P2", "F1")


def recommended(rng: random.Random) -> dict[str, dict[str, Any]]:
    cases = rng.sample(range(60), 50)
    return {
        str(case): {
            "route": rng.choice(ROUTES),
            "reasons": [
                {"criterion": name, "citation": "memo"} for name in CRITERIA if rng.random() < 0.5
            ],
        }
        for case in cases
    }


def frame(cases: dict[str, dict[str, Any]]) -> pl.DataFrame:
    whole = polars_schema(avro_schema("recommendation"))
    schema = {name: whole[name] for name in ("case_id", "route", "reasons")}
    return routes_and_reasons(
        pl.DataFrame([{"case_id": case, **row} for case, row in cases.items()], schema=schema)
    )


def test_moves_match_a_comparison_case_by_case() -> None:
    rng = random.Random(5)
    before, after = recommended(rng), recommended(rng)
    flows: Counter[tuple[str | None, ...]] = Counter()
    gained, lost = Counter[str](), Counter[str]()
    for case in before.keys() | after.keys():
        old, new = before.get(case), after.get(case)
        routes = tuple(None if row is None else str(row["route"]) for row in (old, new))
        if routes[0] == routes[1]:
            continue
        flows[routes] += 1
        if old and new:
            then, now = ({one["criterion"] for one in row["reasons"]} for row in (old, new))
            gained.update(now - then)
            lost.update(then - now)
    moves = moved(frame(before), frame(after))
    counted = count_moves(part for part in moves.iter_slices(7))
    found = counted.flows
    assert {(old, new): n for old, row in found.items() for new, n in row.items()} == flows
    assert {routes[0] for routes in flows} == {None, *ROUTES}
    assert (counted.gained, counted.lost) == (dict(gained), dict(lost))
    assert counted.cases(in_both=False) == moves.height == sum(flows.values())
    both = moves.drop_nulls(("from_route", "to_route")).height
    assert counted.cases(in_both=True) == both < moves.height


def test_a_case_counts_once_for_each_of_its_causes() -> None:
    def cause(kind: str, **what: str) -> dict[str, Any]:
        return dict.fromkeys(("field", "event_id", "event_kind", "milestone", "on")) | {
            "kind": kind,
            **what,
        }

    causes = [
        [cause("FACT", field="arrests", event_id="1"), cause("FACT", field="arrests")],
        [cause("FACT", field="arrests"), cause("MILESTONE", milestone="turned_65")],
        [],
        None,
    ]
    rows = {"case_id": ["1", "2", "3", "4"], "causes": pl.Series(causes, dtype=CAUSES)}
    whole = polars_schema(avro_schema("change"))
    moves = pl.DataFrame(rows).with_columns(
        pl.lit(None, whole[name]).alias(name) for name in MOVED if name not in rows
    )
    assert count_moves([moves]).causes == {("FACT", "arrests"): 2, ("MILESTONE", "turned_65"): 1}
