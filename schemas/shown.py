"""Printable data: one line in which nothing is hidden and nothing controls a terminal."""

from __future__ import annotations

import unicodedata

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_FIRST_BYTE, _LAST_BYTE = 0xDC80, 0xDCFF


def shown(text: object) -> str:
    r"""Make text from data printable: one line, with everything invisible escaped.

    That includes control characters, escape sequences, marks that change the direction of writing,
    and bytes of a file's name that aren't UTF-8.

    Args:
        text: The text, or an object that has one.

    Returns:
        The text, with `\n`, `\x1b`, `\u202e`, and so on in place of such characters.

    >>> print(shown("a\tb \x1b[31mred\u202e"))
    a\tb \x1b[31mred\u202e
    """
    plain = str(text)
    return plain if plain.isprintable() else "".join(map(_character, plain))


def shown_lines(text: str) -> str:
    """Apply `shown` to each line of a text."""
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
