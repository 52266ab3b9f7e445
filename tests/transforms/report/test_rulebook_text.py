"""The guidance as HTML: an anchor at each criterion, and no markup of its own."""

from __future__ import annotations

import re

import pytest

from pipelines.commands.rulebook_page import page
from schemas.rulebooks import load, names
from transforms.report.rulebook_text import rulebook_html


@pytest.mark.parametrize("name", names())
def test_each_criterion_has_one_anchor(name: str) -> None:
    book = load(name).rulebook
    criteria = [criterion.id for criterion in book.criteria]
    found = re.findall(r' id="criterion-([^"]+)"', rulebook_html(page(book), criteria))
    assert sorted(found) == sorted(criteria)


def test_markup_in_a_rulebook_is_shown() -> None:
    lines = ["# <b>Title</b>", "", "**P1** <script>alert(1)</script> & more", "", "**P1** again"]
    assert rulebook_html(lines, ["P1"]) == (
        "<h2>&lt;b&gt;Title&lt;/b&gt;</h2>\n"
        '<p id="criterion-P1"><strong>P1</strong> &lt;script&gt;alert(1)&lt;/script&gt; '
        "&amp; more</p>\n<p><strong>P1</strong> again</p>\n"
    )
