"""What commands print: data as it is, never as markup, and nothing that could steer a terminal."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

from rich.console import Console
from rich.text import Text

from pipelines.cli.words import shown as shown
from pipelines.cli.words import shown_lines as shown_lines


def complain(command: str, message: object) -> None:
    """Say on standard error what is wrong, in one line.

    Args:
        command: The command's name.
        message: What is wrong.
    """
    with contextlib.suppress(OSError):
        print(f"discretion {command}: {shown(message)}", file=sys.stderr, flush=True)


class SafeConsole(Console):
    """Rich's console, for which no text is markup, whatever is printed; lines may be long.

    Args:
        options: Rich's own.
    """

    def __init__(self, **options: Any) -> None:
        plain = {"markup": False, "emoji": False, "highlight": False, "soft_wrap": True}
        super().__init__(**{**plain, **options})

    def on_broken_pipe(self) -> None:
        """Leave it to the command that the reader has gone; rich would end the process."""
        raise BrokenPipeError

    def render_str(self, text: str, **options: Any) -> Text:
        """Text as it is; of control characters only the ends of lines."""
        return super().render_str(shown_lines(text), **{**options, "markup": False, "emoji": False})
