"""List, show, check, compare, and start rulebooks."""

from __future__ import annotations

import datetime
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from pipelines.cli import declare
from pipelines.cli.command import Command, Group, NoOptions
from pipelines.cli.console import SafeConsole
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.rulebooks import named
from pipelines.commands.rulebook_page import page
from schemas.errors import OutputError, UsageError
from schemas.facts import FACTS
from schemas.rulebook.default import DEFAULT
from schemas.rulebooks import load, read
from schemas.rulebooks.in_force import IN_FORCE, all_in_force, in_force_on, periods, shipped
from schemas.rulebooks.parsed import locate
from schemas.shown import shown, shown_lines

NAMED = "NAME|FILE|in-force"
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day, if one is given."""

    date: datetime.date | None = declare.argument(
        "show only this date", default=None, type=declare.date, nargs="?", metavar="DATE"
    )


@dataclass(frozen=True, kw_only=True)
class Show:
    """A rulebook."""

    rulebook: str = declare.argument(metavar=NAMED)
    as_of: datetime.date | None = declare.option(
        "the date for in-force; default: today",
        default=None,
        type=declare.date,
        metavar="DATE",
    )


@dataclass(frozen=True, kw_only=True)
class Check(Show):
    """A rulebook to check, and how to report the results."""

    coverage: bool = declare.switch("also count the examples for each criterion and row")
    html: str | None = declare.option(
        "also write the results as an HTML page", default=None, metavar="FILE"
    )


@dataclass(frozen=True, kw_only=True)
class New:
    """A new rulebook's name."""

    name: str = declare.argument(metavar="NAME")


@dataclass(frozen=True, kw_only=True)
class Diff:
    """Two rulebooks."""

    first: str = declare.argument(metavar="A")
    second: str = declare.argument(metavar="B")


def _print(lines: Iterable[str]) -> None:
    text = shown_lines("\n".join(lines))
    if sys.stdout.isatty():
        Console().print(Markdown(text, hyperlinks=False))
    else:
        print(text)


def _named(options: Show) -> str:
    return named("rulebook", options.rulebook, options.as_of or _today())


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def _list(options: NoOptions) -> int:
    table = Table(box=None, pad_edge=False)
    for column in ("name", "issued", "criteria", "title"):
        table.add_column(column, no_wrap=column != "title")
    for rulebook in shipped():
        label = f"{rulebook.id} (default)" if rulebook.id == DEFAULT else rulebook.id
        table.add_row(label, str(rulebook.issued), str(len(rulebook.criteria)), rulebook.title)
    SafeConsole(width=None if sys.stdout.isatty() else 160, soft_wrap=False).print(table)
    return ExitCode.OK


def _in_force(options: Day) -> int:
    """Print which rulebook governs when, or on one date."""
    rulebooks, day = shipped(), options.date
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


def _show(options: Show) -> int:
    _print(page(load(_named(options)).rulebook))
    return ExitCode.OK


def _check(options: Check) -> int:
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


def _new(options: New) -> int:
    from schemas.rulebook.skeleton import skeleton

    name = options.name
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


def _diff(options: Diff) -> int:
    from pipelines.commands.rulebook_report import difference_lines

    _print(difference_lines(load(options.first).rulebook, load(options.second).rulebook))
    return ExitCode.OK


def _facts(options: NoOptions) -> int:
    _print(facts_page())
    return ExitCode.OK


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


main = Group(
    "rulebook",
    __doc__,
    (
        Command("list", "list the rulebooks that come with the project", NoOptions, _list),
        Command(
            IN_FORCE, "show which rulebook is in force for cases in court, and when", Day, _in_force
        ),
        Command("show", "print a rulebook for a lawyer to read (Markdown)", Show, _show),
        Command("check", "run a rulebook's examples, and prove what can be proved", Check, _check),
        Command("new", "start a rulebook: write NAME.yaml, which passes its check", New, _new),
        Command("diff", "compare two rulebooks", Diff, _diff),
        Command("facts", "list the facts that a condition may read (Markdown)", NoOptions, _facts),
    ),
).main

if __name__ == "__main__":
    sys.exit(main())
