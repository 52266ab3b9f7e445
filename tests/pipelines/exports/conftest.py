"""One small run, shared by the tests of what is made of a run."""

from __future__ import annotations

import datetime
from pathlib import Path

import polars as pl
import pytest

from schemas.rulebooks import load
from tests.helpers.small_run import write_run
from transforms.assess.frame import Terms
from transforms.frames.frame import Frame
from transforms.sample.backlog import sample_block

# Cases that have left the docket.
COMPLETED = 3
DAY = datetime.date(2011, 11, 17)


@pytest.fixture(scope="session")
def some_cases() -> Frame:
    made = sample_block(7, 0, clean=True).drop("_number").head(400)
    hostile = pl.Series(["=1+1", "@x", *made["opla_office"][2:]])
    completed = pl.Series(["2011-01-03"] * COMPLETED + made["completed_on"][COMPLETED:].to_list())
    return made.with_columns(
        hostile.alias("opla_office"), completed.reverse().alias("completed_on")
    )


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory, some_cases: Frame) -> Path:
    terms = Terms(load("ice-2011-11-17"), DAY)
    return write_run(tmp_path_factory.mktemp("runs"), some_cases, terms)
