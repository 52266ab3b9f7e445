"""What a watch writes down before it works on it: the batches of event files."""

from __future__ import annotations

import datetime

from pydantic import BaseModel, ConfigDict


class BatchFile(BaseModel):
    """An event file as it was found.

    Args:
        path: The file.
        bytes: How many bytes it had; it may have grown since.
        sha256: Their SHA-256, hexadecimal.
        crc: Their CRC-32, which those that are read must have.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    bytes: int
    sha256: str
    crc: int


class Batch(BaseModel):
    """Event files that are folded in together.

    Args:
        number: Its place in order, from 1 on; 0 is the start, before any file.
        at: When it was found, by the watch's clock (local time, without a zone).
        files: The files, sorted by path.
        silent: Whether what they change was said before, on the last night's snapshot.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: int
    at: datetime.datetime
    files: tuple[BatchFile, ...] = ()
    silent: bool = False
