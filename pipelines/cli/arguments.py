"""Command-line options that several commands share."""

from __future__ import annotations

import argparse
import datetime
import logging
from collections.abc import Sequence
from typing import NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from pipelines.cli.exit_codes import ExitCode
from schemas.errors import UsageError
from schemas.rulebooks import DEFAULT

Model = TypeVar("Model", bound=BaseModel)


class CommandParser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line; the usage is what `--help` is for."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the options, and end."""
        self.exit(ExitCode.USAGE, f"{self.prog}: {message}; --help tells the options\n")


def date(text: str) -> datetime.date:
    """A date option: YYYY-MM-DD."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date; write YYYY-MM-DD") from None


def codes(text: str) -> tuple[str, ...]:
    """A list option: codes between commas."""
    return tuple(code.strip().upper() for code in text.split(",") if code.strip())


def add_rulebook_options(
    parser: argparse.ArgumentParser, *, of_run: bool = False, otherwise_today: bool = False
) -> None:
    """Which rulebook, as of when, with presumptions or without.

    Args:
        parser: The parser to add them to.
        of_run: Whether a run may say so, where the options do not: they are None then.
        otherwise_today: Whether the as-of date is today's, where none is given.
    """
    day = "today" if otherwise_today else "the day the guidance was issued"
    otherwise = "default: as in the run, else " if of_run else "default: "
    parser.add_argument(
        "--rulebook",
        default=None if of_run else DEFAULT,
        metavar="NAME|FILE",
        help=f"{otherwise}{DEFAULT}",
    )
    parser.add_argument(
        "--as-of",
        type=date,
        metavar="DATE",
        help=f"weigh cases as of this day; {otherwise}{day}",
    )
    parser.add_argument(
        "--presume",
        choices=("listed", "none"),
        default=None if of_run else "listed",
        help=f"use the presumptions that the rulebook lists, or none; {otherwise}listed",
    )


def checked(model: type[Model], options: argparse.Namespace) -> Model:
    """The parsed options as their model.

    Args:
        model: The model; a field `presume` is true for "listed".
        options: What argparse gave; what the model has no field for is passed over.

    Returns:
        The options.

    Raises:
        UsageError: A value makes no sense.
    """
    given = {name: value for name, value in vars(options).items() if name in model.model_fields}
    if "presume" in given:
        given["presume"] = given["presume"] == "listed"
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0]).replace("_", "-")
        raise UsageError(f"--{name}: {first['msg'].removeprefix('Value error, ')}") from None


def beam_arguments(arguments: Sequence[str]) -> list[str]:
    """Check the options that are left for Beam.

    Args:
        arguments: What the command's own parser did not know.

    Returns:
        The same, with the in-process runner unless another is named.

    Raises:
        UsageError: Beam does not know one either.
    """
    from apache_beam.io.filesystems import FileSystems
    from apache_beam.options.pipeline_options import PipelineOptions

    # It would also warn of what is refused below.
    logging.getLogger(PipelineOptions.__module__).setLevel(logging.ERROR)
    options = PipelineOptions(list(arguments))
    known = options.get_all_options(retain_unknown_options=False)
    for argument in arguments:
        option = argument.split("=")[0]
        if option.startswith("--") and option[2:].replace("-", "_") not in known:
            raise UsageError(f"unknown option {option}")
    if arguments and not any(argument.startswith("--") for argument in arguments):
        raise UsageError(f"unexpected argument {arguments[0]}")
    # Files are looked for before there is a pipeline.
    FileSystems.set_options(options)
    runner = [] if any(a.split("=")[0] == "--runner" for a in arguments) else [IN_PROCESS]
    return [*runner, *arguments]


# Beam's own default may try to download a runner; this one is in the package and needs nothing.
IN_PROCESS = "--runner=apache_beam.runners.portability.fn_api_runner.FnApiRunner"
