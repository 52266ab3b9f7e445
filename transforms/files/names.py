"""File names as text: every name has a text, whatever its bytes are.

On Linux, a name is bytes. Python represents bytes that aren't UTF-8 as lone surrogates, which
neither JSON nor Avro accepts.
"""

from __future__ import annotations

import re

_NOT_UTF8 = re.compile("[\udc80-\udcff]")
_LOOKS_ESCAPED = re.compile(r"\\(?=x[0-9a-f]{2})")
_ESCAPED = re.compile(r"\\x([0-9a-f]{2})")
_FIRST_SURROGATE = 0xDC00


def path_text(path: str) -> str:
    r"""Write a path as text for records and manifests; no two paths have the same text.

    Args:
        path: A path, as in Python.

    Returns:
        The path, with `\xNN` for each byte that isn't UTF-8.

    >>> path_text("a[1].avro"), path_text("a\udcff.avro")
    ('a[1].avro', 'a\\xff.avro')
    """
    plain = _LOOKS_ESCAPED.sub(r"\\x5c", path)
    return _NOT_UTF8.sub(lambda byte: f"\\x{ord(byte[0]) - _FIRST_SURROGATE:02x}", plain)


def text_path(text: str) -> str:
    """Return the path from a text that `path_text` made."""

    def byte(found: re.Match[str]) -> str:
        code = int(found[1], 16)
        return chr(code) if code < 0x80 else chr(_FIRST_SURROGATE + code)

    return _ESCAPED.sub(byte, text)
