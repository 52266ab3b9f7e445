"""Runs read by case, against reading each whole."""

from __future__ import annotations

import datetime
from pathlib import Path

import polars as pl
import pytest

from pipelines.runs import by_case
from pipelines.runs.frames import routed_frame
from pipelines.runs.run import load_run
from schemas.rulebooks import load
from tests.helpers.small_run import write_run
from transforms.assess.frame import Terms
from transforms.sample.backlog import sample_block

DAY = datetime.date(2011, 11, 17)
COLUMNS = ("case_id", "route", "reasons")


def test_each_case_is_in_one_bucket_with_what_each_run_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = sample_block(7, 0, clean=True).drop("_number").head(60)
    terms = Terms(load("ice-2011-11-17"), DAY)
    parts = {"one": cases.head(45), "two": cases.tail(45), "none": cases.clear()}
    runs = [load_run(str(write_run(tmp_path, part, terms, name))) for name, part in parts.items()]
    monkeypatch.setattr(by_case, "_BUCKET_ROWS", 10)
    buckets = list(by_case.by_case(runs, COLUMNS, lambda frame: frame.drop("reasons")))
    assert len(buckets) == 5
    for number, (run, _) in enumerate(runs):
        whole = routed_frame(run, COLUMNS).drop("reasons")
        assert (
            pl.concat(bucket[number] for bucket in buckets)
            .sort("case_id")
            .equals(whole.sort("case_id"))
        )
    seen = [set(pl.concat(bucket)["case_id"].to_list()) for bucket in buckets]
    assert sum(map(len, seen)) == len(set.union(*seen))
