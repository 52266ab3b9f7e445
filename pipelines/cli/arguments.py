"""Command-line options that several commands share."""

from __future__ import annotations

import argparse
import datetime
import errno
import gc
import logging
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from pipelines.cli import signals as interrupts
from pipelines.cli.exit_codes import ExitCode
from schemas.rulebooks import DEFAULT

Model = TypeVar("Model", bound=BaseModel)


class UsageError(ValueError):
    """Options that make no sense together, or a value that is none; the message is one line."""


class InputProblem(ValueError):
    """Input that a command cannot use; the message is one line."""


class OutputProblem(ValueError):
    """Output that a command cannot write; the message is one line."""


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


def run_command(name: str, command: Callable[[], int]) -> int:
    """Run a command and turn what goes wrong into one line and an exit code.

    Args:
        name: The command's name, for the message.
        command: What to run; returns an exit code.

    Returns:
        The exit code.
    """
    from schemas.rulebooks import RulebookError

    debug = bool(os.environ.get("DISCRETION_DEBUG"))
    if not debug:
        # Beam logs what a transform raises, traceback and all, before it raises it here.
        logging.getLogger("apache_beam.runners").setLevel(logging.CRITICAL)
    interrupts.listen()
    # What the imports made stays to the end; the collector need not go over it again and again.
    gc.freeze()
    try:
        return command()
    except KeyboardInterrupt:
        return _failed(name, "interrupted", ExitCode.INTERRUPTED)
    except UsageError as error:
        return _failed(name, str(error), ExitCode.USAGE)
    except RulebookError as error:
        for line in error.lines:
            print(f"discretion {name}: {line}", file=sys.stderr)
        return ExitCode.INPUT
    except BrokenPipeError:
        # The reader of our output has gone; a second complaint at exit helps nobody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    except Exception as error:
        if interrupts.was_asked():
            return _failed(name, reason(error), ExitCode.INTERRUPTED)
        if debug:
            raise
        code = _CODES.get(type(error).__name__)
        if full := _disk_full(error):
            return _failed(name, f"cannot write: {full}; nothing was left behind", ExitCode.OUTPUT)
        if code is None:
            return _failed(
                name,
                f"failed unexpectedly ({type(error).__name__}); nothing was left behind. "
                "Set DISCRETION_DEBUG=1 for the traceback",
                ExitCode.INTERNAL,
            )
        return _failed(name, str(error), code)
    finally:
        interrupts.settle()


def reason(error: BaseException) -> str:
    """Why a command failed, in one line without a person's data, as `run_command` would say it."""
    # Raised within a transform, Beam makes another error of it.
    if isinstance(error, KeyboardInterrupt) or interrupts.was_asked():
        return "interrupted"
    if lines := getattr(error, "lines", None):
        return str(lines[0])
    if isinstance(error, Exception) and (full := _disk_full(error)):
        return f"cannot write: {full}"
    known = isinstance(error, UsageError) or type(error).__name__ in _CODES
    return str(error) if known else f"failed unexpectedly ({type(error).__name__})"


# By name: to import the errors would import Beam, for which `--help` should not wait.
_CODES = {
    "InputError": ExitCode.INPUT,
    "InputProblem": ExitCode.INPUT,
    "RunError": ExitCode.INPUT,
    "DamagedError": ExitCode.INPUT,
    "OutputError": ExitCode.OUTPUT,
    "BusyError": ExitCode.BUSY,
    "OutputProblem": ExitCode.OUTPUT,
}


def _disk_full(error: Exception) -> str | None:
    """Why nothing more could be written; Beam keeps an error's number only in a text."""
    if (nowhere := "No usable temporary directory") in str(error):
        return nowhere
    codes = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)
    return next((os.strerror(n) for n in codes if f"[Errno {n}]" in str(error)), None)


def _failed(name: str, message: str, code: ExitCode) -> int:
    print(f"discretion {name}: {message}", file=sys.stderr)
    return code


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
