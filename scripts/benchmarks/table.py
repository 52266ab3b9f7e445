"""The figures as a table, on a terminal and in a document."""

from __future__ import annotations

from pathlib import Path

from scripts.benchmarks.figures import FIGURES, Figures

BENCH, GROWTH = "bench", "growth"
_IS_MET = {True: "yes", False: "no", None: ""}


def rows(figures: Figures) -> list[tuple[str, str, str, str, str]]:
    """Return name, meaning, value, target, and whether the target is met, for each figure."""
    return [
        (
            figure.name,
            figure.what,
            f"{figures[figure.name]:,.2f}"
            if figures[figure.name] < 100
            else f"{figures[figure.name]:,.0f}",
            figure.reach,
            _IS_MET[figure.reached(figures[figure.name], figures)],
        )
        for figure in FIGURES
        if figure.name in figures
    ]


def text(figures: Figures, machine: str) -> str:
    """Format the table for a terminal."""
    lines = [f"{'figure':30}{'value':>10}  {'met':4} target"]
    for name, _, value, reach, met in rows(figures):
        lines.append(f"{name:30}{value:>10}  {met:4} {reach}")
    return "\n".join([*lines, machine])


def markdown(figures: Figures, machine: str) -> str:
    """Format the table in Markdown."""
    lines = ["| figure | what | value | target | met |", "|---|---|---|---|---|"]
    for name, what, value, reach, met in rows(figures):
        lines.append(f"| `{name}` | {what} | {value} | {reach} | {met} |")
    return "\n".join([*lines, "", machine])


def into_document(path: Path, table: str, name: str) -> None:
    """Replace the table between a document's markers.

    Args:
        path: The document.
        table: The table.
        name: The name in the markers.
    """
    first, last = (f"<!-- {name}: {end} -->" for end in ("begin", "end"))
    content = path.read_text("utf-8")
    before, begin, rest = content.partition(first)
    _, end, after = rest.partition(last)
    if not begin or not end:
        raise SystemExit(f"bench: {path}: has no {first} and {last}; add both markers")
    path.write_text(f"{before}{first}\n{table}\n{last}{after}", "utf-8")
