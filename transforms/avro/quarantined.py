"""Quarantined parts of files: what couldn't be read, with its reason and its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from schemas.avro import avro_schema
from transforms.avro.types import polars_schema
from transforms.frames.frame import Frame

QUARANTINED = polars_schema(avro_schema("quarantined"))
KEPT_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Unread:
    """Records that couldn't be read.

    Args:
        offset: The offset of their block in the file.
        reason: UNREADABLE_BLOCK, UNREADABLE_RECORD, or TOO_LARGE.
        count: How many records; None if that can't be known.
        field: The field at fault, if any.
        detail: What is wrong, without content.
        raw: Their bytes: a block as stored, or a record decompressed; None if there are too many to
            keep.
    """

    offset: int
    reason: str
    count: int | None
    field: str | None
    detail: str
    raw: bytes | None


def unreadable(file: str, unread: Sequence[Unread]) -> Frame:
    """Return rows for what couldn't be read in a file.

    Args:
        file: The file.
        unread: Its parts and records.

    Returns:
        One row of quarantined.avsc for each.
    """
    rows = [
        {
            "stage": "read",
            "reason": part.reason,
            "field": part.field,
            "detail": part.detail,
            "source_file": file,
            "offset": part.offset,
            "record_count": part.count,
            "raw": part.raw if part.raw is not None and len(part.raw) <= KEPT_BYTES else None,
        }
        for part in unread
    ]
    return pl.DataFrame(rows, schema=QUARANTINED)


def unreadable_file(file: str, detail: str) -> Frame:
    """Return a row for a file from which nothing could be read, not even a count.

    Args:
        file: The file.
        detail: What is wrong with it.

    Returns:
        One row of quarantined.avsc.
    """
    return unreadable(file, [Unread(0, "UNREADABLE_FILE", None, None, detail, None)])
