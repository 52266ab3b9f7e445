"""Bounds for a block, a record, and a schema, so that a file's cost is bounded by its size.

Anything beyond a bound is quarantined with that reason, and the rest of the file is read.
"""

from __future__ import annotations

HEADER_BYTES = 16 << 20
"""The longest header, schema included."""

BLOCK_BYTES = 128 << 20
"""The longest block, both as it is stored and decompressed."""

BLOCK_RECORDS = 2_000_000
"""The most records in a block."""

RECORD_BYTES = 16 << 20
"""The longest record, encoded."""

ITEMS = 1_000_000
"""The most items in one array or map."""

GROWTH = 200
"""A block may decompress to this many times its stored size ..."""

ALWAYS_BYTES = 16 << 20
"""... and to this size in any case."""

FRAME_BYTES = 32 << 20
"""Encoded records decoded together, unless one record is longer."""

TYPES = 10_000
"""The most types in a schema, with every name spelled out where its fields are read."""

DEPTH = 64
"""How deep types, and values of recursive types, may nest."""


def decompressed_bytes(stored: int) -> int:
    """Return the most bytes that a block of a stored size may decompress to."""
    return min(BLOCK_BYTES, max(ALWAYS_BYTES, GROWTH * stored))
