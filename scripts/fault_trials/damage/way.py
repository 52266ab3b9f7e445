"""What all ways to damage a file share: the damaged file, and what a reader must still read."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scripts.fault_trials.container import SYNC, Container, StoredBlock
from transforms.avro.codecs import compress
from transforms.avro.varint import varint

# The most bytes that are inserted, deleted, or miscounted.
BYTES = 40


@dataclass(frozen=True)
class Damaged:
    """A damaged file, and what a reader must still read from it.

    Args:
        content: Its bytes.
        ids: The ids in it, once per record, intact or damaged.
        may_lose: The ids that a reader may lose.
        may_change: The ids whose values may differ without anybody noticing.
        seen: Whether the damage must be reported.
    """

    content: bytes
    ids: tuple[str, ...]
    may_lose: frozenset[str] = frozenset()
    may_change: frozenset[str] = frozenset()
    seen: bool = False


Way = Callable[[Container, random.Random], Damaged]
WAYS: dict[str, Way] = {}


def unmet(damaged: Damaged, read: Sequence[str | None], *, reported: bool) -> list[str]:
    """List what a reader failed to deliver.

    Args:
        damaged: The damaged file.
        read: The ids that were read from it.
        reported: Whether the file was reported as damaged.

    Returns:
        What is wrong, in words; nothing if all is well.
    """
    wrong = []
    required = Counter(each for each in damaged.ids if each not in damaged.may_lose)
    if missing := required - Counter(each for each in read if each is not None):
        wrong.append(f"records outside the damage are missing: {sorted(missing)[:5]}")
    if damaged.seen and not reported:
        wrong.append("the damage isn't reported")
    there = sum(each in damaged.ids for each in read)
    count = len(read) if damaged.may_change else there
    if count < len(damaged.ids) and not reported:
        wrong.append("records are missing, and nothing is reported")
    if not damaged.may_change and (strange := {*read} - {*damaged.ids, None}):
        wrong.append(f"records were read that nobody wrote: {len(strange)}")
    return wrong


def way(name: str) -> Callable[[Way], Way]:
    """Register a way to damage a file.

    Args:
        name: What it does, in words.
    """

    def register(damage: Way) -> Way:
        WAYS[name] = damage
        return damage

    return register


def spoiled(
    container: Container, number: int, raw: bytes, *, seen: bool = True, changes: bool = False
) -> Damaged:
    """Replace the bytes of one block; no other block may be lost."""
    block = container.blocks[number]
    spoiled = container.put(number, StoredBlock(block.records, raw))
    ids = frozenset(block.ids)
    may_change = ids if changes else frozenset[str]()
    return Damaged(spoiled.content, container.ids, ids, may_change, seen)


def pick(container: Container, source: random.Random) -> tuple[int, StoredBlock, int]:
    """Pick a block, and find where its records' bytes start."""
    number = source.randrange(len(container.blocks))
    block = container.blocks[number]
    data = compress(container.codec, b"".join(record.data for record in block.records))
    return number, block, len(varint(len(block.records)) + varint(len(data)))


def with_header(block: StoredBlock, count: int, size: int, start: int) -> bytes:
    """Replace a block's count and size, which end at `start`."""
    return varint(count) + varint(size) + block.raw[start:]


def size_of(block: StoredBlock, start: int) -> int:
    """Return the size in bytes of a block's records, which begin at `start`."""
    return len(block.raw) - start - len(SYNC)
