"""Side by side: run a function of frames on two elements of a bundle at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import Any

import apache_beam as beam

from transforms.frames.at_end import at_end
from transforms.frames.background import AT_ONCE, side_by_side


class SideBySide(beam.DoFn):
    """Runs a function on the elements of a bundle in threads, and yields its results in order.

    Polars releases the interpreter's lock, so that two threads use two cores. It is for collections
    without windows.

    Args:
        function: Returns results, tagged or not, for an element, and for the side input if
            there is one.
    """

    def __init__(self, function: Callable[..., Iterable[Any]]) -> None:
        self.function = function

    def start_bundle(self) -> None:
        """Start with nothing under way."""
        self.pending: deque[Future[list[Any]]] = deque()

    def process(self, element: Any, side: Any = None) -> Iterator[Any]:
        """Start on an element; yield the results of the earliest one if enough are under way.

        One more than there are threads for waits, so that none idles while results move on.
        """
        inputs = (element,) if side is None else (element, side)
        self.pending.append(side_by_side().submit(_results, self.function, *inputs))
        while len(self.pending) > AT_ONCE:
            yield from self.pending.popleft().result()

    def finish_bundle(self) -> Iterator[Any]:
        """Yield the results that are left."""
        while self.pending:
            for result in self.pending.popleft().result():
                yield at_end(result)


def _results(function: Callable[..., Iterable[Any]], *inputs: Any) -> list[Any]:
    return list(function(*inputs))
