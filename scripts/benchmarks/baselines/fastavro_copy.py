"""Baseline: fastavro reads and writes the same records, and does nothing else."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import fastavro


def main() -> int:
    """Copy every file's records."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--input", required=True, type=Path)
    parser.add_argument("--output", required=True, type=Path)
    options = parser.parse_args()
    options.output.mkdir(parents=True)
    for path in sorted(options.input.glob("*.avro")):
        with path.open("rb") as source, (options.output / path.name).open("wb") as target:
            records = fastavro.reader(source)
            assert records.writer_schema is not None
            fastavro.writer(target, records.writer_schema, records, codec="snappy")
    return 0


if __name__ == "__main__":
    sys.exit(main())
