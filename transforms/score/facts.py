"""Facts: the typed, three-valued columns that rulebooks read, derived from case records.

`schemas.facts` is the catalog: what each fact says and from which fields. Here is how each is
computed. Lists are taken apart once a column, and put together again by case: a fact over a list is
TRUE when one element makes it so, UNKNOWN when one might, FALSE when none can. A null element is
for more elements that may be there, however many.
"""

from __future__ import annotations

import functools

import polars as pl

from schemas.codes import charge_families, form_families
from schemas.facts import FACTS, high, low
from schemas.rulebook import CountedConvictions
from transforms.frames.frame import Frame
from transforms.score.anniversaries import age, span

VIOLENT = ("VIOLENCE", "THREATS", "ASSAULT", "DOMESTIC_VIOLENCE", "HOMICIDE")
SEXUAL = ("SEXUAL_ABUSE", "SEXUAL_EXPLOITATION")
STATUS_OFFENSES = ("ILLEGAL_ENTRY", "ILLEGAL_REENTRY")
IMMIGRATION_OFFENSES = (*STATUS_OFFENSES, "IMMIGRATION_FRAUD")
REMOVALS = ("REMOVAL", "EXPEDITED_REMOVAL", "REINSTATED_ORDER", "DEPORTATION", "EXCLUSION")
HONORABLE = ("SERVING_IN_GOOD_STANDING", "HONORABLE_DISCHARGE")
IMMEDIATE = ("SPOUSE", "PARENT", "CHILD", "SIBLING")

DATE_FIELDS = {
    "next_hearing": "next_hearing",
    "nta_issued": "nta_issued",
    "lpr_since": "lpr_since",
}
COUNT_FIELDS = {"months_in_lawful_status": "months_in_lawful_status", "arrests": "arrests"}
ENUM_FIELDS = ("higher_education",)
BOOL_FIELDS = tuple(
    fact.name
    for fact in FACTS.values()
    if fact.kind == "bool" and fact.fields == (fact.name,) and fact.name not in ENUM_FIELDS
)

FACT_COLUMNS: tuple[str, ...] = tuple(column for fact in FACTS.values() for column in fact.columns)


def derive_facts(records: Frame, counted: CountedConvictions) -> Frame:
    """Derive every fact of the catalog.

    Args:
        records: Normalized case records (columns of case_record.avsc).
        counted: Which convictions the rulebook counts.

    Returns:
        A frame of the same rows and order: the columns `FACT_COLUMNS`. Bounds of counts are Int32,
        bounds of dates Date, codes String, the rest Boolean.
    """
    wide = records.select(*_scalar_facts())
    parts = [
        wide,
        _entries(records),
        _over(records, "status_violations", _STATUS_VIOLATIONS),
        _over(records, "removals", _REMOVALS),
        _over(records, "orders", _ORDERS),
        _over(records, "fraud_findings", _FRAUD_FINDINGS),
        _over(records, "convictions", _conviction_facts(counted)),
        _over(records, "charges", _charge_facts()),
        _over(records, "military_service", _MILITARY_SERVICE),
        _over(records, "relatives", _relative_facts()),
        _over(records, "caretaking", _CARETAKING),
        _over(records, "victimization", _VICTIMISATION),
        _over(records, "applications", _application_facts()),
        _over(records, "ties", _TIES),
    ]
    facts = pl.concat(parts, how="horizontal").with_columns(*_presence())
    return facts.with_columns(*_age_at_first_entry()).select(FACT_COLUMNS)


def known(column: str) -> pl.Expr:
    """An enum column with UNKNOWN as null."""
    return pl.when(pl.col(column) != "UNKNOWN").then(pl.col(column))


def one_of(column: str, *symbols: str) -> pl.Expr:
    """Whether an enum column is one of some symbols; null where it is UNKNOWN."""
    chosen = functools.reduce(pl.Expr.or_, [pl.col(column) == symbol for symbol in symbols])
    return pl.when(pl.col(column) != "UNKNOWN").then(chosen)


def _iso(column: str) -> pl.Expr:
    return pl.col(column).str.to_date("%Y-%m-%d", strict=False)


def _scalar_facts() -> list[pl.Expr]:
    birth_low, birth_high = span("birth_date")
    exprs = [
        pl.col("court"),
        known("custody").cast(pl.String),
        known("calendar_type").cast(pl.String).alias("calendar"),
        pl.col("case_type"),
        pl.col("nationality"),
        known("sex").cast(pl.String),
        pl.col("language"),
        birth_low.alias(low("birth_date")),
        birth_high.alias(high("birth_date")),
        one_of("marital_status", "UNMARRIED").alias("unmarried"),
        one_of("high_school", "COMPLETED_IN_US", "COMPLETED_ABROAD").alias("finished_high_school"),
        one_of("high_school", "COMPLETED_IN_US").alias("us_high_school"),
        one_of("higher_education", "PURSUING", "COMPLETED").alias("higher_education"),
        *(pl.col(name) for name in BOOL_FIELDS),
    ]
    for name, field in DATE_FIELDS.items():
        exprs += [_iso(field).alias(low(name)), _iso(field).alias(high(name))]
    for name, field in COUNT_FIELDS.items():
        exprs += [pl.col(field).fill_null(0).alias(low(name)), pl.col(field).alias(high(name))]
    exprs.append(_iso("present_continuously_since").alias("present_continuously_since"))
    return exprs


class _ListFacts:
    """Facts over the elements of one list column, as aggregations."""

    def __init__(self, **bools: pl.Expr) -> None:
        self.exprs: list[pl.Expr] = []
        self.bools: list[str] = []
        self.counts: list[str] = []
        self.dates: list[str] = []
        self.open_bounds: list[str] = []
        for name, element in bools.items():
            self.any(name, element)

    def any(self, name: str, element: pl.Expr) -> _ListFacts:
        self.bools.append(name)
        self.exprs.append(element.any(ignore_nulls=False).alias(name))
        return self

    def exists(self, name: str) -> _ListFacts:
        """Whether there is an element, whatever is known of it."""
        self.bools.append(name)
        self.exprs.append((pl.len() > 0).alias(name))
        return self

    def count(self, name: str, element: pl.Expr) -> _ListFacts:
        self.counts.append(name)
        self.open_bounds.append(high(name))
        self.exprs.append(element.fill_null(False).sum().cast(pl.Int32).alias(low(name)))
        self.exprs.append(element.fill_null(True).sum().cast(pl.Int32).alias(high(name)))
        return self

    def latest(self, name: str, date: pl.Expr, element: pl.Expr | None = None) -> _ListFacts:
        """Bounds of the latest date among the elements for which `element` holds."""
        return self._extreme(name, date, element, latest=True)

    def earliest(self, name: str, date: pl.Expr) -> _ListFacts:
        """Bounds of the earliest date."""
        return self._extreme(name, date, None, latest=False)

    def _extreme(
        self, name: str, date: pl.Expr, element: pl.Expr | None, *, latest: bool
    ) -> _ListFacts:
        self.dates.append(name)
        sure = date if element is None else date.filter(element)
        may = date if element is None else date.filter(element.fill_null(True))
        open_ended = may.null_count() > 0
        least = sure.max() if latest else pl.when(~open_ended).then(may.min())
        most = pl.when(~open_ended).then(may.max()) if latest else sure.min()
        self.exprs += [least.alias(low(name)), most.alias(high(name))]
        self.open_bounds.append(high(name) if latest else low(name))
        return self

    def open_ended(self, more: pl.Expr) -> list[pl.Expr]:
        """What is left of the facts where there may be more elements."""
        return [
            *(pl.when(~more | pl.col(name)).then(pl.col(name)).alias(name) for name in self.bools),
            *(pl.when(~more).then(pl.col(bound)).alias(bound) for bound in self.open_bounds),
        ]


def _over(records: Frame, column: str, facts: _ListFacts) -> Frame:
    """Aggregate the elements of a list column by case.

    Args:
        records: Case records.
        column: A column of dtype List(Struct).
        facts: What to compute.

    Returns:
        One row a case: UNKNOWN where the list is null, FALSE or 0 where it is empty.
    """
    lists = records.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("_row"),
        pl.col(column).alias("_list"),
        pl.col(column).list.len().alias("_len"),
    )
    exploded = lists.filter(pl.col("_len") > 0).select("_row", "_list").explode("_list")
    elements = exploded.drop_nulls("_list").unnest("_list").group_by("_row").agg(facts.exprs)
    joined = lists.select("_row", "_len").join(
        elements, on="_row", how="left", maintain_order="left"
    )
    empty = pl.col("_len") == 0
    done = joined.select(
        "_row",
        *(pl.when(empty).then(False).otherwise(pl.col(name)).alias(name) for name in facts.bools),
        *(pl.col(low(name)).fill_null(0) for name in facts.counts),
        *(
            pl.when(empty).then(0).otherwise(pl.col(high(name))).alias(high(name))
            for name in facts.counts
        ),
        *(pl.col(bound(name)) for name in facts.dates for bound in (low, high)),
    )
    if elements.height and exploded["_list"].null_count():
        more = exploded.filter(pl.col("_list").is_null())["_row"].unique()
        done = done.with_columns(facts.open_ended(pl.col("_row").is_in(more.implode())))
    return done.drop("_row")


def _entries(records: Frame) -> Frame:
    date, illegal = _iso("date"), one_of("manner", "WITHOUT_INSPECTION")
    facts = (
        _ListFacts(entered_illegally=illegal)
        .earliest("first_entry", date)
        .latest("last_entry", date)
        .latest("last_illegal_entry", date, illegal)
    )
    return _over(records, "entries", facts)


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


_STATUS_VIOLATIONS = (
    _ListFacts(visa_program_abuse=one_of("kind", "VISA_PROGRAM_ABUSE"))
    .exists("violated_status")
    .latest("last_status_violation", _iso("date"))
)
_REMOVALS = _ListFacts().count("removals", one_of("kind", *REMOVALS))
_ORDERS = _ListFacts(final_order=pl.col("final"), outstanding_order=pl.col("outstanding")).latest(
    "latest_final_order", _iso("date"), pl.col("final")
)
_FRAUD_FINDINGS = _ListFacts().count(
    "fraud_findings", one_of("found_by", "IMMIGRATION_JUDGE", "IMMIGRATION_OFFICER")
)
_MILITARY_SERVICE = _ListFacts(
    served=one_of("who", "SELF") & one_of("status", *HONORABLE),
    spouse_or_parent_served=one_of("who", "SPOUSE", "PARENT") & one_of("status", *HONORABLE),
    immediate_relative_served=one_of("who", *IMMEDIATE) & one_of("status", *HONORABLE),
    combat_service=pl.col("combat") & one_of("who", "SELF", *IMMEDIATE),
)
_CARETAKING = _ListFacts(
    primary_caretaker=one_of("of", "MINOR", "PERSON_WITH_DISABILITY", "SERIOUSLY_ILL_RELATIVE")
)
_VICTIMISATION = _ListFacts(
    domestic_violence_victim=one_of("kind", "DOMESTIC_VIOLENCE") & pl.col("in_united_states"),
    trafficking_victim=one_of("kind", "HUMAN_TRAFFICKING") & pl.col("in_united_states"),
    serious_crime_victim=one_of("kind", "OTHER_SERIOUS_CRIME") & pl.col("in_united_states"),
)
_TIES = _ListFacts().count("documented_ties", pl.col("documented"))


def _conviction_facts(counted: CountedConvictions) -> _ListFacts:
    exclusions = [
        (counted.foreign, one_of("jurisdiction", "FOREIGN")),
        (counted.juvenile, pl.col("juvenile_adjudication")),
        (counted.vacated, pl.col("vacated")),
    ]
    stands = functools.reduce(
        pl.Expr.and_, [~excluded for counts, excluded in exclusions if not counts], pl.lit(True)
    )
    category = pl.col("category")
    misdemeanor = one_of("grade", "MISDEMEANOR") & stands
    felony = one_of("grade", "FELONY") & stands
    violent = pl.coalesce("violent", category.is_in([*VIOLENT, *SEXUAL]))
    status_offense = pl.coalesce(
        "immigration_element",
        pl.when(category != "IMMIGRATION_FRAUD").then(category.is_in(STATUS_OFFENSES)),
    )
    facts = (
        _ListFacts()
        .count("convictions", ~one_of("grade", "INFRACTION") & stands)
        .count("felony_convictions", felony)
        .count("felonies_not_status", felony & ~status_offense)
        .count("aggravated_felonies", pl.col("aggravated_felony") & stands)
        .count("misdemeanor_convictions", misdemeanor)
        .count("misdemeanors_not_minor", misdemeanor & (category != "TRAFFIC") & ~status_offense)
        .count("immigration_offenses", category.is_in(IMMIGRATION_OFFENSES) & stands)
        .count("gang_offenses", (category == "GANG") & stands)
        .count("misdemeanors_90_days_custody", misdemeanor & (pl.col("custody_days") >= 90))
        .count("nonviolent_misdemeanors", misdemeanor & ~violent)
        .count("violent_misdemeanors", misdemeanor & (violent | category.is_in(VIOLENT)))
    )
    for name, categories in {
        "domestic_violence": ["DOMESTIC_VIOLENCE"],
        "sexual_abuse": [*SEXUAL],
        "driving_under_influence": ["DUI"],
        "hit_and_run": ["HIT_AND_RUN"],
        "drug_trafficking": ["DRUG_TRAFFICKING"],
        "burglary": ["BURGLARY"],
        "firearm": ["FIREARM"],
        "public_safety": ["OTHER_PUBLIC_SAFETY"],
    }.items():
        facts.count(f"{name}_misdemeanors", misdemeanor & category.is_in(categories))
    return facts


def _relative_facts() -> _ListFacts:
    facts = _ListFacts()
    for status, symbol in (("citizen", "CITIZEN"), ("resident", "PERMANENT_RESIDENT")):
        for relation in ("spouse", "child", "parent", "sibling"):
            if f"{status}_{relation}" in FACTS:
                facts.any(
                    f"{status}_{relation}",
                    one_of("relation", relation.upper()) & one_of("status", symbol),
                )
    return facts


def _charge_facts() -> _ListFacts:
    families = charge_families()
    code = pl.col("code")
    return _ListFacts(
        **{
            fact: code.is_in(sorted(families[family]))
            for fact, family in {
                "alleged_security_ground": "SECURITY",
                "alleged_human_rights_ground": "HUMAN_RIGHTS",
                "alleged_criminal_ground": "CRIMINAL",
                "alleged_fraud": "FRAUD",
                "alleged_prior_removal": "PRIOR_REMOVAL",
                "alleged_illegal_entry": "ENTRY_WITHOUT_INSPECTION",
                "alleged_status_violation": "STATUS_VIOLATION",
            }.items()
        }
    )


def _application_facts() -> _ListFacts:
    forms = form_families()
    alive = ~one_of("decision", "DENIED", "WITHDRAWN") & pl.col("likely")
    return _ListFacts(
        relief_denied=one_of("decision", "DENIED"),
        likely_family_relief=pl.col("form").is_in(sorted(forms["FAMILY"])) & alive,
        likely_protection=pl.col("form").is_in(sorted(forms["PROTECTION"])) & alive,
    )
