"""Rebatch: join small frames into larger ones, because even a small frame costs much.

Frames that are much too large are split, because memory grows with the rows of a frame.
"""

from __future__ import annotations

from collections.abc import Iterator

import apache_beam as beam
import polars as pl
from apache_beam.utils.windowed_value import WindowedValue

from transforms.frames.at_end import at_end
from transforms.frames.frame import FRAME_ROWS, Frame


class Rebatch(beam.PTransform[beam.PCollection[Frame], beam.PCollection[Frame]]):
    """Joins frames into frames of about the same size, within each bundle.

    It is for collections without windows. Nothing may depend on which rows end up in the same
    frame.

    Args:
        frame_rows: The least number of rows of a frame, except a bundle's last one. No frame has
            more than a quarter more.
    """

    def __init__(self, frame_rows: int = FRAME_ROWS) -> None:
        super().__init__()
        self.frame_rows = frame_rows

    def expand(self, pcoll: beam.PCollection[Frame]) -> beam.PCollection[Frame]:
        """Expand from frames to frames with the same rows."""
        return pcoll | beam.ParDo(_Join(self.frame_rows)).with_output_types(Frame)


class _Join(beam.DoFn):
    def __init__(self, frame_rows: int) -> None:
        self.frame_rows = frame_rows
        # Frames as they come are often a little larger, and splitting them would copy each one.
        self.most = frame_rows + frame_rows // 4
        self.held: list[Frame] = []
        self.rows = 0

    def start_bundle(self) -> None:
        self.held, self.rows = [], 0

    def process(self, element: Frame) -> Iterator[Frame]:
        while self.rows + element.height > self.most:
            missing = self.frame_rows - self.rows
            self.held.append(element.head(missing))
            yield self._joined()
            element = element.slice(missing)
        self.held.append(element)
        self.rows += element.height
        if self.rows >= self.frame_rows:
            yield self._joined()

    def finish_bundle(self) -> Iterator[WindowedValue]:
        if self.rows:
            yield at_end(self._joined())

    def _joined(self) -> Frame:
        frame = self.held[0] if len(self.held) == 1 else pl.concat(self.held, rechunk=True)
        self.held, self.rows = [], 0
        return frame
