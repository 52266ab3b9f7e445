"""Document: a few pages to print, as a sequence of blocks that HTML and Word files are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from schemas.intake import Language


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a section; a section may begin on a new page."""

    text: str
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A note to whoever works on the document, to be removed before it is sent."""

    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list, with smaller lines below it."""

    text: str
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Item, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Fields:
    """Names, each with a value; an empty value leaves room to write."""

    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with room for its answer.

    Args:
        number: Its number.
        text: The question.
        choices: Boxes to check.
        lines: Empty lines to write on.
        below: Smaller lines below it, such as what to bring.
    """

    number: int
    text: str
    choices: tuple[str, ...]
    lines: int
    below: tuple[str, ...] = ()


Block: TypeAlias = Heading | Paragraph | Note | Items | Fields | Asked


@dataclass(frozen=True, slots=True)
class Document:
    """A document to print.

    Args:
        language: Its language.
        title: Its title.
        banner: A line at the top, such as that this is a draft.
        blocks: What it holds.
    """

    language: Language
    title: str
    banner: str
    blocks: tuple[Block, ...]
