"""Facts about convictions: how many of each kind count, their dates, and their sentences.

Whether a conviction counts depends on the rulebook (`counted_convictions`) and on what is known
about the conviction: a court may have vacated it, or it may be a juvenile adjudication. A person
who was 21 at the conviction is assumed not to be a juvenile (this project's choice), so the birth
date and the date of conviction settle most; the facts `vacated_convictions` and
`juvenile_adjudications` ask for the rest.

An offense whose words leave the category open counts neither for nor against any category.
"""

from __future__ import annotations

import datetime
import functools

import polars as pl

from schemas.rulebook.model import CountedConvictions
from transforms.score.anniversaries import age
from transforms.score.list_facts import ListFacts, by_then, iso, one_of

VIOLENT = ("VIOLENCE", "THREATS", "ASSAULT", "DOMESTIC_VIOLENCE", "HOMICIDE")
SEXUAL = ("SEXUAL_ABUSE", "SEXUAL_EXPLOITATION")
STATUS_OFFENSES = ("ILLEGAL_ENTRY", "ILLEGAL_REENTRY")
IMMIGRATION_OFFENSES = (*STATUS_OFFENSES, "IMMIGRATION_FRAUD")
WEAPONS = ("FIREARM", "WEAPON")
OPEN_THREATS = (*WEAPONS, "BURGLARY", "ARSON", "GANG")
NO_JUVENILE = 21
# A misdemeanor under federal law, by ICE's answers of June 2015: more than five days, and not more
# than a year.
FIVE_DAYS, A_YEAR = 5, 365

BORN_AT_LATEST = "_born_at_latest"
_KINDS = {
    "domestic_violence": ("DOMESTIC_VIOLENCE",),
    "sexual_abuse": SEXUAL,
    "driving_under_influence": ("DUI",),
    "hit_and_run": ("HIT_AND_RUN",),
    "drug_trafficking": ("DRUG_TRAFFICKING",),
    "burglary": ("BURGLARY",),
    "firearm": ("FIREARM",),
    "public_safety": ("OTHER_PUBLIC_SAFETY",),
    "dwai": ("DWAI",),
    "traffic": ("TRAFFIC",),
}


@functools.lru_cache(maxsize=64)
def conviction_facts(counted: CountedConvictions, as_of: datetime.date | None = None) -> ListFacts:
    """Return the facts over the elements of `convictions`.

    Args:
        counted: The convictions that the rulebook counts.
        as_of: The as-of date. A conviction dated later doesn't count yet, but since that is a
            conflict, there may be one. None if no date can be in the future.

    Returns:
        The facts. In addition to the elements, they read `BORN_AT_LATEST`, the latest possible
        birth date.
    """
    facts = ListFacts()
    shared = facts.shared
    juvenile = shared(
        "_juvenile", pl.coalesce("juvenile_adjudication", pl.when(_grown()).then(False))
    )
    open_category = pl.col("category_open").fill_null(False)
    category = shared("_category", pl.when(~open_category).then(pl.col("category")))
    dated = shared("_by_then", by_then("date", as_of))
    vacated, maximum = pl.col("vacated"), pl.col("maximum_sentence_days")
    stands = shared("_stands", _stands(counted, juvenile, dated))
    conviction = shared("_conviction", ~one_of("grade", "INFRACTION") & stands)
    misdemeanor = shared("_misdemeanor", one_of("grade", "MISDEMEANOR") & stands)
    felony = shared("_felony", one_of("grade", "FELONY") & stands)
    # Whether violence to property is violence is disputed, so a person must judge.
    violent = shared(
        "_violent",
        pl.coalesce(
            "violent", pl.when(category != "ARSON").then(category.is_in([*VIOLENT, *SEXUAL]))
        ),
    )
    status_offense = shared(
        "_status_offense",
        pl.coalesce(
            "immigration_element",
            pl.when(category != "IMMIGRATION_FRAUD").then(category.is_in(STATUS_OFFENSES)),
        ),
    )
    excepted = shared("_excepted", status_offense & one_of("jurisdiction", "STATE", "LOCAL"))
    serious = shared("_serious", misdemeanor & (category != "TRAFFIC") & ~excepted)
    gang_element = pl.coalesce(
        "gang_element", pl.when(category.is_not_null() & (category != "GANG")).then(False)
    )
    # A person must also judge what may be one.
    threat = category.is_in(OPEN_THREATS) | pl.col("category").is_in(OPEN_THREATS).fill_null(False)
    (
        facts.any("_illegal_reentry", (category == "ILLEGAL_REENTRY") & ~vacated & dated)
        .count("convictions", conviction)
        .count("felony_convictions", felony)
        .count("felonies_not_status", felony & ~status_offense)
        .count("felonies_not_state_status", felony & ~excepted)
        .count("aggravated_felonies", pl.col("aggravated_felony") & stands)
        .count("misdemeanor_convictions", misdemeanor)
        .count("misdemeanors_not_minor", misdemeanor & (category != "TRAFFIC") & ~status_offense)
        .separate("misdemeanor_incidents", serious, pl.col("incident"), pl.col("date"))
        .count("immigration_offenses", category.is_in(IMMIGRATION_OFFENSES) & stands)
        .count("gang_offenses", (category == "GANG") & stands)
        .count("identity_theft_convictions", (category == "IDENTITY_THEFT") & stands)
        .count("gang_element_convictions", gang_element & stands)
        .count("open_category_convictions", open_category & stands)
        .count(
            "open_threat_misdemeanors",
            misdemeanor & (threat | pl.col("weapon").fill_null(False)),
        )
        .count("felonies_by_maximum_sentence", (maximum > A_YEAR) & stands)
        .count(
            "dui_in_federal_range",
            misdemeanor & (category == "DUI") & (maximum > FIVE_DAYS) & (maximum <= A_YEAR),
        )
        .count("misdemeanors_90_days_custody", misdemeanor & (pl.col("custody_days") >= 90))
        .count("misdemeanors_90_days_sentence", misdemeanor & (pl.col("sentence_days") >= 90))
        .count("nonviolent_misdemeanors", misdemeanor & ~violent)
        .count("violent_misdemeanors", misdemeanor & (violent | category.is_in(VIOLENT)))
        .latest("last_conviction", iso("date"), conviction)
        .greatest("longest_sentence_days", pl.col("sentence_days"), stands)
        .count("vacated_convictions", vacated)
        .count("juvenile_adjudications", juvenile)
    )
    for name, categories in _KINDS.items():
        facts.count(f"{name}_misdemeanors", misdemeanor & category.is_in(categories))
    return facts


def _stands(counted: CountedConvictions, juvenile: pl.Expr, dated: pl.Expr) -> pl.Expr:
    """Tell whether a conviction is dated by the as-of date and of a kind that counts."""
    exclusions = (
        (counted.foreign, one_of("jurisdiction", "FOREIGN")),
        (counted.juvenile, juvenile),
        (counted.vacated, pl.col("vacated")),
        (counted.expunged, pl.col("expunged")),
        (counted.pardoned, pl.col("pardoned")),
    )
    return functools.reduce(
        pl.Expr.and_,
        [~excluded for counts, excluded in exclusions if not counts],
        dated,
    )


def _grown() -> pl.Expr:
    """Tell whether the person had certainly turned 21 by the conviction."""
    return age(pl.col(BORN_AT_LATEST), iso("date")) >= NO_JUVENILE
