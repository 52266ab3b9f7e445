"""Side by side: run a function of frames on two elements of a bundle at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import apache_beam as beam
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.timestamp import MIN_TIMESTAMP
from apache_beam.utils.windowed_value import WindowedValue

from transforms.frames.background import AT_ONCE, side_by_side


class SideBySide(beam.DoFn):
    """Runs a function on the elements of a bundle in threads, and yields its results in order.

    Polars releases the interpreter's lock, so that two threads use two cores. It is for collections
    without windows.

    Args:
        function: Returns a list of results, tagged or not, for an element.
    """

    def __init__(self, function: Callable[[Any], list[Any]]) -> None:
        self.function = function

    def start_bundle(self) -> None:
        """Start with nothing under way."""
        self.pending: deque[Future[list[Any]]] = deque()

    def process(self, element: Any) -> Iterator[Any]:
        """Start on an element; yield the results of the earliest one if enough are under way."""
        self.pending.append(side_by_side().submit(self.function, element))
        while len(self.pending) >= AT_ONCE:
            yield from self.pending.popleft().result()

    def finish_bundle(self) -> Iterator[Any]:
        """Yield the results that are left."""
        while self.pending:
            for result in self.pending.popleft().result():
                yield _late(result)


def _late(result: Any) -> Any:
    """Add the timestamp and window that Beam wants of what comes at a bundle's end."""
    if isinstance(result, beam.pvalue.TaggedOutput):
        return beam.pvalue.TaggedOutput(result.tag, _late(result.value))
    return WindowedValue(result, MIN_TIMESTAMP, [GlobalWindow()])
