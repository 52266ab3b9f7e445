"""Put a script's results into a Markdown page, between two markers."""

from __future__ import annotations

from pathlib import Path


class NoMarksError(ValueError):
    """A page doesn't have the markers for the results."""


def between_marks(page: Path, name: str, text: str) -> None:
    """Replace the text between a page's markers.

    Args:
        page: The page.
        name: The markers' name, as in `<!-- NAME: begin -->` and `<!-- NAME: end -->`.
        text: The text.

    Raises:
        NoMarksError: The page doesn't have the markers.
        OSError: It can't be read or written.
    """
    marks = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, begin, rest = page.read_text("utf-8").partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not begin or not end:
        raise NoMarksError(f"has no {marks[0]} and {marks[1]}")
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", "utf-8")
