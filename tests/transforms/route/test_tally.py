from __future__ import annotations

from typing import Any

import apache_beam as beam
import polars as pl
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that
from hypothesis import given
from hypothesis import strategies as st

from transforms.avro.quarantined import QUARANTINED
from transforms.route.recommendation import RECOMMENDATION
from transforms.route.tally import (
    SCHEMA,
    AddUp,
    add_up,
    tally_quarantined,
    tally_recommendations,
    tally_rows,
)

Tally = dict[tuple[str, str], int]
TALLIES = st.lists(
    st.tuples(st.sampled_from(["route", "reason"]), st.sampled_from("ab"), st.integers(0, 9)),
    max_size=5,
)


def counts(tally: pl.DataFrame) -> Tally:
    assert tally.schema == SCHEMA
    assert not tally.select(pl.struct("of", "key").is_duplicated().any()).item()
    return {(of, key): count for of, key, count in tally.rows()}


def recommended(
    route: str, reasons: str, *, unknown: str = "", warnings: list[str] | None = None, **more: Any
) -> dict[str, Any]:
    return {
        "route": route,
        "reasons": [{"criterion": c, "citation": "The memo"} for c in reasons.split()],
        "criteria_unknown": unknown.split(),
        "missing_facts": [f"fact_of_{c}" for c in unknown.split()],
        "warnings": warnings,
        "state": "OPEN",
        "needs_review": False,
        "review_reasons": [],
        "checks": [],
        "settling_facts": [],
        "conflicts": [],
        **more,
    }


def test_counts_recommendations() -> None:
    rows = [
        recommended("close", "F1 F2", unknown="P1", warnings=["court:UNKNOWN_CODE"]),
        recommended("close", "F1", state="ON_THE_RECORD", form="NOT_FILING", warnings=[]),
        recommended(
            "expedite",
            "P1",
            state="AFTER_CHECKS",
            needs_review=True,
            review_reasons=[
                {"kind": "MARKER", "reason": "one"},
                {"kind": "MARKER", "reason": "another"},
                {"kind": "RULE", "reason": "a third"},
            ],
            checks=[{"fact": "served", "presumed": "false", "reason": "Ask."}],
            settling_facts=["fact_of_P1"],
            conflicts=["AGE_OUT_OF_RANGE"],
            unknown="F1 P1",
        ),
    ]
    assert counts(tally_recommendations(pl.DataFrame(rows, schema=RECOMMENDATION))) == {
        ("route", "close"): 2,
        ("route", "expedite"): 1,
        ("reason", "F1"): 2,
        ("reason", "F2"): 1,
        ("reason", "P1"): 1,
        ("unknown", "P1"): 2,
        ("unknown", "F1"): 1,
        ("missing_fact", "fact_of_P1"): 2,
        ("missing_fact", "fact_of_F1"): 1,
        ("warning", "court:UNKNOWN_CODE"): 1,
        ("state", "close OPEN"): 1,
        ("state", "close ON_THE_RECORD"): 1,
        ("state", "expedite AFTER_CHECKS"): 1,
        ("form", "NOT_FILING"): 1,
        ("needs_review", "expedite"): 1,
        # A kind counts once per case.
        ("review_reason", "MARKER"): 1,
        ("review_reason", "RULE"): 1,
        ("ask_first", "served"): 1,
        ("settling_fact", "fact_of_P1"): 1,
        ("conflict", "AGE_OUT_OF_RANGE"): 1,
    }


def test_counts_nothing_in_empty_frames() -> None:
    assert counts(tally_recommendations(RECOMMENDATION.to_frame())) == {}
    assert set(counts(tally_quarantined(QUARANTINED.to_frame())).values()) == {0}


def test_counts_what_is_quarantined_by_record_and_by_entry() -> None:
    rows = [
        ("read", "UNREADABLE_BLOCK", 250, "a.avro"),
        ("read", "UNREADABLE_BLOCK", 40, "b.avro"),
        ("read", "UNREADABLE_BLOCK", None, "b.avro"),
        ("read", "TRUNCATED_FILE", None, "b.avro"),
        ("normalize", "CONTRADICTION", 1, None),
        ("normalize", "CONTRADICTION", 1, None),
    ]
    columns = ("stage", "reason", "record_count", "source_file")
    frame = pl.DataFrame(
        [dict(zip(columns, row, strict=True)) for row in rows],
        schema=QUARANTINED,
    )
    assert counts(tally_quarantined(frame)) == {
        ("quarantine", "UNREADABLE_BLOCK"): 3,
        ("quarantine", "TRUNCATED_FILE"): 1,
        ("quarantine", "CONTRADICTION"): 2,
        ("quarantined", "UNREADABLE_BLOCK"): 290,
        ("quarantined", "CONTRADICTION"): 2,
        ("unread", ""): 290,
        ("unreadable", ""): 2,
        ("damaged", "a.avro"): 1,
        ("damaged", "b.avro"): 3,
        ("damaged_records", "a.avro"): 250,
        ("damaged_records", "b.avro"): 40,
        ("damaged_uncounted", "b.avro"): 2,
        ("cut_short", "b.avro"): 1,
    }


def test_counts_rows_under_one_name() -> None:
    assert counts(tally_rows("duplicates", pl.DataFrame({"a": [1, 2, 3]}))) == {
        ("duplicates", ""): 3
    }


def frame_of(rows: list[tuple[str, str, int]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def plainly(tallies: list[list[tuple[str, str, int]]]) -> Tally:
    total: Tally = {}
    for of, key, count in (row for tally in tallies for row in tally):
        total[of, key] = total.get((of, key), 0) + count
    return total


@given(st.lists(TALLIES, max_size=4))
def test_adds_up_tallies_in_order_of_their_names(tallies: list[list[tuple[str, str, int]]]) -> None:
    got = add_up(map(frame_of, tallies))
    assert counts(got) == plainly(tallies)
    assert got.rows() == sorted(got.rows())


@pytest.mark.parametrize("tallies", [[], [[("route", "a", 2)], [], [("route", "a", 3)]]])
def test_adds_up_a_whole_collection(tallies: list[list[tuple[str, str, int]]]) -> None:
    def right(got: list[pl.DataFrame]) -> None:
        [total] = got
        assert counts(total) == plainly(tallies)

    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        total = (
            pipeline
            | beam.Create([frame_of(tally) for tally in tallies])
            | beam.CombineGlobally(AddUp())
        )
        assert_that(total, right)


@given(st.lists(TALLIES, max_size=4), st.integers(0, 4))
def test_adds_up_however_a_runner_splits_the_work(
    tallies: list[list[tuple[str, str, int]]], cut: int
) -> None:
    combine = AddUp()
    parts = []
    for part in (tallies[:cut], tallies[cut:]):
        accumulator = combine.create_accumulator()
        for tally in part:
            accumulator = combine.add_input(accumulator, frame_of(tally))
        parts.append(accumulator)
    assert counts(combine.extract_output(combine.merge_accumulators(parts))) == plainly(tallies)
