"""The batches of event files, which a watch records before it processes them."""

from __future__ import annotations

import datetime

from pydantic import BaseModel, ConfigDict


class BatchFile(BaseModel):
    """An event file as it was found.

    Args:
        path: The file.
        bytes: Its number of bytes then; it may have grown since.
        sha256: Their SHA-256, in hexadecimal.
        crc: Their CRC-32, which the bytes that are read must match.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    bytes: int
    sha256: str
    crc: int


class Batch(BaseModel):
    """Event files that are applied together.

    Args:
        number: Its number, from 1; 0 is the start, before any file.
        at: When it was found, by the watch's clock (without a time zone).
        files: The files, sorted by path.
        silent: Whether their changes were reported before, on last night's snapshot.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: int
    at: datetime.datetime
    files: tuple[BatchFile, ...] = ()
    silent: bool = False
