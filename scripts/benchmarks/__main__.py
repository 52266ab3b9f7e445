"""Measure Discretion against other programs: whole processes, in pairs, on two processors."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from pathlib import Path

from scripts.benchmarks.bench import QUICK_SIZES, ROOT, SIZES, Bench
from scripts.benchmarks.earlier import SkippedError
from scripts.benchmarks.figures import FIGURES, Figures
from scripts.benchmarks.growth import draw, growth, growth_table, scaling
from scripts.benchmarks.measure import MeasureError
from scripts.benchmarks.table import markdown, text
from scripts.marks import NoMarksError, between_marks

PROCESSORS = 2


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--only", metavar="NAME,...", help="take only these figures")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="use small samples, which test this command but measure nothing",
    )
    parser.add_argument(
        "--pairs", type=int, default=3, metavar="N", help="pairs at 300,000 cases; default: 3"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures by name")
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="update the table in a document"
    )
    parser.add_argument(
        "--growth", metavar="SIZE,...",
        help=f"instead, take the time and memory of commands as cases grow: {', '.join(SIZES)}",
    )  # fmt: skip
    parser.add_argument(
        "--dir", type=Path, metavar="DIR", help="directory for samples; default: build/bench"
    )
    options = parser.parse_args()
    names = options.only.split(",") if options.only else [figure.name for figure in FIGURES]
    if unknown := set(names) - {figure.name for figure in FIGURES}:
        parser.error(f"there is no figure {', '.join(sorted(unknown))}")
    sizes = options.growth.split(",") if options.growth else []
    if unknown := set(sizes) - SIZES.keys():
        parser.error(f"there is no size {', '.join(sorted(unknown))}; use {', '.join(SIZES)}")
    here = Path(os.environ.get("BENCH_FROM", "."))
    place = here / options.dir if options.dir else ROOT / "build" / "bench"
    place.mkdir(parents=True, exist_ok=True)
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:PROCESSORS])
    bench = Bench(
        place.resolve(),
        QUICK_SIZES if options.quick else SIZES,
        dict.fromkeys(SIZES, 1) | {"300k": 1 if options.quick else options.pairs},
        watch_files=3 if options.quick else 100,
        command_runs=1 if options.quick else 5,
    )
    machine = f"{platform.machine()}, {PROCESSORS} processors, Python {platform.python_version()}"
    if options.quick:
        machine += "; small samples, which measure nothing"
    figures: Figures = {}
    try:
        if sizes:
            _take_growth(
                bench, sizes, machine, here / options.markdown if options.markdown else None
            )
            return 0
        for figure in FIGURES:
            if figure.name in names:
                try:
                    figures[figure.name] = round(figure.take(bench), 3)
                except SkippedError as error:
                    print(f"bench: {figure.name} is skipped: {error}", file=sys.stderr)
    except MeasureError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(text(figures, machine))
    if options.json:
        (here / options.json).write_text(json.dumps(figures, indent=2) + "\n")
    if options.markdown:
        _into(here / options.markdown, "bench", markdown(figures, machine))
    return 0


def _take_growth(bench: Bench, sizes: list[str], machine: str, document: Path | None) -> None:
    points = list(growth(bench, sizes))
    table = f"{growth_table(points, scaling(bench, sizes[-1]))}\n\n{machine}"
    print(table)
    if document is not None:
        _into(document, "growth", table)
        draw(points, document.with_name("growth.svg"))


def _into(document: Path, name: str, table: str) -> None:
    try:
        between_marks(document, name, table)
    except (NoMarksError, OSError) as error:
        raise SystemExit(f"bench: {document}: {error}") from None


if __name__ == "__main__":
    sys.exit(main())
