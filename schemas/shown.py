"""Data as it can be shown: one line in which nothing is hidden and nothing steers a terminal."""

from __future__ import annotations

import unicodedata

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


def shown_lines(text: str) -> str:
    """Text of several lines, each as `shown` has it."""
    return "\n".join(map(shown, text.split("\n")))


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
