"""Fold: build a case's record from all its events.

Everything is an event, including the record from a case file. Each field has the value of the event
that set it last, by `recorded_at`, then `event_id`. Elements that were added to a list since then
follow, each event's once. A field's warnings come with its value. So the order in which events
arrive, and how often, doesn't matter.

If two events have the same id but different content (a conflict), the one recorded later, or else
with the greater content, wins each field that both set, and what the other one adds to the same
list doesn't count.

If elements are added to an unknown list, the result is those elements and a null, which means that
there may be more.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from transforms.frames.frame import Frame, json_lines, put
from transforms.nightly.events import EVENTS, FIELDS, LIST_FIELDS, OPENERS
from transforms.nightly.last_set import last_set
from transforms.normalize.case_frame import CASES
from transforms.normalize.losses import field_of_warning
from transforms.normalize.quarantine import quarantined_records

CONFLICT = "another event of the case has the same id but different content"


class Folded(NamedTuple):
    """The result of folding a log.

    Args:
        records: Columns of case_record.avsc, one row per known case.
        log: The events in force, columns of case_event.avsc: those that still set or add something,
            and for each case the last one that makes it known. Folding these and later events gives
            the same result as folding all events.
        pending: Events of cases that aren't known yet; they are in the log, too.
        conflicts: Rows of quarantined.avsc: events with the same id, except the greatest.
        repeated: How many events were already there.
    """

    records: Frame
    log: Frame
    pending: Frame
    conflicts: Frame
    repeated: int


def fold(log: Frame) -> Folded:
    """Fold events into records.

    Args:
        log: Columns of case_event.avsc, normalized (`transforms.nightly.events`), in any order,
            including each case's base event, if any.

    Returns:
        The records, and what is left of the log.

    Examples:
        >>> from transforms.nightly.events import base_events, normalize_events
        >>> from transforms.testing import case_frame
        >>> from transforms.watch.messages import decode_events
        >>> began = base_events(case_frame([{"case_id": "1", "custody": "DETAINED"}]))
        >>> news, _ = decode_events(
        ...     [
        ...         b'{"event_id": "E1", "case_id": "1", "recorded_at": "2011-11-18",'
        ...         b' "sets": ["custody"], "facts": {"custody": "RELEASED"}}'
        ...     ]
        ... )
        >>> log = pl.concat([began, normalize_events(news).good])
        >>> fold(log).records.select("case_id", "custody").rows()
        [('1', 'RELEASED')]
    """
    events, repeated, conflicts = _in_order(log.select(EVENTS.names()))
    known = events.filter(pl.col("kind").is_in(OPENERS)).select("case_id").unique()
    pending = events.join(known, on="case_id", how="anti")
    events = events.join(known, on="case_id", how="semi").with_row_index("_row")
    facts = events["facts"].struct.unnest()
    last = last_set(events)
    columns = {name: facts[name].gather(last[name]) for name in FIELDS}
    adders = _added(events, last)
    for name, added in adders.items():
        elements = added.with_columns(facts[name].gather(added["_row"]).alias("list"))
        columns[name] = _append(columns[name], elements, last.height)
    rows = [*last.drop("case_id").iter_columns(), *(added["_row"] for added in adders.values())]
    in_force = pl.concat([row.alias("_row") for row in rows]).drop_nulls().unique()
    left = events[in_force.sort()]
    stamps = left.group_by("case_id").agg(pl.col("recorded_at").max())
    updated = last.select("case_id").join(
        stamps, on="case_id", how="left", maintain_order="left", validate="1:1"
    )
    records = pl.DataFrame(
        {
            "case_id": last["case_id"],
            "updated_at": updated["recorded_at"],
            "warnings": _warnings(events, last, adders),
            **columns,
        }
    )
    return Folded(
        records.select(pl.col(name).cast(dtype) for name, dtype in CASES.items()),
        pl.concat([left.select(EVENTS.names()), pending]),
        pending,
        conflicts,
        repeated,
    )


def _warnings(events: Frame, last: Frame, adders: dict[str, Frame]) -> pl.Series:
    """Collect the warnings of each record, from the events that each field's value comes from."""
    name = pl.col("warnings")
    warned = (
        events.select("_row", "case_id", pl.col("facts").struct.field("warnings"))
        .filter(name.list.len() > 0)
        .explode("warnings")
        .drop_nulls()
        .with_columns(field=field_of_warning(name))
    )
    if warned.is_empty():
        return pl.Series([None], dtype=CASES["warnings"]).new_from_index(0, last.height)
    mine = last.join(warned, on="case_id", how="semi")
    setters = mine.unpivot(FIELDS, index="case_id", variable_name="field", value_name="_row")
    added = [
        frame.select("_row", last["case_id"].gather(frame["case"]), field=pl.lit(field))
        for field, frame in adders.items()
    ]
    sources = pl.concat([setters.drop_nulls(), *added], how="diagonal_relaxed")
    kept = (
        warned.join(sources, on=["case_id", "field", "_row"], how="semi")
        .group_by("case_id")
        .agg(name.unique().sort())
    )
    return last.select("case_id").join(kept, on="case_id", how="left", maintain_order="left")[
        "warnings"
    ]


def _in_order(log: Frame) -> tuple[Frame, int, Frame]:
    """Sort events by case, each once; count the repeated ones; find conflicts."""
    ids = pl.struct("case_id", "event_id")
    often = log.select(ids.is_duplicated()).to_series()
    content = pl.Series("_content", [None], pl.String).new_from_index(0, log.height)
    if often.any():
        rows = often.arg_true()
        content = content.scatter(rows, json_lines(log[rows]).cast(pl.String))
    ordered = (
        log.with_columns(content)
        .unique(["case_id", "event_id", "_content"], keep="any")
        .sort("case_id", "recorded_at", "event_id", "_content", nulls_last=False)
    )
    lesser = ordered.select(~ids.is_last_distinct()).to_series()
    conflicts = quarantined_records(
        ordered.filter(lesser).drop("_content"),
        "event",
        pl.lit("EVENT_CONFLICT"),
        pl.lit("event_id"),
        CONFLICT,
    )
    return ordered.drop("_content"), log.height - ordered.height, conflicts


def _added(events: Frame, last: Frame) -> dict[str, Frame]:
    """Find the events whose elements extend a list: `_row`, and `case`, the row of `last`."""
    adders = events.select("_row", "case_id", "event_id", field="adds").explode("field")
    adders = adders.filter(pl.col("field").is_in(LIST_FIELDS))
    found = {}
    for name in adders["field"].unique(maintain_order=True):
        winners = last.select("case_id", pl.col(name).alias("_set")).with_row_index("case")
        added = (
            adders.filter(pl.col("field") == name)
            .join(winners, on="case_id", how="left", maintain_order="left")
            .filter((pl.col("_row") > pl.col("_set")).fill_null(True))
            .unique(["case", "event_id"], keep="last", maintain_order=True)
            .select("_row", "case")
        )
        if added.height:
            found[name] = added
    return found


def _append(lists: pl.Series, added: Frame, cases: int) -> pl.Series:
    """Add elements to lists; a null at the end means that there may be more."""
    base = pl.DataFrame({"case": pl.int_range(cases, dtype=pl.UInt32, eager=True), "list": lists})
    parts = pl.concat([base, added.select("case", "list").sort("case", maintain_order=True)])
    touched = added["case"].unique().sort()
    parts = parts.filter(pl.col("case").is_in(touched.implode()))
    # An unknown list, and a null among elements, both mean that there may be more.
    elements = parts.with_columns(
        pl.when(pl.col("list").is_null())
        .then(pl.lit([None], lists.dtype))
        .otherwise("list")
        .alias("list")
    ).explode("list", empty_as_null=False)
    joined = (
        parts.select("case")
        .unique()
        .sort("case")
        .join(
            elements.group_by("case", maintain_order=True).agg(
                pl.col("list").drop_nulls(), (pl.col("list").null_count() > 0).alias("open")
            ),
            on="case",
            how="left",
            maintain_order="left",
        )
    )
    null = pl.lit([None], lists.dtype)
    whole = pl.col("list").fill_null(pl.lit([], lists.dtype))
    made = joined.select(
        pl.when(~pl.col("open").fill_null(False))
        .then(whole)
        .when(whole.list.len() > 0)
        .then(pl.concat_list(whole, null))
        .alias("list")
    )["list"]
    return put(lists, touched, made)
