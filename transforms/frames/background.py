"""Threads for work on frames, most of which is done outside the interpreter's lock.

Callers wait for the results in order.
"""

from __future__ import annotations

import functools
import os
import sys
from concurrent.futures import ThreadPoolExecutor


def _processors() -> int:
    """Count the processors that this process may use; not every system says, as macOS doesn't."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


# Decodes the next frame and encodes the last ones.
BACKGROUND = ThreadPoolExecutor(1, thread_name_prefix="background")
# How many frames to assess at a time. Each takes memory, and more than two haven't been tried.
AT_ONCE = min(2, _processors())
# A thread that waits for the lock gets it after this many seconds. Polars gives it away and takes
# it back a thousand times a frame, and the default of 0.005 is longer than most such calls.
_SWITCH = 0.0005


@functools.cache
def side_by_side() -> ThreadPoolExecutor:
    """Return the threads that assess frames side by side."""
    sys.setswitchinterval(_SWITCH)
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="assess")
