"""Command-line options that several commands share."""

from __future__ import annotations

import argparse
import datetime
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

import pipelines
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.words import close_to, shown
from schemas.errors import UsageError
from schemas.rulebooks import DEFAULT

UMASKS = {"group": 0o027, "all": 0o022}
Model = TypeVar("Model", bound=BaseModel)


class CommandParser(argparse.ArgumentParser):
    """A parser that reports a mistake in one line, without the usage (see `--help`)."""

    words: Sequence[str] = ()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse the known options, and apply `--readable-by` before anything is written."""
        self.words = list(sys.argv[1:] if args is None else args)
        options, rest = super().parse_known_args(args, namespace)
        if pipelines.IS_COMMAND and (readers := getattr(options, "readable_by", None)):
            os.umask(UMASKS[readers])
        return options, rest

    def error(self, message: str) -> NoReturn:
        """Report what is wrong with the options, and exit."""
        said = self._meant() or f"{message}; see --help"
        self.exit(ExitCode.USAGE, f"{self.prog}: {shown(said)}\n")

    @property
    def own_options(self) -> list[str]:
        """Return the command's own options."""
        return [word for word in self._option_string_actions if word.startswith("--")]

    def _meant(self) -> str | None:
        """Guess what an unknown option was meant to be."""
        for word in self.words:
            option = word.split("=")[0]
            known = not option.startswith("--") or option in self.own_options
            if not known and (near := close_to(option, self.own_options)):
                return f"unknown option {option}; did you mean {near}?"
        return None


def add_readers(parser: argparse.ArgumentParser) -> None:
    """Add `--readable-by`: who may read the output. The default is only the user."""
    parser.add_argument(
        "--readable-by",
        choices=sorted(UMASKS),
        help="who else may read the output; default: nobody",
    )


def date(text: str) -> datetime.date:
    """Parse a date option: YYYY-MM-DD."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date; write YYYY-MM-DD") from None


def codes(text: str) -> tuple[str, ...]:
    """Parse a list option: codes separated by commas."""
    return tuple(code.strip().upper() for code in text.split(",") if code.strip())


def add_rulebook_options(
    parser: argparse.ArgumentParser, *, of_run: bool = False, otherwise_today: bool = False
) -> None:
    """Add the options for the rulebook, the as-of date, and the presumptions.

    Args:
        parser: The parser to add them to.
        of_run: Whether missing options are taken from a run; they are None then.
        otherwise_today: Whether the as-of date defaults to today.
    """
    day = "today" if otherwise_today else "the day the guidance was issued"
    otherwise = "default: as in the run, else " if of_run else "default: "
    parser.add_argument(
        "--rulebook",
        default=None if of_run else DEFAULT,
        metavar="NAME|FILE|in-force",
        help=f"a rulebook's name or file, or in-force: the one in force on the as-of date; "
        f"{otherwise}{DEFAULT}",
    )
    parser.add_argument(
        "--as-of",
        type=date,
        metavar="DATE",
        help=f"assess cases as of this date; {otherwise}{day}",
    )
    parser.add_argument(
        "--presume",
        choices=("listed", "none"),
        default=None if of_run else "listed",
        help=f"apply the presumptions that the rulebook lists, or none; {otherwise}listed",
    )


def checked(model: type[Model], options: argparse.Namespace) -> Model:
    """Convert the parsed options to their model.

    Args:
        model: The model; a field `presume` is true for "listed".
        options: What argparse returned; anything that isn't a field of the model is ignored.

    Returns:
        The options.

    Raises:
        UsageError: A value isn't valid.
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
