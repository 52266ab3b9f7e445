"""Find the few questions that settle the most open cases of a run, and to which route."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.exit_codes import ExitCode
from schemas.errors import UsageError
from schemas.outcomes import ROUTES
from schemas.shown import shown
from schemas.words import percent

if TYPE_CHECKING:
    from pipelines.runs.open_cases import OpenCases

# How far the questions of a court reach.
_STEPS = (1, 3, 5)


@dataclass(frozen=True, kw_only=True)
class Options:
    """Which run, how many questions, and in which form."""

    run: str = declare.run()
    most: int = declare.option("at most this many; default: 10", default=10, type=int, metavar="N")
    by_court: bool = declare.switch("show what reaches the most in each court")
    csv: bool = declare.switch("print the counts of every fact, by court, as CSV")
    json: bool = declare.switch("print the counts as JSON")


def _run(options: Options) -> int:
    from pipelines.runs.open_cases import count_open_cases
    from pipelines.runs.run import load_run, needed_rulebook

    if options.most < 1:
        raise UsageError("--most: give 1 or more")
    if options.csv and options.json:
        raise UsageError("--csv: goes without --json")
    run, manifest = load_run(options.run)
    rulebook = needed_rulebook(run, manifest)
    found = count_open_cases(run, manifest, rulebook)
    if options.csv:
        sys.stdout.write(found.directions.write_csv())
    elif options.json:
        print(json.dumps(_as_json(found, options.most), indent=2))
    else:
        print("\n".join(_lines(found, options)))
    return ExitCode.OK


def _as_json(found: OpenCases, most: int) -> dict[str, object]:
    return {
        "routed": found.routed,
        "open": found.open,
        "settled_by_one_answer": found.reachable,
        "questions": [one._asdict() for one in found.questions(most)],
        "courts": [
            {"court": court, "open": there.open, "settled_by_one_answer": there.reachable}
            | {"questions": [one._asdict() for one in there.questions(most)]}
            for court, there in found.by_court()
        ],
    }


def _lines(found: OpenCases, options: Options) -> Iterator[str]:
    from pipelines.cli.table import paragraph, table_lines
    from schemas.facts import FACTS

    yield paragraph(
        f"{found.open:,} of {found.routed:,} routed cases are open. "
        f"In {found.reachable:,} of them ({percent(found.reachable, found.open)}), one answer "
        "could settle the route."
    )
    if not found.open:
        return
    yield ""
    if options.by_court:
        yield from _courts(found, options.most)
    else:
        rows = [
            (
                f"{place}. {FACTS[one.fact].label}",
                [
                    *(f"{number:,}" for number in (one.cases, one.close, one.continue_)),
                    f"{one.expedite:,}",
                    percent(one.together, found.open),
                ],
            )
            for place, one in enumerate(found.questions(options.most), start=1)
        ]
        yield from table_lines(
            "Ask for", ["could\nsettle", *(f"\n{route}" for route in ROUTES), "together"], rows
        )
        yield ""
        yield paragraph(
            "Each question adds the most open cases that those above it don't reach. A case counts "
            "under each route to which some answer settles it."
        )
    yield paragraph("`discretion intake` prints the questions for a client.")


def _courts(found: OpenCases, most: int) -> Iterator[str]:
    from pipelines.cli.table import paragraph, table_lines
    from schemas.facts import FACTS

    rows = []
    courts = found.by_court()
    for court, there in courts[:most]:
        asked = there.questions(_STEPS[-1])
        reached = [asked[min(step, len(asked)) - 1].together if asked else 0 for step in _STEPS]
        first = FACTS[asked[0].fact].label if asked else "nothing alone"
        rows.append(
            (
                f"{shown(court or 'not known')}: {first}",
                [f"{there.open:,}", *(percent(number, there.open) for number in reached)],
            )
        )
    yield from table_lines(
        "Court, and what to ask for first", ["open", *(f"with\nthe best {n}" for n in _STEPS)], rows
    )
    if len(courts) > most:
        yield f"  and {len(courts) - most} more: --most {len(courts)}"
    yield ""
    yield paragraph(
        "The shares are of the court's open cases in which one answer to its best questions could "
        "settle the route."
    )


main = Command(
    "questions",
    __doc__,
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
