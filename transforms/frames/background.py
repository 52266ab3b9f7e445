"""Threads for work on frames, most of which is done outside the interpreter's lock.

Callers wait for the results in order.
"""

from __future__ import annotations

import functools
import os
import sys
from concurrent.futures import ThreadPoolExecutor

# Decodes the next frame and encodes the last ones.
BACKGROUND = ThreadPoolExecutor(1, thread_name_prefix="background")
# How many frames to assess at a time. Each takes memory, and more than two haven't been tried.
AT_ONCE = min(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1)
# A thread that waits for the lock gets it after this many seconds. Polars gives it away and takes
# it back a thousand times a frame, and the default of 0.005 is longer than most such calls.
_SWITCH = 0.0005


@functools.cache
def side_by_side() -> ThreadPoolExecutor:
    """Return the threads that assess frames side by side."""
    sys.setswitchinterval(_SWITCH)
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="assess")
