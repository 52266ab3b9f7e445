"""Random Avro schemas and records of the types that frames hold, and files with them."""

from __future__ import annotations

import datetime
import io
import json
import zlib
from collections.abc import Sequence
from typing import Any

import cramjam
import fastavro
from hypothesis import strategies as st

from schemas.avro import Schema
from transforms.avro.blocks import write_block
from transforms.avro.decode import Decoder
from transforms.avro.header import MARKER, read_header, write_header
from transforms.avro.quarantined import Unread
from transforms.avro.stream import Stretch, read_stream
from transforms.frames.frame import Frame

_DATES = st.dates(datetime.date(1850, 1, 1), datetime.date(2200, 1, 1))
_TIMES = st.datetimes(
    datetime.datetime(1850, 1, 1), datetime.datetime(2200, 1, 1), timezones=st.just(datetime.UTC)
)
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "int": st.integers(-(1 << 31), (1 << 31) - 1),
    "long": st.integers(-(1 << 63), (1 << 63) - 1),
    "float": st.floats(width=32, allow_nan=False),
    "double": st.floats(allow_nan=False),
    "string": st.text(st.characters(exclude_categories=["Cs"]), max_size=9),
    "bytes": st.binary(max_size=9),
    "date": _DATES,
    "timestamp-micros": _TIMES,
}
_SYMBOLS = ("UNKNOWN", "A", "B", "C", "D")


@st.composite
def schemas(draw: st.DrawFn, nullable: bool | None = None, without: Sequence[str] = ()) -> Schema:
    """A record schema; `nullable` says whether every value may be null, and None leaves it open."""
    primitives = [kind for kind in _VALUES if kind not in without]
    names = iter(f"Name{number}" for number in range(1000))

    def any_type(depth: int) -> Any:
        kinds = [*primitives, "enum", *(("array", "record") if depth else ())]
        kind = draw(st.sampled_from(kinds))
        avro: Any = kind
        if kind == "date":
            avro = {"type": "int", "logicalType": kind}
        elif kind == "timestamp-micros":
            avro = {"type": "long", "logicalType": kind}
        elif kind == "enum":
            symbols = _SYMBOLS[: draw(st.integers(1, len(_SYMBOLS)))]
            avro = {"type": "enum", "name": next(names), "symbols": list(symbols)}
        elif kind == "array":
            avro = {"type": "array", "items": any_type(depth - 1)}
        elif kind == "record":
            avro = record(depth - 1)
        if draw(st.booleans()) if nullable is None else nullable:
            return ["null", avro] if nullable or draw(st.booleans()) else [avro, "null"]
        return avro

    def record(depth: int) -> Schema:
        count = draw(st.integers(1, 4))
        fields = [{"name": f"f{index}", "type": any_type(depth)} for index in range(count)]
        return {"type": "record", "name": next(names), "doc": "Random.", "fields": fields}

    return record(2)


def values(avro: Any) -> st.SearchStrategy[Any]:
    """Values of a type."""
    if isinstance(avro, list):
        return st.one_of([values(branch) for branch in avro])
    if avro == "null":
        return st.none()
    kind = avro if isinstance(avro, str) else avro.get("logicalType", avro["type"])
    if kind == "enum":
        return st.sampled_from(avro["symbols"])
    if kind == "array":
        return st.lists(values(avro["items"]), max_size=3)
    if kind == "record":
        return st.fixed_dictionaries({f["name"]: values(f["type"]) for f in avro["fields"]})
    return _VALUES[kind]


@st.composite
def tables(
    draw: st.DrawFn, nullable: bool | None = None, without: Sequence[str] = ()
) -> tuple[Schema, list[dict[str, Any]]]:
    """A schema and records of it."""
    schema = draw(schemas(nullable, without))
    return schema, draw(st.lists(values(schema), max_size=12))


def written(
    schema: Schema, rows: Sequence[dict[str, Any]], codec: str = "null", block_rows: int = 5
) -> bytes:
    """An Avro file as another program writes it, with a number of records per block."""
    stored = io.BytesIO()
    own = codec == "zstandard"
    writer = fastavro.write.Writer(
        stored, fastavro.parse_schema(schema), "null" if own else codec, sync_interval=1 << 30
    )
    for index, row in enumerate(rows, 1):
        writer.write(row)
        if index % block_rows == 0:
            writer.flush()
    writer.flush()
    return _as_zstandard(stored.getvalue()) if own else stored.getvalue()


def read_all(file: bytes, schema: Schema) -> tuple[list[Frame], list[Unread]]:
    """Read a file's frames, and what couldn't be read; every byte is accounted for."""
    stream = io.BytesIO(file)
    header = read_header(stream)
    frames: list[Frame] = []
    unread: list[Unread] = []
    for part in read_stream(stream, header, Decoder.of(header, schema), len(file), 1000):
        if isinstance(part, Frame):
            frames.append(part)
        elif isinstance(part, list):
            unread += part
        else:
            assert part == Stretch(0, len(file), zlib.crc32(file))
    return frames, unread


def _as_zstandard(file: bytes) -> bytes:
    """Compress the file with zstandard, for which fastavro would need another library."""
    reader = fastavro.block_reader(io.BytesIO(file))
    marker = file[-MARKER:]
    stored = [
        write_block(
            block.num_records, bytes(cramjam.zstd.compress(block.bytes_.getvalue())), marker
        )
        for block in reader
    ]
    header = write_header(json.loads(reader.metadata["avro.schema"]), marker, "zstandard")
    return header + b"".join(stored)
