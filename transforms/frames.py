"""Frames: the element of every collection is a polars frame of many rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import polars as pl

Frame: TypeAlias = pl.DataFrame

# Larger frames cost less a row, until a few of them no longer fit in the processor's cache.
FRAME_ROWS = 32_768


def concat_frames(frames: Sequence[Frame], schema: pl.Schema) -> Frame:
    """Frames of one schema as one frame in one chunk.

    Args:
        frames: Frames; none is allowed.
        schema: Their columns and dtypes.

    Returns:
        All rows in order.
    """
    return pl.concat([schema.to_frame(), *frames], rechunk=True)
