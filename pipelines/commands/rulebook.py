"""List, show, check, compare, and start rulebooks."""

from __future__ import annotations

import argparse
import datetime
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from pipelines.cli.arguments import CommandParser, date
from pipelines.cli.console import SafeConsole, shown, shown_lines
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.rulebooks import named
from pipelines.cli.run_command import run_command
from pipelines.commands.rulebook_page import page
from schemas.errors import OutputError, UsageError
from schemas.facts import FACTS
from schemas.rulebooks import DEFAULT, load, locate, names, read
from schemas.rulebooks.in_force import IN_FORCE, all_in_force, in_force_on, periods, shipped

NAMED = "NAME|FILE|in-force"
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: Its options; None for those of the process.

    Returns:
        An exit code (`pipelines.cli.exit_codes`).
    """
    options = _parser().parse_args(arguments)
    return run_command("rulebook", lambda: _run(options))


def _parser() -> CommandParser:
    parser = CommandParser(prog="discretion rulebook", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="list the rulebooks that come with the project")
    governing = actions.add_parser(
        IN_FORCE, help="show which rulebook is in force for cases in court, and when"
    )
    governing.add_argument("date", type=date, nargs="?", metavar="DATE", help="show only this date")
    show = actions.add_parser("show", help="print a rulebook for a lawyer to read (Markdown)")
    check = actions.add_parser(
        "check", help="run a rulebook's examples, and prove what can be proved"
    )
    for action in (show, check):
        action.add_argument("rulebook", metavar=NAMED)
        action.add_argument(
            "--as-of", type=date, metavar="DATE", help="the date for in-force; default: today"
        )
    check.add_argument(
        "--coverage", action="store_true", help="also count the examples for each criterion and row"
    )
    check.add_argument("--html", metavar="FILE", help="also write the results as an HTML page")
    begin = actions.add_parser(
        "new", help="start a rulebook: write NAME.yaml, which passes its check"
    )
    begin.add_argument("name", metavar="NAME")
    compare = actions.add_parser("diff", help="compare two rulebooks")
    compare.add_argument("first", metavar="A")
    compare.add_argument("second", metavar="B")
    actions.add_parser("facts", help="list the facts that a condition may read (Markdown)")
    return parser


def _run(options: argparse.Namespace) -> int:
    match options.action:
        case "list":
            return _list()
        case "in-force":
            return _in_force(options.date)
        case "check":
            return _check(options)
        case "new":
            return _new(options.name)
        case "diff":
            from pipelines.commands.rulebook_report import difference_lines

            _print(difference_lines(load(options.first).rulebook, load(options.second).rulebook))
        case "facts":
            _print(facts_page())
        case _:
            _print(page(load(_named(options)).rulebook))
    return ExitCode.OK


def _print(lines: Iterable[str]) -> None:
    text = shown_lines("\n".join(lines))
    if sys.stdout.isatty():
        Console().print(Markdown(text, hyperlinks=False))
    else:
        print(text)


def _named(options: argparse.Namespace) -> str:
    return named("rulebook", options.rulebook, options.as_of or _today())


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def _list() -> int:
    table = Table(box=None, pad_edge=False)
    for column in ("name", "issued", "criteria", "title"):
        table.add_column(column, no_wrap=column != "title")
    for name in names():
        rulebook = load(name).rulebook
        label = f"{name} (default)" if name == DEFAULT else name
        table.add_row(label, str(rulebook.issued), str(len(rulebook.criteria)), rulebook.title)
    SafeConsole(width=None if sys.stdout.isatty() else 160, soft_wrap=False).print(table)
    return ExitCode.OK


def _in_force(day: datetime.date | None) -> int:
    """Print which rulebook governs when, or on one date."""
    rulebooks = shipped()
    if day is not None:
        rulebook = in_force_on(day, rulebooks)
        print(f"{rulebook.id}\n{rulebook.title}")
        for other in all_in_force(day, rulebooks)[1:]:
            print(f"also in force, but yields to it: {other.id}")
        return ExitCode.OK
    table = Table(box=None, pad_edge=False)
    for column in ("from", "through", "in court", "title"):
        table.add_column(column, no_wrap=column != "title")
    for period in periods(rulebooks):
        last = "" if period.to is None else str(period.to - datetime.timedelta(days=1))
        rulebook_id = period.rulebook.id if period.rulebook else "none"
        title = period.rulebook.title if period.rulebook else ""
        table.add_row(str(period.since), last, rulebook_id, title)
    SafeConsole(width=None if sys.stdout.isatty() else 120, soft_wrap=False).print(table)
    print(
        "The attorneys' office comes before the agency, and the agency before the department.\n"
        "For the same office, a later document comes before an earlier one. A companion memo\n"
        "belongs to the rulebooks that name it."
    )
    return ExitCode.OK


def _check(options: argparse.Namespace) -> int:
    from pipelines.commands.rulebook_report import check_html, coverage_table, note_lines
    from transforms.explain.check import check

    name = _named(options)
    path, text = read(name)
    compiled = load(name)
    found = check(compiled)
    problems = locate(path, text, list(found.problems))
    notes = locate(path, text, list(found.notes))
    for line in problems:
        print(shown(line), file=sys.stderr)
    for line in note_lines(found.notes):
        print(shown(line))
    if options.coverage:
        console = SafeConsole(width=None if sys.stdout.isatty() else 100, soft_wrap=False)
        console.print(coverage_table(compiled.rulebook, found.coverage))
    if options.html is not None:
        _write(options.html, check_html(compiled.rulebook, found, problems, notes))
    if problems:
        return ExitCode.INPUT
    book = compiled.rulebook
    print(f"{shown(path)}: ok, {len(book.criteria)} criteria, {len(book.examples)} examples pass")
    return ExitCode.OK


def _new(name: str) -> int:
    from schemas.rulebook.skeleton import skeleton

    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} isn't a valid name; use lower-case letters, digits, dots, and dashes"
        )
    file = f"{name}.yaml"
    if Path(file).exists():
        raise OutputError(f"{file}: already exists; choose another name or remove it")
    _write(file, skeleton(name, _today()))
    print(f"wrote {file}; fill it in, and run discretion rulebook check {file}")
    return ExitCode.OK


def _write(file: str, text: str) -> None:
    try:
        Path(file).write_text(text, "utf-8")
    except OSError as error:
        raise OutputError(f"{file}: cannot be written ({error.strerror})") from None


def facts_page() -> Iterator[str]:
    """Write the catalog of facts as a Markdown table.

    Yields:
        Lines.
    """
    yield from ("| fact | kind | says | from |", "|---|---|---|---|")
    for fact in FACTS.values():
        kind = f"{fact.kind}, protected" if fact.protected else fact.kind
        kind = f"{kind}, confidential" if fact.confidential else kind
        codes = f" One of {', '.join(fact.values)}." if fact.values else ""
        fields = ", ".join(f"`{field}`" for field in fact.fields)
        yield f"| `{fact.name}` | {kind} | {fact.doc}{codes} | {fields} |"


if __name__ == "__main__":
    sys.exit(main())
