"""Progress on a terminal while a run works; nothing when piped.

Beam's counters can't be read for it: its in-process runner returns them when the run has ended.
"""

from __future__ import annotations

import sys
import threading
import time

_cases = 0


def count_cases(number: int) -> None:
    """Count cases that were read. `Progress` sees only the in-process runner."""
    global _cases
    _cases += number


class Progress:
    """Shows on standard error how many cases were read, how fast, and for how long.

    Args:
        input_bytes: Size of the input, for the first line.
        of: What is counted.
    """

    def __init__(self, input_bytes: int, of: str = "cases") -> None:
        self.of = of
        self.input_bytes = input_bytes
        self.done = threading.Event()
        self.thread: threading.Thread | None = None

    def __enter__(self) -> Progress:
        if sys.stderr.isatty():
            self.thread = threading.Thread(target=self._show, daemon=True)
            self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.done.set()
        if self.thread is not None:
            self.thread.join()

    def _show(self) -> None:
        from rich.console import Console

        before, begun = _cases, time.monotonic()
        console = Console(stderr=True)
        with console.status(f"reading {self.input_bytes / 1e6:,.0f} MB") as status:
            while not self.done.wait(0.2):
                cases, seconds = _cases - before, time.monotonic() - begun
                if cases:
                    status.update(f"{cases:,} {self.of}, {cases / seconds:,.0f} a second")
