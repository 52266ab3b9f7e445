"""Explain the recommendation for one case, criterion by criterion."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import polars as pl
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from pipelines.cli.arguments import CommandParser, add_rulebook_options
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.rulebooks import named, warn
from pipelines.cli.run_command import run_command
from pipelines.cli.runners import beam_arguments
from schemas.case_record import CaseRecord
from schemas.errors import InputError
from schemas.rulebook import Rulebook
from schemas.rulebooks import DEFAULT, load
from schemas.rulebooks.in_force import outside
from transforms.explain.case import CriterionTrace, Explanation, explain
from transforms.normalize.case_frame import to_frame
from transforms.normalize.records import normalize

MOST_FACTS = 8


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: Its options; None for those of the process.

    Returns:
        An exit code (`pipelines.cli.exit_codes`).
    """
    parser = CommandParser(prog="discretion explain", description=__doc__, allow_abbrev=False)
    parser.add_argument("case", metavar="CASE_ID|FILE.json", help="a case of a run, or one record")
    parser.add_argument(
        "--run", default="out", metavar="RUN", help="the run a case id is of; default: out"
    )
    add_rulebook_options(parser, of_run=True)
    parser.add_argument("--all", action="store_true", help="show the factors that are false too")
    parser.add_argument("--json", action="store_true", help="print it for machines")
    options = parser.parse_args(arguments)
    return run_command("explain", lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    presume = options.presume != "none"
    if options.case.endswith(".json"):
        rulebook = load(named("explain", options.rulebook or DEFAULT, options.as_of))
        as_of = options.as_of or rulebook.rulebook.issued
        record, warned = to_frame([_read(options.case)]), []
    else:
        from pipelines.runs.run import find_case, find_warnings, load_run, run_rulebook

        # Of an object store Beam asks for its options, if only the default ones.
        beam_arguments([])
        run, manifest = load_run(options.run)
        record, warned = find_case(run, options.case), find_warnings(run, options.case)
        as_of = options.as_of or manifest.as_of
        if options.rulebook is None:
            used = run_rulebook(run, manifest)
        else:
            used = load(named("explain", options.rulebook, as_of))
        if used is None:
            raise InputError(
                f"{run}: its rulebook {manifest.rulebook.id} is not at hand; give --rulebook"
            )
        rulebook = used
        presume = manifest.presume if options.presume is None else presume
    warn("explain", outside(rulebook.rulebook, as_of))
    records, quarantined = normalize(record, as_of)
    if quarantined.height:
        [row] = quarantined.select("reason", "field", "detail").to_dicts()
        raise InputError(
            f"{options.case}: {row['field']}: {row['detail']} ({row['reason']}); "
            "a backlog would quarantine it"
        )
    # A snapshot is in good form already: only its run knows what was not.
    warnings = list(dict.fromkeys((*warned, *records["warnings"].to_list()[0])))
    records = records.with_columns(warnings=pl.Series([warnings], dtype=pl.List(pl.String)))
    explanation = explain(records, rulebook, as_of, presume=presume)
    if options.json:
        print(json.dumps(dataclasses.asdict(explanation), default=str, indent=2))
    else:
        _print(explanation, rulebook.rulebook, everything=options.all)
    return ExitCode.OK


def _read(file: str) -> CaseRecord:
    try:
        return CaseRecord.model_validate_json(Path(file).read_text("utf-8"))
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise InputError(f"{file}: is not UTF-8 text") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        # The message of a wrong value may quote it; a person's data must not be shown.
        reason = first["type"].replace("_", " ")
        raise InputError(f"{file}: {place + ': ' if place else ''}{reason}") from None


def _print(explanation: Explanation, rulebook: Rulebook, *, everything: bool) -> None:
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    row = explanation.recommendation
    console.print(
        f"\n[bold]{row['case_id']}[/]: [bold]{row['route']}[/]"
        f" under {row['rulebook']} as of {row['as_of']}"
        f" ({row['rule'] or 'unknown facts leave it open'})"
    )
    for rule in rulebook.routing:
        if rule.id == row["rule"]:
            look = "a person must look: " if row["look"] else ""
            console.print(f"  rule {rule.id}: {look}{rule.why}")
    for ground in row["grounds"]:
        console.print(f"  because {ground['criterion']}: {ground['citation']}")
    for check in row["checks"]:
        console.print(
            f"  check first: {check['fact']}, presumed {check['presumed']}. {check['reason']}"
        )
    console.print(
        "firm: no missing fact can change it"
        if row["firm"]
        else f"could become: {', '.join(r for r in row['possible_routes'] if r != row['route'])}"
    )
    if row["changes_on"]:
        console.print(f"changes by itself on {row['changes_on']} to {row['changes_to']}")
    console.print(f"score {row['score_low']} to {row['score_high']}")
    if row["missing_facts"]:
        console.print(f"ask for: {', '.join(row['missing_facts'][:MOST_FACTS])}")
    for warning in row["warnings"] or ():
        console.print(f"set to unknown in normalizing: {warning}")

    table = Table(box=None, pad_edge=False)
    for name in ("criterion", "value", "facts read", "changes", "citation"):
        table.add_column(name, overflow="fold")
    for trace in explanation.criteria:
        if everything or trace.list != "factor" or trace.value != "false":
            table.add_row(*_row(trace))
    console.print(table)
    if not everything:
        console.print("factors that are false are left out; --all shows them")
    if explanation.one_fact:
        console.print("\none fact alone would change the route:")
        for change in explanation.one_fact:
            console.print(f"  {change.fact} {change.value} -> {change.route}")
    console.print("An attorney decides; this is a recommendation.")


def _row(trace: CriterionTrace) -> tuple[str, str, str, str, str]:
    style = {"true": "bold", "unknown": "yellow", "false": "dim"}[trace.value]
    facts = [f"{name}: {text}" for name, text in trace.facts.items()]
    if trace.value == "unknown" and trace.missing:
        facts = [f"{name}: {trace.facts[name]}" for name in trace.missing]
    shown = ", ".join(facts[:MOST_FACTS]) + (" ..." if len(facts) > MOST_FACTS else "")
    changes = f"{trace.changes[0]} {trace.changes[1]}" if trace.changes else ""
    return (
        f"{trace.id} {trace.title}",
        f"[{style}]{trace.value}[/]",
        shown,
        changes,
        trace.citation,
    )


if __name__ == "__main__":
    sys.exit(main())
