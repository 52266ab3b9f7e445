"""Avro schemas as types, read leniently: anything without meaning for the bytes is ignored.

Named types are shared, not copied. So a schema takes no more room than its text, however often it
names a type, and a recursive type is a cycle.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from transforms.avro.bounds import DEPTH, TYPES

PRIMITIVE = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")
_RECORDS = ("record", "error")
_LOGICAL = {
    "date": "int",
    "time-millis": "int",
    "time-micros": "long",
    "timestamp-millis": "long",
    "timestamp-micros": "long",
    "timestamp-nanos": "long",
    "local-timestamp-millis": "long",
    "local-timestamp-micros": "long",
    "local-timestamp-nanos": "long",
}
NO_DEFAULT = object()


class SchemaError(ValueError):
    """A schema that doesn't describe any bytes; the message names the place."""


@dataclass(eq=False)
class Type:
    """One type of a schema.

    Args:
        kind: `null`, `boolean` ... `array`, `map`, `union`, `record`, `enum`, or `fixed`.
        logical: The logical type, if it says what the number means. Decimals and the like are left
            out, because they don't change any number here.
        name: The name of a record, enum, or fixed, without its namespace.
        fields: A record's fields, in the order of its bytes.
        items: The items of an array or a map.
        branches: A union's branches.
        symbols: An enum's symbols.
        default: The symbol that replaces unknown ones.
        size: A fixed's size in bytes.
        unfit: Whether the reader has no place for this value.
        narrow: Whether a long must fit an int.
        taken: The enum's symbols that the reader accepts; empty for all.
    """

    kind: str
    logical: str = ""
    name: str = ""
    fields: list[Field] = field(default_factory=list)
    items: Type | None = None
    branches: list[Type] = field(default_factory=list)
    symbols: tuple[str, ...] = ()
    default: str | None = None
    size: int = 0
    unfit: bool = False
    narrow: bool = False
    taken: tuple[bool, ...] = ()

    @property
    def nullable(self) -> bool:
        """Tell whether a value may be null."""
        return self.kind == "null" or any(branch.kind == "null" for branch in self.branches)

    @property
    def value(self) -> Type:
        """Return the type of values that aren't null, if there is only one; otherwise, the type."""
        others = [branch for branch in self.branches if branch.kind != "null"]
        return others[0] if len(others) == 1 else self

    def within(self) -> Iterator[Type]:
        """Return the types directly below."""
        yield from self.branches
        if self.items is not None:
            yield self.items
        yield from (part.type for part in self.fields)


@dataclass(eq=False)
class Field:
    """One field of a record.

    Args:
        name: Its name.
        type: Its type.
        aliases: Other names that a writer may use for it.
        default: The value if a writer has none; `NO_DEFAULT` if there is no default.
        dropped: Whether its bytes are cut out before the record is decoded.
    """

    name: str
    type: Type
    aliases: tuple[str, ...] = ()
    default: Any = NO_DEFAULT
    dropped: bool = False


def parse(schema: Any) -> Type:
    """Parse a schema.

    Args:
        schema: A schema as JSON objects.

    Returns:
        Its type.

    Raises:
        SchemaError: It doesn't describe any bytes, or is larger or deeper than `bounds` allows.
    """
    return _Parser().type(schema, "", "", 0)


class _Parser:
    def __init__(self) -> None:
        self.named: dict[str, Type] = {}
        self.primitive = {kind: Type(kind) for kind in PRIMITIVE}
        self.types = 0

    def type(self, avro: Any, namespace: str, place: str, depth: int) -> Type:
        """Parse a type; the place is the field that it is in, for messages."""
        self.types += 1
        if self.types > TYPES:
            raise SchemaError(f"has more than {TYPES:,} types")
        if depth > DEPTH:
            raise SchemaError(f"nests its types more than {DEPTH} deep")
        if isinstance(avro, str):
            return self._by_name(avro, namespace, place)
        if isinstance(avro, list):
            branches = [self.type(branch, namespace, place, depth + 1) for branch in avro]
            if any(branch.kind == "union" for branch in branches):
                raise SchemaError(f"has a union within a union{_in(place)}")
            return Type("union", branches=branches)
        if not isinstance(avro, dict) or "type" not in avro:
            raise SchemaError(f"has something that isn't a type{_in(place)}")
        return self._object(avro, namespace, place, depth)

    def _by_name(self, name: str, namespace: str, place: str) -> Type:
        if name in self.primitive:
            return self.primitive[name]
        for known in (f"{namespace}.{name}" if "." not in name else name, name):
            if known in self.named:
                return self.named[known]
        raise SchemaError(f"names a type that it doesn't define{_in(place)}")

    def _object(self, avro: dict[str, Any], namespace: str, place: str, depth: int) -> Type:
        kind = avro["type"]
        if kind in ("array", "map") and isinstance(kind, str):
            items = avro.get("items" if kind == "array" else "values")
            return Type(kind, items=self.type(items, namespace, place, depth + 1))
        if isinstance(kind, str) and kind in (*_RECORDS, "enum", "fixed"):
            return self._named(avro, kind, namespace, place, depth)
        # An object may wrap any type, even a name, to say more about it.
        found = self.type(kind, namespace, place, depth + 1)
        logical = avro.get("logicalType")
        if isinstance(logical, str) and _LOGICAL.get(logical) == found.kind:
            return replace(found, logical=logical)
        return found

    def _named(
        self, avro: dict[str, Any], kind: str, namespace: str, place: str, depth: int
    ) -> Type:
        # polars leaves a record's name empty; such a record can't be referred to.
        name = avro.get("name", "")
        if not isinstance(name, str):
            raise SchemaError(f"has a name that isn't text{_in(place)}")
        if "." in name:
            namespace, name = name.rsplit(".", 1)
        elif isinstance(avro.get("namespace"), str):
            namespace = avro["namespace"]
        full = f"{namespace}.{name}" if namespace else name
        if full in self.named or full in PRIMITIVE:
            raise SchemaError(f"uses one name for two types{_in(place)}")
        found = Type("record" if kind in _RECORDS else kind, name=name)
        if name:
            self.named[full] = found
        if kind == "enum":
            found.symbols, found.default = _symbols(avro, place)
        elif kind == "fixed":
            found.size = _size(avro, place)
        else:
            self._fields(found, avro, namespace, place, depth)
        return found

    def _fields(
        self, record: Type, avro: dict[str, Any], namespace: str, place: str, depth: int
    ) -> None:
        parts = avro.get("fields")
        if not isinstance(parts, list):
            raise SchemaError(f"has a record without fields{_in(place)}")
        names = set()
        for part in parts:
            name = part.get("name") if isinstance(part, dict) else None
            if not isinstance(name, str) or name in names or "type" not in part:
                raise SchemaError(f"has a field without a type or a name of its own{_in(place)}")
            names.add(name)
            below = f"{place}.{name}".lstrip(".")
            aliases = part.get("aliases")
            record.fields.append(
                Field(
                    name,
                    self.type(part["type"], namespace, below, depth + 1),
                    tuple(aliases) if isinstance(aliases, list) else (),
                    part.get("default", NO_DEFAULT),
                )
            )


def _symbols(avro: dict[str, Any], place: str) -> tuple[tuple[str, ...], str | None]:
    symbols = avro.get("symbols")
    if not isinstance(symbols, list) or not all(isinstance(symbol, str) for symbol in symbols):
        raise SchemaError(f"has an enum without symbols{_in(place)}")
    if len(set(symbols)) != len(symbols):
        raise SchemaError(f"has an enum that repeats a symbol{_in(place)}")
    default = avro.get("default")
    return tuple(symbols), default if default in symbols else None


def _size(avro: dict[str, Any], place: str) -> int:
    size = avro.get("size")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise SchemaError(f"has a fixed without a valid size{_in(place)}")
    return size


def _in(place: str) -> str:
    # For a name from a file, the first part is enough.
    return f", in the field {place[:80]}" if place else ""
