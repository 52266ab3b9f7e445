"""Word: a document as a file that an attorney can edit (.docx)."""

from __future__ import annotations

import io
from typing import Any

import docx
from docx.shared import Cm, Pt, RGBColor

from transforms.documents.document import (
    Asked,
    Block,
    Document,
    Fields,
    Heading,
    Items,
    Note,
    Paragraph,
)

_GRAY = RGBColor(0x59, 0x59, 0x59)
_RED = RGBColor(0x8A, 0x1C, 0x1C)
_LANGUAGES = {"en": "en-US", "es": "es-US"}


def to_word(document: Document) -> bytes:
    """Write a document as a Word file.

    Args:
        document: The document.

    Returns:
        The file.
    """
    file = docx.Document()
    _set_up(file, document)
    file.add_heading(document.title, level=1)
    for block in document.blocks:
        _add(file, block)
    content = io.BytesIO()
    file.save(content)
    return content.getvalue()


def _set_up(file: Any, document: Document) -> None:
    section = file.sections[0]
    section.page_width, section.page_height = Cm(21.59), Cm(27.94)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
    normal = file.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(11)
    normal.paragraph_format.space_after = Pt(4)
    for level in (1, 2):
        heading = file.styles[f"Heading {level}"]
        heading.font.name, heading.font.color.rgb = "Times New Roman", RGBColor(0, 0, 0)
        heading.font.size = Pt(17 if level == 1 else 12)
    banner = section.header.paragraphs[0].add_run(document.banner)
    banner.font.size, banner.font.color.rgb, banner.bold = Pt(9), _RED, True
    properties = file.core_properties
    properties.title, properties.language = document.title, _LANGUAGES[document.language]
    # The author would otherwise be the library's.
    properties.author = ""


def _add(file: Any, block: Block) -> None:
    match block:
        case Heading():
            heading = file.add_heading(block.text, level=2)
            heading.paragraph_format.page_break_before = block.new_page
        case Paragraph():
            file.add_paragraph(block.text)
        case Note():
            _small(file.add_paragraph(), block.text)
        case Items():
            for item in block.items:
                style = "List Number" if block.numbered else "List Bullet"
                paragraph = file.add_paragraph(item.text, style=style)
                for line in item.below:
                    paragraph.add_run().add_break()
                    _small(paragraph, line)
        case Fields():
            table = file.add_table(rows=0, cols=2)
            for name, value in block.fields:
                cells = table.add_row().cells
                _small(cells[0].paragraphs[0], name)
                cells[1].text = value or "_" * 40
        case Asked():
            _add_question(file, block)


def _add_question(file: Any, block: Asked) -> None:
    paragraph = file.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(8)
    paragraph.paragraph_format.keep_with_next = True
    paragraph.add_run(f"{block.number}. ").bold = True
    paragraph.add_run(block.text)
    if block.choices:
        box = "\u2610 " if len(block.choices) > 1 else ""
        choices = file.add_paragraph("        ".join(f"{box}{choice}" for choice in block.choices))
        choices.paragraph_format.keep_with_next = bool(block.lines)
    for _ in range(block.lines):
        file.add_paragraph("_" * 78)
    for line in block.below:
        _small(file.add_paragraph(), line)


def _small(paragraph: Any, text: str) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.color.rgb = Pt(9.5), _GRAY
