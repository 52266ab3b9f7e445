"""The two sides of a comparison: two runs, or the same cases under two rulebooks."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Sequence

from pipelines.backlog import backlog_run
from pipelines.cli.complain import complain
from pipelines.cli.rulebooks import named, warn
from pipelines.exports.about import terms
from pipelines.exports.compared import Compared, compare, two_rulebooks, two_runs
from pipelines.exports.moved_cases import MovedCases
from pipelines.exports.not_routed import not_assessed
from pipelines.runs.run import RunPlace, needed_rulebook
from pipelines.runs.table_inputs import complain_of_refused
from pipelines.runs.unread_input import report_unread_input
from schemas.manifest import Manifest
from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebooks import load
from schemas.rulebooks.in_force import outside
from transforms.assess.frame import Terms

_COMMAND = "compare"


def runs_compared(
    first: tuple[str, Manifest], second: tuple[str, Manifest], who: MovedCases | None
) -> Compared:
    """Compare two runs.

    Args:
        first: A run's directory, and its manifest.
        second: Another's.
        who: Where the cases that moved go.
    """
    one, other = (
        (f"{run} ({terms(manifest)})", needed_rulebook(run, manifest))
        for run, manifest in (first, second)
    )
    apart = {"the first": not_assessed(first[1]), "the second": not_assessed(second[1])}
    return compare(two_runs(first, second), one, other, apart, who)


def run_compared(
    run: str,
    manifest: Manifest,
    names: Sequence[str],
    as_of: datetime.date | None,
    who: MovedCases | None,
) -> Compared:
    """Compare the cases of a run under two rulebooks.

    Args:
        run: The run's directory.
        manifest: Its manifest.
        names: The names or files of the rulebooks.
        as_of: The date to assess as of; None for the run's.
        who: Where the cases that moved go.
    """
    day = as_of or manifest.as_of
    if manifest.scope:
        complain(_COMMAND, f"warning: the run's scope {manifest.scope} isn't applied")
    return _under_both(run, manifest, _loaded(names, day), day, f"the cases of {run}", who)


def inputs_compared(
    patterns: Sequence[str],
    names: Sequence[str],
    as_of: datetime.date | None,
    who: MovedCases | None,
) -> tuple[Compared, int]:
    """Compare the cases of files under two rulebooks.

    Args:
        patterns: Files, folders, or patterns: case files and tables.
        names: The names or files of the rulebooks.
        as_of: The date to assess as of; None for the day on which the first guidance was issued.
        who: Where the cases that moved go.

    Returns:
        The comparison, and the exit code, which tells whether all of the input was read.

    Raises:
        InputError: Nothing in the input could be read, or it changed while it was read.
    """
    day = as_of or load(named(_COMMAND, names[0], as_of)).rulebook.issued
    books = _loaded(names, day)
    # The case files are read, and their duplicates resolved, as for a run; nobody else can read
    # the directory, and it is removed.
    with tempfile.TemporaryDirectory(prefix="discretion-compare-") as folder:
        place = RunPlace(folder, "compared")
        manifest = backlog_run(_COMMAND, patterns, place, Terms(books[0], day))
        on = ", ".join(patterns)
        compared = _under_both(place.final, manifest, books, day, f"the cases of {on}", who)
    codes = report_unread_input(_COMMAND, manifest), complain_of_refused(_COMMAND, manifest)
    return compared, max(codes)


def _loaded(names: Sequence[str], day: datetime.date) -> tuple[CompiledRulebook, CompiledRulebook]:
    first, second = (load(named(_COMMAND, name, day)) for name in names)
    for book in (first, second):
        warn(_COMMAND, outside(book.rulebook, day))
    return first, second


def _under_both(
    run: str,
    manifest: Manifest,
    books: tuple[CompiledRulebook, CompiledRulebook],
    day: datetime.date,
    on: str,
    who: MovedCases | None,
) -> Compared:
    courts = None if manifest.courts is None else frozenset(manifest.courts)
    one, other = (Terms(book, day, manifest.presume, courts=courts) for book in books)
    first, second = ((f"{book.id} as of {day}, on {on}", book) for book in books)
    apart = not_assessed(manifest)
    # Another date or other courts may leave out others than the run did.
    outside = sum(manifest.counts.routed.values())
    outside += sum(apart.pop(name, 0) for name in ("completed", "out of scope"))
    compared = compare(two_rulebooks(run, one, other), first, second, {}, who)
    outside -= int(compared.flows["cases"].sum())
    if outside:
        apart["completed or out of scope"] = outside
    return compared.without(apart)
