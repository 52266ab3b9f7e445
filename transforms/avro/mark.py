"""The smallest records of a schema, and one that can be recognized by a text in it."""

from __future__ import annotations

from typing import Any

from schemas.avro import Schema
from transforms.avro.types import kind_of
from transforms.avro.varint import varint

_WIDTHS = {"null": 0, "float": 4, "double": 8}


def smallest(avro: Any) -> bytes:
    """Return the shortest encoding of a value of a type: null, zero, or empty."""
    if isinstance(avro, list):
        return min((varint(i) + smallest(b) for i, b in enumerate(avro)), key=len)
    kind = kind_of(avro)
    if kind == "record":
        return b"".join(smallest(field["type"]) for field in avro["fields"])
    return bytes(avro["size"] if kind == "fixed" else _WIDTHS.get(kind, 1))


def marked(writer: Schema, mark: str, text: bytes) -> bytes:
    """Encode the smallest record that has a text in one field.

    Args:
        writer: A resolved record schema.
        mark: A field of strings or bytes, possibly nullable.
        text: The text.

    Returns:
        The record, encoded.
    """
    parts = []
    for field in writer["fields"]:
        avro = field["type"]
        if field["name"] != mark:
            parts.append(smallest(avro))
            continue
        if isinstance(avro, list):
            parts.append(varint(1 - avro.index("null")))
        parts += [varint(len(text)), text]
    return b"".join(parts)
