"""One file, or a range of it, as frames: blocks are grouped, decoded ahead, and accounted for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from typing import BinaryIO, Generic, NamedTuple, TypeVar

from transforms.avro.beside import BESIDE
from transforms.avro.blocks import Block, Gap, Header, Walk
from transforms.avro.bounds import FRAME_BYTES
from transforms.avro.decode import Decoder, Unread
from transforms.frames.frame import Frame

T = TypeVar("T")


class Stretch(NamedTuple):
    """A stretch of a file that was read, blocks and gaps: its bytes and their CRC-32.

    Args:
        begin: Where it begins; 0 with the header.
        end: Where it ends.
        crc: CRC-32 of the bytes between.
    """

    begin: int
    end: int
    crc: int


def read_stream(
    stream: BinaryIO,
    header: Header,
    decoder: Decoder,
    size: int,
    rows: int,
    start: int = 0,
    stop: int | None = None,
) -> Iterator[Frame | Unread | Stretch]:
    """Read a file, or a range of it.

    Args:
        stream: The file.
        header: Its header.
        decoder: Its decoder.
        size: Its size in bytes, as listed.
        rows: About how many rows a frame has.
        start: Where the range starts.
        stop: Where it stops; None for the end of the file.

    Yields:
        Frames, what could not be read, and last the stretch that this accounts for.
    """
    walk = Walk(stream, header, size)
    held: list[Block] = []
    records = held_bytes = 0
    ahead: _Ahead[Frame | Unread] | None = None
    for part in walk.parts(start, stop):
        if isinstance(part, Gap):
            yield Unread(part.offset, part.reason, None, None, part.detail, part.raw)
            continue
        if not part.count and not part.data:
            continue
        held.append(part)
        records += part.count
        held_bytes += len(part.data)
        if records >= rows or held_bytes >= FRAME_BYTES:
            # One frame is decoded while the one before it is worked on.
            before, ahead = ahead, _Ahead(decoder.read(held))
            held, records, held_bytes = [], 0, 0
            if before is not None:
                yield from _slices(before, rows)
    if ahead is not None:
        yield from _slices(ahead, rows)
    if held:
        yield from _slices(_by_two(decoder, held), rows)
    yield Stretch(walk.begin, walk.offset, walk.crc)


class _Ahead(Generic[T]):
    """An iterator whose next item is made beside other work; there is never more than one."""

    def __init__(self, items: Iterator[T]) -> None:
        self.items = items
        self.coming: Future[T | None] = BESIDE.submit(next, items, None)

    def __iter__(self) -> Iterator[T]:
        # Who is beside may still be at other work.
        while (item := self._take()) is not None:
            self.coming = BESIDE.submit(next, self.items, None)
            yield item

    def _take(self) -> T | None:
        return next(self.items, None) if self.coming.cancel() else self.coming.result()


def _by_two(decoder: Decoder, held: Sequence[Block]) -> Iterator[Frame | Unread]:
    half = (len(held) + 1) // 2
    there = _Ahead(decoder.read(held[half:]))
    yield from decoder.read(held[:half])
    yield from there


def _slices(
    parts: _Ahead[Frame | Unread] | Iterator[Frame | Unread], rows: int
) -> Iterator[Frame | Unread]:
    # Some writers put a whole file into one block.
    for part in parts:
        if isinstance(part, Frame) and part.height > 2 * rows:
            yield from part.iter_slices(rows)
        else:
            yield part
