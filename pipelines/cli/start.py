"""The start of a process that is a command, before anything slow is imported.

Beam and polars take a second to import. A signal that comes meanwhile ends the command in one line
too, and so does an import that fails.
"""

from __future__ import annotations

import os
import signal
import sys
from types import TracebackType

INTERRUPTED = 130
# What commands write is of persons: it is the user's alone, unless an option says otherwise.
PRIVATE = 0o077


def is_command() -> bool:
    """Whether this process is a command of ours, and not one that only uses our modules."""
    # While `python -m pipelines.NAME` imports the package, the script has no name yet.
    return sys.argv[:1] == ["-m"] or os.path.basename(sys.argv[0]) == "discretion"


def begin() -> None:
    """Have signals and failed imports end the process in one line; keep what it writes private."""
    os.umask(PRIVATE)
    sys.excepthook = _in_one_line
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _end)


def _end(number: int, frame: object) -> None:
    # Nothing is written yet, so there is nothing to clean up.
    os.write(2, b"discretion: interrupted\n")
    os._exit(INTERRUPTED)


def _in_one_line(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if os.environ.get("DISCRETION_DEBUG"):
        sys.__excepthook__(kind, error, trace)
        return
    told = "Set DISCRETION_DEBUG=1 for the traceback"
    print(f"discretion: failed unexpectedly ({kind.__name__}). {told}", file=sys.stderr)
