"""Avro files of which it is known which record stands where, and ways to damage them.

A trial builds a file, damages it with a seed, has it read, and compares:

    container = build(schema, rows, "deflate", block_rows=10)
    damaged = WAYS["flip a bit"](container, random.Random(seed))
    wrong = unmet(damaged, read(damaged.content), reported=...)

`unmet` names what the reader owes and did not give. Only snappy blocks have a checksum (xz, bzip2
and some zstandard streams bring their own), so a flipped bit may stay unseen. Then a value may
differ, an id too, but there are as many records as before.
"""

from __future__ import annotations

import bz2
import io
import lzma
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cramjam
import fastavro
from fastavro.schema import expand_schema

from schemas.avro import Schema
from transforms.avro.blocks import write_block, write_header
from transforms.avro.codecs import compress
from transforms.avro.varint import varint

SYNC = bytes(range(200, 216))
_HUGE = (1 << 63) - 1
_BYTES = 40


@dataclass(frozen=True)
class Record:
    """One record: its id, its bytes, and where each field's value stands in them.

    Args:
        id: The value of the id field.
        fields: The encoded value of each field, in the order of the schema.
    """

    id: str
    fields: dict[str, bytes]

    @property
    def data(self) -> bytes:
        """The record's bytes."""
        return b"".join(self.fields.values())


@dataclass(frozen=True)
class StoredBlock:
    """One block: its records, and its bytes as they go into the file."""

    records: tuple[Record, ...]
    raw: bytes

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its records."""
        return tuple(record.id for record in self.records)


@dataclass(frozen=True)
class Container:
    """An Avro file, block by block.

    Args:
        schema: Its schema.
        codec: Its codec.
        header: Its header's bytes.
        blocks: Its blocks.
    """

    schema: Schema
    codec: str
    header: bytes
    blocks: tuple[StoredBlock, ...]

    @property
    def content(self) -> bytes:
        """The whole file."""
        return self.header + b"".join(block.raw for block in self.blocks)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all records, in order."""
        return tuple(each for block in self.blocks for each in block.ids)

    def offset(self, number: int) -> int:
        """Where a block starts in the file."""
        return len(self.header) + sum(len(block.raw) for block in self.blocks[:number])

    def stored(self, records: Sequence[Record], count: int | None = None) -> StoredBlock:
        """A block of records, as this file stores one."""
        data = compress(self.codec, b"".join(record.data for record in records))
        raw = write_block(len(records) if count is None else count, data, SYNC)
        return StoredBlock(tuple(records), raw)

    def put(self, number: int, *blocks: StoredBlock) -> Container:
        """The file with a block replaced."""
        return replace(self, blocks=(*self.blocks[:number], *blocks, *self.blocks[number + 1 :]))


@dataclass(frozen=True)
class Damaged:
    """A damaged file, and what a reader owes all the same.

    Args:
        content: Its bytes.
        ids: The ids in it, as often as they stand there whole or damaged.
        may_lose: The ids that need not be read.
        may_change: The ids whose values may differ, unseen.
        seen: Whether the damage must be reported.
    """

    content: bytes
    ids: tuple[str, ...]
    may_lose: frozenset[str] = frozenset()
    may_change: frozenset[str] = frozenset()
    seen: bool = False


Way = Callable[[Container, random.Random], Damaged]
WAYS: dict[str, Way] = {}


def build(
    schema: Schema,
    rows: Sequence[dict[str, Any]],
    codec: str = "null",
    block_rows: int = 10,
    id_field: str = "case_id",
) -> Container:
    """Build a file.

    Args:
        schema: A record schema; its id field is a text.
        rows: The records; those to be damaged in a value need a text and a boolean in it.
        codec: One of `CODECS`.
        block_rows: Records in a block.
        id_field: The field that tells records apart.

    Returns:
        The file.
    """
    fields = {f["name"]: fastavro.parse_schema(f["type"]) for f in expand_schema(schema)["fields"]}
    records = [
        Record(
            row[id_field],
            {name: _encoded(avro, row.get(name)) for name, avro in fields.items()},
        )
        for row in rows
    ]
    empty = Container(schema, codec, write_header(schema, SYNC, codec), ())
    parts = [records[at : at + block_rows] for at in range(0, len(records), block_rows)]
    return replace(empty, blocks=tuple(empty.stored(part) for part in parts))


def unmet(damaged: Damaged, read: Sequence[str | None], *, reported: bool) -> list[str]:
    """What a reader owes and did not give.

    Args:
        damaged: The damaged file.
        read: The ids that were read from it.
        reported: Whether the file was reported as damaged.

    Returns:
        What is wrong, in words; nothing if all is well.
    """
    wrong = []
    owed = Counter(each for each in damaged.ids if each not in damaged.may_lose)
    if missing := owed - Counter(each for each in read if each is not None):
        wrong.append(f"records outside the damage are missing: {sorted(missing)[:5]}")
    if damaged.seen and not reported:
        wrong.append("the damage is not reported")
    there = sum(each in damaged.ids for each in read)
    count = len(read) if damaged.may_change else there
    if count < len(damaged.ids) and not reported:
        wrong.append("records are missing, and nothing is reported")
    if not damaged.may_change and (strange := {*read} - {*damaged.ids, None}):
        wrong.append(f"records were read that nobody wrote: {len(strange)}")
    return wrong


def _encoded(avro: Any, value: Any) -> bytes:
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, avro, value)
    return buffer.getvalue()


def _way(name: str) -> Callable[[Way], Way]:
    def register(way: Way) -> Way:
        WAYS[name] = way
        return way

    return register


def _spoiled(
    container: Container, number: int, raw: bytes, *, seen: bool = True, changes: bool = False
) -> Damaged:
    """A file with the bytes of one block replaced: it costs no other block."""
    block = container.blocks[number]
    spoiled = container.put(number, StoredBlock(block.records, raw))
    ids = frozenset(block.ids)
    may_change = ids if changes else frozenset[str]()
    return Damaged(spoiled.content, container.ids, ids, may_change, seen)


def _pick(container: Container, source: random.Random) -> tuple[int, StoredBlock, int]:
    """A block, and where its records' bytes start in it."""
    number = source.randrange(len(container.blocks))
    block = container.blocks[number]
    data = compress(container.codec, b"".join(record.data for record in block.records))
    return number, block, len(varint(len(block.records)) + varint(len(data)))


def _with_header(block: StoredBlock, count: int, size: int, start: int) -> bytes:
    return varint(count) + varint(size) + block.raw[start:]


def _size(block: StoredBlock, start: int) -> int:
    return len(block.raw) - start - len(SYNC)


@_way("flip a bit")
def _flip_bit(container: Container, source: random.Random) -> Damaged:
    number, block, start = _pick(container, source)
    raw = bytearray(block.raw)
    raw[source.randrange(start, len(raw) - len(SYNC))] ^= 1 << source.randrange(8)
    return _spoiled(container, number, bytes(raw), seen=False, changes=True)


@_way("change a byte")
def _change_byte(container: Container, source: random.Random) -> Damaged:
    number, block, start = _pick(container, source)
    raw = bytearray(block.raw)
    raw[source.randrange(start, len(raw) - len(SYNC))] = source.randrange(256)
    return _spoiled(container, number, bytes(raw), seen=False, changes=True)


@_way("noise over the records")
def _noise(container: Container, source: random.Random) -> Damaged:
    number, block, start = _pick(container, source)
    noise = source.randbytes(_size(block, start))
    return _spoiled(container, number, block.raw[:start] + noise + SYNC)


@_way("zeros over the records")
def _zeros(container: Container, source: random.Random) -> Damaged:
    number, block, start = _pick(container, source)
    raw = block.raw[:start] + bytes(_size(block, start)) + SYNC
    # Zeros are records too, where every field may be null or empty.
    return _spoiled(container, number, raw, seen=False, changes=True)


@_way("zeros over a sector")
def _sector(container: Container, source: random.Random) -> Damaged:
    content = bytearray(container.content)
    start = source.randrange(len(container.header), len(content))
    stop = min(len(content), start + 512)
    content[start:stop] = bytes(stop - start)
    lost = _touched(container, start, stop)
    return Damaged(bytes(content), container.ids, lost, lost)


def _touched(container: Container, start: int, stop: int) -> frozenset[str]:
    """The ids of the blocks that a stretch touches, and of the one behind a touched marker."""
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


@_way("one record more in the count")
def _count_up(container: Container, source: random.Random) -> Damaged:
    number, block, start = _pick(container, source)
    raw = _with_header(block, len(block.records) + 1, _size(block, start), start)
    return _spoiled(container, number, raw)


@_way("one record less in the count")
def _count_down(container: Container, source: random.Random) -> Damaged:
    number, block, start = _pick(container, source)
    raw = _with_header(block, len(block.records) - 1, _size(block, start), start)
    return _spoiled(container, number, raw)


@_way("the largest count")
def _count_huge(container: Container, source: random.Random) -> Damaged:
    number, block, start = _pick(container, source)
    return _spoiled(container, number, _with_header(block, _HUGE, _size(block, start), start))


@_way("a count below zero")
def _count_negative(container: Container, source: random.Random) -> Damaged:
    number, block, start = _pick(container, source)
    return _spoiled(container, number, _with_header(block, -3, _size(block, start), start))


@_way("a size too large")
def _size_up(container: Container, source: random.Random) -> Damaged:
    number, block, start = _pick(container, source)
    size = _size(block, start) + source.randint(1, _BYTES)
    return _spoiled(container, number, _with_header(block, len(block.records), size, start))


@_way("a size too small")
def _size_down(container: Container, source: random.Random) -> Damaged:
    number, block, start = _pick(container, source)
    size = max(0, _size(block, start) - source.randint(1, _BYTES))
    return _spoiled(container, number, _with_header(block, len(block.records), size, start))


@_way("the largest size")
def _size_huge(container: Container, source: random.Random) -> Damaged:
    number, block, start = _pick(container, source)
    return _spoiled(container, number, _with_header(block, len(block.records), _HUGE, start))


@_way("a size below zero")
def _size_negative(container: Container, source: random.Random) -> Damaged:
    number, block, start = _pick(container, source)
    return _spoiled(container, number, _with_header(block, len(block.records), -9, start))


@_way("a number without an end")
def _endless(container: Container, source: random.Random) -> Damaged:
    number, block, start = _pick(container, source)
    return _spoiled(container, number, b"\xff" * 12 + block.raw[start:])


@_way("a bit of the marker")
def _marker_bit(container: Container, source: random.Random) -> Damaged:
    number, block, _ = _pick(container, source)
    raw = bytearray(block.raw)
    raw[-source.randint(1, len(SYNC))] ^= 1 << source.randrange(8)
    return _spoiled(container, number, bytes(raw))


@_way("noise over the marker")
def _marker_noise(container: Container, source: random.Random) -> Damaged:
    number, block, _ = _pick(container, source)
    raw = block.raw[: -len(SYNC)] + source.randbytes(len(SYNC))
    return _spoiled(container, number, raw)


@_way("cut within a block")
def _cut(container: Container, source: random.Random) -> Damaged:
    number, block, _ = _pick(container, source)
    place = container.offset(number) + source.randint(1, len(block.raw) - 1)
    lost = frozenset(each for block in container.blocks[number:] for each in block.ids)
    return Damaged(container.content[:place], container.ids, lost, seen=True)


@_way("bytes put into the records")
def _insert(container: Container, source: random.Random) -> Damaged:
    number, block, start = _pick(container, source)
    place = source.randrange(start, len(block.raw) - len(SYNC) + 1)
    raw = block.raw[:place] + source.randbytes(source.randint(1, _BYTES)) + block.raw[place:]
    return _spoiled(container, number, raw)


@_way("bytes taken out of the records")
def _delete(container: Container, source: random.Random) -> Damaged:
    number, block, start = _pick(container, source)
    end = len(block.raw) - len(SYNC)
    place = source.randrange(start, end)
    raw = block.raw[:place] + block.raw[min(end, place + source.randint(1, _BYTES)) :]
    return _spoiled(container, number, raw)


@_way("noise between blocks")
def _between(container: Container, source: random.Random) -> Damaged:
    number, block, _ = _pick(container, source)
    # Behind noise a reader finds the next marker, which is the end of the next block.
    noise = source.randbytes(source.randint(1, _BYTES))
    return _spoiled(container, number, noise + block.raw)


@_way("noise at the end")
def _behind(container: Container, source: random.Random) -> Damaged:
    content = container.content + source.randbytes(source.randint(1, _BYTES))
    return Damaged(content, container.ids, seen=True)


@_way("a block twice")
def _twice(container: Container, source: random.Random) -> Damaged:
    number, block, _ = _pick(container, source)
    twice = container.put(number, block, block)
    return Damaged(twice.content, twice.ids)


@_way("two blocks changed over")
def _swap(container: Container, source: random.Random) -> Damaged:
    blocks = list(container.blocks)
    source.shuffle(blocks)
    shuffled = replace(container, blocks=tuple(blocks))
    return Damaged(shuffled.content, shuffled.ids)


@_way("empty blocks")
def _empty(container: Container, source: random.Random) -> Damaged:
    number, block, _ = _pick(container, source)
    nothing = StoredBlock((), write_block(0, b"", SYNC))
    more = container.put(number, *[nothing] * source.randint(1, 50), block)
    return Damaged(more.content, container.ids)


@_way("bytes behind what is compressed")
def _trailing(container: Container, source: random.Random) -> Damaged:
    number, block, start = _pick(container, source)
    data = block.raw[start : -len(SYNC)] + source.randbytes(source.randint(1, _BYTES))
    raw = write_block(len(block.records), data, SYNC)
    return _spoiled(container, number, raw, changes=container.codec == "null")


@_way("a block in two frames")
def _two_frames(container: Container, source: random.Random) -> Damaged:
    number, block, _ = _pick(container, source)
    data = b"".join(record.data for record in block.records)
    half = source.randint(0, len(data))
    frames = b"".join(_frame(container.codec, part) for part in (data[:half], data[half:]))
    if not frames:
        # Its codec has no frames: two streams are not what a block holds.
        return Damaged(container.content, container.ids)
    two = StoredBlock(block.records, write_block(len(block.records), frames, SYNC))
    return Damaged(container.put(number, two).content, container.ids)


def _frame(codec: str, data: bytes) -> bytes:
    if codec == "zstandard":
        return bytes(cramjam.zstd.compress(data))
    if codec == "bzip2":
        return bz2.compress(data)
    return lzma.compress(data) if codec == "xz" else b""


Spoil = Callable[[bytes], bytes | None]


def _value(container: Container, source: random.Random, kind: str, spoil: Spoil) -> Damaged:
    """A file in which one value of one record is no valid encoding; it costs that record alone."""
    number, block, _ = _pick(container, source)
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


@_way("a text that is not UTF-8")
def _latin(container: Container, source: random.Random) -> Damaged:
    # A branch, a length of one byte, and the text.
    return _value(
        container, source, "string", lambda data: data[:-1] + b"\xe9" if len(data) > 2 else None
    )


@_way("a boolean that is neither")
def _neither(container: Container, source: random.Random) -> Damaged:
    return _value(
        container, source, "boolean", lambda data: b"\x02\x02" if len(data) == 2 else None
    )


@_way("a branch that a union does not have")
def _branch(container: Container, source: random.Random) -> Damaged:
    return _value(
        container, source, "boolean", lambda data: b"\x0c" + data[1:] if len(data) == 2 else None
    )
