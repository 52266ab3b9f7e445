"""Damage to a block's header: the count and the size of its records."""

from __future__ import annotations

import random

from scripts.fault_trials.container import Container
from scripts.fault_trials.damage.way import BYTES, Damaged, pick, size_of, spoiled, way, with_header

_HUGE = (1 << 63) - 1


@way("one record more in the count")
def _count_up(container: Container, source: random.Random) -> Damaged:
    number, block, start = pick(container, source)
    raw = with_header(block, len(block.records) + 1, size_of(block, start), start)
    return spoiled(container, number, raw)


@way("one record less in the count")
def _count_down(container: Container, source: random.Random) -> Damaged:
    number, block, start = pick(container, source)
    raw = with_header(block, len(block.records) - 1, size_of(block, start), start)
    return spoiled(container, number, raw)


@way("the largest count")
def _count_huge(container: Container, source: random.Random) -> Damaged:
    number, block, start = pick(container, source)
    return spoiled(container, number, with_header(block, _HUGE, size_of(block, start), start))


@way("a count below zero")
def _count_negative(container: Container, source: random.Random) -> Damaged:
    number, block, start = pick(container, source)
    return spoiled(container, number, with_header(block, -3, size_of(block, start), start))


@way("a size too large")
def _size_up(container: Container, source: random.Random) -> Damaged:
    number, block, start = pick(container, source)
    size = size_of(block, start) + source.randint(1, BYTES)
    return spoiled(container, number, with_header(block, len(block.records), size, start))


@way("a size too small")
def _size_down(container: Container, source: random.Random) -> Damaged:
    number, block, start = pick(container, source)
    size = max(0, size_of(block, start) - source.randint(1, BYTES))
    return spoiled(container, number, with_header(block, len(block.records), size, start))


@way("the largest size")
def _size_huge(container: Container, source: random.Random) -> Damaged:
    number, block, start = pick(container, source)
    return spoiled(container, number, with_header(block, len(block.records), _HUGE, start))


@way("a size below zero")
def _size_negative(container: Container, source: random.Random) -> Damaged:
    number, block, start = pick(container, source)
    return spoiled(container, number, with_header(block, len(block.records), -9, start))


@way("a number without an end")
def _endless(container: Container, source: random.Random) -> Damaged:
    number, block, start = pick(container, source)
    return spoiled(container, number, b"\xff" * 12 + block.raw[start:])
