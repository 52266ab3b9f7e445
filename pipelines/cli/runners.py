"""Options for Beam: whether they are known, and whether their runner is available."""

from __future__ import annotations

import contextlib
import importlib
import io
import logging
import os
import shutil
from collections.abc import Sequence
from typing import Any

from pipelines.cli.declare import flags
from schemas.errors import UsageError
from schemas.near import close_to

# Beam's default may try to download a runner; this one is in the package.
IN_PROCESS = "--runner=apache_beam.runners.portability.fn_api_runner.FnApiRunner"
MOST_WORKERS = 1_000
_JOB_SERVERS = {"flinkrunner": "flink", "sparkrunner": "spark"}


def beam_arguments(
    arguments: Sequence[str], own: Sequence[str] = (), in_process: str = IN_PROCESS
) -> list[str]:
    """Check the options that are meant for Beam.

    Args:
        arguments: Arguments that the command's own parser didn't know.
        own: The command's own options, for suggestions.
        in_process: The option for the in-process runner.

    Returns:
        The same arguments, with the in-process runner unless another one is named.

    Raises:
        UsageError: Beam doesn't know an option, or its runner isn't available.
    """
    from apache_beam.io.filesystems import FileSystems
    from apache_beam.options.pipeline_options import PipelineOptions

    # It would also warn about options that are refused below.
    logging.getLogger(PipelineOptions.__module__).setLevel(logging.ERROR)
    options = PipelineOptions(list(arguments))
    known = _parsed(options)
    names = {*known}
    unknown = [option for option in _options_in(arguments) if option not in names]
    if unknown and known["job_endpoint"]:
        from pipelines.engines.job_server import known_options

        names.update(known_options(known["job_endpoint"]))
    for name in unknown:
        if name not in names:
            option = f"--{name}"
            near = close_to(option, [*own, *(f"--{name}" for name in names)])
            meant = f"; did you mean {near}?" if near else ""
            raise UsageError(f"unknown option {option}{meant}")
    if arguments and not arguments[0].startswith("-"):
        raise UsageError(f"unexpected argument {arguments[0]}")
    if not 0 <= known["direct_num_workers"] <= MOST_WORKERS:
        raise UsageError(
            f"--direct_num_workers: give a number up to {MOST_WORKERS:,}; 0 means one per processor"
        )
    # Files are found before there is a pipeline.
    FileSystems.set_options(options)
    runner = known["runner"]
    if runner is None:
        return [in_process, *arguments]
    if runner.lower() in ("direct", "directrunner"):
        # If an option is given twice, the last one counts.
        return [*arguments, in_process]
    _check_runner(runner, known)
    return list(arguments)


def _options_in(arguments: Sequence[str]) -> list[str]:
    words = (argument.split("=")[0] for argument in arguments)
    return [word[2:].replace("-", "_") for word in words if word.startswith("--")]


def pipeline_options(options: Any, *more: str, in_process: str = IN_PROCESS) -> Any:
    """Make the options of a pipeline.

    Args:
        options: A command's options; the field `beam` has those that the command didn't know, and
            `engine` the engine.
        more: Options that the command sets itself.
        in_process: The option for the in-process runner.

    Returns:
        Beam's `PipelineOptions`.

    Raises:
        UsageError: As `beam_arguments` does.
    """
    from pipelines.cli.quick_beam import quick_options
    from pipelines.engines.options import engine_words

    given = options.beam
    if (engine := getattr(options, "engine", None)) is not None:
        streaming = "--streaming" in more
        words = engine_words(engine, given, options.readable_by, streaming=streaming)
        given = (*words, *given)
    return quick_options([*beam_arguments(given, flags(type(options)), in_process), *more])


def _parsed(options: Any) -> dict[str, Any]:
    """Return all options that Beam knows, by name."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stderr(printed):
            known: dict[str, Any] = options.get_all_options(retain_unknown_options=False)
    except SystemExit:
        message = printed.getvalue().strip().rsplit("error: ", 1)[-1]
        raise UsageError(message.removeprefix("argument ")) from None
    return known


def _check_runner(runner: str, known: dict[str, Any]) -> None:
    from apache_beam.options.pipeline_options import StandardOptions

    short = runner.lower().rsplit(".", 1)[-1]
    short = short if short.endswith("runner") else f"{short}runner"
    names = [*StandardOptions.KNOWN_RUNNER_NAMES]
    if "." in runner:
        module, _, name = runner.rpartition(".")
        try:
            there = hasattr(importlib.import_module(module), name)
        except Exception:
            there = False
        if not there:
            raise UsageError(f"--runner {runner}: there is no such class")
    elif short not in [name.lower() for name in names]:
        near = close_to(short, [name.lower() for name in names])
        meant = next((name for name in names if name.lower() == near), None)
        raise UsageError(
            f"--runner {runner}: Beam has no such runner; "
            + (f"did you mean {meant}?" if meant else f"it has {', '.join(names)}")
        )
    if needed := _needed(short, known):
        raise UsageError(f"--runner {runner}: {needed}")


def _needed(short: str, known: dict[str, Any]) -> str | None:
    """Say what a runner needs that is missing, and what to do; None if nothing is."""
    if server := _JOB_SERVERS.get(short):
        if shutil.which("java") is None:
            return "needs Java; install it (on Debian, default-jre-headless)"
        option = f"{server}_job_server_jar"
        what = f"Beam's job server for it, beam-runners-{server}-*-job-server from Maven Central"
        return _missing_file(option, known[option], what)
    if short == "prismrunner":
        what = "its program, from the assets of Beam's release on GitHub"
        return _missing_file("prism_location", known["prism_location"], what)
    if short == "portablerunner" and not known["job_endpoint"]:
        return "give --job_endpoint HOST:PORT, where its job server listens"
    from transforms.files.clients import is_installed

    if short == "dataflowrunner" and not is_installed("google.cloud.storage"):
        return "needs Google's clients; pip install 'apache-beam[gcp]'"
    return None


def _missing_file(option: str, path: str | None, what: str) -> str | None:
    if path is None:
        return f"give --{option} FILE: {what}"
    if "://" not in path and not os.path.isfile(path):
        return f"--{option} {path}: no such file; give {what}"
    return None
