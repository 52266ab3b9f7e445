"""The figures as a table, on a terminal and in a document."""

from __future__ import annotations

from scripts.benchmarks.figures import FIGURES, Figures

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
