"""Commands: a name, what it is for, its options, and the function that runs it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import pipelines
from pipelines.cli.declare import UMASKS, add_options, made, takes_beam_options
from pipelines.cli.log_format import add_log_format
from pipelines.cli.parser import CommandParser
from pipelines.cli.run_command import run_command

Options = TypeVar("Options")


@dataclass(frozen=True)
class NoOptions:
    """Options of a command that has none."""


@dataclass(frozen=True)
class Command(Generic[Options]):
    """A command.

    Args:
        name: Its name.
        description: What it is for.
        options: A dataclass of its options (`pipelines.cli.declare`).
        run: Runs it; returns an exit code (`pipelines.cli.exit_codes`).
        epilog: The last paragraph of `--help`.
        program: The program that runs the command.
    """

    name: str
    description: str | None
    options: type[Options]
    run: Callable[[Options], int]
    epilog: str | None = None
    program: str = "discretion "

    def main(self, arguments: Sequence[str] | None = None) -> int:
        """Run the command.

        Args:
            arguments: Its options; None for those of the process.

        Returns:
            An exit code.
        """
        to_beam = takes_beam_options(self.options)
        epilog = "Other options go to Beam, such as --runner FlinkRunner." if to_beam else None
        parser = _parser(f"{self.program}{self.name}", self.description, self.epilog or epilog)
        add_options(parser, self.options)
        add_log_format(parser)
        given, rest = parser.parse_known_args(arguments)
        if rest and not to_beam:
            parser.error(f"unrecognized arguments: {' '.join(rest)}")
        return _run(self.name, self, given, rest)


@dataclass(frozen=True)
class Group:
    """A command with several actions, each with its own options.

    Args:
        name: Its name.
        description: What it is for.
        actions: The actions.
    """

    name: str
    description: str | None
    actions: tuple[Command[Any], ...]

    def main(self, arguments: Sequence[str] | None = None) -> int:
        """Run an action.

        Args:
            arguments: Its name and options; None for those of the process.

        Returns:
            An exit code.
        """
        parser = _parser(f"discretion {self.name}", self.description)
        parsers = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        for action in self.actions:
            parser_of_action = parsers.add_parser(
                action.name, help=action.description, allow_abbrev=False
            )
            add_options(parser_of_action, action.options)
            add_log_format(parser_of_action)
        given = parser.parse_args(arguments)
        [action] = [each for each in self.actions if each.name == given.action]
        return _run(self.name, action, given, [])


def _parser(prog: str, description: str | None, epilog: str | None = None) -> CommandParser:
    return CommandParser(prog=prog, description=description, epilog=epilog, allow_abbrev=False)


def _run(name: str, command: Command[Any], given: argparse.Namespace, rest: list[str]) -> int:
    if pipelines.IS_COMMAND and (readers := getattr(given, "readable_by", None)):
        os.umask(UMASKS[readers])
    return run_command(name, lambda: command.run(made(command.options, given, rest)))
