"""Background work: decoding the next frame and encoding the last ones.

Both run outside the interpreter's lock, so they can use a second core. Callers wait for the
results in order.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

BACKGROUND = ThreadPoolExecutor(1, thread_name_prefix="background")
