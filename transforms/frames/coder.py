"""Beam's coder for frames."""

from __future__ import annotations

import io

import apache_beam as beam
import polars as pl

from transforms.frames.frame import Frame


class FrameCoder(beam.coders.Coder):
    """Encodes a frame as an Arrow IPC stream."""

    def encode(self, value: Frame) -> bytes:
        """Encode a frame as bytes."""
        buffer = io.BytesIO()
        # The newest text format uses views of shared buffers, which are written whole, so a row
        # picked from a long frame would carry the text of all rows.
        value.write_ipc_stream(buffer, compression="lz4", compat_level=pl.CompatLevel.oldest())
        return buffer.getvalue()

    def decode(self, encoded: bytes) -> Frame:
        """Decode bytes into a frame."""
        return pl.read_ipc_stream(io.BytesIO(encoded))

    def estimate_size(self, value: Frame) -> int:
        """Estimate how many bytes a frame takes. Beam asks often, so don't encode it."""
        return int(value.estimated_size())

    def is_deterministic(self) -> bool:
        """Return False: equal frames may differ in chunks, so the bytes can't be a key."""
        return False


def compact(frame: Frame) -> Frame:
    """Copy rows, without the text of other rows, which rows picked from a frame keep in memory.

    Args:
        frame: Rows to hold while many frames pass by.

    Returns:
        An equal frame.
    """
    coder = FrameCoder()
    return coder.decode(coder.encode(frame))


beam.coders.registry.register_coder(pl.DataFrame, FrameCoder)
