"""Page: findings as one HTML file, in the report's style, with their charts."""

from __future__ import annotations

import re
from typing import Any

from schemas.shown import shown
from schemas.small_cells import LEAST
from transforms.explain.page import MARK, PROTECTED_BY
from transforms.oversight.table import SMALL, Column, Findings, Table, cells
from transforms.report.html import render

# The first rows of a table; the others are folded away, and beyond the last ones, only counted.
FIRST, LAST = 25, 500
# Numbers on one line, and words from the left.
_STYLE = """
h1 { text-wrap: balance; }
.counted p:first-child { font-size: 1.25rem; font-weight: 600; }
main th[scope=row] { min-width: 9rem; }
main td { white-space: nowrap; }
main td.words, main th.words { white-space: normal; text-align: left; min-width: 6rem; }
svg.funnel { max-width: 100%; height: auto; }
"""


def write_page(findings: Findings, about: str) -> str:
    """Write the HTML of a page.

    Args:
        findings: What was found.
        about: The run, in words.
    """
    context = {
        "title": findings.title,
        # A date stays on one line.
        "heading": re.sub(r"(?<=\d)-(?=\d)", "\N{NON-BREAKING HYPHEN}", findings.title),
        "names": findings.names,
        "about": shown(about),
        "lines": [shown(line) for line in findings.lines],
        "tables": [_shown(table) for table in findings.tables],
        "charts": findings.charts,
        "least": LEAST,
        "small": SMALL,
        "last": LAST,
        "mark": MARK,
        "protected_by": PROTECTED_BY,
    }
    return render(
        "findings.html.j2", context, package="transforms.oversight", own_style=_STYLE, script=""
    )


def _shown(table: Table) -> dict[str, Any]:
    heads, cut = laid_out(table, everything=True)
    rows = [[cell.replace(" %", "\N{NO-BREAK SPACE}%") for cell in row] for row in cut]
    kinds = [column.kind for column in table.columns if column.kind != "high"]
    return {
        "name": table.name,
        "title": table.title,
        "says": table.says,
        "heads": [head.replace("-\n", "").replace("\n", " ") for head in heads],
        "words": [kind in ("label", "text") for kind in kinds],
        "first": rows[:FIRST],
        "rest": rows[FIRST:LAST],
        "rows": len(rows),
    }


def laid_out(table: Table, *, everything: bool) -> tuple[list[str], list[list[str]]]:
    """Write a table's cells for a person, with an interval in one column.

    Args:
        table: The table.
        everything: Whether to write the columns, too, for which a terminal has no room.

    Returns:
        The headings, and the cells of each row.
    """
    chosen: list[tuple[Column, Column | None]] = []
    columns = iter(table.columns)
    for column in columns:
        high = next(columns) if column.kind == "low" else None
        if everything or column.shown:
            chosen.append((column, high))
    rows = [[shown(cells(one, row, high)) for one, high in chosen] for row in table.rows]
    return [one.head for one, _ in chosen], rows
