"""What the commands of oversight share: their options, and findings printed in each form."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.cli import declare
from pipelines.cli.table import paragraph, table_lines
from schemas.errors import UsageError
from schemas.near import close_to
from schemas.shown import shown
from schemas.small_cells import LEAST

if TYPE_CHECKING:
    from transforms.oversight.table import Findings, Table


@dataclass(frozen=True, kw_only=True)
class Forms:
    """The options of every command of oversight: which run, and the form of the findings."""

    run: str = declare.run()
    csv: str | None = declare.option("print this table as CSV", default=None, metavar="TABLE")
    json: bool = declare.machine_json()
    output: str | None = declare.option(
        "write a page with all tables", default=None, type=declare.place, metavar="FILE.html"
    )
    readable_by: str | None = declare.readable_by()


def check_forms(options: Forms) -> None:
    """Check that the options go together, and that the figures can be worked out.

    Raises:
        UsageError: They don't, or SciPy isn't installed.
    """
    from transforms.oversight.figures import scipy_stats

    if options.csv and options.json:
        raise UsageError("give --csv or --json, not both")
    if options.output is not None and not options.output.endswith(".html"):
        raise UsageError(f"--output: {options.output}: give a name that ends in .html")
    scipy_stats()


def emit(findings: Findings, options: Forms, about: str) -> None:
    """Print the findings, and write their page.

    Args:
        findings: The findings.
        options: In which forms.
        about: The run, in words.

    Raises:
        UsageError: There is no such table.
        OutputError: The page can't be written.
    """
    chosen = None if options.csv is None else _named(findings, options.csv)
    if options.output is not None:
        _write_page(findings, options.output, about)
    if options.json:
        print(json.dumps(findings.as_json()))
    elif chosen is not None:
        from transforms.export.cells import without_formulas

        print(without_formulas(chosen.frame).write_csv(), end="")
    else:
        for line in _lines(findings, about):
            print(line)
        if options.output is not None:
            print(f"page: {shown(options.output)}")
        print("It recommends. An attorney decides.")


def _named(findings: Findings, name: str) -> Table:
    tables = {table.name: table for table in findings.tables}
    if name not in tables:
        near = close_to(name, tables)
        hint = f"did you mean {near}?" if near else f"the tables are {', '.join(tables)}"
        raise UsageError(f"--csv: {shown(name)} isn't a table; {hint}")
    return tables[name]


def _write_page(findings: Findings, output: str, about: str) -> None:
    from pipelines.runs.whole_file import whole_file
    from transforms.oversight.page import write_page

    with whole_file(output) as place:
        html = write_page(findings, about)
        Path(place, os.path.basename(output)).write_text(html, "utf-8")


def _lines(findings: Findings, about: str) -> Iterator[str]:
    from transforms.oversight.page import laid_out
    from transforms.oversight.table import SMALL

    yield shown(findings.title)
    yield paragraph(shown(about))
    for line in findings.lines:
        yield paragraph(shown(line))
    marked = False
    for table in findings.tables:
        if not table.most:
            continue
        heads, rows = laid_out(table, everything=False)
        labels = [one.kind for one in table.columns if one.shown].count("label")
        shown_rows = [(", ".join(row[:labels]), row[labels:]) for row in rows[: table.most]]
        marked = marked or any(cell.endswith(SMALL) for _, row in shown_rows for cell in row)
        yield ""
        yield table.title
        if not rows:
            yield "  none"
            continue
        yield from table_lines(f"  {heads[0]}", heads[labels:], shown_rows)
        if len(rows) > table.most:
            yield f"  ... and {len(rows) - table.most:,} more: --csv {table.name}"
    yield ""
    if marked:
        yield paragraph(
            f"{SMALL} fewer than {LEAST} cases: such a count may tell who somebody is", "  "
        )
