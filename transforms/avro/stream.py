"""Read a file, or a range of it, as frames; blocks are decoded ahead and accounted for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple, TypeAlias

from transforms.avro.blocks import Block, Gap, Walk
from transforms.avro.bounds import FRAME_BYTES
from transforms.avro.decode import Decoder
from transforms.avro.header import Header
from transforms.avro.quarantined import Unread
from transforms.frames.background import Job
from transforms.frames.frame import Frame

_Step: TypeAlias = list[Frame | Unread]
_END: _Step = []
# How many unreadable parts are passed on at a time.
_UNREAD = 1_000


class Stretch(NamedTuple):
    """A stretch of a file that was read, including gaps: its bounds and its CRC-32.

    Args:
        begin: Where it begins; 0 includes the header.
        end: Where it ends.
        crc: CRC-32 of the bytes in between.
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
) -> Iterator[Frame | list[Unread] | Stretch]:
    """Read a file, or a range of it.

    Args:
        stream: The file.
        header: Its header.
        decoder: Its decoder.
        size: Its size in bytes, as listed.
        rows: The approximate number of rows in a frame.
        start: Where the range starts.
        stop: Where the range stops; None for the end of the file.

    Yields:
        Frames, what couldn't be read, and last the stretch that they account for.
    """
    walk = Walk(stream, header, size)
    held: list[Block] = []
    gaps: list[Unread] = []
    records = held_bytes = 0
    ahead: _Ahead | None = None
    for part in walk.parts(start, stop):
        if isinstance(part, Gap):
            gaps.append(Unread(part.offset, part.reason, None, None, part.detail, part.raw))
            if len(gaps) == _UNREAD:
                yield gaps
                gaps = []
            continue
        held.append(part)
        records += part.count
        held_bytes += len(part.data)
        if records >= rows or held_bytes >= FRAME_BYTES:
            # One frame is decoded while the previous one is processed.
            before, ahead = ahead, _Ahead(decoder.read(held))
            held, records, held_bytes = [], 0, 0
            if before is not None:
                yield from _slices(before, rows)
    if ahead is not None:
        yield from _slices(ahead, rows)
    if held:
        half = (len(held) + 1) // 2
        there = _Ahead(decoder.read(held[half:]))
        yield from _slices(_steps(decoder.read(held[:half])), rows)
        yield from _slices(there, rows)
    if gaps:
        yield gaps
    yield Stretch(walk.begin, walk.offset, walk.crc)


class _Ahead:
    """A decoder's results; only the next step runs in the background."""

    def __init__(self, parts: Iterator[Frame | Unread]) -> None:
        self.steps = _steps(parts)
        self.coming: Job[_Step] = Job(next, self.steps, _END)

    def __iter__(self) -> Iterator[_Step]:
        while step := self.coming.now():
            self.coming = Job(next, self.steps, _END)
            yield step


def _steps(parts: Iterator[Frame | Unread]) -> Iterator[_Step]:
    """Return each frame, with what couldn't be read before it."""
    step: _Step = []
    for part in parts:
        step.append(part)
        if isinstance(part, Frame) or len(step) == _UNREAD:
            yield step
            step = []
    if step:
        yield step


def _slices(steps: Iterable[_Step], rows: int) -> Iterator[Frame | list[Unread]]:
    for step in steps:
        if unread := [part for part in step if isinstance(part, Unread)]:
            yield unread
        for part in step:
            if isinstance(part, Unread) or not part.height:
                continue
            # Some writers put a whole file into one block.
            yield from part.iter_slices(rows) if part.height > 2 * rows else [part]
