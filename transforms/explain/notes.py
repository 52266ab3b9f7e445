"""Notes: findings of a rulebook's check that may be intended, but that a reader should know."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from schemas.rulebook.compiled import Problem

Kind = Literal["OVERLAP", "COVERED", "OFF", "SCORE"]
HEADINGS: dict[Kind, str] = {
    "OVERLAP": "Rows that overlap. Where both hold, the upper one decides:",
    "COVERED": "Criteria that never decide alone. Wherever one holds, another of its list does:",
    "OFF": "Turned off by parameters:",
    "SCORE": "Shown, and used by no row:",
}


@dataclass(frozen=True, slots=True)
class Note(Problem):
    """Something that may be intended.

    Args:
        kind: The kind of finding.
        about: The row or the criterion that it is about.
        short: Its text below the heading of its kind; "" if its name says it all.
    """

    kind: Kind
    about: str
    short: str = ""


def grouped(notes: Sequence[Note]) -> Iterator[tuple[str, list[str]]]:
    """Group notes by kind, with all notes about one thing together.

    Args:
        notes: The notes, in the file's order.

    Yields:
        A heading, and the lines below it.
    """
    for kind, heading in HEADINGS.items():
        of_kind = [note for note in notes if note.kind == kind]
        lines = []
        for about, group in itertools.groupby(of_kind, lambda note: note.about):
            shorts = [note.short for note in group if note.short]
            lines.append(f"{about}: {', '.join(shorts)}" if shorts else about)
        if lines:
            yield heading, lines
