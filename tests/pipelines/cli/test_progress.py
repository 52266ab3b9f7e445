"""Progress, with a clock of its own."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipelines.cli.progress import Progress, Stage, count

STAGES = (
    Stage("test-ids", "reading", "records"),
    Stage("test-cases", "assessing", "cases", total="test-ids"),
)


def lines(steps: Sequence[tuple[float, str, int]], stages: Sequence[Stage] = STAGES) -> list[str]:
    """The line after each step: seconds passed, and what was counted."""
    seconds = 0.0
    progress = Progress(stages, clock=lambda: seconds)
    found = [progress.line()]
    for passed, stage, number in steps:
        seconds += passed
        count(stage, number)
        found.append(progress.line())
    return found


def test_names_the_stage_the_share_and_the_time_left() -> None:
    assert lines(
        [
            (1, "test-ids", 2000),
            (1, "test-ids", 2000),
            (1, "test-cases", 1000),
            # 1,000 cases in ten seconds; 2,000 are left.
            (10, "test-cases", 1000),
            (10, "test-cases", 1900),
            (1, "test-cases", 100),
        ]
    ) == [
        "starting ...",
        "reading: 2,000 records",
        "reading: 4,000 records",
        "assessing: 1,000 of 4,000 cases, 25 %",
        "assessing: 2,000 of 4,000 cases, 50 %, about 20 seconds left",
        "assessing: 3,900 of 4,000 cases, 97 %, about 1 second left",
        "assessing: 4,000 cases, 100 %; finishing",
    ]


def test_starts_from_nothing_in_each_command() -> None:
    count("test-ids", 7)
    assert lines([])[0] == "starting ..."


@pytest.mark.parametrize(
    ("passed", "left"),
    [(1, "9 seconds"), (9, "81 seconds"), (60, "9 minutes"), (1200, "3 hours")],
)
def test_the_time_left_is_in_a_unit_that_people_use(passed: float, left: str) -> None:
    stages = [Stage("test-parts", "assessing", "parts", 11)]
    last = lines([(0, "test-parts", 1), (passed, "test-parts", 1)], stages)[-1]
    assert last == f"assessing: 2 of 11 parts, 18 %, about {left} left"
