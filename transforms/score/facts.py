"""Facts: the typed, three-valued columns that rulebooks read, derived from case records.

`schemas.facts` is the catalog: what each fact says, and from which fields. This module computes
them; `transforms.score.list_facts` computes facts over a list.
"""

from __future__ import annotations

import datetime
import functools

import polars as pl

from schemas.codes import form_families
from schemas.conflicts import CONFLICTS, conflicts_of
from schemas.facts import FACTS, REMOVALS, high, low
from schemas.rulebook.model import CountedConvictions
from transforms.frames.frame import Frame
from transforms.score.anniversaries import age, first_day, last_day
from transforms.score.charge_facts import charge_facts, charges_seen
from transforms.score.conflicts import Conflicting
from transforms.score.conviction_facts import BORN_AT_LATEST, conviction_facts
from transforms.score.list_facts import ListFacts, by_then, iso, known, one_of, over

HONORABLE = ("SERVING_IN_GOOD_STANDING", "HONORABLE_DISCHARGE")
CLOSE = ("SPOUSE", "PARENT", "CHILD")
IMMEDIATE = (*CLOSE, "SIBLING")
# Applications that don't ask for relief: voluntary departure and withdrawal.
NO_RELIEF = ("VD", "WD", "WDL")
ASYLUM = ("ASYL", "ASYW")
VICTIM_RELIEF = ("I360", "I914", "I918")
PETITIONS = ("I130", "I360")
ONLY_COURT = ("42A", "42B", "SUSP")
ONLY_USCIS = (*PETITIONS, "I914", "I918")

DATE_FIELDS = (
    "next_hearing",
    "nta_issued",
    "lpr_since",
    "moved_docket_on",
    "apprehended_on",
    "released_from_incarceration",
)
COUNT_FIELDS = (
    "months_in_lawful_status",
    "arrests",
    "arrests_without_disposition",
    "pending_charges",
)
ENUM_FIELDS = ("higher_education",)
BOOL_FIELDS = tuple(
    fact.name
    for fact in FACTS.values()
    if fact.kind == "bool" and fact.fields == (fact.name,) and fact.name not in ENUM_FIELDS
)

FACT_COLUMNS: tuple[str, ...] = tuple(column for fact in FACTS.values() for column in fact.columns)


def derive_facts(
    records: Frame, counted: CountedConvictions, as_of: datetime.date | None = None
) -> Frame:
    """Derive every fact of the catalog.

    Args:
        records: Normalized case records (columns of case_record.avsc), possibly with `conflicts`
            (`transforms.normalize.conflicts`).
        counted: The convictions that the rulebook counts.
        as_of: The as-of date. A conviction or a removal dated later makes nothing TRUE, and leaves
            open what it would add to. None if no date can be in the future.

    Returns:
        A frame with the same rows in the same order: the columns `FACT_COLUMNS`, and `conflicts` if
        the records have it. Bounds of counts are Int32, bounds of dates Date, codes String, and the
        rest Boolean. A fact in conflict is UNKNOWN.
    """
    written = pl.col("birth_date")
    born = {BORN_AT_LATEST: last_day(written, first_day(written))}
    parts = [
        records.select(*_scalar_facts()).with_columns(*_scalar_bounds()),
        over(records, "entries", _ENTRIES),
        over(records, "status_violations", _STATUS_VIOLATIONS),
        over(records, "removals", _removal_facts(as_of)),
        over(records, "orders", _ORDERS),
        over(records, "fraud_findings", _FRAUD_FINDINGS),
        over(records, "convictions", conviction_facts(counted, as_of), born),
        over(records, "charges", charge_facts()),
        over(records, "military_service", _MILITARY_SERVICE),
        over(records, "relatives", _relative_facts()),
        over(records, "caretaking", _CARETAKING),
        over(records, "victimization", _VICTIMIZATION),
        over(records, "applications", _application_facts()),
        over(records, "ties", _TIES),
    ]
    facts = pl.concat(parts, how="horizontal").with_columns(
        *_presence(), charges_seen(), _order_carried_out(), _illegal_reentry()
    )
    facts = facts.with_columns(*_age_at_first_entry()).select(FACT_COLUMNS)
    return unsettled(facts, records["conflicts"]) if "conflicts" in records.columns else facts


def unsettled(facts: Frame, conflicts: pl.Series) -> Frame:
    """Make facts in conflict UNKNOWN.

    Args:
        facts: Facts, columns `FACT_COLUMNS`.
        conflicts: Ids from `schemas.conflicts` (List(String)), one list per row.

    Returns:
        The facts, and the column `conflicts`.
    """
    facts = facts.with_columns(conflicts.alias("conflicts"))
    there = {
        name: rows for name, rows in Conflicting(facts).rows.items() if not CONFLICTS[name].by_date
    }
    unknown = []
    for fact in FACTS.values():
        bearing = [there[name] for name in conflicts_of(fact.name) if name in there]
        if not bearing:
            continue
        known = ~functools.reduce(pl.Series.__or__, bearing)
        for column in fact.columns:
            none = 0 if fact.kind == "count" and column == low(fact.name) else None
            unknown.append(pl.when(known).then(pl.col(column)).otherwise(none).alias(column))
    return facts.with_columns(unknown)


@functools.cache
def _scalar_facts() -> list[pl.Expr]:
    exprs = [
        pl.col("court"),
        known("custody").cast(pl.String),
        known("calendar_type").cast(pl.String).alias("calendar"),
        pl.col("case_type"),
        pl.col("nationality"),
        known("sex").cast(pl.String),
        pl.col("language"),
        pl.col("birth_date"),
        first_day(pl.col("birth_date")).alias(low("birth_date")),
        _agency_record_seen(),
        one_of("apprehension_place", "BORDER", "PORT_OF_ENTRY").alias("apprehended_at_border"),
        one_of("apprehension_place", "INTERIOR").alias("apprehended_in_interior"),
        one_of("marital_status", "UNMARRIED").alias("unmarried"),
        one_of("high_school", "COMPLETED_IN_US", "COMPLETED_ABROAD").alias("finished_high_school"),
        one_of("high_school", "COMPLETED_IN_US").alias("us_high_school"),
        one_of("higher_education", "PURSUING", "COMPLETED").alias("higher_education"),
        *(pl.col(name) for name in BOOL_FIELDS),
    ]
    exprs += [iso(name) for name in (*DATE_FIELDS, "present_continuously_since")]
    for name in COUNT_FIELDS:
        exprs += [pl.col(name).fill_null(0).alias(low(name)), pl.col(name).alias(high(name))]
    return exprs


def _scalar_bounds() -> list[pl.Expr]:
    """Return the bounds of dates that were read from text before."""
    born_last = last_day(pl.col("birth_date"), pl.col(low("birth_date")))
    return [
        born_last.alias(high("birth_date")),
        *(pl.col(name).alias(bound(name)) for name in DATE_FIELDS for bound in (low, high)),
    ]


_UNINSPECTED = one_of("manner", "WITHOUT_INSPECTION")
_ENTRIES = (
    ListFacts(entered_illegally=_UNINSPECTED)
    .earliest("first_entry", iso("date"))
    .latest("last_entry", iso("date"))
    .latest("last_illegal_entry", iso("date"), _UNINSPECTED)
)


def _agency_record_seen() -> pl.Expr:
    """Read it from the record, or infer it if everything that only the agency knows is there."""
    listed = pl.any_horizontal(
        pl.col(name).list.eval(pl.element().is_not_null()).list.all()
        for name in ("removals", "orders", "fraud_findings")
    )
    return pl.coalesce("agency_record_seen", pl.when(listed).then(True)).alias("agency_record_seen")


def _presence() -> list[pl.Expr]:
    shown = pl.col("present_continuously_since")
    return [
        pl.coalesce(shown, pl.col(bound("last_entry"))).alias(bound("present_since"))
        for bound in (low, high)
    ]


def _age_at_first_entry() -> list[pl.Expr]:
    name = "age_at_first_entry"
    youngest = age(pl.col(high("birth_date")), pl.col(low("first_entry")))
    oldest = age(pl.col(low("birth_date")), pl.col(high("first_entry")))
    return [
        youngest.clip(lower_bound=0).fill_null(0).alias(low(name)),
        oldest.clip(lower_bound=0).alias(high(name)),
    ]


def _order_carried_out() -> pl.Expr:
    removed = (
        pl.when(pl.col(low("removals")) > 0)
        .then(True)
        .when(pl.col(high("removals")) == 0)
        .then(False)
    )
    return (removed | pl.col("_order_carried_out")).alias("order_carried_out")


def _illegal_reentry() -> pl.Expr:
    """Tell whether the person re-entered illegally after a removal, or was convicted of it."""
    entry, removal = "last_illegal_entry", "_first_removal"
    came_back = (
        pl.when(pl.col(low(entry)) > pl.col(high(removal)))
        .then(True)
        .when(
            ~pl.col("entered_illegally")
            | (pl.col(high("removals")) == 0)
            | (pl.col(high(entry)) < pl.col(low(removal)))
        )
        .then(False)
    )
    return (came_back | pl.col("_illegal_reentry")).alias("illegal_reentry")


_STATUS_VIOLATIONS = (
    ListFacts(
        visa_program_abuse=one_of("kind", "VISA_PROGRAM_ABUSE"),
        continuing_violation=pl.col("continuing"),
    )
    .exists("violated_status")
    .latest("last_status_violation", iso("date"))
)
_ORDERS = ListFacts(
    final_order=pl.col("final"),
    outstanding_order=pl.col("outstanding"),
    _order_carried_out=pl.col("final") & ~pl.col("outstanding"),
).latest("latest_final_order", iso("date"), pl.col("final"))
_FRAUD_FINDINGS = (
    ListFacts()
    .count("fraud_findings", one_of("found_by", "IMMIGRATION_JUDGE", "IMMIGRATION_OFFICER"))
    .count("consular_fraud_findings", one_of("found_by", "CONSULAR_OFFICER"))
)
_MILITARY_SERVICE = ListFacts(
    served=one_of("who", "SELF") & one_of("status", *HONORABLE),
    spouse_served=one_of("who", "SPOUSE") & one_of("status", *HONORABLE),
    parent_served=one_of("who", "PARENT") & one_of("status", *HONORABLE),
    immediate_relative_served=one_of("who", *IMMEDIATE) & one_of("status", *HONORABLE),
    close_relative_served=one_of("who", *CLOSE) & one_of("status", *HONORABLE),
    combat_service=pl.col("combat") & one_of("who", "SELF", *IMMEDIATE),
)
_CARETAKING = ListFacts(
    primary_caretaker=one_of("of", "MINOR", "PERSON_WITH_DISABILITY", "SERIOUSLY_ILL_RELATIVE")
)
_VICTIMIZATION = ListFacts(
    domestic_violence_victim=one_of("kind", "DOMESTIC_VIOLENCE") & pl.col("in_united_states"),
    trafficking_victim=one_of("kind", "HUMAN_TRAFFICKING") & pl.col("in_united_states"),
    serious_crime_victim=one_of("kind", "OTHER_SERIOUS_CRIME") & pl.col("in_united_states"),
)
_TIES = ListFacts().count("documented_ties", pl.col("documented"))


@functools.lru_cache(maxsize=64)
def _removal_facts(as_of: datetime.date | None) -> ListFacts:
    removed = one_of("kind", *REMOVALS) & by_then("date", as_of)
    return ListFacts().count("removals", removed).earliest("_first_removal", iso("date"), removed)


@functools.cache
def _relative_facts() -> ListFacts:
    facts = ListFacts()
    for status, symbol in (("citizen", "CITIZEN"), ("resident", "PERMANENT_RESIDENT")):
        for relation in ("spouse", "child", "parent", "sibling"):
            if f"{status}_{relation}" in FACTS:
                facts.any(
                    f"{status}_{relation}",
                    one_of("relation", relation.upper()) & one_of("status", symbol),
                )
    return facts


@functools.cache
def _application_facts() -> ListFacts:
    forms, form = form_families(), pl.col("form")
    alive = ~one_of("decision", "DENIED", "WITHDRAWN")
    likely = alive & pl.col("likely")
    pending = one_of("decision", "PENDING") & ~form.is_in(NO_RELIEF)
    before_court = pl.coalesce(
        one_of("before", "COURT"),
        pl.when(form.is_in(ONLY_COURT)).then(True).when(form.is_in(ONLY_USCIS)).then(False),
    )
    return ListFacts(
        relief_denied=one_of("decision", "DENIED"),
        relief_pending=pending,
        relief_pending_before_court=pending & before_court,
        asylum_pending=pending & form.is_in(ASYLUM),
        victim_relief_pending=pending & form.is_in(VICTIM_RELIEF),
        prima_facie_relief=pl.col("prima_facie") & alive & ~form.is_in(NO_RELIEF),
        approved_petition=one_of("decision", "GRANTED") & form.is_in(PETITIONS),
        victim_benefit_granted=one_of("decision", "GRANTED") & form.is_in(VICTIM_RELIEF),
        likely_family_relief=form.is_in(sorted(forms["FAMILY"])) & likely,
        likely_protection=form.is_in(sorted(forms["PROTECTION"])) & likely,
    )
