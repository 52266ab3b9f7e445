"""Baseline in plain Polars, part 2: the facts that the guidance of November 17, 2011 reads.

A fact over a list is worked out element by element; only the elements of lists of two or more are
then put together by case. Counts and dates are kept between two bounds, `NAME.low` and `NAME.high`.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np
import polars as pl

from scripts.benchmarks.baselines.polars_normalize import Tidied, table

col = pl.col


@dataclass(frozen=True)
class Spec:
    """Facts over the elements of one list: flags, counts, and latest or earliest dates."""

    flags: dict[str, pl.Expr]
    counts: dict[str, pl.Expr]
    latest: dict[str, tuple[str, pl.Expr]]
    earliest: dict[str, str]


def spec(
    flags: dict[str, pl.Expr] | None = None,
    counts: dict[str, pl.Expr] | None = None,
    latest: dict[str, tuple[str, pl.Expr]] | None = None,
    earliest: dict[str, str] | None = None,
) -> Spec:
    """A `Spec` of what is given."""
    return Spec(flags or {}, counts or {}, latest or {}, earliest or {})


def enum(column: str, *symbols: str) -> pl.Expr:
    """Whether an enum is one of some symbols; null where UNKNOWN."""
    return pl.when(col(column) != "UNKNOWN").then(col(column).is_in(list(symbols)))


def list_specs() -> dict[str, Spec]:
    """What is worked out of each list."""
    stands = ~col("juvenile_adjudication") & ~col("vacated")
    misdemeanor = enum("grade", "MISDEMEANOR") & stands
    category = col("category")
    violence = ["VIOLENCE", "THREATS", "ASSAULT", "DOMESTIC_VIOLENCE", "HOMICIDE"]
    sexual = ["SEXUAL_ABUSE", "SEXUAL_EXPLOITATION"]
    violent = pl.coalesce("violent", category.is_in(violence + sexual))
    honorable = enum("status", "SERVING_IN_GOOD_STANDING", "HONORABLE_DISCHARGE")
    immediate = ("SPOUSE", "PARENT", "CHILD", "SIBLING")
    alive = ~enum("decision", "DENIED", "WITHDRAWN") & col("likely")
    families, charges, code = table("forms")["families"], table("charges"), col("code")
    here = col("in_united_states")

    def kin(relation: str, status: str) -> pl.Expr:
        return enum("relation", relation) & enum("status", status)

    return {
        "entries": spec(
            flags={"entered_illegally": enum("manner", "WITHOUT_INSPECTION")},
            latest={
                "last_entry": ("date", pl.lit(True)),
                "last_illegal_entry": ("date", enum("manner", "WITHOUT_INSPECTION")),
            },
            earliest={"first_entry": "date"},
        ),
        "status_violations": spec(
            flags={"violated_status": col("kind").is_null() | True},
            latest={"last_status_violation": ("date", pl.lit(True))},
        ),
        "removals": spec(
            counts={
                "removals": enum(
                    "kind",
                    "REMOVAL",
                    "EXPEDITED_REMOVAL",
                    "REINSTATED_ORDER",
                    "DEPORTATION",
                    "EXCLUSION",
                )
            },
            latest={"last_removal": ("date", pl.lit(True))},
        ),
        "orders": spec(flags={"outstanding_order": col("outstanding")}),
        "fraud_findings": spec(
            counts={"fraud_findings": enum("found_by", "IMMIGRATION_JUDGE", "IMMIGRATION_OFFICER")}
        ),
        "convictions": spec(
            counts={
                "convictions": ~enum("grade", "INFRACTION") & stands,
                "felony_convictions": enum("grade", "FELONY") & stands,
                "aggravated_felonies": col("aggravated_felony") & stands,
                "misdemeanor_convictions": misdemeanor,
                "immigration_offenses": stands
                & category.is_in(["ILLEGAL_ENTRY", "ILLEGAL_REENTRY", "IMMIGRATION_FRAUD"]),
                "nonviolent_misdemeanors": misdemeanor & ~violent,
                "violent_misdemeanors": misdemeanor & (violent | category.is_in(violence)),
                "sexual_abuse_misdemeanors": misdemeanor & category.is_in(sexual),
                "driving_under_influence_misdemeanors": misdemeanor & (category == "DUI"),
                "hit_and_run_misdemeanors": misdemeanor & (category == "HIT_AND_RUN"),
                "drug_trafficking_misdemeanors": misdemeanor & (category == "DRUG_TRAFFICKING"),
                "public_safety_misdemeanors": misdemeanor & (category == "OTHER_PUBLIC_SAFETY"),
            }
        ),
        "charges": spec(
            flags={
                "alleged_security_ground": code.is_in(charges["SECURITY"]),
                "alleged_human_rights_ground": code.is_in(charges["HUMAN_RIGHTS"]),
                "alleged_criminal_ground": code.is_in(charges["CRIMINAL"]),
                "alleged_fraud": code.is_in(charges["FRAUD"]),
                "alleged_prior_removal": code.is_in(charges["PRIOR_REMOVAL"]),
                "alleged_illegal_entry": code.is_in(charges["ENTRY_WITHOUT_INSPECTION"]),
                "alleged_status_violation": code.is_in(charges["STATUS_VIOLATION"]),
            }
        ),
        "military_service": spec(
            flags={
                "served": enum("who", "SELF") & honorable,
                "spouse_or_parent_served": enum("who", "SPOUSE", "PARENT") & honorable,
                "immediate_relative_served": enum("who", *immediate) & honorable,
                "combat_service": col("combat") & enum("who", "SELF", *immediate),
            }
        ),
        "relatives": spec(
            flags={
                "citizen_spouse": kin("SPOUSE", "CITIZEN"),
                "citizen_child": kin("CHILD", "CITIZEN"),
                "citizen_parent": kin("PARENT", "CITIZEN"),
                "citizen_sibling": kin("SIBLING", "CITIZEN"),
                "resident_spouse": kin("SPOUSE", "PERMANENT_RESIDENT"),
                "resident_child": kin("CHILD", "PERMANENT_RESIDENT"),
                "resident_parent": kin("PARENT", "PERMANENT_RESIDENT"),
            }
        ),
        "caretaking": spec(
            flags={
                "primary_caretaker": enum(
                    "of", "MINOR", "PERSON_WITH_DISABILITY", "SERIOUSLY_ILL_RELATIVE"
                )
            }
        ),
        "victimization": spec(
            flags={
                "domestic_violence_victim": enum("kind", "DOMESTIC_VIOLENCE") & here,
                "trafficking_victim": enum("kind", "HUMAN_TRAFFICKING") & here,
                "serious_crime_victim": enum("kind", "OTHER_SERIOUS_CRIME") & here,
            }
        ),
        "applications": spec(
            flags={
                "relief_denied": enum("decision", "DENIED"),
                "likely_family_relief": col("form").is_in(families["FAMILY"]) & alive,
                "likely_protection": col("form").is_in(families["PROTECTION"]) & alive,
            }
        ),
        "ties": spec(counts={"documented_ties": col("documented")}),
    }


SPECS = list_specs()


def by_case(lists: pl.Series, elements: pl.DataFrame, facts: Spec) -> pl.DataFrame:
    """Facts over a list, one row a case.

    A list of one element has that element's facts. Two rows more stand for every empty list and for
    every unknown one, and each case takes the row that is its own.
    """
    flags = [flag.alias(name) for name, flag in facts.flags.items()]
    flags += [flag.alias(f"{name}.flag") for name, flag in facts.counts.items()]
    for name, (date, condition) in facts.latest.items():
        may = condition.fill_null(True)
        flags += [
            pl.when(condition).then(col(date)).alias(f"{name}.low"),
            pl.when(may).then(col(date)).alias(f"{name}.high"),
            (may & col(date).is_null()).alias(f"{name}.open"),
        ]
    for name, date in facts.earliest.items():
        flags += [
            col(date).alias(f"{name}.low"),
            col(date).alias(f"{name}.high"),
            col(date).is_null().alias(f"{name}.open"),
        ]
    each = elements.select("_row", *flags)
    each = each.with_columns(
        exprs
        for name in facts.counts
        for exprs in (
            col(f"{name}.flag").fill_null(False).cast(pl.Int32).alias(f"{name}.low"),
            col(f"{name}.flag").fill_null(True).cast(pl.Int32).alias(f"{name}.high"),
        )
    )
    sizes = lists.list.len()
    alone = each.select((sizes.gather(each["_row"]) == 1).alias("alone"))["alone"]
    rows = each.filter(alone)
    if not alone.all():
        together: list[pl.Expr] = [col(name).any(ignore_nulls=False) for name in facts.flags]
        for name in facts.counts:
            together += [col(f"{name}.low").sum(), col(f"{name}.high").sum()]
        for name in facts.latest:
            together += [
                col(f"{name}.low").max(),
                pl.when(~col(f"{name}.open").any()).then(col(f"{name}.high").max()),
            ]
        for name in facts.earliest:
            together += [
                pl.when(~col(f"{name}.open").any()).then(col(f"{name}.low").min()),
                col(f"{name}.high").min(),
            ]
        rows = pl.concat([rows, each.filter(~alone).group_by("_row").agg(together)], how="diagonal")
    names = [
        *facts.flags,
        *(f"{n}.{b}" for n in (*facts.counts, *facts.latest, *facts.earliest) for b in BOUNDS),
    ]
    empty: dict[str, bool | int] = dict.fromkeys(facts.flags, False)
    empty |= {f"{name}.{bound}": 0 for name in facts.counts for bound in BOUNDS}
    unknown = {f"{name}.low": 0 for name in facts.counts}
    others = pl.DataFrame([empty, unknown], schema={n: rows.schema[n] for n in names}, strict=False)
    place = np.where(sizes.is_null().to_numpy(), rows.height + 1, rows.height).astype(np.uint32)
    place[rows["_row"].to_numpy()] = np.arange(rows.height, dtype=np.uint32)
    return pl.concat([rows.select(names), others])[pl.Series(place)]


BOUNDS = ("low", "high")


class Calendar:
    """The days from 1900 to 2200, as tables: a date's anniversary is looked up, not worked out."""

    def __init__(self) -> None:
        first, last = datetime.date(1900, 1, 1), datetime.date(2200, 12, 31)
        self.first = (first - datetime.date(1970, 1, 1)).days
        self.days = pl.date_range(first, last, eager=True)
        self.ymd = (
            self.days.to_frame("d")
            .select(
                col("d").dt.year() * 10000
                + col("d").dt.month().cast(pl.Int32) * 100
                + col("d").dt.day()
            )
            .to_series()
        )
        self.tables: dict[tuple[int, int], pl.Series] = {}
        for key in ((3, 1), (5, 1), (10, 0), (10, 1), (15, 0), (16, 0), (18, 0), (21, 0), (65, 0)):
            self.tables[key] = self._after(*key)

    def _after(self, years: int, days: int) -> pl.Series:
        """29 February has its anniversary on 1 March, for no period is cut short."""
        shifted = self.days.dt.offset_by(f"{years}y")
        short = shifted.dt.day() < self.days.dt.day()
        frame = pl.DataFrame({"day": shifted, "short": short})
        whole = frame.select(pl.when("short").then(col("day").dt.offset_by("1d")).otherwise("day"))
        return whole.to_series().dt.offset_by(f"{days}d")

    def place(self, dates: pl.Series) -> pl.Series:
        """Where in the tables dates stand."""
        return (dates.to_physical() - self.first).cast(pl.UInt32)

    def after(self, place: pl.Series, years: int, days: int = 0) -> pl.Series:
        """The day so many years and days after."""
        return self.tables[years, days].gather(place)


CALENDAR = Calendar()
SCALARS = (
    "lawful_permanent_resident", "outstanding_warrant", "security_risk", "gang_member",
    "human_rights_violator", "public_safety_threat", "egregious_violations", "in_school",
    "serious_condition", "severe_illness", "spouse_severe_illness", "pregnant_or_nursing",
    "spouse_pregnant_or_nursing", "home_country_ties", "adverse_home_conditions",
    "removal_unlikely", "cooperates_with_law_enforcement",
)  # fmt: skip


def derive(tidied: Tidied) -> pl.DataFrame:
    """All facts, one row a case: flags, bounds of counts and dates, and days of milestones."""
    records = tidied.records
    wide = records.select(
        *SCALARS,
        enum("marital_status", "UNMARRIED").alias("unmarried"),
        enum("high_school", "COMPLETED_IN_US", "COMPLETED_ABROAD").alias("finished_high_school"),
        enum("high_school", "COMPLETED_IN_US").alias("us_high_school"),
        enum("higher_education", "PURSUING", "COMPLETED").alias("higher_education"),
        col("months_in_lawful_status").fill_null(0).alias("months_in_lawful_status.low"),
        col("months_in_lawful_status").alias("months_in_lawful_status.high"),
        col("arrests").fill_null(0).alias("arrests.low"),
        col("arrests").alias("arrests.high"),
    )
    for name, facts in SPECS.items():
        wide = wide.hstack(by_case(records[name], tidied.elements[name], facts).get_columns())
    shown, resident = tidied.days["present_continuously_since"], tidied.days["lpr_since"]
    wide = wide.hstack(
        [
            tidied.days["birth.low"],
            tidied.days["birth.high"],
            resident.alias("lpr_since.low"),
            resident.alias("lpr_since.high"),
            _first_known(shown, wide["last_entry.low"]).alias("present_since.low"),
            _first_known(shown, wide["last_entry.high"]).alias("present_since.high"),
        ]
    )
    return wide.hstack(_days(wide))


def _first_known(one: pl.Series, other: pl.Series) -> pl.Series:
    return one.to_frame("one").select(pl.coalesce("one", other)).to_series()


MILESTONES = {
    "illegal_entry_3": ("last_illegal_entry", 3, 1),
    "violation_3": ("last_status_violation", 3, 1),
    "turned_21": ("birth", 21, 0),
    "turned_18": ("birth", 18, 0),
    "turned_65": ("birth", 65, 0),
    "over_5": ("present_since", 5, 1),
    "over_10": ("present_since", 10, 1),
    "present_15": ("present_since", 15, 0),
    "resident_10": ("lpr_since", 10, 0),
}


def _days(wide: pl.DataFrame) -> list[pl.Series]:
    places = {
        f"{name}.{bound}": CALENDAR.place(wide[f"{name}.{bound}"])
        for name in (*(since for since, *_ in MILESTONES.values()), "first_entry")
        for bound in BOUNDS
    }
    days = [
        CALENDAR.after(places[f"{since}.{bound}"], years, more).alias(f"{name}.{bound}")
        for name, (since, years, more) in MILESTONES.items()
        for bound in BOUNDS
    ]
    written = {key: CALENDAR.ymd.gather(place) for key, place in places.items()}
    youngest = (written["first_entry.low"] - written["birth.high"]) // 10000
    oldest = (written["first_entry.high"] - written["birth.low"]) // 10000
    return [
        *days,
        youngest.clip(lower_bound=0).fill_null(0).alias("age_at_first_entry.low"),
        oldest.clip(lower_bound=0).alias("age_at_first_entry.high"),
    ]
