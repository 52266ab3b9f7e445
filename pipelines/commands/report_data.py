"""What a report needs of a run's files, read once: counts, queues, and explanations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.runs.frames import part_frames
from schemas.avro import avro_schema
from schemas.explanation import Explanation
from schemas.manifest import Manifest
from schemas.outcomes import ROUTES, STATE_TEXTS, STATES
from schemas.rulebook.compiled import CompiledRulebook
from schemas.shown import shown
from schemas.words import queue_mark, sentence
from transforms.avro.types import polars_schema
from transforms.explain.case import explain_all
from transforms.explain.page import MARK
from transforms.explain.page import STATES as STATE_WORDS
from transforms.frames.coder import compact
from transforms.frames.frame import Frame
from transforms.normalize.fields import normalize_fields
from transforms.normalize.losses import loss_lists, lost_before
from transforms.normalize.records import normalize
from transforms.report import docket, overlaps, tallies
from transforms.report.cases import explained, plain_rows, queue_columns
from transforms.report.counts import Counted
from transforms.report.flows import MOVED, reasons_and_causes
from transforms.report.island import island
from transforms.report.page import QueueShown
from transforms.report.queue import EXPLAINED, PLAIN, Queue
from transforms.report.routes import Routes
from transforms.report.running import Running
from transforms.report.vocabulary import Vocabulary
from transforms.route import fact_sets

MOST_ENTRIES = 200
_BY_CASE: dict[str, Any] = {"on": "case_id", "how": "left", "maintain_order": "left"}
_CHANGE = polars_schema(avro_schema("change"))
_MOVED = pl.Schema({name: _CHANGE[name] for name in MOVED})
_MARKS = pl.Schema({"case_id": pl.String, "mark": pl.String})
_ENTRY = ("reason", "source_file", "offset", "detail")


@dataclass(frozen=True)
class RunData:
    """What a run's files hold, as far as a page shows it.

    Args:
        counted: Its counts.
        queues: Its queues; None without cases.
        data: What the script reads; empty without cases.
        overlaps: Which of the counts overlap (`transforms.report.overlaps.SCHEMA`); empty if that
            wasn't asked for.
    """

    counted: Counted
    queues: tuple[QueueShown, ...] | None
    data: str
    overlaps: Frame


@dataclass(frozen=True)
class Extra:
    """What else the page says of cases.

    Args:
        moves: Cases with another route before (`transforms.report.flows.MOVED`), to be read once.
        marks: `case_id` and `mark` of the cases that wait (queue.avsc), to be read once; None if
            this isn't a night.
        same: The ids that mean the same criterion in the other run; None for all.
    """

    moves: Iterable[Frame]
    marks: Iterable[Frame] | None
    same: frozenset[str] | None = None


def read_run(
    run: str,
    manifest: Manifest,
    rulebook: CompiledRulebook,
    extra: Extra | None,
    *,
    overlapping: bool = False,
) -> RunData:
    """Read what a report shows of a run.

    Args:
        run: The run's directory.
        manifest: Its manifest.
        rulebook: The rulebook that it applied.
        extra: What else the page says of cases; None for a page without cases.
        overlapping: Whether to find which counts overlap, too.

    Raises:
        DamagedError: A file is damaged.
    """
    queues: dict[str, Queue] = {route: Queue() for route in ROUTES}
    counts, sets = Running(tallies.add_up), Running(fact_sets.added)
    overlap, routes = Running(overlaps.add_up), Routes()
    for route in ROUTES:
        for frame in part_frames(run, route, "recommendation", tallies.RECOMMENDED):
            counts.add(tallies.tally_recommendations(frame, manifest.as_of))
            sets.add(tallies.tally_sets(frame))
            if overlapping:
                overlap.add(overlaps.tally_overlaps(frame))
            routes.add(frame["case_id"], route)
            if extra:
                queues[route].add(frame)
    chosen = _Chosen.of(queues, extra) if extra else None
    found = []
    for records in part_frames(run, "cases", "case_record", None if chosen else docket.READ):
        tidy = records
        if manifest.nightly is not None:
            # A night's snapshot has records as they arrived.
            tidy, lost = normalize_fields(records, manifest.as_of)
            if chosen:
                found_now = loss_lists([lost, lost_before(tidy)], tidy.height)
                tidy = tidy.with_columns(warnings=found_now)
        values = docket.docket(tidy, manifest.as_of)
        routed = values.with_columns(routes.of(values["case_id"])).drop_nulls("route")
        counts.add(tallies.tally_docket(routed))
        if chosen:
            found.append(chosen.among(records, values))
    counted = Counted(manifest, rulebook, counts.total, sets.total)
    overlapped = overlap.total
    if chosen is None:
        return RunData(counted, None, "", overlapped)
    shown_queues, data = chosen.write(found, manifest, rulebook)
    return RunData(counted, shown_queues, data, overlapped)


@dataclass(frozen=True)
class _Chosen:
    """The cases that a page shows.

    Args:
        queues: The queues, by route.
        moves: Those of them that had another route before (`Extra.moves`).
        marks: Why they wait (`Extra.marks`).
        same: As in `Extra`.
        shown: The ids of the cases that are shown.
        explained: The ids of those that are explained.
    """

    queues: dict[str, Queue]
    moves: Frame
    marks: Frame | None
    same: frozenset[str] | None
    shown: Frame
    explained: Frame

    @classmethod
    def of(cls, queues: dict[str, Queue], extra: Extra) -> _Chosen:
        kept = [queue.cases for queue in queues.values() if queue.cases is not None]
        ids = [frame.select("case_id") for frame in kept]
        empty = pl.DataFrame(schema={"case_id": pl.String})
        shown = pl.concat([empty, *ids])
        return cls(
            queues,
            _of_cases(extra.moves, shown, _MOVED),
            None if extra.marks is None else _of_cases(extra.marks, shown, _MARKS),
            extra.same,
            shown,
            pl.concat([empty, *(frame.head(EXPLAINED) for frame in ids)]),
        )

    def among(self, records: Frame, values: Frame) -> tuple[Frame, Frame]:
        """Return the docket values of the cases that are shown, and the records to explain."""
        return (
            compact(values.join(self.shown, on="case_id", how="semi")),
            compact(records.join(self.explained, on="case_id", how="semi")),
        )

    def write(
        self, found: list[tuple[Frame, Frame]], manifest: Manifest, rulebook: CompiledRulebook
    ) -> tuple[tuple[QueueShown, ...], str]:
        """Write the queues and the explanations."""
        words = Vocabulary(rulebook)
        values = pl.concat([values for values, _ in found]) if found else None
        by_case = self._explanations(found, manifest, rulebook)
        columns: dict[str, dict[str, list[Any]]] = {}
        explanations: dict[str, list[Any]] = {}
        for route, queue in self.queues.items():
            columns[route] = {"id": []}
            explanations[route] = []
            if queue.cases is None or values is None:
                continue
            cases = self._with_extra(queue.cases.join(values, **_BY_CASE))
            columns[route] = queue_columns(cases, words)
            first = cases["case_id"].head(EXPLAINED).to_list()
            explanations[route] = [explained(by_case[case]) for case in first]
        lists = words.as_lists()
        data = island(
            {
                "words": lists,
                "queues": {
                    route: {"total": queue.total, "columns": columns[route]}
                    for route, queue in self.queues.items()
                },
                "explanations": explanations,
                "texts": _TEXTS,
            }
        )
        return tuple(
            QueueShown(
                route,
                queue.total,
                len(columns[route]["id"]),
                plain_rows({name: c[:PLAIN] for name, c in columns[route].items()}, lists),
            )
            for route, queue in self.queues.items()
        ), data

    def _with_extra(self, cases: Frame) -> Frame:
        """Add `was`, the route before if it differs, why it does, and why the case waits."""
        before = pl.col("from_route").fill_null("no route")
        moves = self.moves.filter(pl.col("from_route").ne_missing(pl.col("to_route")))
        moved = cases.join(moves.select("case_id", was=before), **_BY_CASE)
        moved = moved.join(reasons_and_causes(self.moves, self.same), **_BY_CASE)
        if self.marks is None:
            return moved.with_columns(mark=pl.lit(None, pl.String))
        mark = pl.col("mark").fill_null("").map_elements(queue_mark, pl.String)
        waiting = self.marks.select("case_id", mark=mark)
        return moved.join(waiting, **_BY_CASE).with_columns(pl.col("mark").fill_null("reviewed"))

    def _explanations(
        self, found: list[tuple[Frame, Frame]], manifest: Manifest, rulebook: CompiledRulebook
    ) -> dict[str, Explanation]:
        parts = [records for _, records in found if records.height]
        if not parts:
            return {}
        records, _ = normalize(pl.concat(parts, rechunk=True), manifest.as_of)
        kept = [queue.cases for queue in self.queues.values() if queue.cases is not None]
        missing = pl.concat([frame.select("case_id", "missing_facts") for frame in kept])
        asked = records.select("case_id").join(missing, **_BY_CASE)
        explanations = explain_all(
            records,
            rulebook,
            manifest.as_of,
            asked["missing_facts"].to_list(),
            presume=manifest.presume,
        )
        return dict(zip(records["case_id"].to_list(), explanations, strict=True))


def _of_cases(frames: Iterable[Frame], shown: Frame, schema: pl.Schema) -> Frame:
    mine = (compact(frame.join(shown, on="case_id", how="semi")) for frame in frames)
    return pl.concat([schema.to_frame(), *mine])


_TEXTS = {
    "states": [STATE_WORDS[state] for state in STATES],
    "settled": [sentence(STATE_TEXTS[state]) for state in STATES],
    "mark": MARK,
}


def first_entries(run: str) -> Iterator[dict[str, str]]:
    """Read the first entries in quarantine, without what they hold."""
    left = MOST_ENTRIES
    for frame in part_frames(run, "quarantine", "quarantined", _ENTRY):
        for row in frame.head(left).iter_rows(named=True):
            left -= 1
            yield {
                "reason": shown(row["reason"] or ""),
                "file": shown(row["source_file"] or ""),
                "offset": "" if row["offset"] is None else f"{row['offset']:,}",
                "detail": shown(row["detail"] or ""),
            }
        if not left:
            return
