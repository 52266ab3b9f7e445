"""Check the records of a block one by one, and cut out what must not be decoded.

The fast decoder takes a block as a whole, and accepts some bytes that aren't a valid encoding. If
it fails, or can't read the writer's types, each record is walked here instead, so that an invalid
value costs only its own record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from transforms.avro.bounds import BLOCK_RECORDS, ITEMS, RECORD_BYTES
from transforms.avro.parse import Field, Type
from transforms.avro.varint import read_varint, varint

Step = Callable[[bytes, int], int]
"""From the place of a value to the place behind it."""

_WIDTHS = {"float": 4, "double": 8}
_INT = 1 << 31
# A piece is small, so that an interrupt takes effect soon.
_PIECE_RECORDS = 16_384
_PIECE_BYTES = 4 << 20
# How many whole records must follow a guessed branch of a union.
_FOLLOWING = 8
_REPAIRS = 64
_GUESSES = 8
_NEGATIVE = "a length below zero"
_OVERRUN = "a length past the block's end"


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


class _BrokenError(Exception):
    """Bytes after which nobody can say where the next value starts."""


class _BranchError(_BrokenError):
    """A branch that the union doesn't have; the value after it may still be there."""

    def __init__(self, at: int, codes: tuple[bytes, ...]) -> None:
        super().__init__("a branch that the union does not have")
        self.at = at
        self.codes = codes


class _TooLargeError(_BrokenError):
    """More items than an array or map may have."""


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
        self._steps: dict[int, Step] = {}
        self._types: list[Type] = []
        self._flaws: list[str] = []
        self._cuts: list[tuple[int, int]] = []
        self._empties = 0
        self._shortest = shortest(layout)
        self._layout = layout

    @cached_property
    def _parts(self) -> list[_Part]:
        return [_Part(field.name, self._field(field)) for field in self._layout.fields]

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
        self._empties = 0
        while at < len(data) if self._shortest else done < count:
            if done == BLOCK_RECORDS:
                detail = f"it holds more than {BLOCK_RECORDS:,} records"
                yield Bad(at, len(data), None, "TOO_LARGE", None, detail)
                break
            self._cuts.clear()
            self._flaws.clear()
            try:
                end = self._record(data, at)
            except (_BrokenError, IndexError, RecursionError) as error:
                repaired = None
                if isinstance(error, _BranchError) and repairs < _REPAIRS:
                    repairs += 1
                    repaired = self._next_record(data, at, error)
                if repaired is None:
                    yield self._broken(data, at, error)
                    break
                yield Bad(at, repaired, 1, "UNREADABLE_RECORD", self._where(data, at), str(error))
                at, done = repaired, done + 1
                continue
            done += 1
            if self._flaws or end - at > RECORD_BYTES:
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
            raise _BrokenError(_OVERRUN)
        return at

    def _cut(self, data: bytes, at: int, end: int) -> bytes:
        if not self._cuts:
            return data[at:end]
        kept = []
        for start, stop in self._cuts:
            kept.append(data[at:start])
            at = stop
        kept.append(data[at:end])
        return b"".join(kept)

    def _bad(self, data: bytes, at: int, end: int) -> Bad:
        if not self._flaws:
            detail = f"a record of more than {RECORD_BYTES:,} bytes"
            return Bad(at, end, 1, "TOO_LARGE", None, detail)
        detail = self._flaws[0]
        return Bad(at, end, 1, "UNREADABLE_RECORD", self._where(data, at), detail)

    def _broken(self, data: bytes, at: int, error: Exception) -> Bad:
        reason = "TOO_LARGE" if isinstance(error, _TooLargeError) else "UNREADABLE_BLOCK"
        if isinstance(error, RecursionError):
            detail = "values that nest too deep"
        else:
            detail = str(error) if isinstance(error, _BrokenError) else _OVERRUN
        return Bad(at, len(data), None, reason, self._where(data, at), detail)

    def _where(self, data: bytes, at: int) -> str | None:
        """Find the first field at fault in the record at an offset."""
        self._flaws.clear()
        for part in self._parts:
            try:
                at = part.step(data, at)
            except (_BrokenError, IndexError, RecursionError):
                return part.name
            if self._flaws or at > len(data):
                return part.name
        return None

    def _next_record(self, data: bytes, at: int, error: _BranchError) -> int | None:
        """Find where the next record starts, if a branch of the union makes the rest valid."""
        found = read_varint(data, error.at)
        if found is None:
            return None
        # Records are short; only a bounded part of the rest is needed.
        rest = data[found[1] : found[1] + RECORD_BYTES]
        for code in error.codes:
            mended = data[at : error.at] + code + rest
            shift = found[1] - error.at - len(code)
            try:
                end = place = self._record(mended, 0)
                for _ in range(_FOLLOWING):
                    if place >= len(mended):
                        break
                    place = self._record(mended, place)
            except (_BrokenError, IndexError, RecursionError):
                continue
            return at + end + shift
        return None

    def _field(self, field: Field) -> Step:
        step = self._step(field.type)
        if not field.dropped:
            return step
        cuts = self._cuts

        def dropped(data: bytes, at: int) -> int:
            end = step(data, at)
            cuts.append((at, end))
            return end

        return dropped

    def _step(self, avro: Type) -> Step:
        known = self._steps.get(id(avro))
        if known is not None:
            return known
        self._types.append(avro)

        # A type that contains itself is requested again before it is complete.
        def later(data: bytes, at: int) -> int:
            return self._steps[id(avro)](data, at)

        self._steps[id(avro)] = later
        made = self._made(avro)
        self._steps[id(avro)] = made
        return made

    def _made(self, avro: Type) -> Step:
        if avro.kind == "null":
            return lambda data, at: at
        if avro.kind == "boolean":
            return self._boolean()
        if avro.kind in ("int", "long"):
            return self._number(5 if avro.kind == "int" else 10, avro.kind == "int", avro.narrow)
        if avro.kind in ("float", "double", "fixed"):
            width = _WIDTHS.get(avro.kind, avro.size)
            return lambda data, at: at + width
        if avro.kind in ("bytes", "string"):
            return self._text(avro.kind == "string")
        if avro.kind == "enum":
            return self._enum(avro)
        if avro.kind == "union":
            return self._union(avro)
        if avro.kind == "record":
            return self._struct(avro)
        return self._items(avro)

    def _boolean(self) -> Step:
        flaws = self._flaws

        def boolean(data: bytes, at: int) -> int:
            if data[at] > 1:
                flaws.append("a boolean that is neither true nor false")
            return at + 1

        return boolean

    def _number(self, longest: int, is_int: bool, narrow: bool) -> Step:
        flaws = self._flaws

        def number(data: bytes, at: int) -> int:
            if data[at] < 0x80:
                return at + 1
            value, end = _read(data, at)
            if is_int and not -_INT <= value < _INT:
                flaws.append("a number wider than an int")
            elif narrow and not -_INT <= value < _INT:
                flaws.append("a number that does not fit an int")
            elif end - at == longest == 10 and data[end - 1] > 1:
                flaws.append("a number wider than a long")
            return end

        return number

    def _text(self, is_text: bool) -> Step:
        flaws = self._flaws

        def text(data: bytes, at: int) -> int:
            length = data[at]
            if length < 0x80:
                if length & 1:
                    raise _BrokenError(_NEGATIVE)
                length >>= 1
                at += 1
            else:
                length, at = _read(data, at)
                if length < 0:
                    raise _BrokenError(_NEGATIVE)
            end = at + length
            if end > len(data):
                raise _BrokenError(_OVERRUN)
            if is_text:
                try:
                    data[at:end].decode()
                except UnicodeDecodeError:
                    flaws.append("text that is not UTF-8")
            return end

        return text

    def _enum(self, avro: Type) -> Step:
        flaws, symbols, taken = self._flaws, len(avro.symbols), avro.taken

        def enum(data: bytes, at: int) -> int:
            value, end = _read(data, at)
            if not 0 <= value < symbols:
                flaws.append("a number without a symbol")
            elif taken and not taken[value]:
                flaws.append("a symbol that is not known")
            return end

        return enum

    def _union(self, avro: Type) -> Step:
        flaws = self._flaws
        steps = [self._step(branch) for branch in avro.branches]
        unfit = [branch.unfit for branch in avro.branches]
        # Values first, because a null fits almost everywhere.
        order = sorted(range(len(steps)), key=lambda index: avro.branches[index].kind == "null")
        guesses = tuple(varint(index) for index in order[:_GUESSES])
        if len(steps) == 2 and not any(unfit):
            first, second = steps

            def pair(data: bytes, at: int) -> int:
                branch = data[at]
                if branch == 0:
                    return first(data, at + 1)
                if branch == 2:
                    return second(data, at + 1)
                raise _BranchError(at, guesses)

            return pair

        def union(data: bytes, at: int) -> int:
            branch, end = _read(data, at)
            if not 0 <= branch < len(steps):
                raise _BranchError(at, guesses)
            if unfit[branch]:
                flaws.append("a value of an unexpected type")
            return steps[branch](data, end)

        return union

    def _struct(self, avro: Type) -> Step:
        steps = [self._field(field) for field in avro.fields]

        def struct(data: bytes, at: int) -> int:
            for step in steps:
                at = step(data, at)
            return at

        return struct

    def _items(self, avro: Type) -> Step:
        assert avro.items is not None
        item = self._step(avro.items)
        least = shortest(avro.items)
        key = self._text(True) if avro.kind == "map" else None

        def items(data: bytes, at: int) -> int:
            total = 0
            while True:
                count, at = _read(data, at)
                if count == 0:
                    return at
                stop = None
                if count < 0:
                    count = -count
                    size, at = _read(data, at)
                    stop = at + size
                total += count
                if total > ITEMS:
                    raise _TooLargeError(f"more than {ITEMS:,} items in one array or map")
                if key is None and least == 0:
                    self._empties += count
                    if self._empties > ITEMS:
                        raise _TooLargeError(f"more than {ITEMS:,} empty items")
                elif count > len(data) - at:
                    raise _BrokenError(_OVERRUN)
                else:
                    for _ in range(count):
                        if key is not None:
                            at = key(data, at)
                        at = item(data, at)
                if stop is not None and at != stop:
                    raise _BrokenError("a list with a wrong length")

        return items


def _read(data: bytes, at: int) -> tuple[int, int]:
    byte = data[at]
    if byte < 0x80:
        return (byte >> 1) ^ -(byte & 1), at + 1
    found = read_varint(data, at)
    if found is None:
        raise _BrokenError("a number without an end")
    return found


def shortest(avro: Type) -> int:
    """Return the fewest bytes that a value of a type takes; too few for recursive types."""
    return _shortest(avro, {})


def _shortest(avro: Type, known: dict[int, int]) -> int:
    if id(avro) in known:
        return known[id(avro)]
    # A type that contains itself takes at least a byte, or it would never end.
    known[id(avro)] = 1
    if avro.kind == "null":
        size = 0
    elif avro.kind == "union":
        size = 1 + min((_shortest(branch, known) for branch in avro.branches), default=0)
    elif avro.kind == "record":
        size = sum(_shortest(field.type, known) for field in avro.fields)
    else:
        size = _WIDTHS.get(avro.kind, avro.size if avro.kind == "fixed" else 1)
    known[id(avro)] = size
    return size
