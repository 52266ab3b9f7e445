"""End with the process that started this one."""

from __future__ import annotations

import os
import threading
import time

from pipelines.cli.exit_codes import ExitCode

_LOOK_SECONDS = 0.5


def end_with(parent: int) -> None:
    """End this process when the one that started it is gone, even if that was killed.

    Args:
        parent: The id of the process that started this one.
    """
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os._exit(ExitCode.INTERRUPTED)
