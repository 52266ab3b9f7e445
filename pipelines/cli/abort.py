"""The end that native code makes of a process: it has one line and an exit code, as others do.

Where Rust cannot have the memory that it asks for, it aborts: nothing of Python's is unwound, and
no handler of Python's is run.
"""

from __future__ import annotations

import ctypes
import os
import signal

import pipelines
from pipelines.cli.console import complain
from pipelines.cli.exit_codes import ExitCode

_HANDLER = ctypes.CFUNCTYPE(None, ctypes.c_int)
# C calls them for as long as the process lives.
_kept: list[object] = []


def answer_abort(command: str) -> None:
    """Let an abort end the process with a line and an exit code.

    Args:
        command: The command's name.
    """
    if not pipelines.IS_COMMAND or os.environ.get("DISCRETION_DEBUG"):
        return

    def aborted(number: int) -> None:
        try:
            complain(command, "native code gave up, most likely for want of memory")
        finally:
            os._exit(ExitCode.INTERNAL)

    handler = _HANDLER(aborted)
    _kept.append(handler)
    ctypes.CDLL(None).signal(signal.SIGABRT, handler)
