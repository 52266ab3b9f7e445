"""Writers' schemas in terms that polars decodes."""

from __future__ import annotations

from typing import Any

from schemas.avro import Schema
from transforms.avro.types import PRIMITIVES, kind_of


class NotPlainError(Exception):
    """A type that polars cannot decode, or a change that is not one of columns."""


def plain_record(writer: Schema) -> Schema:
    """A resolved writer's schema in terms that polars decodes: enums as int, maps as arrays.

    Raises:
        NotPlainError: A field cannot be decoded so; all count, since the unwanted are skipped.
    """
    fields = [{"name": f["name"], "type": _plain(f["type"])} for f in writer["fields"]]
    return {"type": "record", "name": writer["name"], "fields": fields}


def _plain(avro: Any) -> Any:
    if isinstance(avro, list):
        if len(avro) != 2 or "null" not in avro:
            raise NotPlainError
        return [branch if branch == "null" else _plain(branch) for branch in avro]
    kind = kind_of(avro)
    if kind == "enum":
        return "int"
    if kind == "array":
        return {"type": "array", "items": _plain(avro["items"])}
    if kind == "map":
        # Its bytes are those of an array of pairs.
        pair = [
            {"name": "key", "type": "string"},
            {"name": "value", "type": _plain(avro["values"])},
        ]
        return {"type": "array", "items": {"type": "record", "name": "pair", "fields": pair}}
    if kind == "record":
        return plain_record(avro)
    if kind == "fixed":
        return avro
    if kind not in PRIMITIVES:
        raise NotPlainError
    return kind
