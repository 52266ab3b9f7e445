"""Writers' schemas in types that polars can decode."""

from __future__ import annotations

from typing import Any

from schemas.avro import Schema
from transforms.avro.types import PRIMITIVES, kind_of


class NotPlainError(Exception):
    """A type that polars can't decode, or a conversion that can't be done by column."""


def plain_record(writer: Schema) -> Schema:
    """Convert a resolved schema to types that polars decodes: enums as int, maps as arrays.

    Raises:
        NotPlainError: A field can't be decoded this way; that includes unwanted ones, which still
            have to be skipped.
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
        # It is encoded as an array of pairs.
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
