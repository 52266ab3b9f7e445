"""Check the records of a block one by one, and cut out what must not be decoded.

The fast decoder takes a block as a whole, and accepts some bytes that aren't a valid encoding. If
it fails, or can't read the writer's types, each record is walked here instead, so that an invalid
value costs only its own record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from transforms.avro.bounds import BLOCK_RECORDS, RECORD_BYTES
from transforms.avro.parse import Type
from transforms.avro.steps import (
    OVERRUN,
    BranchError,
    BrokenError,
    Step,
    Steps,
    TooManyError,
    shortest,
)
from transforms.avro.varint import read_varint

# Small, so that a signal to stop takes effect soon.
_PIECE_RECORDS = 16_384
_PIECE_BYTES = 4 << 20
# How many valid records must follow a guessed branch of a union.
_FOLLOWING = 8
_REPAIRS = 64


@dataclass(frozen=True, slots=True)
class Piece:
    """Valid records: how many, and their bytes without dropped fields."""

    count: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Bad:
    """A part of a block without any valid record.

    Args:
        start: Its start in the decompressed block.
        end: Where it ends.
        count: How many records it holds; None if that can't be known.
        reason: UNREADABLE_RECORD, UNREADABLE_BLOCK, or TOO_LARGE.
        field: The top-level field at fault, if any.
        detail: What is wrong, without content.
    """

    start: int
    end: int
    count: int | None
    reason: str
    field: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    step: Step


class Checker:
    """Walks records of one layout. It isn't thread-safe.

    Args:
        layout: The record type as stored in the file (`transforms.avro.resolve.Resolved`).
    """

    def __init__(self, layout: Type) -> None:
        self._steps = Steps()
        self._shortest = shortest(layout)
        self._layout = layout

    @cached_property
    def _parts(self) -> list[_Part]:
        return [_Part(field.name, self._steps.of_field(field)) for field in self._layout.fields]

    def walk(self, data: bytes, count: int) -> Iterator[Piece | Bad]:
        """Walk the records of a block.

        Args:
            data: The block, decompressed.
            count: How many records it claims to hold.

        Yields:
            Valid records, in small pieces, and what isn't valid, in order except for the pieces.
        """
        at = good = done = repairs = size = 0
        spans: list[bytes] = []
        self._steps.empties = 0
        while at < len(data) if self._shortest else done < count:
            if done == BLOCK_RECORDS:
                detail = f"it holds more than {BLOCK_RECORDS:,} records"
                yield Bad(at, len(data), None, "TOO_LARGE", None, detail)
                break
            self._steps.cuts.clear()
            self._steps.flaws.clear()
            try:
                end = self._record(data, at)
            except (BrokenError, IndexError, RecursionError) as error:
                repaired = None
                if isinstance(error, BranchError) and repairs < _REPAIRS:
                    repairs += 1
                    repaired = self._next_record(data, at, error)
                if repaired is None:
                    yield self._broken(data, at, error)
                    break
                yield Bad(at, repaired, 1, "UNREADABLE_RECORD", self._where(data, at), str(error))
                at, done = repaired, done + 1
                continue
            done += 1
            if self._steps.flaws or end - at > RECORD_BYTES:
                yield self._bad(data, at, end)
            else:
                record = self._cut(data, at, end)
                spans.append(record)
                good, size = good + 1, size + len(record)
                if good == _PIECE_RECORDS or size >= _PIECE_BYTES:
                    yield Piece(good, b"".join(spans))
                    spans, good, size = [], 0, 0
            at = end
        else:
            if done != count or at != len(data):
                detail = "it holds a different number of records than it says"
                yield Bad(at, at, None, "UNREADABLE_BLOCK", None, detail)
        if good:
            yield Piece(good, b"".join(spans))

    def _record(self, data: bytes, at: int) -> int:
        for part in self._parts:
            at = part.step(data, at)
        if at > len(data):
            raise BrokenError(OVERRUN)
        return at

    def _cut(self, data: bytes, at: int, end: int) -> bytes:
        if not self._steps.cuts:
            return data[at:end]
        kept = []
        for start, stop in self._steps.cuts:
            kept.append(data[at:start])
            at = stop
        kept.append(data[at:end])
        return b"".join(kept)

    def _bad(self, data: bytes, at: int, end: int) -> Bad:
        if not self._steps.flaws:
            detail = f"a record of more than {RECORD_BYTES:,} bytes"
            return Bad(at, end, 1, "TOO_LARGE", None, detail)
        detail = self._steps.flaws[0]
        return Bad(at, end, 1, "UNREADABLE_RECORD", self._where(data, at), detail)

    def _broken(self, data: bytes, at: int, error: Exception) -> Bad:
        reason = "TOO_LARGE" if isinstance(error, TooManyError) else "UNREADABLE_BLOCK"
        if isinstance(error, RecursionError):
            detail = "values that nest too deep"
        else:
            detail = str(error) if isinstance(error, BrokenError) else OVERRUN
        return Bad(at, len(data), None, reason, self._where(data, at), detail)

    def _where(self, data: bytes, at: int) -> str | None:
        """Return the first invalid field of the record that starts here."""
        self._steps.flaws.clear()
        for part in self._parts:
            try:
                at = part.step(data, at)
            except (BrokenError, IndexError, RecursionError):
                return part.name
            if self._steps.flaws or at > len(data):
                return part.name
        return None

    def _next_record(self, data: bytes, at: int, error: BranchError) -> int | None:
        """Find where the next record starts, if one of the union's branches makes it valid."""
        found = read_varint(data, error.at)
        if found is None:
            return None
        # Records are short; only a bounded part of the rest is needed.
        rest = data[found[1] : found[1] + RECORD_BYTES]
        for code in error.codes:
            repaired = data[at : error.at] + code + rest
            shift = found[1] - error.at - len(code)
            try:
                end = place = self._record(repaired, 0)
                for _ in range(_FOLLOWING):
                    if place >= len(repaired):
                        break
                    place = self._record(repaired, place)
            except (BrokenError, IndexError, RecursionError):
                continue
            return at + end + shift
        return None
