"""Fold a night's events into last night's records, and count them."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from transforms.frames.frame import Frame
from transforms.nightly.events import base_events, normalize_events
from transforms.nightly.fold import fold
from transforms.route.tally import tally_number, tally_rows


class Folding(NamedTuple):
    """The result of applying tonight's events to last night's records.

    Args:
        records: Tonight's records, columns of case_record.avsc.
        log: Tonight's events in force.
        quarantined: Events that can't be applied, and conflicts.
        tallies: Counts of events.
    """

    records: Frame
    log: Frame
    quarantined: Frame
    tallies: Frame


def fold_in(records: Frame, log: Frame, events: Frame) -> Folding:
    """Apply new events to records; only cases that have any are touched.

    Args:
        records: Last night's records.
        log: Last night's log: every event in force of each case that ever had one.
        events: New events, columns of case_event.avsc, as agencies write them.

    Returns:
        Tonight's records, by case id, and log.
    """
    good, bad = normalize_events(events)
    touched = good.select("case_id").unique()
    bases = base_events(
        records.join(touched, on="case_id", how="semi").join(log, on="case_id", how="anti")
    )
    folded = fold(pl.concat([log.join(touched, on="case_id", how="semi"), bases, good]))
    rest = log.join(touched, on="case_id", how="anti")
    known = pl.concat([records.select("case_id"), folded.records.select("case_id")])
    everything = pl.concat([rest, folded.log]).sort("case_id", "recorded_at", "event_id")
    tallies = [
        tally_rows("events", events),
        tally_rows("event_bad", bad),
        tally_rows("event_conflicts", folded.conflicts),
        tally_rows("event_pending", everything.join(known, on="case_id", how="anti")),
        tally_rows("opened", folded.records.join(records, on="case_id", how="anti")),
    ]
    return Folding(
        _with_folded(records, folded.records),
        everything,
        pl.concat([bad, folded.conflicts]),
        pl.concat([*tallies, tally_number("event_repeated", folded.repeated)]),
    )


def _with_folded(records: Frame, folded: Frame) -> Frame:
    """Replace the records of some cases, and add those of new ones; by case id."""
    # In one chunk, because gathering lists from two takes a hundred times as long.
    both = pl.concat([records, folded], rechunk=True)
    replaced = pl.col("case_id").is_in(folded["case_id"].implode()).fill_null(False)
    rows = both.select("case_id", row=pl.int_range(pl.len(), dtype=pl.UInt32))
    left = rows.filter((pl.col("row") >= records.height) | ~replaced)
    return both[left.sort("case_id", maintain_order=True)["row"]]
