"""Work done beside other work: decoding the next frame and encoding the last ones.

Both run outside the interpreter's lock, so a second core has them for itself. Order is kept by
whoever waits for the results.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

BESIDE = ThreadPoolExecutor(1, thread_name_prefix="beside")
