"""Recommend: what a rulebook says of each case as of a date, with its reasons."""

from __future__ import annotations

import datetime

import polars as pl

from schemas.avro import avro_schema
from schemas.facts import FACTS, high, low
from schemas.outcomes import ROUTES
from schemas.rulebook_compile import CompiledCriterion, CompiledRulebook
from transforms.avro.types import polars_schema
from transforms.frames.frame import Frame
from transforms.frames.labels import label_lists
from transforms.route.checks import checks
from transforms.route.consequence import Consequence, consequences
from transforms.route.forecast import forecast
from transforms.route.rows import reach, route_cases
from transforms.score.facts import derive_facts
from transforms.score.milestones import milestone_dates
from transforms.score.position import SCORE, MovingPart, Weighing, standing
from transforms.score.presumptions import presumable, with_presumptions

RECOMMENDATION = polars_schema(avro_schema("recommendation"))
PASSED_THROUGH = ("case_id", "opla_office", "warnings")


def recommend(
    facts: Frame, rulebook: CompiledRulebook, as_of: datetime.date, *, presume: bool = True
) -> Frame:
    """Weigh cases under a rulebook.

    Args:
        facts: Facts (`transforms.score.facts.FACT_COLUMNS`), and of `case_id`, `opla_office` and
            `warnings` those that there are.
        rulebook: The rulebook.
        as_of: The date as of which to weigh.
        presume: Whether the rulebook's presumptions are used.

    Returns:
        The columns of recommendation.avsc, one row a case, in order.
    """
    applies = presumable(facts, rulebook) if presume and rulebook.presumptions else None
    presumed = None if applies is None else with_presumptions(facts, applies, rulebook)
    weighing = Weighing(rulebook, facts, presumed, milestone_dates(facts, rulebook))
    days = pl.Series([as_of], dtype=pl.Date).new_from_index(0, facts.height)
    real, effective = weighing.values(rulebook.criteria, days)
    known, acted_on = standing(real, rulebook.criteria), standing(effective, rulebook.criteria)
    routed = route_cases(acted_on, rulebook)
    possible = route_cases(known, rulebook).select(reach(route) for route in ROUTES)
    consequence = consequences(real, effective, acted_on, routed["route"], rulebook)
    changes = forecast(MovingPart.of(weighing, effective), routed["route"], days)
    unknown = _unknown_facts(facts)
    return pl.DataFrame(
        {
            "case_id": _column(facts, "case_id"),
            "court": facts["court"],
            "opla_office": _column(facts, "opla_office"),
            "rulebook": pl.Series([rulebook.id]).new_from_index(0, facts.height),
            "as_of": days,
            "route": routed["route"],
            "rule": routed["rule"],
            "look": routed["look"],
            "grounds": _grounds(real, routed, rulebook),
            "checks": checks(real, effective, acted_on, consequence, applies, rulebook),
            "possible_routes": label_lists(possible, pl.Series(ROUTES)),
            "firm": possible.select(pl.sum_horizontal(pl.all().cast(pl.UInt8)) == 1).to_series(),
            "missing_facts": _missing_facts(real, consequence, unknown, rulebook),
            "criteria_true": label_lists(real, pl.Series(real.columns)),
            "criteria_unknown": label_lists(
                real.select(pl.all().is_null()), pl.Series(real.columns)
            ),
            "score_low": known[SCORE[0]],
            "score_high": known[SCORE[1]],
            "changes_on": changes["changes_on"],
            "changes_to": changes["changes_to"],
            "warnings": _column(facts, "warnings", pl.List(pl.String)),
        }
    )


def recommend_records(
    records: Frame, rulebook: CompiledRulebook, as_of: datetime.date, *, presume: bool = True
) -> Frame:
    """Weigh normalized case records under a rulebook.

    Args:
        records: Columns of case_record.avsc, normalized, and `warnings`.
        rulebook: The rulebook.
        as_of: The date as of which to weigh.
        presume: Whether the rulebook's presumptions are used.

    Returns:
        The columns of recommendation.avsc, one row a case, in order.
    """
    facts = derive_facts(records, rulebook.rulebook.counted_convictions)
    passed = records.select(name for name in PASSED_THROUGH if name in records.columns)
    return recommend(facts.hstack(passed), rulebook, as_of, presume=presume)


def _column(frame: Frame, name: str, dtype: pl.DataType | None = None) -> pl.Series:
    if name in frame.columns:
        return frame[name]
    return pl.Series([None], dtype=dtype or pl.String()).new_from_index(0, frame.height)


def _unknown_facts(facts: Frame) -> Frame:
    """Which facts are not known, of those that there can be."""
    exprs = []
    for fact in FACTS.values():
        unknown = pl.col(fact.columns[0]).is_null()
        if fact.kind in ("count", "date"):
            unknown = ~(pl.col(low(fact.name)) == pl.col(high(fact.name))).fill_null(False)
        if fact.only_if is not None:
            unknown = unknown & pl.col(fact.only_if).fill_null(True)
        exprs.append(unknown.alias(fact.name))
    return facts.select(exprs)


def _grounds(real: Frame, routed: Frame, rulebook: CompiledRulebook) -> pl.Series:
    """The criteria that are TRUE and bear on the row that decided."""
    rows = zip(rulebook.rulebook.routing, *rulebook.routing.values(), strict=True)
    reading = [row for row, *worlds in rows if any("score." in world.sql for world in worlds)]
    by_score: dict[str, list[str]] = {
        route: [row.id for row in reading if row.route == route] for route in ROUTES
    }
    flags = []
    for criterion in rulebook.criteria:
        value = pl.col(criterion.id)
        if criterion.criterion.list == "factor":
            toward = "close" if (criterion.criterion.weight or 0) > 0 else "expedite"
            value = value & pl.lit(routed["rule"]).is_in(by_score[toward])
        flags.append(value.alias(criterion.id))
    labels = pl.DataFrame(
        {
            "criterion": [c.id for c in rulebook.criteria],
            "citation": [c.citation for c in rulebook.criteria],
        }
    ).to_struct("ground")
    return label_lists(real.select(flags), labels)


def _missing_facts(
    real: Frame, consequence: Consequence, unknown: Frame, rulebook: CompiledRulebook
) -> pl.Series:
    """Unknown facts behind UNKNOWN criteria: those that decide alone first, then the rest.

    Within each part the facts that more criteria read come first.
    """
    readers: dict[str, list[CompiledCriterion]] = {}
    for criterion in rulebook.criteria:
        if not criterion.condition.asks:
            continue
        for fact in rulebook.facts_read(criterion.condition):
            readers.setdefault(fact, []).append(criterion)
    order = sorted(readers, key=lambda fact: (-len(readers[fact]), fact))
    open_criteria = {c.id: real[c.id].is_null() for c in rulebook.criteria}
    decisive, rest = [], []
    for fact in order:
        missing = pl.col(fact)
        decides = pl.any_horizontal(
            pl.lit(False), *(pl.lit(consequence.matters[c.id]) for c in readers[fact])
        )
        asked = pl.any_horizontal(*(pl.lit(open_criteria[c.id]) for c in readers[fact]))
        decisive.append((missing & decides).alias(f"1.{fact}"))
        rest.append((missing & asked & ~decides).alias(f"2.{fact}"))
    return label_lists(
        unknown.select(*decisive, *rest), pl.Series([*order, *order], dtype=pl.String)
    )
