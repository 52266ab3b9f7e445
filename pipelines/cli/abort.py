"""Aborts by native code: like any other failure, they print one line and set an exit code.

If Rust can't get the memory that it needs, it aborts: Python unwinds nothing and runs none of its
handlers.
"""

from __future__ import annotations

import ctypes
import os
import signal

import pipelines
from pipelines.cli.complain import complain
from pipelines.cli.exit_codes import ExitCode

_HANDLER = ctypes.CFUNCTYPE(None, ctypes.c_int)
# Kept alive, because C may call them until the process ends.
_kept: list[object] = []


def answer_abort(command: str) -> None:
    """On an abort, print one line and end the process with an exit code.

    Args:
        command: The command's name.
    """
    if not pipelines.IS_COMMAND or os.environ.get("DISCRETION_DEBUG"):
        return

    def aborted(number: int) -> None:
        try:
            complain(command, "native code gave up, most likely because memory ran out")
        finally:
            os._exit(ExitCode.INTERNAL)

    handler = _HANDLER(aborted)
    _kept.append(handler)
    ctypes.CDLL(None).signal(signal.SIGABRT, handler)
