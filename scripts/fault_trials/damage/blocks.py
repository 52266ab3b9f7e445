"""Damage to the arrangement of blocks, each of which is intact."""

from __future__ import annotations

import bz2
import lzma
import random
from dataclasses import replace

import cramjam

from scripts.fault_trials.container import SYNC, Container, StoredBlock
from scripts.fault_trials.damage.way import BYTES, Damaged, pick, spoiled, way
from transforms.avro.blocks import write_block


@way("a block twice")
def _twice(container: Container, source: random.Random) -> Damaged:
    number, block, _ = pick(container, source)
    twice = container.put(number, block, block)
    return Damaged(twice.content, twice.ids)


@way("two blocks changed over")
def _swap(container: Container, source: random.Random) -> Damaged:
    blocks = list(container.blocks)
    source.shuffle(blocks)
    shuffled = replace(container, blocks=tuple(blocks))
    return Damaged(shuffled.content, shuffled.ids)


@way("empty blocks")
def _empty(container: Container, source: random.Random) -> Damaged:
    number, block, _ = pick(container, source)
    nothing = StoredBlock((), write_block(0, b"", SYNC))
    more = container.put(number, *[nothing] * source.randint(1, 50), block)
    return Damaged(more.content, container.ids)


@way("bytes behind what is compressed")
def _trailing(container: Container, source: random.Random) -> Damaged:
    number, block, start = pick(container, source)
    data = block.raw[start : -len(SYNC)] + source.randbytes(source.randint(1, BYTES))
    raw = write_block(len(block.records), data, SYNC)
    return spoiled(container, number, raw, changes=container.codec == "null")


@way("a block in two frames")
def _two_frames(container: Container, source: random.Random) -> Damaged:
    number, block, _ = pick(container, source)
    data = b"".join(record.data for record in block.records)
    half = source.randint(0, len(data))
    frames = b"".join(_frame(container.codec, part) for part in (data[:half], data[half:]))
    if not frames:
        # This codec has no frames, and a block can't hold two streams.
        return Damaged(container.content, container.ids)
    two = StoredBlock(block.records, write_block(len(block.records), frames, SYNC))
    return Damaged(container.put(number, two).content, container.ids)


def _frame(codec: str, data: bytes) -> bytes:
    if codec == "zstandard":
        return bytes(cramjam.zstd.compress(data))
    if codec == "bzip2":
        return bz2.compress(data)
    return lzma.compress(data) if codec == "xz" else b""
