"""The options of Beam that an engine needs, so that a user needn't know them."""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import shutil
import sys
from collections.abc import Sequence
from typing import Any, TypeVar

from apache_beam.version import __version__ as beam_version

from pipelines.commands.worker import READABLE_BY
from pipelines.engines.engine import FLINK, IN_PROCESS, Engine
from pipelines.engines.flink import Flink
from schemas.errors import EngineError, UsageError

Made = TypeVar("Made", bound=Any)
MASTER_PORT = 8081
# Less than the time after which Flink starts a job again, or that would meet a worker that is gone.
_CACHED_MILLIS = 2_000
_PROGRAM = "discretion"
# A job that is started again after a failure must not meet a worker that is gone, so that workers
# aren't kept for it.
_STREAMING = {"checkpointing_interval": "5000", "max_bundle_time_mills": "100"}
# Flink divides every state into so many parts for each task, and would take 128 in all. Beam makes
# a new state whenever a source returns, and never removes it.
_PARTS_OF_STATE = 4


def engine_words(
    engine: Engine,
    given: Sequence[str],
    readable_by: str | None = None,
    *,
    streaming: bool = False,
) -> list[str]:
    """Return the options of Beam for an engine, without those that the user gives.

    Args:
        engine: The engine.
        given: The options that the user gives for Beam.
        readable_by: Who else may read what the workers write.
        streaming: Whether the pipeline never ends.

    Returns:
        Options to put before the given ones.

    Raises:
        EngineError: The engine isn't there.
        UsageError: The user also names a runner.
    """
    if engine.name == IN_PROCESS:
        return []
    if value_of("runner", given) is not None:
        raise UsageError(f"--engine {engine.name} chooses Beam's runner; leave out --runner")
    if engine.name != FLINK:
        return _prism_words(given)
    master = value_of("flink_master", given) or f"{engine.host}:{MASTER_PORT}"
    task_managers, slots = Flink(master, patience=0).slots()
    if not slots:
        raise EngineError(f"Flink at {master} has no TaskManager; start one")
    words = {
        "runner": "PortableRunner",
        "job_endpoint": engine.address,
        "flink_master": master,
        "parallelism": str(slots),
        "environment_type": "PROCESS",
        "environment_config": _environment(engine, readable_by),
        **(
            _streaming(value_of("parallelism", given) or str(slots))
            if streaming
            else {"environment_cache_millis": str(_CACHED_MILLIS)}
        ),
        # A process of Python uses one core, so that each slot has its own.
        "sdk_worker_parallelism": str(-(-slots // max(1, task_managers))),
    }
    return [f"--{name}={value}" for name, value in words.items() if value_of(name, given) is None]


def _streaming(parallelism: str) -> dict[str, str]:
    if not parallelism.isdecimal():
        return _STREAMING
    return _STREAMING | {"max_parallelism": str(_PARTS_OF_STATE * int(parallelism))}


def from_anywhere(options: Made, *places: str) -> Made:
    """Make paths absolute, if workers may run in another directory.

    Args:
        options: A command's options.
        places: The names of those that are a path or paths.
    """
    if options.engine.name == IN_PROCESS and value_of("runner", options.beam) is None:
        return options
    return dataclasses.replace(
        options, **{name: _absolute(getattr(options, name)) for name in places}
    )


def _absolute(place: Any) -> Any:
    if isinstance(place, tuple):
        return tuple(map(_absolute, place))
    return place if place is None or "://" in place else os.path.abspath(place)


def value_of(name: str, words: Sequence[str]) -> str | None:
    """Return the last value that an option is given, as `--name=VALUE` or `--name VALUE`."""
    found = None
    for place, word in enumerate(words):
        option, equals, value = word.partition("=")
        if option == f"--{name}":
            found = value if equals else next(iter(words[place + 1 : place + 2]), "")
    return found


def _environment(engine: Engine, readable_by: str | None) -> str:
    """Say how a TaskManager starts a worker: on this machine, the program that runs now."""
    command = _PROGRAM
    if engine.is_here:
        beside = os.path.join(os.path.dirname(sys.executable), _PROGRAM)
        command = beside if os.access(beside, os.X_OK) else shutil.which(_PROGRAM) or _PROGRAM
    env = {} if readable_by is None else {READABLE_BY: readable_by}
    return json.dumps({"command": command, "env": env})


def _prism_words(given: Sequence[str]) -> list[str]:
    place = value_of("prism_location", given) or find_prism()
    if place is None:
        raise UsageError(
            "--engine prism needs Beam's program prism on PATH; with Go, run "
            f"go install github.com/apache/beam/sdks/v2/go/cmd/prism@v{beam_version}"
        )
    # Beam warns that it starts Prism and that it ends it, which is no news.
    logging.getLogger("apache_beam.utils.subprocess_server").setLevel(logging.ERROR)
    return [
        "--runner=PrismRunner",
        f"--prism_location={place}",
        "--prism_log_level=warn",
        "--environment_type=LOOPBACK",
    ]


def find_prism() -> str | None:
    """Find Beam's program prism, on PATH or where Go installs it."""
    return shutil.which("prism") or _of_go()


def _of_go() -> str | None:
    place = os.path.expanduser("~/go/bin/prism")
    return place if os.access(place, os.X_OK) else None
