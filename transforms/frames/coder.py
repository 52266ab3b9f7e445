"""How Beam carries a frame from one worker to another."""

from __future__ import annotations

import io

import apache_beam as beam
import polars as pl

from transforms.frames.frame import Frame


class FrameCoder(beam.coders.Coder):
    """Encodes a frame as an Arrow IPC stream."""

    def encode(self, value: Frame) -> bytes:
        """A frame as bytes."""
        buffer = io.BytesIO()
        # The newest form of text is a view of shared buffers, which are written whole: a row picked
        # from a long frame would carry the text of all its rows.
        value.write_ipc_stream(buffer, compression="lz4", compat_level=pl.CompatLevel.oldest())
        return buffer.getvalue()

    def decode(self, encoded: bytes) -> Frame:
        """Bytes as a frame."""
        return pl.read_ipc_stream(io.BytesIO(encoded))

    def estimate_size(self, value: Frame) -> int:
        """About how many bytes a frame takes; Beam asks often, and encoding would tell no more."""
        return int(value.estimated_size())

    def is_deterministic(self) -> bool:
        """Equal frames may differ in chunks, so the bytes are no key."""
        return False


def compact(frame: Frame) -> Frame:
    """The same rows without the text of others, which rows picked from a frame keep in memory.

    Args:
        frame: Rows that are to be held while many frames pass by.

    Returns:
        An equal frame.
    """
    coder = FrameCoder()
    return coder.decode(coder.encode(frame))


beam.coders.registry.register_coder(pl.DataFrame, FrameCoder)
