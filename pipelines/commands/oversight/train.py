"""Make a training course of a rulebook's examples, as one page; or read what trainees saved."""

from __future__ import annotations

import dataclasses
import datetime
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.complain import complain
from pipelines.cli.exit_codes import ExitCode
from pipelines.cli.rulebooks import named, warn
from schemas.errors import UsageError
from schemas.outcomes import ROUTES
from schemas.rulebook.default import DEFAULT
from schemas.rulebooks import load
from schemas.rulebooks.in_force import outside
from schemas.shown import shown

if TYPE_CHECKING:
    from schemas.rulebook.compiled import CompiledRulebook
    from transforms.oversight.figures import Between
    from transforms.training.results import Results

MOST_LISTED = 10


@dataclass(frozen=True, kw_only=True)
class Options:
    """Which course is made, or whose results are read."""

    output: str | None = declare.option(
        "the page to write", default=None, type=declare.place, metavar="FILE.html"
    )
    results: str | None = declare.option(
        "read the results that trainees saved in this directory, and show how far they agree",
        default=None,
        type=declare.place,
        metavar="DIR",
    )
    rulebook: str | None = declare.option(
        f"a rulebook's name or file, or in-force; default: {DEFAULT}; with --results: theirs",
        default=None,
        metavar="NAME|FILE|in-force",
    )
    as_of: datetime.date | None = declare.option(
        "the date for --rulebook in-force", default=None, type=declare.date, metavar="DATE"
    )
    cases: int = declare.number(24)
    json: bool = declare.switch("with --results: print JSON")


def _run(options: Options) -> int:
    if (options.output is None) == (options.results is None):
        raise UsageError("give --output FILE.html for a course, or --results DIR for its results")
    if options.json and options.results is None:
        raise UsageError("--json: goes with --results")
    if options.results is not None:
        return _show(options, options.results)
    name = named("train", options.rulebook or DEFAULT, options.as_of)
    _make(load(name), options)
    return ExitCode.OK


def _make(rulebook: CompiledRulebook, options: Options) -> None:
    from pipelines.runs.new_file import check_new, write_new
    from transforms.training.course import choose, exercises
    from transforms.training.page import CoursePage, write_course
    from transforms.training.scenario import scenarios

    path = options.output or ""
    if not path.endswith(".html"):
        raise UsageError(f"--output: {shown(path)}: end the name in .html")
    if options.cases < 1:
        raise UsageError("--cases: give 1 or more")
    check_new(path)
    made = choose(scenarios(rulebook), options.cases)
    if not made:
        raise UsageError(
            f"--rulebook: {rulebook.id} has no examples to make cases of; "
            "`discretion rulebook check` says what to add"
        )
    notice = outside(rulebook.rulebook, options.as_of or rulebook.rulebook.issued)
    page = CoursePage(rulebook, exercises(made, rulebook), notice)
    write_new(path, write_course(page).encode())
    few = " (the rulebook has no more)" if len(made) < options.cases else ""
    print(f"{shown(path)}: {len(made)} cases{few}; open it in a browser")


def _show(options: Options, folder: str) -> int:
    from pipelines.commands.oversight.training_agreement import agreement
    from pipelines.commands.oversight.training_files import read_results
    from transforms.training.course import answers
    from transforms.training.results import results
    from transforms.training.scenario import scenarios

    rulebook = None if options.rulebook is None else load(options.rulebook)
    files, refused = read_results(folder, rulebook)
    warn("train", *refused)
    rulebook = files.rulebook
    known = {one.id: one for one in scenarios(rulebook)}
    answered = {answer.scenario for file in files.results for answer in file.answers}
    wanted = [one for id_, one in known.items() if id_ in answered]
    found = results(files.results, known, answers(wanted, rulebook))
    kappas, missing = agreement(found)
    if options.json:
        pairs = [
            {**dataclasses.asdict(one), "kappa": of._asdict()}
            for one, of in zip(found.together, kappas, strict=False)
        ]
        whole = {"rulebook": rulebook.id, **dataclasses.asdict(found)}
        print(json.dumps(whole | ({"together": pairs} if pairs else {}), indent=2))
    else:
        print("\n".join(_lines(found, rulebook, kappas)))
    if missing is not None:
        complain("train", f"kappa isn't worked out: {missing}")
    return ExitCode.DAMAGED if refused else ExitCode.OK


def _lines(found: Results, rulebook: CompiledRulebook, kappas: Sequence[Between]) -> Iterator[str]:
    from pipelines.cli.table import paragraph, table_lines
    from pipelines.commands.oversight.training_agreement import agreement_lines, name_of
    from schemas.words import criterion_name, percent

    missed = [one for one in found.criteria if one.wrong]
    divided = [one for one in found.scenarios if one.wrong]
    titles = {c.id: criterion_name(c.id, c.criterion.title) for c in rulebook.criteria}
    yield paragraph(f"{rulebook.rulebook.title} ({rulebook.id})")
    yield ""
    yield from table_lines(
        "Trainees",
        ["cases", "route\nright", "reasons\nright", "question\nright"],
        [
            (
                name_of(one.name, at),
                _cells(one.answers, one.route, one.reasons, one.ask),
            )
            for at, one in enumerate(found.trainees, start=1)
        ],
    )
    yield ""
    if found.pairs:
        yield paragraph(
            f"Two trainees who had the same case chose the same route in {found.agreeing:,} of "
            f"{found.pairs:,} pairs ({percent(found.agreeing, found.pairs)})."
        )
        yield from agreement_lines(found, kappas)
        yield ""
    yield from _listed(
        table_lines(
            "Criteria that were missed",
            ["affected\nthe route", "named", "named where\nit didn't"],
            [
                (
                    titles.get(one.criterion, shown(one.criterion)),
                    _cells(one.affected, one.named, one.extra),
                )
                for one in missed[:MOST_LISTED]
            ],
        ),
        len(missed),
    )
    yield ""
    yield from _listed(
        table_lines(
            "Cases with a wrong route",
            [*ROUTES, "right"],
            [
                (one.lesson, [*_cells(*one.chosen.values()), one.right])
                for one in divided[:MOST_LISTED]
            ],
        ),
        len(divided),
    )


def _cells(*numbers: int) -> list[str]:
    return [f"{number:,}" for number in numbers]


def _listed(lines: Sequence[str], all_: int) -> Iterator[str]:
    yield from lines
    if all_ > MOST_LISTED:
        yield f"  and {all_ - MOST_LISTED} more: --json lists them"


main = Command(
    "train",
    __doc__,
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
