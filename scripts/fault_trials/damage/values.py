"""Values that are not validly encoded: each costs its own record."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from scripts.fault_trials.container import Container
from scripts.fault_trials.damage.way import Damaged, pick, way

Spoil = Callable[[bytes], bytes | None]


def _value(container: Container, source: random.Random, kind: str, spoil: Spoil) -> Damaged:
    """Make one value of one record invalid, which costs only that record."""
    number, block, _ = pick(container, source)
    names = [f["name"] for f in container.schema["fields"] if f["type"] == ["null", kind]]
    places = [
        (at, name, spoiled)
        for at, record in enumerate(block.records)
        for name in names
        if (spoiled := spoil(record.fields[name])) is not None
    ]
    if not places:
        return Damaged(container.content, container.ids)
    at, name, spoiled = source.choice(places)
    records = list(block.records)
    records[at] = replace(records[at], fields={**records[at].fields, name: spoiled})
    damaged = container.put(number, container.stored(records))
    return Damaged(damaged.content, container.ids, frozenset([records[at].id]), seen=True)


@way("a text that is not UTF-8")
def _latin(container: Container, source: random.Random) -> Damaged:
    # A branch, a one-byte length, and the text.
    return _value(
        container, source, "string", lambda data: data[:-1] + b"\xe9" if len(data) > 2 else None
    )


@way("a boolean that is neither")
def _neither(container: Container, source: random.Random) -> Damaged:
    return _value(
        container, source, "boolean", lambda data: b"\x02\x02" if len(data) == 2 else None
    )


@way("a branch that a union does not have")
def _branch(container: Container, source: random.Random) -> Damaged:
    return _value(
        container, source, "boolean", lambda data: b"\x0c" + data[1:] if len(data) == 2 else None
    )
