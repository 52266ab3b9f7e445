"""The cases that moved since another run, or that a night moved, with their causes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import polars as pl

from pipelines.runs.by_case import by_case
from pipelines.runs.frames import part_frames
from pipelines.runs.run import load_run, run_rulebook
from schemas.manifest import Manifest
from schemas.outcomes import ROUTES
from schemas.rulebook.compiled import CompiledRulebook
from schemas.words import queue_mark
from transforms.assess.frame import Terms, assess
from transforms.frames.coder import compact
from transforms.frames.frame import Frame
from transforms.nightly.changes import SUMMARY, Compared, Folded, changes, summarize
from transforms.nightly.events import EVENTS
from transforms.report import comparison
from transforms.report.flows import CAUSES, MOVED, READ, count_moves, moved, routes_and_reasons
from transforms.report.model import Comparison, Count

# Cases whose causes are found together.
AT_A_TIME = 50_000


def moves_of_night(run: str) -> Iterator[Frame]:
    """Read what a night changed (`MOVED`), a part at a time; nothing if the run isn't a night's."""
    return part_frames(run, "changes", "change", MOVED)


def night_compared(run: str, manifest: Manifest, rulebook: CompiledRulebook) -> Comparison | None:
    """Say what a night changed; None for a run that isn't a night's."""
    if manifest.nightly is None:
        return None
    compared = comparison.tonight(manifest, count_moves(moves_of_night(run)), rulebook)
    waiting = tuple(
        (mark, Count(queue_mark(mark), number, wanted=f"mark:{queue_mark(mark)}"))
        for mark, number in manifest.nightly.queue.items()
        if number
    )
    return compared and dataclasses.replace(compared, waiting=waiting)


def marks_of_night(run: str) -> Iterator[Frame]:
    """Read why each case waits for an attorney: `case_id` and `mark`, a part at a time."""
    for frame in part_frames(run, "queue", "queue", ("case_id", "mark")):
        yield frame.select("case_id", pl.col("mark").cast(pl.String))


def moves_against(
    run: str, manifest: Manifest, rulebook: CompiledRulebook, other: str
) -> tuple[Frame, Comparison, frozenset[str] | None]:
    """Compare a run with an earlier one.

    Args:
        run: The run's directory.
        manifest: Its manifest.
        rulebook: The rulebook that it applied.
        other: Where the earlier run is.

    Returns:
        The cases that moved, columns `MOVED`; what the page says of them; and the ids that mean the
        same criterion in both runs, None for all.

    Raises:
        DamagedError: A file is damaged.
        RunError: There is no such run.
    """
    before_run, before = load_run(other)
    both, parts = 0, []
    for old, new in by_case(((before_run, before), (run, manifest)), READ, routes_and_reasons):
        both += old.join(new, on="case_id", how="semi").height
        parts.append(compact(moved(old, new)))
    moves = pl.concat(parts)
    differ = comparison.differing(before, manifest)
    if len(differ) == 1 and not differ.keys() & {"CALENDAR", "FACT"}:
        [kind] = differ
        moves = moves.with_columns(_only(kind).new_from_index(0, moves.height))
    elif differ:
        moves = moves.drop("causes").join(
            _causes(before_run, before, run, manifest, rulebook, moves),
            on="case_id",
            how="left",
            maintain_order="left",
        )
    earlier = run_rulebook(before_run, before)
    same = comparison.same_in_both(rulebook, earlier)
    counted = count_moves([moves], same)
    return moves, comparison.against(before, counted, both, differ, rulebook, earlier), same


def _only(kind: str) -> pl.Series:
    """The one cause that there can be."""
    one = {"kind": kind, "field": None, "event_id": None, "event_kind": None, "milestone": None}
    return pl.Series("causes", [[{**one, "on": None}]], dtype=CAUSES)


def _causes(
    before_run: str,
    before: Manifest,
    run: str,
    manifest: Manifest,
    rulebook: CompiledRulebook,
    moves: Frame,
) -> Frame:
    """Find the causes of moves as a night does: by changing one thing at a time."""
    terms, last = _terms(manifest, rulebook), _terms(before, rulebook)
    key = dataclasses.replace(last.key, rulebook=before.rulebook.digest)
    routed = moves.drop_nulls(("from_route", "to_route")).select("case_id")
    found = [pl.DataFrame(schema={"case_id": pl.String, "causes": CAUSES})]
    for start in range(0, routed.height, AT_A_TIME):
        ids = routed[start : start + AT_A_TIME]
        old, new = _records(before_run, ids), _records(run, ids)
        summaries = [
            summarize(frame.join(ids, on="case_id", how="semi"))
            for route in ROUTES
            for frame in part_frames(before_run, route, "recommendation", SUMMARY)
        ]
        folded = Folded(old, new, EVENTS.to_frame())
        compared = Compared(pl.concat(summaries), assess(new, terms), folded)
        changed = changes(compared, key, terms)
        found.append(changed.select("case_id", "causes"))
    return pl.concat(found)


def _terms(manifest: Manifest, rulebook: CompiledRulebook) -> Terms:
    courts = None if manifest.courts is None else frozenset(manifest.courts)
    return Terms(rulebook, manifest.as_of, manifest.presume, manifest.scope, courts)


def _records(run: str, ids: Frame) -> Frame:
    return pl.concat(list(_of_ids(run, ids)), rechunk=True)


def _of_ids(run: str, ids: Frame) -> Iterator[Frame]:
    for frame in part_frames(run, "cases", "case_record"):
        yield compact(frame.join(ids, on="case_id", how="semi"))
