"""`adherence`, as a user runs it: in each form, and with input that can't be used."""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path

import polars as pl
import pytest

from schemas.avro import avro_schema
from schemas.errors import UsageError
from schemas.rulebooks import load
from tests.helpers.commands import discretion
from tests.helpers.small_run import write_run
from transforms.assess.frame import Terms
from transforms.avro.encode import encode_blocks, write_header
from transforms.nightly.reviews import REVIEWS
from transforms.oversight import figures
from transforms.testing import case_frame


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of 40 cases, and reviews that continue each; one file of them is damaged."""
    place = tmp_path_factory.mktemp("adherence")
    cases = case_frame({"case_id": f"=C{n}", "opla_office": "BAL OCC"} for n in range(40))
    write_run(place, cases, Terms(load("ice-2011-11-17"), datetime.date(2011, 11, 17)))
    reviews = pl.DataFrame(
        [
            {"review_id": f"R{n}", "case_id": f"=C{n}", "reviewer": "one", "route": "continue",
             "decided_at": "2011-11-20", "route_then": "close" if n < 10 else None}
            for n in range(40)
        ], schema=REVIEWS,
    )  # fmt: skip
    schema = avro_schema("review")
    content = write_header(schema) + encode_blocks(reviews, schema)
    (place / "reviews").mkdir()
    (place / "reviews/1.avro").write_bytes(content)
    return place


def test_prints_json_and_writes_a_page(place: Path) -> None:
    page = place / "page.html"
    done = discretion(
        "adherence", place, "--reviews", place / "reviews", "--json", "--output", page
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert (found["counts"]["read"], found["counts"]["followed"]) == (40, 30)
    [office, whole] = found["tables"]["offices"]
    assert (office["office"], office["share"], whole["harsher"]) == ("BAL OCC", 0.75, 10)
    text = page.read_text("utf-8")
    assert "75.0\N{NO-BREAK SPACE}%" in text
    assert "<script" not in text
    assert page.stat().st_mode & 0o077 == 0


def test_prints_tables_of_80_columns_past_a_damaged_file(place: Path) -> None:
    whole = (place / "reviews/1.avro").read_bytes()
    damaged = place / "damaged"
    damaged.mkdir()
    (damaged / "1.avro").write_bytes(whole)
    (damaged / "2.avro").write_bytes(whole[:-40])
    done = discretion("adherence", place, "--reviews", damaged)
    assert done.returncode == 7
    assert "2.avro: is damaged" in done.stderr
    assert "30 of 40 decisions (75.0 %) took the recommended route" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_refuses_a_table_that_is_not_there(place: Path) -> None:
    done = discretion("adherence", place, "--reviews", place / "reviews", "--csv", "ofices")
    assert done.returncode == 2
    assert (
        done.stderr == "discretion adherence: --csv: ofices isn't a table; did you mean offices?\n"
    )


def test_says_what_to_install_without_scipy(monkeypatch: pytest.MonkeyPatch) -> None:
    figures.scipy_stats.cache_clear()
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(UsageError, match=r"pip install 'discretion\[statistics\]'"):
        figures.scipy_stats()
