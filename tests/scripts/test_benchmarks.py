"""The opponents of the benchmark say what the project says, and the benchmark gives its figures."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import fastavro
import polars as pl
import pytest

from scripts.benchmarks.baselines.polars_normalize import read_time
from scripts.benchmarks.figures import FIGURES
from scripts.benchmarks.table import BEGIN, END, into_document
from transforms.normalize.dates import iso_time

ROOT = Path(__file__).parents[2]
BASELINES = "scripts.benchmarks.baselines"
ROUTES = ("close", "continue", "expedite")
Record = dict[str, Any]


def run(*arguments: str | Path) -> None:
    subprocess.run([sys.executable, "-m", *map(str, arguments)], cwd=ROOT, check=True)


def records(root: Path, *parts: str) -> list[Record]:
    found: list[Any] = []
    for part in parts:
        for path in (root / part).glob("*.avro"):
            with path.open("rb") as file:
                found += list(fastavro.reader(file))
    return sorted(found, key=lambda record: (str(record["case_id"]), str(record)))


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A sample with its mess, and the project's run over it."""
    return reviewed(tmp_path_factory.mktemp("messy"))


def reviewed(place: Path, *options: str) -> tuple[Path, Path]:
    sample = place / "sample"
    run(
        "pipelines.commands.sample", "--output", sample, "--cases", "3000", "--files", "2", *options
    )
    run("pipelines.backlog", "--input", sample, "--output", place, "--run-id", "run", "--json")
    return sample, place / "runs" / "run"


def test_the_polars_script_reads_every_form_of_a_time_alike() -> None:
    days = ("2011-11-17", "11/17/2011", "1900-01-01", "2199-12-31", "17-NOV-2011", "2011-02-30")
    clocks = ("9:05", "09:05:30", "23:59:59.25", "12:00", "0:30", "25:00", "")
    forms = itertools.product(
        days,
        ("T", " ", ", "),
        clocks,
        ("", " AM", "PM", " p.m.", " a"),
        ("", "Z", " Z", "+05:45", "-0500", "-05", "+99:00"),
    )
    texts = pl.DataFrame({"text": ["".join(form) for form in forms]})
    text = pl.col("text")
    read = texts.select("text", ours=iso_time(text), theirs=read_time(text))
    assert read.filter(pl.col("ours").ne_missing(pl.col("theirs"))).is_empty()
    assert read["ours"].n_unique() > 50


@pytest.mark.parametrize("part", [*ROUTES, "cases", "quarantine", "duplicates"])
def test_the_polars_script_writes_the_same_records(
    messy: tuple[Path, Path], by_polars: Path, part: str
) -> None:
    ours = records(messy[1], part)
    assert ours
    assert records(by_polars, part) == ours


@pytest.fixture(scope="module")
def by_polars(messy: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("polars") / "output"
    run(f"{BASELINES}.polars_script", "--input", messy[0], "--output", output)
    return output


def test_the_row_beam_way_routes_a_clean_sample_the_same(tmp_path: Path) -> None:
    sample, ours = reviewed(tmp_path, "--clean")
    run(f"{BASELINES}.row_beam", "--input", sample, "--output", tmp_path / "rows")
    wanted = records(ours, *ROUTES)
    assert len(wanted) == 3000
    for record in wanted:
        record["grounds"] = [ground["criterion"] for ground in record["grounds"]]
    found = records(tmp_path / "rows", *ROUTES)
    told = found[0].keys()
    assert found == [{name: record[name] for name in told} for record in wanted]


def test_the_fastavro_copy_has_the_same_records(messy: tuple[Path, Path], tmp_path: Path) -> None:
    run(f"{BASELINES}.fastavro_copy", "--input", messy[0], "--output", tmp_path / "copy")
    assert records(tmp_path, "copy") == records(messy[0], "")


def test_a_quick_bench_gives_every_figure(tmp_path: Path) -> None:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        [ROOT / "scripts" / "bench", "--quick", "--dir", "samples", "--json", "figures.json"],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert list(figures) == [figure.name for figure in FIGURES]
    assert all(value > 0 for value in figures.values())
    for figure in FIGURES:
        assert figure.name in done.stdout


def test_an_unknown_figure_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scripts.benchmarks", "--only", "speed"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "there is no figure speed" in done.stderr


def test_a_table_takes_the_place_of_the_last_one(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text(f"before\n{BEGIN}\nold\n{END}\nbehind\n")
    into_document(document, "new")
    assert document.read_text() == f"before\n{BEGIN}\nnew\n{END}\nbehind\n"
