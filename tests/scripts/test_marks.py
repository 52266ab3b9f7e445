"""Results between the markers of a page."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.marks import NoMarksError, between_marks


def test_replaces_the_last_results(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    begin, end = "<!-- bench: begin -->", "<!-- bench: end -->"
    page.write_text(f"before\n{begin}\nold\n{end}\nbehind\n")
    between_marks(page, "bench", "new\n\n| table |")
    assert page.read_text() == f"before\n{begin}\nnew\n\n| table |\n{end}\nbehind\n"


def test_leaves_a_page_without_the_markers_as_it_is(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- bench: begin -->\n<!-- shares: end -->\n")
    with pytest.raises(NoMarksError, match="has no <!-- bench: begin --> and <!-- bench: end -->"):
        between_marks(page, "bench", "new")
    assert page.read_text() == "<!-- bench: begin -->\n<!-- shares: end -->\n"
