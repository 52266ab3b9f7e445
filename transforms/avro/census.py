"""Census: counting bytes proves that a block encodes the values decoded from it, and no more.

polars takes some bytes for values that encode none: any odd branch of a union, any byte for a
boolean, a number wider than its type. To encode the values again and compare would find them, at
the cost of more than half a decoding. To count will do.

Each value was decoded from at least as many bytes as its shortest encoding has. So where the
shortest encodings of all values have as many bytes together as the block, each value was decoded
from just so many, and none is left over. If the length is right, only these bytes can be wrong:

- of a false boolean, which is 0: any other but 1 passes for it;
- of a union's branch, 2 where it is not 0: 1 and 3 to 127 pass for it;
- the last of five bytes of an int, below 16: 16 to 127 pass, of numbers that are no int;
- the last of ten bytes of a long, 1: odd ones up to 127 pass, of numbers that are no long.

Each wrong one of the first kind takes a zero from the block, and none of any kind brings one. So
where the zeros are as many as they should be, the first kind is ruled out. Then each of the second
takes a two, and of those left none brings one; each of the third takes a byte below 16; each of the
fourth takes a one. The last two are counted only where there are numbers as long as that.

A list of 64 items or more may come in parts that take no more bytes than the whole. That is valid,
but spoils the counting: where there is one, nothing is proven.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas.avro import Schema
from transforms.avro.types import kind_of, value_type
from transforms.frames.frame import Frame

_BELOW = 16
# So many items of a list, and their number has one byte.
_SHORT_LIST = 64
# From here on a number has a second byte.
_SECOND_BYTE = 128
_DTYPES = {"int": np.int32, "long": np.int64, "float": np.float32, "double": np.float64}
# An int has five bytes from here on, and a long ten.
_LONG_NUMBER = {4: 1 << 28, 8: 1 << 63}


class _UnprovenError(Exception):
    """Values of which the counts say nothing."""


def is_encoding_of(data: bytes, frame: Frame, schema: Schema) -> bool:
    """Whether bytes are the encoding of the records that polars has decoded from them.

    Args:
        data: The bytes.
        frame: The records, as decoded from the bytes and from no others.
        schema: The schema under which they were decoded, of all its columns.

    Returns:
        True where they certainly are; False where they are not, and where nothing is proven: of
        numbers longer than need be, and of lists in parts or of 64 items or more.
    """
    columns = [(frame[f["name"]].to_arrow(), f["type"]) for f in schema["fields"]]
    content = np.frombuffer(data, np.uint8)
    try:
        expected = _Count.of(columns, content, every=False)
        return expected is not None and (
            not expected.has_long_numbers or _Count.of(columns, content, every=True) is not None
        )
    except _UnprovenError:
        return False


class _Count:
    """Counts the bytes of values' shortest encodings.

    Args:
        every: Whether to count every kind of byte, as long numbers need it.

    Attributes:
        counts: How many bytes there are: all, those that are 0 and 2, and, if wanted, those that
            are 1 and below 16.
        has_long_numbers: Whether any number takes as many bytes as those of its type may.
    """

    def __init__(self, *, every: bool) -> None:
        self.every = every
        self.counts = [0, 0, 0, 0, 0]
        self.has_long_numbers = False

    @classmethod
    def of(
        cls,
        columns: Sequence[tuple[pa.Array, Any]],
        content: npt.NDArray[np.uint8],
        *,
        every: bool,
    ) -> _Count | None:
        """The count of columns, where it is that of the bytes; else None."""
        expected, found = cls(every=every), cls(every=every)
        for items, avro in columns:
            expected.add_items(items, avro)
        found.add_bytes(content)
        return expected if expected.counts == found.counts else None

    def add_items(self, items: pa.Array, avro: Any) -> None:
        """Add values that may be null."""
        if not isinstance(avro, list):
            self._add_values(items, avro)
            return
        nulls = items.null_count
        null, given = (0, 2) if avro[0] == "null" else (2, 0)
        self._add_same(null, nulls)
        if nulls < len(items):
            self._add_same(given, len(items) - nulls)
            self._add_values(items, value_type(avro))

    def _add_values(self, items: pa.Array, avro: Any) -> None:
        """Add those values that are not null."""
        kind = kind_of(avro)
        if kind == "boolean":
            self._add_same(0, items.false_count)
            self._add_same(1, items.true_count)
        elif kind in ("int", "long"):
            self._add_numbers(_zigzag(_numbers(items, kind)))
        elif kind in ("float", "double"):
            self.add_bytes(_numbers(items, kind).view(np.uint8))
        elif kind in ("string", "bytes", "fixed"):
            lengths, content = _lengths(items)
            if kind != "fixed":
                self._add_numbers(2 * lengths)
            self.add_bytes(np.frombuffer(items.buffers()[2] or b"", np.uint8)[content])
        elif kind == "array":
            self._add_lists(items, avro)
        else:
            records = items.drop_null() if items.null_count else items
            for place, field in enumerate(avro["fields"]):
                self.add_items(records.field(place), field["type"])

    def _add_lists(self, items: pa.Array, avro: Any) -> None:
        """Add lists: the number of items, the items, and 0 at the end of what is not empty."""
        lengths, content = _lengths(items)
        if lengths.max(initial=0) >= _SHORT_LIST:
            raise _UnprovenError
        self._add_numbers(2 * lengths)
        self._add_same(0, int(np.count_nonzero(lengths)))
        self.add_items(items.values[content], avro["items"])

    def _add_numbers(self, zigzag: npt.NDArray[Any]) -> None:
        """Add numbers, each byte of them in turn, the lowest first."""
        most = int(zigzag.max(initial=0))
        if most >= _LONG_NUMBER[zigzag.itemsize]:
            self.has_long_numbers = True
        while most >= _SECOND_BYTE:
            # Those that go on have their highest bit set in this byte, and are none that count.
            self.add_bytes(zigzag)
            zigzag = zigzag[zigzag >= _SECOND_BYTE] >> 7
            most >>= 7
        self.add_bytes(zigzag.astype(np.uint8))

    def _add_same(self, byte: int, times: int) -> None:
        """Add one byte below 16, so many times."""
        self.counts[0] += times
        if byte in (0, 2):
            self.counts[1 if byte == 0 else 2] += times
        if self.every:
            self.counts[3] += times if byte == 1 else 0
            self.counts[4] += times

    def add_bytes(self, values: npt.NDArray[Any]) -> None:
        """Add bytes, or numbers that stand for their lowest byte."""
        self.counts[0] += len(values)
        least = int(values.min(initial=_BELOW))
        for place, byte in ((1, 0), (2, 2), (3, 1)):
            if least <= byte and (self.every or place < 3):
                self.counts[place] += int(np.count_nonzero(values == byte))
        if self.every and least < _BELOW:
            self.counts[4] += int(np.count_nonzero(values < _BELOW))


def _numbers(items: pa.Array, kind: str) -> npt.NDArray[Any]:
    """Numbers that are not null."""
    every = np.frombuffer(items.buffers()[1], _DTYPES[kind])[items.offset :][: len(items)]
    return every[_is_given(items)] if items.null_count else every


def _lengths(items: pa.Array) -> tuple[npt.NDArray[np.uint64], slice]:
    """The lengths of texts or lists that are not null, and where in the values they stand."""
    offsets = np.frombuffer(items.buffers()[1], np.int64)[items.offset :][: len(items) + 1]
    content = slice(int(offsets[0]), int(offsets[-1]))
    lengths = offsets[1:] - offsets[:-1]
    if items.null_count:
        lengths = lengths[_is_given(items)]
        if lengths.sum() != content.stop - content.start:
            raise _UnprovenError
    return lengths.view(np.uint64), content


def _is_given(items: pa.Array) -> npt.NDArray[np.bool_]:
    """Which values are not null; pyarrow's own function would load all of its kernels first."""
    bits = np.frombuffer(items.buffers()[0], np.uint8)
    some = np.unpackbits(bits, count=items.offset + len(items), bitorder="little")
    return some[items.offset :].view(np.bool_)


def _zigzag(numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Numbers as Avro stores them: small ones of either sign as small ones."""
    bits = 8 * numbers.itemsize
    return ((numbers << 1) ^ (numbers >> (bits - 1))).view(f"u{numbers.itemsize}")
