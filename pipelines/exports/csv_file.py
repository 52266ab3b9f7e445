"""A worklist as a CSV file."""

from __future__ import annotations

from collections.abc import Iterable

from transforms.export.cells import without_formulas
from transforms.frames.frame import Frame


def write_csv(path: str, frames: Iterable[Frame]) -> None:
    """Write frames as one CSV file: UTF-8, commas, and a header.

    Args:
        path: The new file.
        frames: Frames of one schema; at least one.
    """
    with open(path, "xb") as file:
        for number, frame in enumerate(frames):
            without_formulas(frame).write_csv(file, include_header=number == 0)
