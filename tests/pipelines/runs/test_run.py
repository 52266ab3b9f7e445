"""How a run gets its name, and how its cases are found again."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from pipelines.cli.exit_codes import ExitCode
from pipelines.commands import sample_events
from pipelines.runs.run import RunPlace, find_case, load_run
from schemas.avro import avro_schema
from schemas.case_record import CaseRecord
from schemas.errors import OutputError, RunError
from schemas.manifest import Manifest
from schemas.rulebooks import load
from tests.helpers.commands import files_below
from tests.helpers.object_store import OBJECTS
from tests.pipelines.commands.test_status import NIGHT
from transforms.avro.encode import encode_blocks, write_header
from transforms.avro.types import polars_schema
from transforms.normalize.case_frame import to_frame

CASES, RECOMMENDATION = avro_schema("case_record"), avro_schema("recommendation")


@pytest.fixture(autouse=True)
def empty_store() -> Iterator[None]:
    OBJECTS.clear()
    yield
    OBJECTS.clear()


def run_in(output: str, run_id: str) -> None:
    """Make a run without any cases."""
    manifest = Manifest.model_validate({**NIGHT, "run_id": run_id})
    place = RunPlace(output, run_id)
    with place.alone():
        place.close(manifest, load("ice-2011-11-17").rulebook)


@pytest.mark.parametrize("store", ["disk", "flat://b"])
def test_latest_names_the_run_that_was_closed_last(store: str, tmp_path: Path) -> None:
    output = f"{tmp_path}/out" if store == "disk" else f"{store}/out"
    for run_id in ("b", "a"):
        run_in(output, run_id)
        run, manifest = load_run(output)
        assert (run, manifest.run_id) == (f"{output}/runs/{run_id}", run_id)
    there = [str(path) for path in files_below(tmp_path)] or list(OBJECTS)
    assert sorted(name.removeprefix(output) for name in there if ".lock" not in name) == [
        "/LATEST",
        *(f"/runs/{run}/{name}" for run in "ab" for name in ("manifest.json", "rulebook.json")),
    ]


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"a\0b", b"../runs/a", b"a/../a", b"[" * 100_000, b"a\nb"]
)
def test_a_damaged_latest_names_no_run(content: bytes, tmp_path: Path) -> None:
    run_in(f"{tmp_path}/out", "a")
    (tmp_path / "out/LATEST").write_bytes(content)
    with pytest.raises(RunError, match=r"^.*/out/LATEST: is damaged; write the name of the last"):
        load_run(f"{tmp_path}/out")


def test_cannot_read_parts_of_a_run_that_are_not_files(tmp_path: Path) -> None:
    run_in(f"{tmp_path}/out", "a")
    for name in ("runs/a/manifest.json", "LATEST"):
        (tmp_path / "out" / name).unlink()
        (tmp_path / "out" / name).mkdir()
        with pytest.raises(RunError, match=rf"^.*/out/{name}: cannot be read \(.+\)$"):
            load_run(f"{tmp_path}/out")


def test_leaves_no_run_if_latest_cannot_be_moved(tmp_path: Path) -> None:
    (tmp_path / "out/LATEST/full").mkdir(parents=True)
    with pytest.raises(OutputError, match=r"^.*/out/LATEST: cannot be written \(.+\)"):
        run_in(f"{tmp_path}/out", "one")
    assert list((tmp_path / "out/runs").glob("*one*")) == []


def cases_file(path: Path, *ids: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    blocks = [encode_blocks(to_frame([CaseRecord(case_id=case_id)]), CASES) for case_id in ids]
    path.write_bytes(write_header(CASES) + b"".join(blocks))


def test_finds_a_case_despite_a_damaged_file_but_never_calls_one_missing(
    tmp_path: Path,
) -> None:
    cases_file(tmp_path / "cases/a.avro", "1", "2")
    cases_file(tmp_path / "cases/b.avro", "3")
    cut = (tmp_path / "cases/a.avro").read_bytes()[:-1]
    (tmp_path / "cases/a.avro").write_bytes(cut)
    for case_id in "13":
        assert find_case(str(tmp_path), case_id)["case_id"].to_list() == [case_id]
    for case_id in "24":
        with pytest.raises(RunError, match=r"^.*/cases/a.avro: is damaged at byte \d+$"):
            find_case(str(tmp_path), case_id)
    cases_file(tmp_path / "cases/a.avro", "1", "2")
    assert find_case(str(tmp_path), "2")["case_id"].to_list() == ["2"]
    with pytest.raises(RunError, match="there is no case with that id"):
        find_case(str(tmp_path), "4")


def test_makes_sample_events_from_a_run_in_an_object_store(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_in("flat://b/out", "one")
    schema = polars_schema(RECOMMENDATION)
    routed = pl.DataFrame({"case_id": ["1", "2"], "route": ["close", "close"]})
    frame = schema.to_frame().select(pl.all())
    frame = pl.concat([frame, routed.cast({"route": schema["route"]})], how="diagonal")
    data = write_header(RECOMMENDATION) + encode_blocks(
        frame.select(schema.names()), RECOMMENDATION
    )
    OBJECTS["flat://b/out/runs/one/close/part-0.avro"] = data
    day = datetime.date(2011, 11, 18)
    command = [
        "--run",
        "flat://b/out",
        "--output",
        str(tmp_path),
        "--day",
        f"{day}",
        "--events",
        "5",
    ]
    assert sample_events.main(command) == ExitCode.OK
    assert capsys.readouterr().out == f"5 events in {tmp_path}/events/{day}.avro\n"
    OBJECTS["flat://b/out/runs/one/close/part-0.avro"] = data[:-1]
    assert sample_events.main(command) == ExitCode.INPUT
