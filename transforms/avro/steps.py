"""Steps over encoded values: from where a value starts to where the next one does.

An invalid value is noted as a flaw if it is clear where the next one starts; otherwise, a step
raises `BrokenError`.
"""

from __future__ import annotations

from collections.abc import Callable

from transforms.avro.bounds import ITEMS
from transforms.avro.parse import Field, Type
from transforms.avro.varint import read_varint, varint

Step = Callable[[bytes, int], int]
"""Goes from where a value starts to where the next one does."""

OVERRUN = "a length past the block's end"
_WIDTHS = {"float": 4, "double": 8}
_INT = 1 << 31
_GUESSES = 8
_NEGATIVE = "a length below zero"


class BrokenError(Exception):
    """Bytes after which it isn't known where the next value starts."""


class BranchError(BrokenError):
    """A branch that the union doesn't have; the value after it may still be there.

    Args:
        at: Its place.
        codes: The branches that it may have been, encoded.
    """

    def __init__(self, at: int, codes: tuple[bytes, ...]) -> None:
        super().__init__("a branch that the union does not have")
        self.at = at
        self.codes = codes


class TooManyError(BrokenError):
    """An array or map has more items than allowed."""


class Steps:
    """Makes steps, which share these notes.

    Attributes:
        flaws: What is wrong with values passed since this was last cleared.
        cuts: The places of values to drop, since this was last cleared.
        empties: Items without bytes passed so far.
    """

    def __init__(self) -> None:
        self.flaws: list[str] = []
        self.cuts: list[tuple[int, int]] = []
        self.empties = 0
        self._steps: dict[int, Step] = {}
        self._types: list[Type] = []

    def of_field(self, field: Field) -> Step:
        """Make the step over a field of a record; if the field is dropped, note its place."""
        step = self._step(field.type)
        if not field.dropped:
            return step
        cuts = self.cuts

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

        # A recursive type is needed before it is complete.
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
        flaws = self.flaws

        def boolean(data: bytes, at: int) -> int:
            if data[at] > 1:
                flaws.append("a boolean that is neither true nor false")
            return at + 1

        return boolean

    def _number(self, longest: int, is_int: bool, narrow: bool) -> Step:
        flaws = self.flaws

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
        flaws = self.flaws

        def text(data: bytes, at: int) -> int:
            length = data[at]
            if length < 0x80:
                if length & 1:
                    raise BrokenError(_NEGATIVE)
                length >>= 1
                at += 1
            else:
                length, at = _read(data, at)
                if length < 0:
                    raise BrokenError(_NEGATIVE)
            end = at + length
            if end > len(data):
                raise BrokenError(OVERRUN)
            if is_text:
                try:
                    data[at:end].decode()
                except UnicodeDecodeError:
                    flaws.append("text that is not UTF-8")
            return end

        return text

    def _enum(self, avro: Type) -> Step:
        flaws, symbols, taken = self.flaws, len(avro.symbols), avro.taken

        def enum(data: bytes, at: int) -> int:
            value, end = _read(data, at)
            if not 0 <= value < symbols:
                flaws.append("a number without a symbol")
            elif taken and not taken[value]:
                flaws.append("a symbol that is not known")
            return end

        return enum

    def _union(self, avro: Type) -> Step:
        flaws = self.flaws
        steps = [self._step(branch) for branch in avro.branches]
        unfit = [branch.unfit for branch in avro.branches]
        # Values before null, which fits nearly everywhere.
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
                raise BranchError(at, guesses)

            return pair

        def union(data: bytes, at: int) -> int:
            branch, end = _read(data, at)
            if not 0 <= branch < len(steps):
                raise BranchError(at, guesses)
            if unfit[branch]:
                flaws.append("a value of an unexpected type")
            return steps[branch](data, end)

        return union

    def _struct(self, avro: Type) -> Step:
        steps = [self.of_field(field) for field in avro.fields]

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
                    raise TooManyError(f"more than {ITEMS:,} items in one array or map")
                if key is None and least == 0:
                    self.empties += count
                    if self.empties > ITEMS:
                        raise TooManyError(f"more than {ITEMS:,} empty items")
                elif count > len(data) - at:
                    raise BrokenError(OVERRUN)
                else:
                    for _ in range(count):
                        if key is not None:
                            at = key(data, at)
                        at = item(data, at)
                if stop is not None and at != stop:
                    raise BrokenError("a list with a wrong length")

        return items


def _read(data: bytes, at: int) -> tuple[int, int]:
    byte = data[at]
    if byte < 0x80:
        return (byte >> 1) ^ -(byte & 1), at + 1
    found = read_varint(data, at)
    if found is None:
        raise BrokenError("a number without an end")
    return found


def shortest(avro: Type) -> int:
    """Return the fewest bytes that a value of a type takes; a lower bound for recursive types."""
    return _shortest(avro, {})


def _shortest(avro: Type, known: dict[int, int]) -> int:
    if id(avro) in known:
        return known[id(avro)]
    # A recursive type takes at least a byte, or it would never end.
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
