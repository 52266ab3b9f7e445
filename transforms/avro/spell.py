"""Write types out as a schema, in terms that the writer's and the reader's schema share.

Names are replaced with their types, and records, enums, and fixed types are named by their place,
so that a decoder only needs to compare shapes.
"""

from __future__ import annotations

from typing import Any

from schemas.errors import SchemaMismatchError
from transforms.avro.bounds import TYPES
from transforms.avro.parse import NO_DEFAULT, PRIMITIVE, Field, Type
from transforms.avro.types import LOGICAL


class Speller:
    """Writes types out; counts them, because one name may stand for very many."""

    def __init__(self) -> None:
        self.spelled = 0

    def is_plain(self, avro: Type, above: list[Type]) -> bool:
        """Tell whether the decoder can skip such values by itself."""
        self.spelled += 1
        if self.spelled > TYPES or avro in above or avro.kind == "null":
            return False
        if avro.kind == "fixed":
            return avro.size > 0
        if avro.kind == "union":
            return (
                len(avro.branches) == 2
                and avro.value is not avro
                and self.is_plain(avro.value, [*above, avro])
            )
        if avro.kind == "record" and not avro.fields:
            return False
        return all(self.is_plain(part, [*above, avro]) for part in avro.within())

    def alone(self, avro: Type, field: str, path: str) -> Any:
        """Write out one type; a recursive type is refused.

        Records and enums keep their own names as well, which tell the branches of a union apart.
        """
        return self._alone(avro, field, path, [])

    def _alone(self, avro: Type, field: str, path: str, above: list[Type]) -> Any:
        self.spelled += 1
        if self.spelled > 2 * TYPES:
            raise SchemaMismatchError(f"has too many types, when expanded, in the field {field}")
        if avro in above:
            raise SchemaMismatchError(f"has records that contain themselves, in the field {field}")
        above = [*above, avro]
        if avro.kind == "union":
            return [self._alone(branch, field, path, above) for branch in avro.branches]
        if avro.items is not None:
            word = "items" if avro.kind == "array" else "values"
            items = self._alone(avro.items, field, f"{path}_{word}", above)
            return {"type": avro.kind, word: items}
        if avro.kind in ("record", "enum", "fixed"):
            path = place_of(path, avro.name)
        if avro.kind == "record":
            return record_at(
                path,
                [
                    {
                        "name": part.name,
                        "type": self._alone(part.type, field, place_of(path, part.name), above),
                        **({"aliases": list(part.aliases)} if part.aliases else {}),
                        **default_of(part),
                    }
                    for part in avro.fields
                ],
            )
        if avro.kind == "enum":
            return _enum(path, avro)
        if avro.kind == "fixed":
            return {"type": "fixed", "name": path, "size": avro.size}
        if (avro.kind, avro.logical) in LOGICAL:
            return {"type": avro.kind, "logicalType": avro.logical}
        assert avro.kind in PRIMITIVE
        return avro.kind


def record_at(path: str, fields: list[Any]) -> Any:
    """Write a record, named by its place."""
    return {"type": "record", "name": path, "fields": fields}


def _enum(path: str, avro: Type) -> Any:
    default = {} if avro.default is None else {"default": avro.default}
    return {"type": "enum", "name": path, "symbols": list(avro.symbols), **default}


def enum_at(path: str, avro: Type) -> Any:
    """Write an enum, named by its place; another type by its kind."""
    return _enum(path, avro) if avro.kind == "enum" else avro.kind


def default_of(part: Field) -> dict[str, Any]:
    """Return the part of a field's schema that gives its default, if it has one."""
    return {} if part.default is NO_DEFAULT else {"default": part.default}


def place_of(path: str, name: str) -> str:
    """Return the place of a name within a place; its length tells `a_b`, `c` from `a`, `b_c`."""
    return f"{path}_{len(name)}{name}"
