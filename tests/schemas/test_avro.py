from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from schemas.avro import avro_schema
from schemas.rulebooks import FOLDER
from transforms.avro.encode import check_encodable

NAMES = sorted(path.stem for path in FOLDER.parent.glob("*.avsc"))


def named(avro: Any) -> Iterator[dict[str, Any]]:
    """Every record, enum and field in a type."""
    if isinstance(avro, list):
        for branch in avro:
            yield from named(branch)
    elif isinstance(avro, dict):
        if avro["type"] in ("record", "enum"):
            yield avro
        for field in avro.get("fields", ()):
            yield field
            yield from named(field["type"])
        yield from named(avro.get("items"))


@pytest.mark.parametrize("name", NAMES)
def test_every_declared_field_is_documented_and_can_be_written(name: str) -> None:
    schema = avro_schema(name)
    parts = list(named(schema))
    assert len(parts) > len(schema["fields"])
    assert [part["name"] for part in parts if not part.get("doc", "").strip()] == []
    check_encodable(schema)
