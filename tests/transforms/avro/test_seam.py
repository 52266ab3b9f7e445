"""The seam to polars' own Avro, which its maintainers mean to move out of polars.

One module calls it, and these are the values and bytes that it must give, by the Avro
specification: whatever takes its place has to pass the same.
"""

from __future__ import annotations

import ast
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from transforms.avro.native import decode_records, encode_records

ROOT = Path(__file__).parents[3]
PACKAGES = ("pipelines", "schemas", "transforms")
# A field of each type: its polars type, two values, and their bytes. Every one is behind the branch
# of its union: 0 for null, 2 (zigzag of 1) for the value. A list is written in blocks: a count, the
# items, and 0.
FIELDS: dict[str, tuple[Any, pl.DataType, Any, bytes, Any, bytes]] = {
    "flag": ("boolean", pl.Boolean(), True, b"\2\1", False, b"\2\0"),
    "int": (
        "int", pl.Int32(),
        -(1 << 31), b"\2\xff\xff\xff\xff\x0f",
        (1 << 31) - 1, b"\2\xfe\xff\xff\xff\x0f",
    ),
    "long": (
        "long", pl.Int64(),
        -(1 << 63), b"\2" + b"\xff" * 9 + b"\1",
        64, b"\2\x80\1",
    ),
    "double": (
        "double", pl.Float64(),
        -0.1, b"\2" + struct.pack("<d", -0.1),
        1e300, b"\2" + struct.pack("<d", 1e300),
    ),
    "text": (
        "string", pl.String(),
        "ü\U0001f4c4", b"\2\x0c\xc3\xbc\xf0\x9f\x93\x84",
        None, b"\0",
    ),
    "texts": (
        {"type": "array", "items": ["null", "string"]}, pl.List(pl.String()),
        ["a", None], b"\2\4\2\2a\0\0",
        [], b"\2\0",
    ),
    "structs": (
        {"type": "array", "items": ["null", {"type": "record", "name": "one", "fields": [
            {"name": "n", "type": ["null", "int"]}, {"name": "s", "type": ["null", "string"]},
        ]}]},
        pl.List(pl.Struct({"n": pl.Int32(), "s": pl.String()})),
        [{"n": -1, "s": None}, None], b"\2\4\2\2\1\0\0\0",
        None, b"\0",
    ),
}  # fmt: skip
SCHEMA = {
    "type": "record",
    "name": "record",
    "fields": [{"name": name, "type": ["null", each[0]]} for name, each in FIELDS.items()],
}
FRAME = pl.DataFrame(
    {name: [each[2], each[4]] for name, each in FIELDS.items()},
    schema={name: each[1] for name, each in FIELDS.items()},
)
DATA = b"".join([each[3] for each in FIELDS.values()] + [each[5] for each in FIELDS.values()])


def test_decodes_values_exactly() -> None:
    decoded = decode_records(SCHEMA, 2, [DATA])
    assert decoded.schema == FRAME.schema
    assert decoded.to_dicts() == FRAME.to_dicts()


def test_encodes_values_exactly() -> None:
    assert encode_records(FRAME) == (2, DATA)


@pytest.mark.parametrize("name", FIELDS)
def test_decodes_a_single_column(name: str) -> None:
    assert decode_records(SCHEMA, 2, [DATA], [name]).to_dicts() == FRAME.select(name).to_dicts()


def calls(path: Path) -> Iterator[str]:
    """Return the names of attributes that a module uses."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute):
            yield node.attr


def test_only_one_module_calls_the_avro_code_of_polars() -> None:
    found = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if {"read_avro", "write_avro", "scan_avro"} & set(calls(path))
    }
    assert found == {"transforms/avro/native.py"}
