"""The model of what more cases would take on a cluster, worked by hand."""

from __future__ import annotations

import dataclasses

import pytest

from scripts.benchmarks.cluster_costs import Cost
from scripts.benchmarks.cluster_model import Unit, minutes, unit_of

SMALL = Cost(
    cases=1_000, task_managers=2, command=5, workers=10, engine=6, managers=9, before=4, job=8,
    shuffled=1_500_000, read=200_000, written=400_000,
)  # fmt: skip
LARGE = dataclasses.replace(
    SMALL, cases=2_000, workers=12, engine=7, shuffled=2_500_000, read=400_000, written=800_000
)


def test_a_case_costs_what_more_cases_add() -> None:
    assert unit_of(SMALL, LARGE) == Unit(0.002, 0.001, 1_000, 200, 400)


def test_the_slowest_part_bounds_the_whole() -> None:
    unit = unit_of(SMALL, LARGE)
    # 120,000 cases on two machines: 1,000 a second for each to do in a minute.
    found = minutes(unit, 120_000, 2)
    assert found.processors == pytest.approx(1_000 * 0.003 / 8)
    # Half of what is handed over stays where it is.
    assert found.network == pytest.approx(1_000 * 500 / 1.25e8)
    # What is handed over is written and read.
    assert found.disk == pytest.approx(1_000 * (200 + 400 + 2 * 1_000) / 5e8)
    assert found.bound == ("processors", found.processors)
    assert minutes(dataclasses.replace(unit, shuffled=1e9), 120_000, 2).bound[0] == "disk"
    # One machine needs no network.
    assert minutes(unit, 120_000, 1).network == 0
