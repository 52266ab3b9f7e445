"""Recommend: what a rulebook recommends for each case as of a date, with its reasons."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import numpy as np
import polars as pl

from schemas.avro import avro_schema
from schemas.outcomes import FORMS, ROUTES, STATES
from schemas.rulebook.compiled import CompiledRulebook
from transforms.avro.types import polars_schema
from transforms.frames.frame import Frame, whole
from transforms.frames.labels import empty_lists, label_lists
from transforms.route.checks import checks
from transforms.route.forecast import forecast
from transforms.route.human_review import bearing_conflicts, review_reasons
from transforms.route.leverage import Flags
from transforms.route.missing import missing_facts, nothing_missing
from transforms.route.table import NONE, UNDECIDED, Array, Routed, RouteTable, shown
from transforms.route.weighed import Weighed
from transforms.score.facts import derive_facts
from transforms.score.moving import MovingPart

RECOMMENDATION = polars_schema(avro_schema("recommendation"))
PASSED_THROUGH = ("case_id", "opla_office", "warnings")
# The reasons of a recommendation as ids of criteria (List(String)).
REASON_IDS = pl.col("reasons").list.eval(pl.element().struct.field("criterion"))


def recommend(
    facts: Frame, rulebook: CompiledRulebook, as_of: datetime.date, *, presume: bool = True
) -> Frame:
    """Recommend a route for each case under a rulebook.

    Args:
        facts: Facts (`transforms.score.facts.FACT_COLUMNS`), and any of `case_id`, `opla_office`,
            `warnings`, and `conflicts`.
        rulebook: The rulebook.
        as_of: The as-of date.
        presume: Whether to use the rulebook's presumptions.

    Returns:
        The columns of recommendation.avsc, one row per case, in order.
    """
    days = whole("as_of", as_of, pl.Date(), facts.height)
    return _recommend(facts, rulebook, days, presume, as_of)


def recommend_on(
    facts: Frame, rulebook: CompiledRulebook, days: pl.Series, *, presume: bool = True
) -> Frame:
    """Recommend a route for each case as of its own day, without what to ask.

    Args:
        facts: As for `recommend`.
        rulebook: The rulebook.
        days: The as-of date (Date), one per case.
        presume: Whether to use the rulebook's presumptions.

    Returns:
        As for `recommend`, with `missing_facts` and `settling_facts` empty.
    """
    return _recommend(facts, rulebook, days, presume, None)


def _recommend(
    facts: Frame,
    rulebook: CompiledRulebook,
    days: pl.Series,
    presume: bool,
    asked_on: datetime.date | None,
) -> Frame:
    weighed = Weighed.of(facts, rulebook, days, presume=presume)
    facts, real, routed = weighed.weighing.facts, weighed.real, weighed.routed
    table = RouteTable.of(rulebook)
    possible = table.look_up(table.possible, weighed.on_record)
    bearing = bearing_conflicts(weighed)
    if asked_on is None:
        missing = nothing_missing(facts.height)
    else:
        missing = missing_facts(weighed, asked_on)
    route = _named(shown(routed.route), ROUTES)
    needs = review_reasons(weighed, days, bearing)
    changes = forecast(
        MovingPart.of(weighed.weighing, weighed.effective), shown(routed.route), days
    )
    return pl.DataFrame(
        {
            "case_id": _column(facts, "case_id"),
            "court": facts["court"],
            "opla_office": _column(facts, "opla_office"),
            "rulebook": pl.Series([rulebook.id]).new_from_index(0, facts.height),
            "as_of": days,
            "route": route,
            "form": _named(table.look_up(table.form, weighed.acted_on), FORMS),
            "state": _named(_state(routed, possible, list(bearing.values())), STATES),
            "rule": _named(routed.row, [row.id for row in rulebook.rulebook.routing]),
            "needs_review": needs.list.len() > 0,
            "review_reasons": needs,
            "reasons": _reasons(real, routed, rulebook),
            "checks": checks(weighed),
            "steps": _steps(route, rulebook),
            "possible_routes": label_lists(
                pl.DataFrame({r: (possible >> n) & 1 == 1 for n, r in enumerate(ROUTES)}),
                pl.Series(ROUTES),
            ),
            "missing_facts": missing.facts,
            "settling_facts": missing.settling,
            "conflicts": _conflicts(facts),
            "criteria_true": label_lists(real, pl.Series(real.columns)),
            "criteria_unknown": label_lists(
                real.select(pl.all().is_null()), pl.Series(real.columns)
            ),
            "score_low": weighed.on_record.low,
            "score_high": weighed.on_record.high,
            "changes_on": changes["changes_on"],
            "changes_to": changes["changes_to"],
            "warnings": _column(facts, "warnings", pl.List(pl.String)),
        }
    )


def recommend_records(
    records: Frame, rulebook: CompiledRulebook, as_of: datetime.date, *, presume: bool = True
) -> Frame:
    """Recommend a route for each normalized case record under a rulebook.

    Args:
        records: Columns of case_record.avsc, normalized, with `warnings` and possibly `conflicts`.
        rulebook: The rulebook.
        as_of: The as-of date.
        presume: Whether to use the rulebook's presumptions.

    Returns:
        The columns of recommendation.avsc, one row per case, in order.
    """
    facts = derive_facts(records, rulebook.rulebook.counted_convictions, as_of)
    return recommend(with_passed_through(facts, records), rulebook, as_of, presume=presume)


def with_passed_through(facts: Frame, records: Frame) -> Frame:
    """Add to facts the columns of their records that a recommendation repeats."""
    return facts.hstack(records.select(name for name in PASSED_THROUGH if name in records.columns))


def _column(frame: Frame, name: str, dtype: pl.DataType | None = None) -> pl.Series:
    if name in frame.columns:
        return frame[name]
    return pl.Series([None], dtype=dtype or pl.String()).new_from_index(0, frame.height)


def _conflicts(facts: Frame) -> pl.Series:
    if "conflicts" in facts.columns:
        return facts["conflicts"]
    return empty_lists(pl.String(), facts.height)


def _named(numbers: Array, names: Sequence[str]) -> pl.Series:
    """Look up names by number; null for `NONE`."""
    return pl.Series([*names, None], dtype=pl.String).gather(
        pl.Series(np.where(numbers == NONE, len(names), numbers).astype(np.uint32))
    )


def _state(routed: Routed, possible: Array, bearing: list[Flags]) -> Array:
    conflicted = np.logical_or.reduce([np.zeros(len(possible), dtype=bool), *bearing])
    one_route = np.isin(possible, [1 << number for number in range(len(ROUTES))])
    on_record, after_checks, still_open = (STATES.index(state) for state in STATES)
    decided = np.where(one_route & ~conflicted, on_record, after_checks)
    return np.where(routed.route == UNDECIDED, still_open, decided)


def _reasons(real: Frame, routed: Routed, rulebook: CompiledRulebook) -> pl.Series:
    """Find the criteria that are TRUE and affect the row that decided."""
    rows = list(zip(rulebook.rulebook.routing, rulebook.routing, strict=True))
    flags = []
    for criterion in rulebook.criteria:
        value = pl.col(criterion.id)
        if criterion.criterion.list == "factor":
            toward = "close" if (criterion.criterion.weight or 0) > 0 else "expedite"
            bears = [n for n, (row, read) in enumerate(rows) if read.cuts and row.route == toward]
        elif criterion.criterion.list == "finding":
            bears = [n for n, (_, read) in enumerate(rows) if criterion.id in read.named]
        else:
            flags.append(value)
            continue
        flags.append(value & pl.lit(pl.Series(np.isin(routed.row, bears))))
    labels = pl.DataFrame(
        {
            "criterion": [c.id for c in rulebook.criteria],
            "citation": [c.citation for c in rulebook.criteria],
        }
    ).to_struct("reason")
    return label_lists(real.select(flags), labels)


def _steps(route: pl.Series, rulebook: CompiledRulebook) -> pl.Series:
    """Return the steps that the program required before acting on a route."""
    steps = pl.Series(
        [list(rulebook.rulebook.steps.get(r, ())) for r in ROUTES], dtype=pl.List(pl.String)
    )
    return steps.gather(route.cast(pl.Enum(ROUTES)).to_physical())
