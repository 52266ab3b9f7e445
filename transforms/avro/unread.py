"""Fields of a file that nothing reads, and the field of the schema that was probably meant.

Avro's names are case-sensitive. If a file has COURT where the schema has court, it has no court,
yet every record is valid: only its schema shows that something was ignored.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from schemas.avro import Schema
from schemas.errors import AvroFormatError
from schemas.near import close_to
from transforms.avro.header import read_header
from transforms.avro.parse import SchemaError, Type, parse
from transforms.files.find import FoundFile
from transforms.files.storage import open_file

_ALIKE = 0.8


class UnreadField(NamedTuple):
    """A field of a writer's schema that no field of the reader's schema matches.

    Args:
        field: Its name, after the names of the fields that contain it: `convictions.Date`.
        meant: The field of the reader's schema that was probably meant, in the same form; None if
            none is similar.
    """

    field: str
    meant: str | None


class UnreadInFiles(NamedTuple):
    """A field that nothing reads, how many files have it, and the first of them by name."""

    field: UnreadField
    files: int
    first: str


def unread_in_files(files: Iterable[FoundFile], schema: Schema) -> list[UnreadInFiles]:
    """Find the fields of files that nothing reads.

    Args:
        files: Avro files; ones that have become unreadable are skipped, because their reader
            reports them.
        schema: The schema that they are read as.

    Returns:
        Each field once; those with a probable meaning come first, then by name.
    """
    names: dict[UnreadField, list[str]] = {}
    reader = json.dumps(schema)
    for file in files:
        try:
            with open_file(file.path) as stream:
                written = json.dumps(read_header(stream).schema)
        except (AvroFormatError, OSError):
            continue
        for field in _unread_fields(written, reader):
            names.setdefault(field, []).append(file.name)
    found = [UnreadInFiles(field, len(where), min(where)) for field, where in names.items()]
    return sorted(found, key=lambda one: (one.field.meant is None, one.field.field))


def unread_fields(writer: Schema, reader: Schema) -> tuple[UnreadField, ...]:
    """Find the fields of a writer's schema that a reader's doesn't match, in the writer's order.

    Args:
        writer: The schema of a file.
        reader: The expected schema.

    Returns:
        The fields, including those of nested records; none if the schema isn't valid.
    """
    return _unread_fields(json.dumps(writer), json.dumps(reader))


# Thousands of small files may share a schema.
@lru_cache(maxsize=64)
def _unread_fields(writer: str, reader: str) -> tuple[UnreadField, ...]:
    try:
        return tuple(_of_records(parse(json.loads(writer)), parse(json.loads(reader)), ""))
    except SchemaError:
        return ()


def _of_records(writer: Type, reader: Type, within: str) -> Iterable[UnreadField]:
    theirs = {part.name for part in writer.fields}
    ours = {name: part for part in reader.fields for name in (part.name, *part.aliases)}
    free = [part.name for part in reader.fields if not theirs & {part.name, *part.aliases}]
    for part in writer.fields:
        taken = ours.get(part.name)
        if taken is None:
            like = _like(part.name, free)
            yield UnreadField(within + part.name, None if like is None else within + like)
            continue
        inner, wanted = _record_in(part.type), _record_in(taken.type)
        if inner is not None and wanted is not None:
            yield from _of_records(inner, wanted, f"{within}{taken.name}.")


def _record_in(avro: Type) -> Type | None:
    """Return the record in a type, possibly nullable or in a list; None if there is none."""
    avro = avro.value
    while avro.kind == "array":
        assert avro.items is not None
        avro = avro.items.value
    return avro if avro.kind == "record" else None


def _like(name: str, names: list[str]) -> str | None:
    """Find the name with the closest spelling: equal except for case and separators, or similar."""
    keys = {_key(known): known for known in names}
    near = close_to(_key(name), keys, _ALIKE)
    return None if near is None else keys[near]


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
