"""The parser of commands, which reports a mistake in one line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.log_format import is_json, line
from schemas.near import close_to
from schemas.shown import shown


class CommandParser(argparse.ArgumentParser):
    """A parser that reports a mistake in one line, without the usage (see `--help`)."""

    words: Sequence[str] = ()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse the known options, and keep all arguments for messages about unknown ones."""
        self.words = list(sys.argv[1:] if args is None else args)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Report what is wrong with the options, and exit."""
        problem = self._meant() or f"{message}; see --help"
        if is_json():
            name = self.prog.removeprefix("discretion ")
            self.exit(ExitCode.USAGE, f"{line(name, problem, exit_code=ExitCode.USAGE)}\n")
        self.exit(ExitCode.USAGE, f"{self.prog}: {shown(problem)}\n")

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
