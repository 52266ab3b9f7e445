"""Cases for the small rulebook, with every value that distinguishes what it reads."""

from __future__ import annotations

import datetime
import random
from typing import Any

from tests.helpers.random_facts import AS_OF
from tests.helpers.small_rulebook import facts, small
from transforms.route.recommendation import recommend

LONG_AGO, LATELY = datetime.date(1930, 5, 5), datetime.date(2011, 5, 5)
# Values that distinguish everything the small rulebook reads.
VALUES: dict[str, list[Any]] = {
    "arrests": [0, 1, 2],
    "gang_member": [False, True],
    "entered_illegally": [False, True],
    "last_entry": [LONG_AGO, LATELY],
    "birth_date": [LONG_AGO, LATELY],
    "serious_condition": [False, True],
    "us_high_school": [False, True],
    "fraud_findings": [0, 1],
}
UNKNOWN: dict[str, Any] = {
    "arrests": (0, None),
    "gang_member": None,
    "entered_illegally": None,
    "last_entry": (None, None),
    "birth_date": (None, None),
    "serious_condition": None,
    "us_high_school": None,
    "fraud_findings": (0, None),
}
Case = dict[str, Any]


def some_cases(count: int, seed: int) -> list[Case]:
    rng = random.Random(seed)
    cases = []
    for _ in range(count):
        share = rng.choice([0.3, 0.6, 0.85])
        cases.append(
            {
                name: rng.choice(values) if rng.random() < share else UNKNOWN[name]
                for name, values in VALUES.items()
            }
        )
    return cases


def unknown(case: Case) -> list[str]:
    return [name for name in case if case[name] == UNKNOWN[name]]


def routed(cases: list[Case]) -> list[dict[str, Any]]:
    return recommend(facts(*cases), small(), AS_OF).to_dicts()
