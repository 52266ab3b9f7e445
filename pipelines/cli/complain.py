"""Report problems on standard error."""

from __future__ import annotations

import contextlib
import sys

from pipelines.cli.log_format import line


def complain(command: str, message: object) -> None:
    """Report a problem on standard error, in one line.

    Args:
        command: The command's name.
        message: What is wrong.
    """
    with contextlib.suppress(OSError):
        print(line(command, message), file=sys.stderr, flush=True)
