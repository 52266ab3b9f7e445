"""Damage to a range of bytes: flipped, overwritten, inserted, deleted, or cut off."""

from __future__ import annotations

import random

from scripts.fault_trials.container import SYNC, Container
from scripts.fault_trials.damage.way import BYTES, Damaged, pick, size_of, spoiled, way


@way("flip a bit")
def _flip_bit(container: Container, source: random.Random) -> Damaged:
    number, block, start = pick(container, source)
    raw = bytearray(block.raw)
    raw[source.randrange(start, len(raw) - len(SYNC))] ^= 1 << source.randrange(8)
    return spoiled(container, number, bytes(raw), seen=False, changes=True)


@way("change a byte")
def _change_byte(container: Container, source: random.Random) -> Damaged:
    number, block, start = pick(container, source)
    raw = bytearray(block.raw)
    raw[source.randrange(start, len(raw) - len(SYNC))] = source.randrange(256)
    return spoiled(container, number, bytes(raw), seen=False, changes=True)


@way("noise over the records")
def _noise(container: Container, source: random.Random) -> Damaged:
    number, block, start = pick(container, source)
    noise = source.randbytes(size_of(block, start))
    return spoiled(container, number, block.raw[:start] + noise + SYNC)


@way("zeros over the records")
def _zeros(container: Container, source: random.Random) -> Damaged:
    number, block, start = pick(container, source)
    raw = block.raw[:start] + bytes(size_of(block, start)) + SYNC
    # Zeros decode as records, too, if every field may be null or empty.
    return spoiled(container, number, raw, seen=False, changes=True)


@way("zeros over a sector")
def _sector(container: Container, source: random.Random) -> Damaged:
    content = bytearray(container.content)
    start = source.randrange(len(container.header), len(content))
    stop = min(len(content), start + 512)
    content[start:stop] = bytes(stop - start)
    lost = _touched(container, start, stop)
    return Damaged(bytes(content), container.ids, lost, lost)


def _touched(container: Container, start: int, stop: int) -> frozenset[str]:
    """Return the ids in the blocks that a range touches, and in one after a touched marker."""
    lost: set[str] = set()
    behind = False
    for number, block in enumerate(container.blocks):
        begin = container.offset(number)
        end = begin + len(block.raw)
        touched = begin < stop and start < end
        if touched or behind:
            lost.update(block.ids)
        behind = touched and stop > end - len(SYNC)
    return frozenset(lost)


@way("a bit of the marker")
def _marker_bit(container: Container, source: random.Random) -> Damaged:
    number, block, _ = pick(container, source)
    raw = bytearray(block.raw)
    raw[-source.randint(1, len(SYNC))] ^= 1 << source.randrange(8)
    return spoiled(container, number, bytes(raw))


@way("noise over the marker")
def _marker_noise(container: Container, source: random.Random) -> Damaged:
    number, block, _ = pick(container, source)
    raw = block.raw[: -len(SYNC)] + source.randbytes(len(SYNC))
    return spoiled(container, number, raw)


@way("cut within a block")
def _cut(container: Container, source: random.Random) -> Damaged:
    number, block, _ = pick(container, source)
    place = container.offset(number) + source.randint(1, len(block.raw) - 1)
    lost = frozenset(each for block in container.blocks[number:] for each in block.ids)
    return Damaged(container.content[:place], container.ids, lost, seen=True)


@way("bytes put into the records")
def _insert(container: Container, source: random.Random) -> Damaged:
    number, block, start = pick(container, source)
    place = source.randrange(start, len(block.raw) - len(SYNC) + 1)
    raw = block.raw[:place] + source.randbytes(source.randint(1, BYTES)) + block.raw[place:]
    return spoiled(container, number, raw)


@way("bytes taken out of the records")
def _delete(container: Container, source: random.Random) -> Damaged:
    number, block, start = pick(container, source)
    end = len(block.raw) - len(SYNC)
    place = source.randrange(start, end)
    raw = block.raw[:place] + block.raw[min(end, place + source.randint(1, BYTES)) :]
    return spoiled(container, number, raw)


@way("noise between blocks")
def _between(container: Container, source: random.Random) -> Damaged:
    number, block, _ = pick(container, source)
    # After noise, a reader looks for the next marker, which is at the end of the next block.
    noise = source.randbytes(source.randint(1, BYTES))
    return spoiled(container, number, noise + block.raw)


@way("noise at the end")
def _behind(container: Container, source: random.Random) -> Damaged:
    content = container.content + source.randbytes(source.randint(1, BYTES))
    return Damaged(content, container.ids, seen=True)
