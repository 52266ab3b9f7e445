"""The results of checking or comparing rulebooks, for the terminal and as a page."""

from __future__ import annotations

import html
import itertools
import textwrap
from collections.abc import Iterator, Sequence

from rich.table import Table

from schemas.rulebook.differences import Difference, differences
from schemas.rulebook.model import Rulebook
from transforms.explain.check import Check
from transforms.explain.coverage import Coverage
from transforms.explain.notes import Note, grouped

WIDTH = 80
STYLE = """\
body { font: 16px/1.5 Georgia, serif; max-width: 60em; margin: 2em auto; padding: 0 1em; }
table { border-collapse: collapse; margin: 1em 0; }
th, td { text-align: left; padding: .2em .8em; border-bottom: 1px solid #bbb; }
td.none { background: #f6d5d5; }
"""


def coverage_table(book: Rulebook, shown: Coverage) -> Table:
    """Tabulate, for the terminal, how many examples cover each criterion and row.

    Args:
        book: The rulebook.
        shown: What its examples cover.
    """
    table = Table(box=None, pad_edge=False)
    for column in ("criterion", "TRUE", "FALSE", "UNKNOWN", "title"):
        table.add_column(column, justify="right" if column.isupper() else "left")
    for criterion in book.criteria:
        counts = [str(count or "none") for count in shown.criteria[criterion.id]]
        table.add_row(criterion.id, *counts, criterion.title)
    table.add_section()
    table.add_row("row", "examples", "", "", "")
    for row in book.routing:
        table.add_row(row.id, str(shown.rows[row.id] or "none"), "", "", row.why)
    table.add_row(
        "no single row", str(shown.undecided or "none"), "", "", "depends on unknown facts"
    )
    return table


def note_lines(notes: Sequence[Note]) -> Iterator[str]:
    """Format a check's notes, which may be intended, as lines of 80 columns under headings.

    Args:
        notes: The notes.

    Yields:
        Lines, an empty one after each group.
    """
    for heading, items in grouped(notes):
        yield heading
        for item in items:
            yield from _wrapped(f"- {item}")
        yield ""


def check_html(book: Rulebook, found: Check, problems: Sequence[str], notes: Sequence[str]) -> str:
    """Write the results of a check as a self-contained HTML page.

    Args:
        book: The rulebook.
        found: What was found.
        problems: The problems, as lines.
        notes: The notes, as lines.
    """
    verdict = f"{len(problems)} problems" if problems else "It passes."
    shown = found.coverage
    criteria = [
        (c.id, c.title, *(str(n) if n else "" for n in shown.criteria[c.id])) for c in book.criteria
    ]
    rows = [(r.id, r.why, str(shown.rows[r.id] or "")) for r in book.routing]
    parts = [
        f"<h1>{html.escape(book.title)}</h1>",
        f"<p>{html.escape(book.id)}, {len(book.examples)} examples. {verdict}</p>",
        *_html_list("Problems", problems),
        *_html_list("Notes", notes),
        "<h2>Examples for each criterion</h2>",
        *_html_table(("criterion", "title", "TRUE", "FALSE", "UNKNOWN"), criteria),
        "<h2>Examples for each row</h2>",
        *_html_table(("row", "why", "examples"), rows),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en-US">\n<head>\n<meta charset="utf-8">\n'
        f"<title>Check of {html.escape(book.id)}</title>\n<style>\n{STYLE}</style>\n</head>\n"
        f"<body>\n{chr(10).join(parts)}\n</body>\n</html>\n"
    )


def _html_list(heading: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"<h2>{heading}</h2>\n<ul>"
        yield from (f"<li>{html.escape(line)}</li>" for line in lines)
        yield "</ul>"


def _html_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "<table>\n<tr>" + "".join(f'<th scope="col">{head}</th>' for head in heads) + "</tr>"
    for row in rows:
        cells = (
            f"<td>{html.escape(cell)}</td>" if cell else '<td class="none">none</td>'
            for cell in row
        )
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</table>"


def difference_lines(first: Rulebook, second: Rulebook) -> Iterator[str]:
    """List the differences between two rulebooks, as Markdown of 80 columns.

    Args:
        first: A rulebook.
        second: Another.

    Yields:
        Lines.
    """
    yield from textwrap.wrap(f"# From {first.id} to {second.id}", WIDTH)
    yield ""
    found = list(differences(first, second))
    if not found:
        yield "There are no differences."
    for part, group in itertools.groupby(found, lambda difference: difference.part):
        yield from (f"## {part}", "")
        for difference in group:
            yield from _difference(difference, first, second)


def _difference(difference: Difference, first: Rulebook, second: Rulebook) -> Iterator[str]:
    only = {"first": f": only in {first.id}", "second": f": only in {second.id}"}
    yield f"**{difference.item}**{only.get(difference.only_in or '', '')}"
    yield ""
    for change in difference.changes:
        sides = [side for side in (change.before, change.after) if side is not None]
        if difference.only_in is not None:
            yield from _wrapped(f"- {change.field}: {sides[0]}")
        else:
            yield from _wrapped(f"- {change.field}: {change.before or 'none'}")
            yield from _wrapped(f"  now: {change.after or 'none'}")
    yield ""


def _wrapped(text: str) -> list[str]:
    start = text[:2]
    return textwrap.wrap(
        text[2:],
        WIDTH,
        initial_indent=start,
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
