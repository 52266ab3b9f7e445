"""Text tables that fit a terminal of 80 columns and don't break words."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

WIDTH = 80
_GAP = 2


def table_lines(
    title: str, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]], width: int = WIDTH
) -> list[str]:
    """Lay out a table: wrapped labels on the left, numbers on the right.

    Args:
        title: The heading above the labels.
        heads: The heading above each column of numbers; a newline makes two lines of headings.
        rows: Labels, with the cells of each column; a short row leaves its last columns empty.
        width: The most characters in a line.

    Returns:
        Lines without trailing blanks.

    Examples:
        >>> for line in table_lines("Routes", ["cases"], [("close", ["7"]), ("all", ["12"])], 20):
        ...     print(line)
        Routes         cases
          close            7
          all             12
    """
    split = [head.split("\n") for head in heads]
    deep = max((len(parts) for parts in split), default=1)
    above = [[""] * (deep - len(parts)) + parts for parts in split]
    widths = [
        max(len(text) for text in (*above[at], *(row[at] for _, row in rows if at < len(row))))
        for at in range(len(heads))
    ]
    left = width - sum(widths) - _GAP * len(widths)

    def line(label: str, numbers: Sequence[str]) -> str:
        ends = [number.rjust(size) for number, size in zip(numbers, widths, strict=False)]
        return (" " * _GAP).join([label.ljust(left), *ends]).rstrip()

    titles = [""] * (deep - 1) + [title]
    lines = [line(label, [parts[at] for parts in above]) for at, label in enumerate(titles)]
    for label, numbers in rows:
        first, *rest = textwrap.wrap(
            label,
            left,
            initial_indent=" " * _GAP,
            subsequent_indent=" " * 2 * _GAP,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
        lines += [line(first, numbers), *rest]
    return lines


def paragraph(text: str, indent: str = "", width: int = WIDTH) -> str:
    """Wrap text at words; a word longer than a line, such as a path, stays whole.

    Args:
        text: The text.
        indent: The text before each line except the first.
        width: The most characters in a line.
    """
    return textwrap.fill(
        text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
