"""The baselines agree with the project, and the benchmark reports its figures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import fastavro
import pytest

from scripts.benchmarks.earlier import COMMIT, SkippedError, checkout
from scripts.benchmarks.figures import FIGURES
from tests.helpers.commands import discretion

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
    return reviewed(tmp_path_factory.mktemp("messy"), "--cases", "3000")


def reviewed(place: Path, *options: str) -> tuple[Path, Path]:
    sample = place / "sample"
    for words in (
        ("sample", "--output", sample, "--files", 2, *options),
        ("backlog", "--input", sample, "--output", place, "--run-id", "run"),
    ):
        done = discretion(*words)
        assert done.returncode == 0, done.stderr
    return sample, place / "runs" / "run"


@pytest.mark.parametrize("part", [*ROUTES, "cases", "quarantine", "duplicates"])
def test_the_polars_script_writes_the_same_records(
    messy: tuple[Path, Path], by_polars: Path, part: str
) -> None:
    ours, theirs = records(messy[1], part), records(by_polars, part)
    assert ours
    for record in (*ours, *theirs) if part in ROUTES else ():
        # The script doesn't try answers, so it can't put first what settles a route.
        del record["settling_facts"]
        record["missing_facts"].sort()
    assert theirs == ours


@pytest.fixture(scope="module")
def by_polars(messy: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("polars") / "output"
    run(f"{BASELINES}.polars_script", "--input", messy[0], "--output", output)
    return output


def test_the_row_by_row_baseline_routes_a_clean_sample_the_same(tmp_path: Path) -> None:
    sample, ours = reviewed(tmp_path, "--cases", "1000", "--clean")
    run(f"{BASELINES}.row_beam", "--input", sample, "--output", tmp_path / "rows")
    wanted = records(ours, *ROUTES)
    assert len(wanted) == 1000
    for record in wanted:
        record["reasons"] = [reason["criterion"] for reason in record["reasons"]]
    found = records(tmp_path / "rows", *ROUTES)
    figures = found[0].keys()
    assert found == [{name: record[name] for name in figures} for record in wanted]


def test_the_fastavro_copy_holds_the_same_records(messy: tuple[Path, Path], tmp_path: Path) -> None:
    run(f"{BASELINES}.fastavro_copy", "--input", messy[0], "--output", tmp_path / "copy")
    assert records(tmp_path, "copy") == records(messy[0], "")


def test_a_quick_bench_gives_every_kind_of_figure(tmp_path: Path) -> None:
    # Those at other sizes, of an earlier commit, and over other baselines are the same runs.
    others = (f"{COMMIT}_over_ours_300k", "row_beam_time_over_ours_300k", "fastavro_300k")
    left_out = ("_1m", "_3m", f"{COMMIT}_300k", *others)
    asked = [f.name for f in FIGURES if not f.name.endswith(left_out)]
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        [
            *(ROOT / "scripts" / "bench", "--quick", "--dir", "samples"),
            *("--json", "figures.json", "--only", ",".join(asked)),
        ],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert list(figures) == asked
    assert all(value > 0 for value in figures.values())
    for name in figures:
        assert name in done.stdout


def test_skips_a_missing_earlier_commit_with_a_reason(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    subprocess.run(["git", "init", "-q", empty], check=True)
    with pytest.raises(SkippedError, match=f"commit {COMMIT} is not in this history"):
        checkout(empty, tmp_path)
    assert list(tmp_path.iterdir()) == [empty]


def test_unpacks_an_earlier_commit_once(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    history = subprocess.run(
        ["git", "cat-file", "-e", COMMIT], cwd=ROOT, check=False, capture_output=True
    )
    if history.returncode:
        pytest.skip(f"commit {COMMIT} is not in this history")
    subprocess.run(["git", "clone", "-q", "--shared", ROOT, repository], check=True)
    tree = checkout(repository, tmp_path)
    assert (tree / "pipelines" / "sample.py").exists()
    assert checkout(tmp_path / "nowhere", tmp_path) == tree


def test_rejects_an_unknown_figure() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scripts.benchmarks", "--only", "speed"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "there is no figure speed" in done.stderr
