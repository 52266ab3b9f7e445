"""Rulebook text: the Markdown page of a rulebook as HTML, with an anchor at each criterion."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

# The page has its own title, and the rulebook's text is a section of it.
_LOWER = 1


def rulebook_html(lines: Iterable[str], criteria: Iterable[str]) -> Markup:
    """Write the lines of a rulebook's page as HTML.

    Args:
        lines: Its Markdown; the paragraph of a criterion begins with its id in bold type.
        criteria: The ids.

    Returns:
        HTML in which `criterion-ID` is the anchor of each criterion. HTML in the Markdown is shown,
        not used.
    """
    reader = MarkdownIt("commonmark", {"html": False})
    tokens = reader.parse("\n".join(lines))
    ids = set(criteria)
    for opening, inside in itertools.pairwise(tokens):
        if opening.type == "paragraph_open" and (name := _bold_start(inside)) in ids:
            opening.attrSet("id", f"criterion-{name}")
            ids.discard(name)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{int(token.tag[1:]) + _LOWER}"
    return Markup(reader.renderer.render(tokens, reader.options, {}))


def _bold_start(token: Token) -> str:
    """Return the bold text at the start of a paragraph; empty without one."""
    parts = [part for part in token.children or () if part.content or part.type == "strong_open"]
    if len(parts) > 1 and parts[0].type == "strong_open":
        return parts[1].content
    return ""
