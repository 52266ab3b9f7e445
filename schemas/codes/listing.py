"""The tables that input is read with, as rows for a person or a program."""

from __future__ import annotations

import typing
from typing import Any, NamedTuple

from pydantic import BaseModel

from schemas.case_record import CaseRecord
from schemas.codes import (
    aliases,
    charge_families,
    charge_labels,
    charge_spellings,
    code_key,
    form_families,
    null_runs,
    null_words,
    number_ranges,
    open_offenses,
    placeholder_notes,
    unsettled_charges,
)
from schemas.conflicts import CONFLICTS

KINDS = {
    "courts": "Immigration courts, and their spellings",
    "nationalities": "Nationalities: the court's codes, and their names",
    "charges": "Charges of removability, and what each alleges",
    "offenses": "Categories of offense, and their spellings",
    "forms": "Applications for relief, and their spellings",
    "enums": "Fields that hold one of a few values",
    "numbers": "Whole numbers, and their bounds",
    "nulls": "Text that means unknown",
    "placeholders": "Placeholder days, which mean unknown",
    "conflicts": "Statements in a record that can't both be true",
}
_TABLES = ("courts", "nationalities", "forms")


class Row(NamedTuple):
    """A row of a table: a code, what it says, and its spellings."""

    code: str
    label: str
    words: tuple[str, ...] = ()


def rows(kind: str) -> list[Row]:
    """Return the rows of a table.

    Args:
        kind: One of `KINDS`.

    Returns:
        The rows, in display order.
    """
    if kind in _TABLES:
        return _table(kind)
    return _OTHERS[kind]()


def _table(kind: str) -> list[Row]:
    words: dict[str, list[str]] = {}
    for word, code in aliases(kind).items():
        words.setdefault(code, [])
        if word != code_key(code):
            words[code].append(word)
    families = form_families() if kind == "forms" else {}
    labels = {code: [name for name, of in families.items() if code in of] for code in words}
    return [Row(code, ", ".join(labels[code]), tuple(of)) for code, of in sorted(words.items())]


def _charges() -> list[Row]:
    families = charge_families()
    spellings: dict[str, list[str]] = {}
    for spelling, code in charge_spellings().items():
        spellings.setdefault(code, []).append(spelling)
    read = [
        Row(
            code,
            label,
            (*(name for name, of in families.items() if code in of), *spellings.get(code, ())),
        )
        for code, label in charge_labels().items()
    ]
    return read + [
        Row(code, f"not read, because it is ambiguous: {why}")
        for code, why in unsettled_charges().items()
    ]


def _offenses() -> list[Row]:
    maybe = open_offenses()
    words: dict[str, list[str]] = {}
    for word, code in aliases("offenses").items():
        words.setdefault(code, [])
        if word not in maybe and word != code_key(code):
            words[code].append(word)
    sure = [Row(code, "", tuple(of)) for code, of in words.items()]
    return sure + [
        Row(word, f"open; a person decides: {' or '.join(may_be)} ({why})")
        for word, (may_be, why) in maybe.items()
    ]


def _enums() -> list[Row]:
    return [Row(name, "", values) for name, values in _literals(CaseRecord, "")]


def _literals(model: type[BaseModel], prefix: str) -> list[tuple[str, tuple[str, ...]]]:
    found: list[tuple[str, tuple[str, ...]]] = []
    for name, hint in typing.get_type_hints(model).items():
        for part in _parts(hint):
            if isinstance(part, type) and issubclass(part, BaseModel):
                found += _literals(part, f"{prefix}{name}.")
            elif typing.get_origin(part) is typing.Literal:
                found.append((prefix + name, typing.get_args(part)))
    return found


def _parts(hint: Any) -> list[Any]:
    if typing.get_origin(hint) is typing.Literal or not typing.get_args(hint):
        return [hint]
    return [part for inner in typing.get_args(hint) for part in _parts(inner)]


def _numbers() -> list[Row]:
    return [
        Row(field, f"from {least} to {most:,}; otherwise unknown, with a warning")
        for field, (least, most) in number_ranges().items()
    ]


def _nulls() -> list[Row]:
    spelled = [Row(word or '""', "in any text, code, id, or date") for word in sorted(null_words())]
    means = {"withheld": "withheld under exemption 6 or 7 of the Freedom of Information Act"}
    return spelled + [
        Row(pattern, means.get(kind, f"in a {kind}")) for kind, pattern in null_runs().items()
    ]


def _placeholders() -> list[Row]:
    return [Row(day, note) for day, note in placeholder_notes().items()]


def _conflicts() -> list[Row]:
    return [Row(name, conflict.says) for name, conflict in CONFLICTS.items()]


_OTHERS = {
    "charges": _charges,
    "offenses": _offenses,
    "enums": _enums,
    "numbers": _numbers,
    "nulls": _nulls,
    "placeholders": _placeholders,
    "conflicts": _conflicts,
}
