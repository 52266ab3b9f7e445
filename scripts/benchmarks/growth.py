"""How time and memory grow with the number of cases, and what a second processor gains.

Linear growth shows as a level line in the picture: it has the seconds for each 100,000 cases.
"""

from __future__ import annotations

import math
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from scripts.benchmarks.bench import ROOT, Bench, announce
from scripts.benchmarks.measure import Measured, measure
from scripts.benchmarks.nights import night

# Two rulebooks whose runs differ.
_RULEBOOKS = "ice-2011-11-17,dhs-2014-11-20"


class Point(NamedTuple):
    """A command at a size.

    Args:
        cases: The number of cases.
        command: What was run.
        run: What it took.
    """

    cases: int
    command: str
    run: Measured


class Scaling(NamedTuple):
    """A backlog on one processor and on two.

    Args:
        cases: The number of cases.
        one: What it took on one.
        two: What it took on two.
    """

    cases: int
    one: Measured
    two: Measured

    @property
    def alone(self) -> float:
        """The seconds that more processors don't shorten, by Amdahl's law."""
        return max(0.0, 2 * self.two.seconds - self.one.seconds)

    def on(self, processors: int) -> float:
        """Return the seconds that the law gives for a number of processors."""
        return self.alone + (self.one.seconds - self.alone) / processors


def growth(bench: Bench, sizes: list[str]) -> Iterator[Point]:
    """Run each command once at each size.

    Args:
        bench: The benchmark.
        sizes: Names of its sizes.
    """
    for size in sizes:
        yield from _at(bench, size)


def scaling(bench: Bench, size: str) -> Scaling:
    """Run a backlog on one processor and on two."""
    with _processors(1):
        one = bench.run("ours", size)
    return Scaling(bench.sizes[size], one, bench.run("ours", size))


def _at(bench: Bench, size: str) -> Iterator[Point]:
    cases, place = bench.sizes[size], bench.place / "growth"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    release = bench.release(size)
    steps: dict[str, list[object]] = {
        "import-eoir": [release, "--output", place / "imported"],
        "backlog": ["--input", bench.sample(size), "--output", place / "run"],
        "report": [place / "run", "--output", place / "report.html"],
        "compare": [place / "run", "--rulebooks", _RULEBOOKS, "--json"],
    }
    for command, words in steps.items():
        announce(f"{command}, {cases:,} cases")
        yield Point(cases, command, _run("pipelines.cli.main", command, *words))
    yield Point(cases, "nightly", night(bench, size))
    shutil.rmtree(place)


def _run(module: str, *words: object) -> Measured:
    return measure([sys.executable, "-m", module, *map(str, words)], ROOT)


@contextmanager
def _processors(number: int) -> Iterator[None]:
    """Give this process, and those it starts, so many processors."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:number])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def growth_table(points: list[Point], scaled: Scaling) -> str:
    """Format the points, and what processors gain, in Markdown."""
    lines = ["| cases | command | seconds | CPU seconds | peak MB | seconds for 100,000 cases |",
             "|---:|---|---:|---:|---:|---:|"]  # fmt: skip
    lines += [
        f"| {cases:,} | `{command}` | {run.seconds:,.1f} | {run.cpu_seconds:,.1f} | "
        f"{run.peak_mb:,.0f} | {_pace(cases, run):,.1f} |"
        for cases, command, run in sorted(points, key=lambda point: (point.command, point.cases))
    ]
    lines += [
        "",
        "![Seconds for each 100,000 cases, and peak memory, by the number of cases](growth.svg)",
        "",
        f"`backlog` with {scaled.cases:,} cases took {scaled.one.seconds:,.1f} s on one processor "
        f"and {scaled.two.seconds:,.1f} s on two.",
        f"By Amdahl's law, which is a model and not a measurement, {scaled.alone:,.1f} s of it",
        f"can't be spread, and 16 processors would take {scaled.on(16):,.1f} s. That takes worker "
        "processes: more threads would only wait for each other.",
    ]
    return "\n".join(lines)


def _pace(cases: int, run: Measured) -> float:
    return run.seconds * 100_000 / cases


def draw(points: list[Point], path: Path) -> None:
    """Draw the points.

    Args:
        points: The points, at two sizes or more.
        path: An SVG file.
    """
    paces = [(point.cases, point.command, _pace(point.cases, point.run)) for point in points]
    memory = [(point.cases, point.command, point.run.peak_mb) for point in points]
    panels = [
        _panel(0, "Seconds for each 100,000 cases", paces),
        _panel(400, "Peak memory (MB)", memory),
    ]
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 300" font-family="sans-serif" '
        'font-size="12"><rect width="800" height="300" fill="white"/>'
        f"{''.join(panels)}</svg>\n",
        "utf-8",
    )


_COLORS = ("#1b5e8c", "#b2560d", "#2f7d32", "#7b3fa0", "#8c1c2b")
# The edges of a panel's lines: left, right, top, and bottom.
_LEFT, _RIGHT, _TOP, _BOTTOM = 50, 295, 45, 260


def _panel(shift: int, title: str, found: list[tuple[int, str, float]]) -> str:
    sizes = sorted({cases for cases, _, _ in found})
    greatest = max(value for _, _, value in found)
    step = _step(greatest / 4)
    ticks = [step * number for number in range(math.ceil(greatest / step) + 1)]
    most = ticks[-1]
    x = {
        cases: _LEFT + number * (_RIGHT - _LEFT) / max(1, len(sizes) - 1)
        for number, cases in enumerate(sizes)
    }

    def y(value: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * value / most

    parts = [
        f'<g transform="translate({shift} 0)"><text x="{_LEFT}" y="24" font-weight="bold">'
        f"{title}</text>",
        f'<path d="M{_LEFT} {_TOP}V{_BOTTOM}H{_RIGHT}" fill="none" stroke="#666"/>',
        *(f'<text x="{x[cases]:.0f}" y="{_BOTTOM + 18}" text-anchor="middle">{cases:,}</text>'
          for cases in sizes),
        *(f'<text x="{_LEFT - 6}" y="{y(value) + 4:.0f}" text-anchor="end">{value:,g}</text>'
          for value in ticks),
    ]  # fmt: skip
    last = {command: value for _, command, value in sorted(found)}
    ends = sorted((y(value), command) for command, value in last.items())
    # No more commands than colors.
    colors = dict(zip(sorted(command for _, command in ends), _COLORS, strict=False))
    labels: list[float] = []
    for height, command in ends:
        # Lines that end close to each other have their names below each other.
        labels.append(max([height + 4, *(one + 14 for one in labels[-1:])]))
        color = colors[command]
        line = " ".join(
            f"{x[cases]:.0f},{y(value):.1f}" for cases, name, value in found if name == command
        )
        parts.append(f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts.append(f'<text x="{_RIGHT + 6}" y="{labels[-1]:.0f}" fill="{color}">{command}</text>')
    return "".join([*parts, "</g>"])


def _step(least: float) -> float:
    """Return the next round number: 1, 2, or 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(least))
    return next(round(factor * power, 9) for factor in (1, 2, 5, 10) if factor * power >= least)
