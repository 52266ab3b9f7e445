"""Census: count bytes to prove that a block encodes exactly the values decoded from it.

polars accepts some bytes that encode no value: any odd branch of a union, any byte for a boolean,
a number wider than its type. Encoding the values again and comparing would find them, but costs
more than half of a decoding. Counting is enough.

Each value was decoded from at least as many bytes as its shortest encoding has. So if the shortest
encodings of all values add up to the block's length, each value was decoded from exactly that many
bytes, and none are left over. If the length is right, only these bytes can be wrong:

- a false boolean, which is 0: anything but 1 passes for it;
- a union's branch, which is 2 if it isn't 0: 1 and 3 to 127 pass for it;
- the last of an int's five bytes, which is below 16: 16 to 127 pass, though no int has them;
- the last of a long's ten bytes, which is 1: odd ones up to 127 pass, though no long has them.

Each error of the first kind removes a zero from the block, and no error adds one. So if the number
of zeros is right, the first kind is ruled out. Then each of the second removes a two, and none of
those left adds one; each of the third removes a byte below 16; each of the fourth removes a one.
The last two are counted only if there are numbers that long.

A list of 64 items or more may come in parts that take no more bytes than the whole. That is valid,
but the counts don't cover it: with such a list, nothing is proven.
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
# Comparisons with more bytes than this at a time would leave the processor's cache.
_IN_CACHE = 1 << 16
# The count of a list with fewer items than this takes one byte.
_SHORT_LIST = 64
# From here on, a number takes a second byte.
_SECOND_BYTE = 128
_DTYPES = {"int": np.int32, "long": np.int64, "float": np.float32, "double": np.float64}
# From here on, an int takes five bytes, and a long ten.
_LONG_NUMBER = {4: 1 << 28, 8: 1 << 63}


class _UnprovenError(Exception):
    """The counts prove nothing about some value."""


def is_encoding_of(parts: Sequence[bytes], frame: Frame, schema: Schema) -> bool:
    """Tell whether bytes are the encoding of the records that polars decoded from them.

    Args:
        parts: The bytes, in order.
        frame: The records decoded from these bytes, and only these.
        schema: The schema under which they were decoded, with all its columns.

    Returns:
        True if they certainly are; False if they aren't, or if nothing is proven, as for numbers
        longer than necessary and lists in parts or of 64 items or more.
    """
    columns = [(frame[f["name"]].to_arrow(), f["type"]) for f in schema["fields"]]
    content = [np.frombuffer(part, np.uint8) for part in parts]
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
        every: Whether to count every kind of byte, as long numbers require.

    Attributes:
        counts: The number of bytes: all of them, zeros, twos, and, if wanted, ones and those below
            16.
        has_long_numbers: Whether any number takes as many bytes as its type allows.
    """

    def __init__(self, *, every: bool) -> None:
        self.every = every
        self.counts = [0, 0, 0, 0, 0]
        self.has_long_numbers = False

    @classmethod
    def of(
        cls,
        columns: Sequence[tuple[pa.Array, Any]],
        content: Sequence[npt.NDArray[np.uint8]],
        *,
        every: bool,
    ) -> _Count | None:
        """Return the count for columns; None if it proves nothing."""
        expected, found = cls(every=every), cls(every=every)
        for items, avro in columns:
            expected.add_items(items, avro)
        for part in content:
            found.add_bytes(part)
        return expected if expected.counts == found.counts else None

    def add_items(self, items: pa.Array, avro: Any) -> None:
        """Count values that may be null."""
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
        """Count the values that aren't null."""
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
        """Count lists: the number of items, the items, and a 0 at the end unless empty."""
        lengths, content = _lengths(items)
        if lengths.max(initial=0) >= _SHORT_LIST:
            raise _UnprovenError
        self._add_numbers(2 * lengths)
        self._add_same(0, int(np.count_nonzero(lengths)))
        self.add_items(items.values[content], avro["items"])

    def _add_numbers(self, zigzag: npt.NDArray[Any]) -> None:
        """Count numbers byte by byte, the lowest first."""
        most = int(zigzag.max(initial=0))
        if most >= _LONG_NUMBER[zigzag.itemsize]:
            self.has_long_numbers = True
        while most >= _SECOND_BYTE:
            # In a number that continues, this byte has its highest bit set, so it isn't counted.
            self.add_bytes(zigzag)
            zigzag = zigzag[zigzag >= _SECOND_BYTE] >> 7
            most >>= 7
        self.add_bytes(zigzag.astype(np.uint8))

    def _add_same(self, byte: int, times: int) -> None:
        """Count one byte below 16, a number of times."""
        self.counts[0] += times
        if byte in (0, 2):
            self.counts[1 if byte == 0 else 2] += times
        if self.every:
            self.counts[3] += times if byte == 1 else 0
            self.counts[4] += times

    def add_bytes(self, values: npt.NDArray[Any]) -> None:
        """Count bytes, or the lowest bytes of numbers."""
        for start in range(0, len(values), _IN_CACHE):
            self._add_some(values[start : start + _IN_CACHE])

    def _add_some(self, values: npt.NDArray[Any]) -> None:
        self.counts[0] += len(values)
        least = int(values.min(initial=_BELOW))
        for place, byte in ((1, 0), (2, 2), (3, 1)):
            if least <= byte and (self.every or place < 3):
                self.counts[place] += int(np.count_nonzero(values == byte))
        if self.every and least < _BELOW:
            self.counts[4] += int(np.count_nonzero(values < _BELOW))


def _numbers(items: pa.Array, kind: str) -> npt.NDArray[Any]:
    """Return the numbers that aren't null."""
    every = np.frombuffer(items.buffers()[1], _DTYPES[kind])[items.offset :][: len(items)]
    return every[_is_given(items)] if items.null_count else every


def _lengths(items: pa.Array) -> tuple[npt.NDArray[np.uint64], slice]:
    """Return the lengths of texts or lists that aren't null, and their places in the values."""
    offsets = np.frombuffer(items.buffers()[1], np.int64)[items.offset :][: len(items) + 1]
    content = slice(int(offsets[0]), int(offsets[-1]))
    lengths = offsets[1:] - offsets[:-1]
    if items.null_count:
        lengths = lengths[_is_given(items)]
        if lengths.sum() != content.stop - content.start:
            raise _UnprovenError
    return lengths.view(np.uint64), content


def _is_given(items: pa.Array) -> npt.NDArray[np.bool_]:
    """Tell which values aren't null; pyarrow's own function would load all its kernels first."""
    bits = np.frombuffer(items.buffers()[0], np.uint8)
    some = np.unpackbits(bits, count=items.offset + len(items), bitorder="little")
    return some[items.offset :].view(np.bool_)


def _zigzag(numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Encode numbers as Avro does: small ones of either sign become small ones."""
    bits = 8 * numbers.itemsize
    return ((numbers << 1) ^ (numbers >> (bits - 1))).view(f"u{numbers.itemsize}")
