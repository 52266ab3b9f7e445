"""Which options an engine gets, and what is wrong with those that a user gives."""

from __future__ import annotations

import argparse
import json
import os
import socket
from pathlib import Path

import pytest

from pipelines import backlog
from pipelines.cli.runners import beam_arguments
from pipelines.commands import worker
from pipelines.engines.engine import Engine, engine_of
from pipelines.engines.options import engine_words, from_anywhere, value_of
from schemas.errors import EngineError, UsageError
from tests.helpers.commands import discretion

NOBODY = "localhost:1"


@pytest.mark.parametrize(
    ("text", "engine"),
    [
        ("in-process", Engine()),
        ("flink", Engine("flink", "localhost:8099")),
        ("flink=flink.example.org:18099", Engine("flink", "flink.example.org:18099")),
        ("flink=[::1]:8099", Engine("flink", "[::1]:8099")),
        ("prism", Engine("prism")),
    ],
)
def test_reads_an_engine(text: str, engine: Engine) -> None:
    assert engine_of(text) == engine


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("flnk", "did you mean flink?"),
        ("dask", "there are in-process, flink, prism"),
        ("flink=", "write HOST:PORT"),
        ("flink=there", "write HOST:PORT"),
        ("prism=localhost:1", "takes no address"),
    ],
)
def test_rejects_what_is_no_engine(text: str, problem: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=problem):
        engine_of(text)


def test_says_that_nothing_answers_in_one_line() -> None:
    done = discretion("backlog", "--input", "x", "--output", "y", f"--engine=flink={NOBODY}",
                      f"--flink_master={NOBODY}")  # fmt: skip
    assert (done.returncode, done.stdout) == (8, "")
    assert done.stderr == (
        f"discretion backlog: Flink's JobManager at {NOBODY} doesn't answer (Connection refused)\n"
    )


def test_an_engine_chooses_the_runner() -> None:
    with pytest.raises(UsageError, match="leave out --runner"):
        engine_words(Engine("flink", NOBODY), ["--runner", "DirectRunner"])


def test_asks_the_job_server_about_options_that_beam_does_not_know() -> None:
    with socket.socket() as bound:
        bound.bind(("localhost", 0))
        address = f"localhost:{bound.getsockname()[1]}"
        given = ["--runner=PortableRunner", f"--job_endpoint={address}", "--state_backend=x"]
        with pytest.raises(EngineError, match=f"no job server of Beam answers at {address}"):
            beam_arguments(given)


def test_takes_the_last_value_in_either_spelling() -> None:
    assert value_of("a", ["--a=1", "--b", "--a", "2"]) == "2"
    assert value_of("a", ["--ab=1", "a=2"]) is None


def test_paths_are_absolute_only_where_workers_have_another_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    here = backlog.Options(input=("a/*.avro", "gs://b/c"), output="out")
    assert from_anywhere(here, "input", "output") is here
    there = backlog.Options(input=here.input, output=here.output, engine=Engine("flink", NOBODY))
    moved = from_anywhere(there, "input", "output")
    assert moved.input == (f"{tmp_path}/a/*.avro", "gs://b/c")
    assert moved.output == f"{tmp_path}/out"


def test_a_worker_that_no_engine_started_says_how_workers_start(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert worker.main([]) == 2
    assert "use --engine" in capsys.readouterr().err


def test_a_worker_of_this_machine_is_the_program_that_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pipelines.engines.flink.Flink.slots", lambda self: (2, 6))
    words = engine_words(Engine("flink", "localhost:1"), ["--parallelism=4"], "group")
    environment = json.loads(value_of("environment_config", words) or "")
    assert os.access(environment["command"], os.X_OK)
    assert environment["env"] == {"DISCRETION_READABLE_BY": "group"}
    assert value_of("parallelism", words) is None
    assert value_of("sdk_worker_parallelism", words) == "3"
    assert value_of("flink_master", words) == "localhost:8081"
    elsewhere = engine_words(Engine("flink", "flink.example.org:1"), [])
    environment = json.loads(value_of("environment_config", elsewhere) or "")
    assert environment == {"command": "discretion", "env": {}}
