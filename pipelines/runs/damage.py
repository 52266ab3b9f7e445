"""Damaged input: what a command says of files of which a part could not be read."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from schemas.errors import InputError
from schemas.manifest import DamagedFile

MOST = 20


def say_damaged(command: str, damaged: Sequence[DamagedFile]) -> None:
    """Say on standard error which files are damaged, and what became of them.

    Args:
        command: The command's name.
        damaged: The files.
    """
    lines = [in_words(file) for file in damaged[:MOST]]
    if len(damaged) > MOST:
        lines.append(f"{len(damaged) - MOST} more files are damaged; manifest.json names them")
    for line in lines:
        print(f"discretion {command}: {line}", file=sys.stderr)


def refuse_all_damaged(damaged: Sequence[DamagedFile], read: int) -> None:
    """Refuse input of which nothing could be read.

    Args:
        damaged: The damaged files.
        read: How many records could be read.

    Raises:
        InputError: There were none, and there is damage.
    """
    if damaged and not read:
        others = f", and {len(damaged) - 1} more such files" if len(damaged) > 1 else ""
        raise InputError(f"{damaged[0].path}: {_wrong(damaged[0])}{others}: nothing can be read")


def in_words(file: DamagedFile) -> str:
    """What is wrong with a file and what became of it, in one line."""
    least = f"at least {file.records:,}" if file.records else "an unknown number of"
    records = f"{least} records" if file.uncounted else _number(file.records, "record")
    behind = "; what stood behind the cut is in no count" if file.cut_short else ""
    return f"{file.path}: {_wrong(file)}: {records} in it went to quarantine unread{behind}"


def _wrong(file: DamagedFile) -> str:
    places = file.places - file.cut_short
    damaged = f"is damaged in {_number(places, 'place')}" if places else ""
    cut = "is cut short, or damaged at its end" if file.cut_short else ""
    return " and ".join(part for part in (damaged, cut) if part)


def _number(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
