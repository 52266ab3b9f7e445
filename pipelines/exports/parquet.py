"""Parquet files: cases and recommendations joined, or the columns of a shared copy."""

from __future__ import annotations

import json
from collections.abc import Iterable

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.exports.about import terms
from schemas.avro import avro_schema
from schemas.manifest import Manifest
from transforms.export.plain import with_text
from transforms.frames.frame import Frame


def write_parquet(path: str, frames: Iterable[Frame], manifest: Manifest, line: str) -> None:
    """Write frames as row groups of a file; its metadata says what `about` says.

    Args:
        path: The new file.
        frames: Frames of one schema; at least one.
        manifest: The run's manifest.
        line: The line about confidentiality.
    """
    writer: pq.ParquetWriter | None = None
    try:
        for frame in frames:
            table = with_text(frame).to_arrow(compat_level=pl.CompatLevel.oldest())
            if writer is None:
                schema = _described(table.schema, manifest, line)
                writer = pq.ParquetWriter(path, schema, compression="zstd")
            writer.write_table(table.cast(writer.schema))
    finally:
        if writer is not None:
            writer.close()


def laws() -> dict[str, str]:
    """Return the law that protects each confidential column of the joined cases."""
    fields = [
        field for kind in ("case_record", "recommendation") for field in avro_schema(kind)["fields"]
    ]
    return {field["name"]: field["confidential"] for field in fields if "confidential" in field}


def _described(schema: pa.Schema, manifest: Manifest, line: str) -> pa.Schema:
    protected = laws()
    marked = [
        field.with_metadata({"confidential": protected[field.name]})
        if field.name in protected
        else field
        for field in schema
    ]
    about = {
        "confidential": line,
        "run": manifest.run_id,
        "terms": terms(manifest),
        "rulebook": json.dumps(manifest.rulebook.model_dump(mode="json")),
    }
    return pa.schema(marked, metadata=about)
