"""Which questions settle open cases, and to which routes, by trying every answer."""

from __future__ import annotations

from collections import Counter

from schemas.outcomes import ROUTES
from tests.helpers.fact_sets import as_sets
from tests.helpers.random_facts import AS_OF
from tests.helpers.small_cases import UNKNOWN, VALUES, routed, some_cases
from tests.helpers.small_rulebook import facts, small
from transforms.route.asking import DIRECTIONS, SETTLED, added, directions, open_cases, sets
from transforms.route.fact_sets import SETS

COURTS = ("BAL", "DEN", None)


def test_counts_what_trying_every_answer_gives() -> None:
    cases = [{**case, "court": COURTS[number % 3]} for number, case in enumerate(some_cases(45, 7))]
    reached: Counter[tuple[str | None, str]] = Counter()
    to: Counter[tuple[str | None, str, str]] = Counter()
    lists: Counter[str] = Counter()
    for case, row in zip(cases, routed(cases), strict=True):
        if row["state"] != "OPEN":
            continue
        lists[" ".join(sorted(row["settling_facts"]))] += 1
        for name in row["settling_facts"]:
            answers = routed([{**case, name: value} for value in VALUES[name]])
            found = {answer["route"] for answer in answers if answer["state"] != "OPEN"}
            reached[case["court"], name] += 1
            to.update((case["court"], name, route) for route in found)
    assert sum(reached.values()) > 25
    assert all(any(key[2] == route for key in to) for route in ("close", "expedite"))

    parts = [
        open_cases(facts(*cases[start : start + 40]), small(), AS_OF, presume=True)
        for start in range(0, len(cases), 40)
    ]
    settled = added(parts)
    assert settled.schema == SETTLED
    assert directions(settled).schema == DIRECTIONS
    assert {
        (row["court"], row["fact"]): row["cases"] for row in directions(settled).to_dicts()
    } == dict(reached)
    assert {
        (row["court"], row["fact"], route): row[route]
        for row in directions(settled).to_dicts()
        for route in ROUTES
        if row[route]
    } == dict(to)
    assert {
        " ".join(sorted(names)): count for names, count in as_sets(sets(settled)).items()
    } == dict(lists)


def test_without_open_cases_there_is_nothing_to_ask() -> None:
    ill = {**UNKNOWN, "serious_condition": True, "arrests": 2}
    settled = added([open_cases(facts(ill), small(), AS_OF, presume=True)])
    assert settled.is_empty()
    assert directions(settled).is_empty()
    assert sets(added([])).equals(SETS.to_frame())
