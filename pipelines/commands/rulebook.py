"""List, show and check rulebooks."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from pipelines.cli.arguments import CommandParser
from pipelines.cli.console import SafeConsole, shown, shown_lines
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.run_command import run_command
from schemas.facts import FACTS
from schemas.rulebook import Criterion, Milestone, Rulebook
from schemas.rulebook_compile import CompiledRulebook
from schemas.rulebooks import DEFAULT, load, locate, names, read

SEEN = {
    "text": "",
    "secondary": " (from a secondary source)",
    "substance": " (known in substance)",
    "once": " (seen once)",
}
LISTS = {
    "priority": "Priorities: against",
    "favored": "Favored classes",
    "factor": "Weighted factors",
    "finding": "Findings that the routing table names",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: Its options; None for those of the process.

    Returns:
        An exit code (`pipelines.cli.exit_codes`).
    """
    parser = CommandParser(prog="discretion rulebook", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="the rulebooks that come with the project")
    show = actions.add_parser("show", help="a rulebook for a lawyer to read (Markdown)")
    show.add_argument("rulebook", metavar="NAME|FILE")
    check = actions.add_parser("check", help="refuse what is wrong with a rulebook")
    check.add_argument("rulebook", metavar="NAME|FILE")
    actions.add_parser("facts", help="the facts that a condition may read (Markdown)")
    options = parser.parse_args(arguments)
    return run_command("rulebook", lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    if options.action == "list":
        return _list()
    if options.action == "check":
        return _check(options.rulebook)
    lines = facts_page() if options.action == "facts" else page(load(options.rulebook))
    text = shown_lines("\n".join(lines))
    if sys.stdout.isatty():
        Console().print(Markdown(text, hyperlinks=False))
    else:
        print(text)
    return ExitCode.OK


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


def _check(name: str) -> int:
    from transforms.explain.examples import example_problems

    path, text = read(name)
    rulebook = load(name)
    problems = example_problems(rulebook)
    if problems:
        for line in locate(path, text, problems):
            print(shown(line), file=sys.stderr)
        return ExitCode.INPUT
    book = rulebook.rulebook
    print(f"{shown(path)}: ok, {len(book.criteria)} criteria, {len(book.examples)} examples pass")
    return ExitCode.OK


def page(compiled: CompiledRulebook) -> Iterator[str]:
    """A rulebook as Markdown for a lawyer to read.

    Args:
        compiled: The rulebook.

    Yields:
        Lines.
    """
    book = compiled.rulebook
    yield from (f"# {book.title}", "", f"`{book.id}`, issued {book.issued}", "", book.summary, "")
    if book.notes:
        yield from (book.notes, "")
    yield from ("## Sources", "")
    for source in book.sources:
        yield f"- {source.title}. {source.publisher}, {source.date}"
    yield from ("", "## Words the sources leave open", "")
    for name, parameter in book.parameters.items():
        yield f"- `{name}` = {parameter.value}: {parameter.note}"
    counted = book.counted_convictions
    kinds = [f"{kind} {'do' if value else 'do not'}" for kind, value in _counted(book)]
    yield f"- convictions that count: {', '.join(kinds)}. {counted.note or ''}"
    for name, heading in LISTS.items():
        criteria = [c for c in book.criteria if c.list == name]
        if criteria:
            yield from ("", f"## {heading}", "")
        for criterion in criteria:
            yield from _criterion(book, criterion)
    if book.milestones:
        yield from ("", "## Milestones", "")
        for milestone in book.milestones:
            yield f"- `{milestone.id}`: {_span(book, milestone)}. {milestone.note or ''}".rstrip()
    yield from ("", "## Routing", "", "The first row that holds decides.", "")
    yield from ("| row | when | route | why |", "|---|---|---|---|")
    for row in book.routing:
        route = f"{row.route}, needs human review" if row.needs_review else row.route
        yield f"| {row.id} | `{row.when}` | {route} | {row.why} |"
    if book.presumptions:
        yield from ("", "## Presumptions", "")
        yield "Where a file says nothing of these, they are presumed, and listed as checks to make:"
        yield ""
        for presumption in book.presumptions:
            presumed = ", ".join(
                f"`{fact}` = {str(value).lower()}" for fact, value in presumption.presume.items()
            )
            basis = f"{presumption.basis.says} (`{presumption.basis.when}`)"
            against = [f"{one.says} (`{one.when}`)" for one in presumption.against]
            unless = f", unless {'; '.join(against)}" if against else ""
            yield f"- **{presumption.id}**: {presumed}, if {basis}{unless}."
            for route, reason in presumption.reason.items():
                yield f"  - {route}: {reason}"
    if book.scopes:
        yield from ("", "## Scopes", "")
        for scope in book.scopes:
            yield f"- `{scope.id}`: {scope.title}: {scope.cite.says}. `{scope.when}`"
    yield from ("", "## Examples", "", "| example | as of | comes out as |", "|---|---|---|")
    for example in book.examples:
        expect = example.expect
        truths = [f"{name} {str(value).upper()}" for name, value in expect.criteria.items()]
        result = ", ".join([*([expect.route] if expect.route else []), *truths[:4]])
        yield f"| {example.name} | {example.as_of} | {result} |"


def _counted(book: Rulebook) -> list[tuple[str, bool]]:
    counted = book.counted_convictions
    return [
        ("foreign", counted.foreign),
        ("juvenile", counted.juvenile),
        ("vacated", counted.vacated),
    ]


def _criterion(book: Rulebook, criterion: Criterion) -> Iterator[str]:
    weight = f" ({criterion.weight:+d})" if criterion.weight is not None else ""
    yield f"**{criterion.id}**{weight} {criterion.title}"
    yield ""
    if criterion.cite is not None:
        seen = SEEN[criterion.cite.seen]
        yield f"> {criterion.cite.says} — {book.citation(criterion)}{seen}"
        yield ""
    yield f"    {criterion.when}"
    yield ""
    if criterion.note:
        yield from (criterion.note, "")


def _span(book: Rulebook, milestone: Milestone) -> str:
    if milestone.day is not None:
        return f"{milestone.day}, for all cases"
    parts = []
    for unit in ("years", "months", "days"):
        number = getattr(milestone, unit)
        if isinstance(number, str):
            number = book.parameters[number.removeprefix(":")].value
        if number:
            parts.append(f"{number} {unit}")
    return f"{' and '.join(parts)} after `{milestone.since}`"


def facts_page() -> Iterator[str]:
    """The catalog of facts as a Markdown table.

    Yields:
        Lines.
    """
    yield from ("| fact | kind | says | from |", "|---|---|---|---|")
    for fact in FACTS.values():
        kind = f"{fact.kind}, protected" if fact.protected else fact.kind
        codes = f" One of {', '.join(fact.values)}." if fact.values else ""
        fields = ", ".join(f"`{field}`" for field in fact.fields)
        yield f"| `{fact.name}` | {kind} | {fact.doc}{codes} | {fields} |"


if __name__ == "__main__":
    sys.exit(main())
