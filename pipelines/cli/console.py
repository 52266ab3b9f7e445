"""Print data as it is: never as markup, and without anything that controls a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from schemas.shown import shown_lines


class SafeConsole(Console):
    """A rich console that never treats text as markup, and allows long lines.

    Args:
        options: Rich's own.
    """

    def __init__(self, **options: Any) -> None:
        plain = {"markup": False, "emoji": False, "highlight": False, "soft_wrap": True}
        super().__init__(**{**plain, **options})

    def on_broken_pipe(self) -> None:
        """Let the command handle a closed pipe; rich would end the process."""
        raise BrokenPipeError

    def render_str(self, text: str, **options: Any) -> Text:
        """Render text as it is, without control characters other than line ends."""
        return super().render_str(shown_lines(text), **{**options, "markup": False, "emoji": False})
