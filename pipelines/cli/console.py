"""What commands print: data as it is, never as markup, and nothing that could steer a terminal."""

from __future__ import annotations

import contextlib
import sys
import unicodedata
from typing import Any

from rich.console import Console
from rich.text import Text

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_FIRST_BYTE, _LAST_BYTE = 0xDC80, 0xDCFF


def shown(text: object) -> str:
    r"""A text from data as it can be printed: one line, and whatever is not to be seen escaped.

    That is control characters, escape sequences, marks that turn the direction of writing, and the
    bytes of a file's name that are not UTF-8.

    Args:
        text: The text, or what has one.

    Returns:
        The text, with `\n`, `\x1b`, `\u202e` and the like in place of such characters.

    >>> print(shown("a\tb \x1b[31mred\u202e"))
    a\tb \x1b[31mred\u202e
    """
    plain = str(text)
    return plain if plain.isprintable() else "".join(map(_character, plain))


def _character(one: str) -> str:
    if one.isprintable() or unicodedata.category(one) == "Zs":
        return one
    if one in _NAMED:
        return _NAMED[one]
    code = ord(one)
    if _FIRST_BYTE <= code <= _LAST_BYTE:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


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

    def render_str(self, text: str, **options: Any) -> Text:
        """Text as it is; of control characters only the ends of lines."""
        safe = "\n".join(map(shown, text.split("\n")))
        return super().render_str(safe, **{**options, "markup": False, "emoji": False})
