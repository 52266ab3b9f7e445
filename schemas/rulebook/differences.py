"""Differences between two rulebooks, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.rulebook.model import Rulebook

# What a reader calls the parts of a rulebook, and what identifies the items of each.
PARTS = {
    "criteria": ("Criteria", "id"),
    "routing": ("Routing table", "id"),
    "presumptions": ("Presumptions", "id"),
    "human_review": ("Human review", "id"),
    "milestones": ("Milestones", "id"),
    "parameters": ("Words the sources leave open", None),
    "counted_convictions": ("Convictions that count", None),
    "steps": ("Steps before acting", None),
    "scopes": ("Scopes", "id"),
    "sources": ("Sources", "id"),
}
ABOUT = ("title", "issued", "office", "in_force", "summary", "notes")
FIELDS = {"when": "condition", "cite": "citation", "list": "list", "why": "reason"}


@dataclass(frozen=True)
class Change:
    """A field of an item that differs between two rulebooks; None if one doesn't have it."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Difference:
    """An item that differs between two rulebooks.

    Args:
        part: The part of the rulebook, in words.
        item: The item's name; for a criterion, its id.
        only_in: `first` or `second` if only one has it, or None.
        changes: The fields that differ; all of them if only one has the item.
    """

    part: str
    item: str
    only_in: str | None
    changes: tuple[Change, ...]


def differences(first: Rulebook, second: Rulebook) -> Iterator[Difference]:
    """List the differences between two rulebooks.

    Args:
        first: A rulebook.
        second: Another.

    Yields:
        Differences, criteria first; items in the order of the first rulebook, then of the second.
    """
    one, other = (book.model_dump(mode="json", by_alias=True) for book in (first, second))
    for part, (name, key) in PARTS.items():
        before, after = _items(one[part], key), _items(other[part], key)
        for item in dict.fromkeys((*before, *after)):
            changes = tuple(_changes(before.get(item), after.get(item)))
            if changes:
                only = "second" if item not in before else "first" if item not in after else None
                yield Difference(name, item, only, changes)
        if key is not None and name == "Routing table":
            yield from _reordered(name, list(before), list(after))
    for field in ABOUT:
        changes = tuple(_changes({field: one[field]}, {field: other[field]}))
        if changes:
            yield Difference("The document", field.replace("_", " "), None, changes)


def _items(content: Any, key: str | None) -> dict[str, dict[str, Any]]:
    if key is not None:
        return {
            item[key]: {name: value for name, value in item.items() if name != key}
            for item in content
        }
    return {
        name: value if isinstance(value, dict) else {"value": value}
        for name, value in content.items()
    }


def _changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[Change]:
    for field in dict.fromkeys((*(before or {}), *(after or {}))):
        old, new = (_text((side or {}).get(field)) for side in (before, after))
        if old != new:
            yield Change(FIELDS.get(field, field.replace("_", " ")), old, new)


def _reordered(part: str, before: list[str], after: list[str]) -> Iterator[Difference]:
    """Report rows that both have in a different order, because the first that holds decides."""
    old, new = [r for r in before if r in after], [r for r in after if r in before]
    if old != new:
        change = Change("order", ", ".join(old), ", ".join(new))
        yield Difference(part, "the order of the rows", None, (change,))


def _text(value: Any) -> str | None:
    """Write a value on one line; None if it is missing."""
    match value:
        case None | [] | {} | "":
            return None
        case bool():
            return str(value).lower()
        case dict():
            parts = ((name.replace("_", " "), _text(part)) for name, part in value.items())
            return "; ".join(f"{name}: {part}" for name, part in parts if part is not None)
        case list():
            return " / ".join(_text(part) or "" for part in value)
        case _:
            return " ".join(str(value).split())
