"""HTML: a document as one page that needs no other file; text from data is escaped."""

from __future__ import annotations

import functools
from pathlib import Path

import jinja2

from transforms.documents.document import Document


def to_html(document: Document) -> bytes:
    """Write a document as HTML.

    Args:
        document: The document.

    Returns:
        The page, in UTF-8.
    """
    return _template().render(document=document).encode()


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("page.html.j2")
