"""The `discretion` command: a thin layer over the jobs."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

from schemas.near import close_to
from schemas.shown import shown

COMMANDS = {
    "backlog": "assess case files and route each case",
    "nightly": "apply what has arrived since last night and assess every case again",
    "watch": "apply events as they arrive, and report what they change",
    "receive": "store a queue's events in the inbox, as files",
    "status": "report the last good night, and what has failed since",
    "prune": "remove old nights",
    "explain": "explain the recommendation for one case",
    "request": "draft a request for prosecutorial discretion for one case",
    "intake": "print the questions for a client, in English or Spanish",
    "show": "summarize a run",
    "compare": "compare two runs, or two rulebooks on the cases of a run",
    "export": "write a run as a worklist for a spreadsheet, or as tables",
    "import-reviews": "take the decisions in a worklist as reviews, for the nights",
    "report": "write a run as one page, with charts, tables, and a queue for each route",
    "questions": "find the few questions that settle the most open cases",
    "train": "make a training course of a rulebook, or read what trainees answered",
    "adherence": "measure whether offices follow what was recommended, from their reviews",
    "audit": "audit a run by nationality, sex, age, custody, and so on",
    "pilot": "try a pilot in a few courts: what it would find, and what it takes",
    "backtest": "compare the court's own outcomes with what a rulebook recommends the day before",
    "codes": "list or search the code tables that input is read with",
    "rulebook": "list, show, check, or compare rulebooks",
    "sample": "make a sample backlog",
    "sample-events": "make sample events and reviews for the cases of a run",
    "template": "make a workbook to fill in with cases",
    "import-cases": "turn a workbook, or CSV files, into case files",
    "import-eoir": "turn the court's public release into case files",
    "worker": "do the work of an engine, which starts it",
}
JOBS = ("backlog", "nightly", "watch", "receive", "import-eoir")
OVERSIGHT = ("adherence", "audit", "backtest", "pilot", "questions", "train")
HELP = (
    "usage: discretion COMMAND ...\n\n"
    "Assesses removal cases under published guidance: close, continue, or expedite, with reasons.\n"
    "It recommends. An attorney decides.\n\ncommands:\n"
    + "".join(f"  {name:<15}{what}\n" for name, what in COMMANDS.items())
    + "\n`discretion COMMAND --help` describes a command. docs/tutorial.md is a tutorial.\n"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: The command and its options; None for those of the process.

    Returns:
        An exit code (`pipelines.cli.exit_codes`).
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in ("-h", "--help", "help"):
        print(HELP, end="")
        return 0 if words else 2
    if words[0] in ("-V", "--version"):
        from importlib.metadata import version

        print(f"discretion {version('discretion')}")
        return 0
    if words[0].startswith("--id="):
        # An engine can start a program, but can't say which command of it.
        words = ["worker", *words]
    name, *rest = words
    if name not in COMMANDS:
        print(f"discretion: no command {shown(name)}; {_instead(name)}", file=sys.stderr)
        return 2
    job = importlib.import_module(module_of(name))
    code: int = job.main(rest)
    return code


def module_of(name: str) -> str:
    """Return the module of a command."""
    if name in JOBS:
        folder = "pipelines"
    else:
        folder = "pipelines.commands.oversight" if name in OVERSIGHT else "pipelines.commands"
    return f"{folder}.{name.replace('-', '_')}"


def _instead(name: str) -> str:
    near = close_to(name, COMMANDS)
    return f"did you mean {near}?" if near else f"there are {', '.join(COMMANDS)}"


if __name__ == "__main__":
    sys.exit(main())
