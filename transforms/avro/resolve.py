"""Avro's schema resolution: what a file's records are in terms of the schema wanted.

A writer's and a reader's schema are walked once, side by side. What comes out is the same pair in
the same words: names spelt out, aliases followed, records named by their place. So a decoder need
only compare shapes, and a name that differs is no obstacle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastavro.schema import SchemaParseException, expand_schema

from schemas.avro import Schema
from transforms.avro.types import LOGICAL, PRIMITIVES, is_nullable, kind_of, logical_of, value_type

_PROMOTIONS = {
    "int": {"int", "long", "float", "double"},
    "long": {"long", "float", "double"},
    "float": {"float", "double"},
    "string": {"string", "bytes"},
    "bytes": {"string", "bytes"},
}


class SchemaMismatchError(ValueError):
    """A writer's schema that cannot be read as the reader's, with the field at fault."""


@dataclass(frozen=True)
class Resolved:
    """A writer's and a reader's record schema in the same words."""

    writer: Schema
    reader: Schema


def resolve(writer: Schema, reader: Schema) -> Resolved:
    """Match a writer's schema with a reader's by Avro's rules; record names may differ.

    Args:
        writer: The schema of a file.
        reader: The schema wanted.

    Returns:
        Both, with names spelt out, the reader's field names in both, and no documentation.

    Raises:
        SchemaMismatchError: Records of the one cannot be read as the other; it names the field.
    """
    try:
        written = expand_schema(writer)
    except (SchemaParseException, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise SchemaMismatchError("has a schema that is not valid") from None
    wanted = expand_schema(reader)
    theirs = {field["name"] for field in written["fields"]}
    ours = {name for field in wanted["fields"] for name in _names(field)}
    if not theirs & ours:
        raise SchemaMismatchError("holds other records: no field is the same")
    return Resolved(*_both(written, wanted, "", "record"))


def _both(writer: Any, reader: Any, field: str, path: str) -> tuple[Any, Any]:
    """Both types in the same words; `field` is for people, `path` names records and enums."""
    of_writer, of_reader = value_type(writer), value_type(reader)
    if "union" in (kind_of(of_writer), kind_of(of_reader)):
        _see_that_one_fits(of_writer, of_reader, field, path)
        return _alone(writer, field, path), _alone(reader, field, path)
    if writer == "null" and is_nullable(reader):
        return "null", _alone(reader, field, path)
    both = _values(of_writer, of_reader, field, path)
    return _as_nullable(writer, both[0]), _as_nullable(reader, both[1])


def _as_nullable(like: Any, value: Any) -> Any:
    if not isinstance(like, list):
        return value
    return ["null" if branch == "null" else value for branch in like]


def _values(writer: Any, reader: Any, field: str, path: str) -> tuple[Any, Any]:
    kinds = kind_of(writer), kind_of(reader)
    if kinds == ("array", "array"):
        items = _both(writer["items"], reader["items"], f"{field}[]", f"{path}_items")
        return {"type": "array", "items": items[0]}, {"type": "array", "items": items[1]}
    if kinds == ("record", "record"):
        return _records(writer, reader, field, path)
    logical = logical_of(writer), logical_of(reader)
    if (all(logical) and logical[0] != logical[1]) or (
        kinds[1] not in _PROMOTIONS.get(kinds[0], {kinds[0]})
    ):
        raise SchemaMismatchError(
            f"has {_words(writer)} in the field {field}, where {_words(reader)} is wanted"
        )
    if kinds == ("enum", "enum"):
        return _enum(path, writer), _enum(path, reader)
    return _alone(writer, field, path), _alone(reader, field, path)


def _records(writer: Any, reader: Any, field: str, path: str) -> tuple[Any, Any]:
    theirs = {part["name"]: part for part in writer["fields"]}
    matched: dict[str, tuple[str, Any]] = {}
    wanted = []
    for part in reader["fields"]:
        name = part["name"]
        place = f"{field}.{name}".lstrip(".")
        source = next((known for known in _names(part) if known in theirs), None)
        if source is None:
            if "default" not in part:
                raise SchemaMismatchError(f"has no field {place}, which has no default")
            ours = _alone(part["type"], place, _within(path, name))
        else:
            written, ours = _both(theirs[source]["type"], part["type"], place, _within(path, name))
            matched[source] = name, written
        default = {"default": part["default"]} if "default" in part else {}
        wanted.append({"name": name, "type": ours, **default})
    fields = []
    for name, part in theirs.items():
        # One that is not wanted keeps its name, which is no wanted one's, or it would be wanted.
        place = f"{field}.{name}".lstrip(".")
        new, written = matched.get(name) or (name, _alone(part["type"], place, _within(path, name)))
        fields.append({"name": new, "type": written})
    return _record(path, fields), _record(path, wanted)


def _record(path: str, fields: list[Any]) -> Any:
    return {"type": "record", "name": path, "fields": fields}


def _enum(path: str, avro: Any) -> Any:
    default = {"default": avro["default"]} if "default" in avro else {}
    return {"type": "enum", "name": path, "symbols": avro["symbols"], **default}


def _within(path: str, name: str) -> str:
    """The place of a name at a place; its length keeps `a_b`, `c` apart from `a`, `b_c`."""
    return f"{path}_{len(name)}{name}"


def _names(field: Any) -> tuple[str, ...]:
    return (field["name"], *field.get("aliases", ()))


def _see_that_one_fits(writer: Any, reader: Any, field: str, path: str) -> None:
    failure = None
    for theirs in writer if isinstance(writer, list) else [writer]:
        for ours in reader if isinstance(reader, list) else [reader]:
            if theirs != "null" and ours != "null":
                try:
                    _values(theirs, ours, field, path)
                except SchemaMismatchError as error:
                    failure = error
                else:
                    return
    raise failure or SchemaMismatchError(f"has another type in the field {field}")


def _alone(avro: Any, field: str, path: str) -> Any:
    """A type by itself in those words; one that holds itself is refused.

    Records and enums keep their own names as well, which tell the branches of a union apart.
    """
    if isinstance(avro, list):
        return [_alone(branch, field, path) for branch in avro]
    kind = kind_of(avro)
    if kind == "array":
        return {"type": "array", "items": _alone(avro["items"], field, f"{path}_items")}
    if kind == "map":
        return {"type": "map", "values": _alone(avro["values"], field, f"{path}_values")}
    if kind in ("record", "enum", "fixed"):
        path = _within(path, avro["name"].rsplit(".", 1)[-1])
    if kind == "record":
        return _record(
            path,
            [
                {
                    "name": part["name"],
                    "type": _alone(part["type"], field, _within(path, part["name"])),
                    **{key: part[key] for key in ("default", "aliases") if key in part},
                }
                for part in avro["fields"]
            ],
        )
    if kind == "enum":
        return _enum(path, avro)
    if kind == "fixed":
        return {"type": "fixed", "name": path, "size": avro["size"]}
    if (kind, logical_of(avro)) in LOGICAL:
        return {"type": kind, "logicalType": logical_of(avro)}
    if kind not in PRIMITIVES and kind != "null":
        raise SchemaMismatchError(f"has records that hold themselves, in the field {field}")
    return kind


def _words(avro: Any) -> str:
    return " ".join(word for word in (logical_of(avro), kind_of(avro)) if word)
