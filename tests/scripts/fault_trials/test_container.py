"""Damaged files: their content, and how the reader handles each kind of damage."""

from __future__ import annotations

import io
import random
from typing import Any

import fastavro
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.avro import Schema
from scripts.fault_trials.container import build
from scripts.fault_trials.damage import WAYS, Damaged, unmet
from tests.helpers.random_avro import read_all
from tests.transforms.avro.test_decode import enum, record
from transforms.avro.codecs import CODECS

ITEM = record(("kind", ["null", enum("UNKNOWN", "A", "B")]), ("on", ["null", "string"]), name="I")
SCHEMA: Schema = record(
    ("case_id", ["null", "string"]),
    ("note", ["null", "string"]),
    ("is", ["null", "boolean"]),
    ("was", ["null", "boolean"]),
    ("n", ["null", "int"]),
    ("items", ["null", {"type": "array", "items": ["null", ITEM]}]),
)
# As other writers have it: null last, or no null, or a field that nobody reads.
OTHER: Schema = record(
    ("case_id", ["string", "null"]),
    ("note", ["null", "string"]),
    ("is", ["null", "boolean"]),
    ("was", "boolean"),
    ("n", "long"),
    ("items", {"type": "array", "items": ITEM}),
    ("more", {"type": "map", "values": "int"}),
)
ROWS = [
    {
        "case_id": f"case-{number}",
        "note": None if number % 3 else f"note {number}",
        "is": (None, True, False)[number % 3],
        "was": number % 2 == 0,
        "n": number * 1000,
        "items": [{"kind": "A", "on": "2011-01-01"}] * (number % 4),
        "more": {"k": number},
    }
    for number in range(60)
]


@pytest.mark.parametrize("codec", sorted(set(CODECS) - {"zstandard"}))
@pytest.mark.parametrize("schema", [SCHEMA, OTHER])
def test_a_container_holds_the_records_that_it_lists(schema: Schema, codec: str) -> None:
    container = build(schema, ROWS, codec, block_rows=7)
    names = [field["name"] for field in schema["fields"]]
    found = list(fastavro.reader(io.BytesIO(container.content)))
    assert found == [{name: row[name] for name in names} for row in ROWS]
    assert [
        block.num_records for block in fastavro.block_reader(io.BytesIO(container.content))
    ] == [len(block.records) for block in container.blocks]
    assert [container.offset(number) for number in range(len(container.blocks))] == [
        block.offset for block in fastavro.block_reader(io.BytesIO(container.content))
    ]


def test_every_way_except_the_harmless_ones_changes_the_file() -> None:
    container = build(SCHEMA, ROWS, "null", block_rows=7)
    assert len(WAYS) >= 24
    for name, way in WAYS.items():
        damaged = [way(container, random.Random(seed)) for seed in range(5)]
        changed = any(each.content != container.content for each in damaged)
        assert changed == (name != "a block in two frames"), name


def _read(damaged: Damaged) -> tuple[list[dict[str, Any]], bool]:
    frames, unread = read_all(damaged.content, SCHEMA)
    return [row for frame in frames for row in frame.to_dicts()], bool(unread)


@pytest.mark.parametrize("way", sorted(WAYS))
@given(codec=st.sampled_from(sorted(CODECS)), seed=st.integers(0, 1 << 32), other=st.booleans())
@example(codec="null", seed=0, other=False)
def test_damage_loses_only_what_it_touches_and_is_reported(
    way: str, codec: str, seed: int, other: bool
) -> None:
    container = build(OTHER if other else SCHEMA, ROWS, codec, block_rows=7)
    damaged = WAYS[way](container, random.Random(seed))
    rows, reported = _read(damaged)
    assert unmet(damaged, [row["case_id"] for row in rows], reported=reported) == []
    whole = {row["case_id"]: row for row in _read(Damaged(container.content, ()))[0]}
    for row in rows:
        if row["case_id"] not in damaged.may_change and not damaged.may_change:
            assert row["case_id"] is None or row == whole[row["case_id"]]


@pytest.mark.parametrize(
    ("read", "reported", "wrong"),
    [
        (["a", "b", "c"], True, []),
        (["a", "c"], True, []),
        (["a", "c"], False, ["the damage isn't", "records are missing, and"]),
        (["a", "b"], True, ["records outside the damage are missing: ['c']"]),
        (["a", "x", "c"], True, ["records were read that nobody wrote: 1"]),
        (["a", None, "c"], True, []),
    ],
)
def test_names_what_a_reader_failed_to_deliver(
    read: list[str | None], reported: bool, wrong: list[str]
) -> None:
    damaged = Damaged(b"", ("a", "b", "c"), frozenset("b"), seen=True)
    found = unmet(damaged, read, reported=reported)
    assert len(found) == len(wrong)
    assert all(problem.startswith(start) for problem, start in zip(found, wrong, strict=True))
