"""Threads for work on frames, most of which is done outside the interpreter's lock.

Callers wait for the results in order.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


def _processors() -> int:
    """Count the processors that this process may use; not every system says, as macOS doesn't."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


# Decodes the next frame and encodes the last ones.
_BACKGROUND = ThreadPoolExecutor(1, thread_name_prefix="background")
# How many frames to assess at a time. Each takes memory, and more than two haven't been tried.
AT_ONCE = min(2, _processors())
# A thread that waits for the lock gets it after this many seconds. Polars gives it away and takes
# it back a thousand times a frame, and the default of 0.005 is longer than most such calls.
_SWITCH = 0.0005


class Job(Generic[Result]):
    """Work that a thread does in the background.

    Args:
        work: What to do.
        given: The arguments.
    """

    def __init__(self, work: Callable[..., Result], *given: Any) -> None:
        self._work = functools.partial(work, *given)
        self._future = _BACKGROUND.submit(self._work)

    def result(self) -> Result:
        """Wait for the result."""
        return self._future.result()

    def now(self) -> Result:
        """Return the result; if the work hasn't started yet, do it here instead."""
        return self._work() if self._future.cancel() else self._future.result()


@functools.cache
def side_by_side() -> ThreadPoolExecutor:
    """Return the threads that assess frames side by side."""
    sys.setswitchinterval(_SWITCH)
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="assess")
