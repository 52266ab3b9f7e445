"""Baseline in plain Polars: the assessment of 2011 by hand, without Beam and without a rulebook.

It reads the same files, applies the same rules to the same facts, and writes the same outputs:
routes, cases, quarantine, and duplicates. It is written for speed by someone who knows Polars:
whole columns, conditions worked out on paper for this one rulebook and this one as-of date, and one
thread per processor. It shares the project's Avro codec, because reading and writing Avro isn't
being compared, and the code tables, the catalogs of facts and conflicts, and the readers of single
odd spellings, which are data or handle a few distinct values. It shares no rule, presumption, or
route.

It leaves out `settling_facts`, which takes trying answers one by one, so its missing facts are in
another order. It doesn't read damaged files or lists with null items, keep a manifest with digests
and counts, or work with any other rulebook.
"""

from __future__ import annotations

import argparse
import datetime
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl

from schemas.avro import avro_schema
from scripts.benchmarks.baselines.polars_conflicts import find, unsettle
from scripts.benchmarks.baselines.polars_facts import derive
from scripts.benchmarks.baselines.polars_normalize import tidy
from scripts.benchmarks.baselines.polars_recommendation import recommendations
from scripts.benchmarks.baselines.polars_routing import route_cases
from scripts.benchmarks.baselines.routing_table import ROUTES
from transforms.avro.blocks import Block, blocks
from transforms.avro.decode import Decoder
from transforms.avro.encode import encode_blocks, write_header
from transforms.avro.header import read_header
from transforms.frames.nulls import given_code
from transforms.normalize.dates import iso_time

AS_OF = datetime.date(2011, 11, 17)
ROWS = 40_000
RECORD, RESULT, QUARANTINED = (
    avro_schema(name) for name in ("case_record", "recommendation", "quarantined")
)
SCHEMAS = {
    **dict.fromkeys(ROUTES, RESULT), "cases": RECORD, "quarantine": QUARANTINED,
    "duplicates": QUARANTINED,
}  # fmt: skip
NAMES = [field["name"] for field in RECORD["fields"]]
Parts = dict[str, bytes]


def case_key() -> pl.Expr:
    """Trim the case id; null if it means unknown."""
    return given_code(pl.col("case_id"))


def read(path: Path) -> list[pl.DataFrame]:
    """Read a file as frames."""
    frames: list[pl.DataFrame] = []
    with path.open("rb") as file:
        header = read_header(file)
        decoder = Decoder.of(header, RECORD)
        held: list[Block] = []
        for block in blocks(file, header, 0, path.stat().st_size):
            if not isinstance(block, Block):
                raise SystemExit(f"{path}: is damaged")
            held.append(block)
            if sum(block.count for block in held) >= ROWS:
                frames.append(decoder.decode(held))
                held = []
        if held:
            frames.append(decoder.decode(held))
    return frames


def newest(records: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Separate the latest record of each case, with ties settled by content, from the others."""
    text = pl.Series("_text", records.write_ndjson().encode().splitlines(), pl.Binary)
    ranked = (
        records.with_columns(text, _id=case_key(), _time=iso_time(pl.col("updated_at")))
        .sort("_id", "_time", "_text", descending=[False, True, True], nulls_last=True)
        .with_columns(_first=pl.col("_id").is_first_distinct())
    )
    older = ranked.filter(~pl.col("_first"))
    why = "another record of the case has a later update time"
    return ranked.filter("_first").select(NAMES), quarantine(
        older.select(NAMES), "deduplicate", "SUPERSEDED", None, why
    )


def quarantine(
    records: pl.DataFrame, stage: str, reason: str, field: str | None, why: str
) -> pl.DataFrame:
    """Make rows of quarantined.avsc."""
    return records.select(
        stage=pl.lit(stage),
        reason=pl.lit(reason),
        field=pl.lit(field, pl.String),
        detail=pl.lit(why),
        source_file=pl.lit(None, pl.String),
        offset=pl.lit(None, pl.Int64),
        record_count=pl.lit(1, pl.Int64),
        case_id=pl.col("case_id"),
        raw=pl.Series("raw", records.write_ndjson().encode().splitlines(), pl.Binary),
    )


def assess(raw: pl.DataFrame) -> tuple[Parts, dict[str, float]]:
    """Turn one frame of records into the blocks of each output, with the seconds of each stage."""
    clock = [time.perf_counter()]
    trimmed = raw.with_columns(case_id=case_key())
    tidied = tidy(trimmed, AS_OF)
    records = tidied.records.with_columns(warnings(tidied.warnings, raw.height).alias("warnings"))
    clock.append(time.perf_counter())
    facts = derive(tidied)
    conflicts = find(facts, tidied, AS_OF)
    facts = unsettle(facts, conflicts)
    clock.append(time.perf_counter())
    nameless = records["case_id"].is_null()
    open_cases = ~nameless & ~(tidied.days["completed_on"] <= AS_OF).fill_null(False)
    if not open_cases.all():
        facts = facts.filter(open_cases)
        # A frame without columns has no rows to filter.
        conflicts = conflicts.filter(open_cases) if conflicts.width else conflicts
    passed = records.filter(open_cases).select("case_id", "court", "opla_office", "warnings")
    result = recommendations(route_cases(facts, conflicts, AS_OF), AS_OF).hstack(passed)
    clock.append(time.perf_counter())
    parts = {name: encode_blocks(result.filter(route=name), RESULT) for name in ROUTES}
    parts["cases"] = encode_blocks(records.filter(~nameless).select(NAMES), RECORD)
    if nameless.any():
        why = "the record has no case_id"
        unnamed = quarantine(raw.filter(nameless), "normalize", "MISSING_CASE_ID", "case_id", why)
        parts["quarantine"] = encode_blocks(unnamed.with_columns(case_id=case_key()), QUARANTINED)
    clock.append(time.perf_counter())
    stages = ("normalize", "facts", "route", "encode")
    return parts, {
        stage: end - start for stage, start, end in zip(stages, clock, clock[1:], strict=False)
    }


def warnings(noted: list[pl.DataFrame], rows: int) -> pl.Series:
    """List what was set to unknown, one list per case."""
    everyone = pl.DataFrame({"_row": pl.int_range(rows, dtype=pl.UInt32, eager=True)})
    if not noted:
        return pl.Series([[]], dtype=pl.List(pl.String)).new_from_index(0, rows)
    listed = pl.concat(noted).unique().sort("_row", "label").group_by("_row").agg("label")
    joined = everyone.join(listed, on="_row", how="left", maintain_order="left")
    return joined.select(pl.col("label").fill_null([])).to_series()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--input", required=True, type=Path)
    parser.add_argument("--output", required=True, type=Path)
    parser.add_argument("--stages", action="store_true", help="print the seconds of each stage")
    options = parser.parse_args()
    stages: dict[str, float] = {}
    start = time.perf_counter()
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        frames = [f for part in pool.map(read, sorted(options.input.glob("*.avro"))) for f in part]
        stages["read"] = time.perf_counter() - start
        start = time.perf_counter()
        ids = pl.concat([frame.select(id=case_key()) for frame in frames])["id"]
        often = ids.is_duplicated() & ids.is_not_null()
        repeated, offset = [], 0
        for place, frame in enumerate(frames):
            mask = often[offset : offset + frame.height]
            offset += frame.height
            if mask.any():
                repeated.append(frame.filter(mask))
                frames[place] = frame.filter(~mask)
        duplicates = b""
        if repeated:
            winners, older = newest(pl.concat(repeated, rechunk=True))
            frames.append(winners)
            duplicates = encode_blocks(older, QUARANTINED)
        stages["deduplicate"] = time.perf_counter() - start
        start = time.perf_counter()
        for name in SCHEMAS:
            (options.output / name).mkdir(parents=True)
        files = {name: (options.output / name / "part.avro").open("wb") for name in SCHEMAS}
        for name, file in files.items():
            file.write(write_header(SCHEMAS[name]))
        files["duplicates"].write(duplicates)
        for parts, seconds in pool.map(assess, frames):
            for name, content in parts.items():
                files[name].write(content)
            for stage, number in seconds.items():
                stages[stage] = stages.get(stage, 0.0) + number
        for file in files.values():
            file.close()
        stages["assess (wall)"] = time.perf_counter() - start
    if options.stages:
        for stage, number in stages.items():
            print(f"{stage:16}{number:8.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
