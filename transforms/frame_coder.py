"""How Beam carries a frame from one worker to another."""

from __future__ import annotations

import io

import apache_beam as beam
import polars as pl

from transforms.frames import Frame


class FrameCoder(beam.coders.Coder):
    """Encodes a frame as an Arrow IPC stream."""

    def encode(self, value: Frame) -> bytes:
        """A frame as bytes."""
        buffer = io.BytesIO()
        value.write_ipc_stream(buffer, compression="lz4")
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


beam.coders.registry.register_coder(pl.DataFrame, FrameCoder)
