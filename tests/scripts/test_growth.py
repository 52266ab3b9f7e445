"""What `scripts/bench --growth` says of what it measured."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from scripts.benchmarks.growth import Point, Scaling, _step, draw, growth_table
from scripts.benchmarks.measure import Measured

ROOT = Path(__file__).parents[2]
POINTS = [
    Point(100_000, "backlog", Measured(10, 500, 15)),
    Point(300_000, "backlog", Measured(24, 900, 36)),
    Point(100_000, "report", Measured(6, 400, 7)),
    Point(300_000, "report", Measured(18, 800, 20)),
]
# 40 seconds can be spread, and 10 can't.
SCALED = Scaling(300_000, Measured(50, 900, 50), Measured(30, 900, 50))


def test_gives_the_seconds_for_100_000_cases_of_each_command() -> None:
    rows = [
        line.split("|")[1:-1] for line in growth_table(POINTS, SCALED).splitlines() if "`" in line
    ]
    assert [(cell[0].strip(), cell[1].strip(), cell[-1].strip()) for cell in rows[:4]] == [
        ("100,000", "`backlog`", "10.0"),
        ("300,000", "`backlog`", "8.0"),
        ("100,000", "`report`", "6.0"),
        ("300,000", "`report`", "6.0"),
    ]


@pytest.mark.parametrize(("processors", "seconds"), [(1, 50), (2, 30), (4, 20), (16, 12.5)])
def test_what_cannot_be_spread_takes_as_long_on_many_processors(
    processors: int, seconds: float
) -> None:
    assert SCALED.on(processors) == seconds


def test_draws_a_line_for_each_command_in_each_panel(tmp_path: Path) -> None:
    picture = tmp_path / "growth.svg"
    draw(POINTS, picture)
    svg = "{http://www.w3.org/2000/svg}"
    root = ElementTree.parse(picture).getroot()
    lines = [line.attrib["points"] for line in root.iter(f"{svg}polyline")]
    assert len(lines) == 4
    # The level line of report: as many seconds for each 100,000 cases at either size.
    level = [line for line in lines if len({point.split(",")[1] for point in line.split()}) == 1]
    assert len(level) == 1
    names = [text.text for text in root.iter(f"{svg}text")]
    assert names.count("backlog") == names.count("report") == 2
    # Round numbers, up to the next one: of 10 seconds, and of 900 MB.
    marks = [name for name in names if name and name.replace(",", "").isdigit()]
    assert [mark for mark in marks if "0,000" not in mark] == ["0", "5", "10", "0", "500", "1,000"]


@pytest.mark.parametrize(
    ("least", "step"), [(0.73, 1), (0.2, 0.2), (2.5, 5), (340.5, 500), (501, 1000), (1e4, 1e4)]
)
def test_the_marks_of_an_axis_are_round_numbers(least: float, step: float) -> None:
    assert _step(least) == step


def test_takes_every_command_and_updates_the_document(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text("before\n<!-- growth: begin -->\n<!-- growth: end -->\n")
    words = ["--quick", "--growth", "100k", "--dir", tmp_path, "--markdown", document]
    command = [sys.executable, "-m", "scripts.benchmarks", *map(str, words)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    for name in ("import-eoir", "backlog", "report", "compare", "nightly"):
        assert f"| 500 | `{name}` |" in document.read_text()
    assert (tmp_path / "growth.svg").exists()
