"""What a watch writes down before it works on it: the batches of event files."""

from __future__ import annotations

import datetime

from pydantic import BaseModel, ConfigDict


class BatchFile(BaseModel):
    """An event file as it was found."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    bytes: int


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
