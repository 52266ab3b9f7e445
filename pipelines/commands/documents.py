"""Documents: written as HTML or Word, by the ending of the file's name."""

from __future__ import annotations

from typing import Any

from pipelines.cli import declare
from schemas.errors import UsageError
from schemas.shown import shown
from transforms.documents.document import Document

ENDINGS = (".html", ".docx")


def output() -> Any:
    """Declare the file that a document is written to."""
    return declare.option(
        "the file to write: a web page (.html) or a Word document (.docx)",
        type=declare.place,
        metavar="FILE.html|FILE.docx",
    )


def language() -> Any:
    """Declare the client's language."""
    return declare.option(
        "the language of the questions for the client; default: en",
        default="en",
        flag="--lang",
        choices=("en", "es"),
    )


def check_output(path: str) -> None:
    """Check, before any work is done, that a document can be written to a file.

    Raises:
        OutputError: The file already exists.
        UsageError: Its name has another ending, or what writes it isn't installed.
    """
    from pipelines.runs.new_file import check_new

    if not path.endswith(ENDINGS):
        raise UsageError(f"--output: {path}: end the name in .html or .docx")
    if path.endswith(".docx"):
        try:
            import docx  # noqa: F401  # only whether it is there
        except ImportError:
            raise UsageError(
                "--output: Word documents need python-docx; install discretion[documents], "
                "or write .html"
            ) from None
    check_new(path)


def write(document: Document, path: str, what: str) -> None:
    """Write a document, whole, and report where it is.

    Args:
        document: The document.
        path: The file; its ending says which kind.
        what: What the document is, for the report.

    Raises:
        OutputError: It can't be written.
    """
    from pipelines.runs.new_file import write_new

    if path.endswith(".docx"):
        from transforms.documents.word import to_word

        content = to_word(document)
    else:
        from transforms.documents.html import to_html

        content = to_html(document)
    write_new(path, content)
    print(f"{shown(path)}: {what}")
