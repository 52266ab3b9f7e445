"""Start a command's process, before anything slow is imported.

Beam and polars take a second to import. A signal during that time, or a failed import, also ends
the command with one line.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
from collections.abc import Iterator
from types import TracebackType

INTERRUPTED = 130
# Output has personal data, so only the user may read it unless an option says otherwise.
PRIVATE = 0o077


def is_command() -> bool:
    """Tell whether this process is one of our commands, not a program that imports us."""
    # While `python -m pipelines.NAME` imports the package, sys.argv has no script name yet.
    return sys.argv[:1] == ["-m"] or os.path.basename(sys.argv[0]) == "discretion"


def begin() -> None:
    """Make signals and failed imports end the process with one line; keep output private."""
    # Imports make many objects and leave no garbage. `run_command` lets the collector work again.
    gc.disable()
    os.umask(PRIVATE)
    sys.excepthook = _in_one_line
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _end)


@contextlib.contextmanager
def importing() -> Iterator[None]:
    """Let the garbage collector rest while a command that already runs imports what it needs."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _end(number: int, frame: object) -> None:
    # Nothing has been written yet, so there is nothing to clean up.
    os.write(2, b"discretion: interrupted\n")
    os._exit(INTERRUPTED)


def _in_one_line(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if os.environ.get("DISCRETION_DEBUG"):
        sys.__excepthook__(kind, error, trace)
        return
    hint = "Set DISCRETION_DEBUG=1 for the traceback"
    print(f"discretion: failed unexpectedly ({kind.__name__}). {hint}", file=sys.stderr)
