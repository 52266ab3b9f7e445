"""Names of files as text: every name has one, whatever bytes it is made of.

On Linux a name is bytes. Python holds those that are not UTF-8 as lone surrogates, which neither
JSON nor Avro takes.
"""

from __future__ import annotations

import re

_NOT_UTF8 = re.compile("[\udc80-\udcff]")
_LOOKS_ESCAPED = re.compile(r"\\(?=x[0-9a-f]{2})")
_ESCAPED = re.compile(r"\\x([0-9a-f]{2})")
_FIRST_SURROGATE = 0xDC00


def path_text(path: str) -> str:
    r"""A path as text for records and manifests; two paths never have the same.

    Args:
        path: A path as Python has it.

    Returns:
        The path, with `\xNN` for each byte that is not UTF-8.

    >>> path_text("a[1].avro"), path_text("a\udcff.avro")
    ('a[1].avro', 'a\\xff.avro')
    """
    plain = _LOOKS_ESCAPED.sub(r"\\x5c", path)
    return _NOT_UTF8.sub(lambda byte: f"\\x{ord(byte[0]) - _FIRST_SURROGATE:02x}", plain)


def text_path(text: str) -> str:
    """The path that `path_text` made a text of."""

    def byte(found: re.Match[str]) -> str:
        code = int(found[1], 16)
        return chr(code) if code < 0x80 else chr(_FIRST_SURROGATE + code)

    return _ESCAPED.sub(byte, text)
