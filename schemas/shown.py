"""Values of data as they may be shown on a terminal."""

from __future__ import annotations

import unicodedata

# Control characters, escape sequences, what turns the direction of text, and line separators.
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def shown(value: object) -> str:
    r"""A value of data as text in which nothing is hidden and nothing controls a terminal.

    Args:
        value: Any value.

    Returns:
        Its text, with what would not be seen as it is written as `\x1b` or `\u202e`.
    """
    return "".join(
        char.encode("unicode_escape", "surrogatepass").decode("ascii")
        if unicodedata.category(char) in _HIDDEN
        else char
        for char in str(value)
    )
