"""Putting what a script measured into a page of Markdown, between two marks."""

from __future__ import annotations

from pathlib import Path


class NoMarksError(ValueError):
    """A page has no place for what was measured."""


def between_marks(page: Path, name: str, text: str) -> None:
    """Put text between a page's marks, in place of what stands there.

    Args:
        page: The page.
        name: What the marks are called: `<!-- NAME: begin -->` and `<!-- NAME: end -->`.
        text: The text.

    Raises:
        NoMarksError: The page has no such marks.
        OSError: It cannot be read or written.
    """
    marks = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, begin, rest = page.read_text("utf-8").partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not begin or not end:
        raise NoMarksError(f"has no {marks[0]} and {marks[1]}")
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", "utf-8")
