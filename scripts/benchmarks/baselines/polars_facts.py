"""Baseline in plain Polars, part 2: the facts that the guidance of November 17, 2011 reads.

A fact over a list is computed element by element, and only lists of two or more elements are then
aggregated by case. Counts and dates are kept between two bounds, `NAME.low` and `NAME.high`. Names
that begin with an underscore aren't facts, but conflicts and other facts are computed from them.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from schemas.codes import charge_labels, charges_of, form_families
from scripts.benchmarks.baselines.polars_normalize import Tidied

col = pl.col
Dated = tuple[str, pl.Expr]


@dataclass(frozen=True)
class Spec:
    """Facts over the elements of one list: flags, counts, and latest or earliest dates."""

    flags: dict[str, pl.Expr] = field(default_factory=dict)
    counts: dict[str, pl.Expr] = field(default_factory=dict)
    latest: dict[str, Dated] = field(default_factory=dict)
    earliest: dict[str, Dated] = field(default_factory=dict)


def enum(column: str, *symbols: str) -> pl.Expr:
    """Tell whether an enum is one of some symbols; null where UNKNOWN."""
    return pl.when(col(column) != "UNKNOWN").then(col(column).is_in(list(symbols)))


ANY = pl.lit(True)
AS_OF = datetime.date(2011, 11, 17)
REMOVALS = ("REMOVAL", "EXPEDITED_REMOVAL", "REINSTATED_ORDER", "DEPORTATION", "EXCLUSION")
GROUNDS = {
    "security_ground": "SECURITY",
    "human_rights_ground": "HUMAN_RIGHTS",
    "criminal_ground": "CRIMINAL",
    "fraud": "FRAUD",
    "prior_removal": "PRIOR_REMOVAL",
    "illegal_entry": "ENTRY_WITHOUT_INSPECTION",
    "status_violation": "STATUS_VIOLATION",
}
VIOLENCE = ["VIOLENCE", "THREATS", "ASSAULT", "DOMESTIC_VIOLENCE", "HOMICIDE"]
SEXUAL = ["SEXUAL_ABUSE", "SEXUAL_EXPLOITATION"]
THREATS = ["FIREARM", "WEAPON", "BURGLARY", "ARSON", "GANG"]


def _by_then() -> pl.Expr:
    """TRUE unless the date is after the as-of date; then null, as the date may be wrong."""
    return pl.when((col("date") <= AS_OF).fill_null(True)).then(True)


def convictions() -> Spec:
    """Facts over convictions; `_born` is the last day on which the person can be born."""
    grown = (ymd(col("date")) - ymd(col("_born"))) // 10000 >= 21
    juvenile = pl.coalesce("juvenile_adjudication", pl.when(grown).then(False))
    by_then = _by_then()
    stands = by_then & ~juvenile & ~col("vacated")
    is_open = col("category_open").fill_null(False)
    category = pl.when(~is_open).then(col("category"))
    misdemeanor = enum("grade", "MISDEMEANOR") & stands
    violent = pl.coalesce(
        "violent", pl.when(category != "ARSON").then(category.is_in(VIOLENCE + SEXUAL))
    )
    threat = category.is_in(THREATS) | col("category").is_in(THREATS).fill_null(False)
    kinds = {
        "sexual_abuse": SEXUAL,
        "driving_under_influence": ["DUI"],
        "hit_and_run": ["HIT_AND_RUN"],
        "drug_trafficking": ["DRUG_TRAFFICKING"],
        "public_safety": ["OTHER_PUBLIC_SAFETY"],
    }
    immigration = ["ILLEGAL_ENTRY", "ILLEGAL_REENTRY", "IMMIGRATION_FRAUD"]
    return Spec(
        flags={
            "_convicted_of_reentry": (category == "ILLEGAL_REENTRY") & ~col("vacated") & by_then,
            "_served_too_long": col("custody_days") > col("sentence_days"),
            "_sentenced_too_long": col("sentence_days") > col("maximum_sentence_days"),
        },
        counts={
            "convictions": ~enum("grade", "INFRACTION") & stands,
            "felony_convictions": enum("grade", "FELONY") & stands,
            "aggravated_felonies": col("aggravated_felony") & stands,
            "misdemeanor_convictions": misdemeanor,
            "immigration_offenses": category.is_in(immigration) & stands,
            "gang_offenses": (category == "GANG") & stands,
            "open_category_convictions": is_open & stands,
            "open_threat_misdemeanors": misdemeanor & (threat | col("weapon").fill_null(False)),
            "nonviolent_misdemeanors": misdemeanor & ~violent,
            "violent_misdemeanors": misdemeanor & (violent | category.is_in(VIOLENCE)),
            "vacated_convictions": col("vacated"),
            "juvenile_adjudications": juvenile,
            **{f"{n}_misdemeanors": misdemeanor & category.is_in(c) for n, c in kinds.items()},
        },
        latest={
            "_last_conviction": ("date", ANY),
            "_last_juvenile": ("date", col("juvenile_adjudication")),
        },
        earliest={"_first_conviction": ("date", ANY)},
    )


def charges() -> Spec:
    """Facts over charges, alleged and sustained; an unreadable charge may be any charge."""
    readable = col("code").is_in(sorted(charge_labels())).fill_null(False)
    dismissed = enum("status", "NOT_SUSTAINED", "WITHDRAWN").fill_null(False)
    sustained = enum("status", "SUSTAINED")
    crime = charges_of("CRIMINAL", "CONVICTION", "AGGRAVATED_FELONY")
    flags = {
        "unreadable_charge": ~readable,
        "_sustained_crime": col("code").is_in(crime) & sustained,
    }
    for ground, family in GROUNDS.items():
        of_ground = pl.when(readable).then(col("code").is_in(charges_of(family)))
        flags[f"alleged_{ground}"] = of_ground & ~dismissed
        flags[f"sustained_{ground}"] = of_ground & sustained
    return Spec(flags)


def applications() -> Spec:
    """Facts over applications for relief."""
    forms, form = form_families(), col("form")
    alive = ~enum("decision", "DENIED", "WITHDRAWN") & col("likely")
    pending = enum("decision", "PENDING") & ~form.is_in(["VD", "WD", "WDL"])
    return Spec(
        {
            "relief_denied": enum("decision", "DENIED"),
            "victim_relief_pending": pending & form.is_in(["I360", "I914", "I918"]),
            "likely_family_relief": form.is_in(sorted(forms["FAMILY"])) & alive,
            "likely_protection": form.is_in(sorted(forms["PROTECTION"])) & alive,
        }
    )


def list_specs() -> dict[str, Spec]:
    """List the facts over each list column."""
    uninspected, removed = enum("manner", "WITHOUT_INSPECTION"), enum("kind", *REMOVALS)
    honorable = enum("status", "SERVING_IN_GOOD_STANDING", "HONORABLE_DISCHARGE")
    immediate = ("SPOUSE", "PARENT", "CHILD", "SIBLING")
    here = col("in_united_states")

    def kin(relation: str, status: str) -> pl.Expr:
        return enum("relation", relation.upper()) & enum("status", status)

    return {
        "entries": Spec(
            flags={"entered_illegally": uninspected},
            latest={
                "last_entry": ("date", ANY),
                "last_illegal_entry": ("date", uninspected),
            },
            earliest={"first_entry": ("date", ANY)},
        ),
        "status_violations": Spec(
            flags={
                "violated_status": col("kind").is_null() | True,
                "continuing_violation": col("continuing"),
            },
            latest={"last_status_violation": ("date", ANY)},
        ),
        "removals": Spec(
            counts={"removals": removed & _by_then()},
            latest={"_last_return": ("date", ANY), "_last_removal": ("date", removed)},
            earliest={"_first_removal": ("date", removed & _by_then())},
        ),
        "orders": Spec(
            flags={
                "final_order": col("final"),
                "outstanding_order": col("outstanding"),
                "_carried_out": col("final") & ~col("outstanding"),
            },
            earliest={"_first_outstanding": ("date", col("outstanding"))},
        ),
        "fraud_findings": Spec(
            counts={"fraud_findings": enum("found_by", "IMMIGRATION_JUDGE", "IMMIGRATION_OFFICER")}
        ),
        "convictions": convictions(),
        "charges": charges(),
        "military_service": Spec(
            flags={
                "served": enum("who", "SELF") & honorable,
                "spouse_served": enum("who", "SPOUSE") & honorable,
                "parent_served": enum("who", "PARENT") & honorable,
                "immediate_relative_served": enum("who", *immediate) & honorable,
                "combat_service": col("combat") & enum("who", "SELF", *immediate),
                "_spouse_in_service": (col("who") == "SPOUSE").fill_null(False),
            }
        ),
        "relatives": Spec(
            flags={
                **{f"citizen_{r}": kin(r, "CITIZEN") for r in ("spouse", "child", "parent")},
                **{
                    f"resident_{r}": kin(r, "PERMANENT_RESIDENT")
                    for r in ("spouse", "child", "parent")
                },
                "_spouse": (col("relation") == "SPOUSE").fill_null(False),
            }
        ),
        "caretaking": Spec(
            flags={
                "primary_caretaker": enum(
                    "of", "MINOR", "PERSON_WITH_DISABILITY", "SERIOUSLY_ILL_RELATIVE"
                )
            }
        ),
        "victimization": Spec(
            flags={
                "domestic_violence_victim": enum("kind", "DOMESTIC_VIOLENCE") & here,
                "trafficking_victim": enum("kind", "HUMAN_TRAFFICKING") & here,
                "serious_crime_victim": enum("kind", "OTHER_SERIOUS_CRIME") & here,
            }
        ),
        "applications": applications(),
        "ties": Spec(counts={"documented_ties": col("documented")}),
    }


def ymd(day: pl.Expr) -> pl.Expr:
    """Turn a date into a number of eight digits."""
    return day.dt.year() * 10000 + day.dt.month().cast(pl.Int32) * 100 + day.dt.day()


SPECS = list_specs()


def by_case(lists: pl.Series, elements: pl.DataFrame, facts: Spec) -> pl.DataFrame:
    """Compute facts over a list, one row per case.

    A list of one element has that element's facts. Two additional rows stand for all empty lists
    and for all unknown ones, and each case takes its own row.
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
    for name, (date, condition) in facts.earliest.items():
        may = condition.fill_null(True)
        flags += [
            pl.when(may).then(col(date)).alias(f"{name}.low"),
            pl.when(condition).then(col(date)).alias(f"{name}.high"),
            (may & col(date).is_null()).alias(f"{name}.open"),
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
    """The days from 1900 to 2200, as tables: a date's anniversary is looked up, not computed."""

    def __init__(self) -> None:
        first, last = datetime.date(1900, 1, 1), datetime.date(2200, 12, 31)
        self.first = (first - datetime.date(1970, 1, 1)).days
        self.days = pl.date_range(first, last, eager=True)
        self.ymd = self.days.to_frame("d").select(ymd(col("d"))).to_series()
        self.tables: dict[tuple[int, int], pl.Series] = {}
        for key in ((3, 1), (5, 1), (10, 0), (10, 1), (15, 0), (18, 0), (21, 0), (65, 0)):
            self.tables[key] = self._after(*key)

    def _after(self, years: int, days: int) -> pl.Series:
        """February 29 has its anniversary on March 1, so that no period is cut short."""
        shifted = self.days.dt.offset_by(f"{years}y")
        short = shifted.dt.day() < self.days.dt.day()
        frame = pl.DataFrame({"day": shifted, "short": short})
        whole = frame.select(pl.when("short").then(col("day").dt.offset_by("1d")).otherwise("day"))
        return whole.to_series().dt.offset_by(f"{days}d")

    def place(self, dates: pl.Series) -> pl.Series:
        """Return the dates' places in the tables."""
        return (dates.to_physical() - self.first).cast(pl.UInt32)

    def after(self, place: pl.Series, years: int, days: int = 0) -> pl.Series:
        """Return the day so many years and days later."""
        return self.tables[years, days].gather(place)


CALENDAR = Calendar()
SCALARS = (
    "lawful_permanent_resident", "outstanding_warrant", "security_risk", "gang_member",
    "gang_participation", "human_rights_violator", "public_safety_threat",
    "significant_threat_found", "egregious_violations", "serious_immigration_fraud", "in_school",
    "serious_condition", "serious_disability", "severe_illness", "spouse_severe_illness",
    "pregnant_or_nursing", "spouse_pregnant_or_nursing", "home_country_ties",
    "adverse_home_conditions", "removal_unlikely", "cooperates_with_law_enforcement",
    "witness_to_crime", "immediate_crime_victim", "civil_rights_plaintiff", "nta_filed_with_court",
    "moved_from_detained_docket",
)  # fmt: skip
COUNTS = ("months_in_lawful_status", "arrests", "arrests_without_disposition", "pending_charges")


def derive(tidied: Tidied) -> pl.DataFrame:
    """Derive all facts, one row per case: flags, and bounds of counts and dates."""
    records, days = tidied.records, tidied.days
    born = days["birth_date.high"].gather(tidied.elements["convictions"]["_row"])
    elements = {
        **tidied.elements,
        "convictions": tidied.elements["convictions"].with_columns(_born=born),
    }
    complete = pl.any_horizontal(
        col(name).list.drop_nulls().list.len() == col(name).list.len()
        for name in ("removals", "orders", "fraud_findings")
    )
    wide = records.select(
        *SCALARS,
        pl.coalesce("agency_record_seen", pl.when(complete).then(True)).alias("agency_record_seen"),
        enum("apprehension_place", "BORDER", "PORT_OF_ENTRY").alias("apprehended_at_border"),
        enum("marital_status", "UNMARRIED").alias("unmarried"),
        enum("high_school", "COMPLETED_IN_US", "COMPLETED_ABROAD").alias("finished_high_school"),
        enum("high_school", "COMPLETED_IN_US").alias("us_high_school"),
        enum("higher_education", "PURSUING", "COMPLETED").alias("higher_education"),
        *(col(name).fill_null(0).alias(f"{name}.low") for name in COUNTS),
        *(col(name).alias(f"{name}.high") for name in COUNTS),
    )
    for name, facts in SPECS.items():
        wide = wide.hstack(by_case(records[name], elements[name], facts).get_columns())
    shown, resident = days["present_continuously_since"], days["lpr_since"]
    wide = wide.hstack(
        [
            days["birth_date.low"],
            days["birth_date.high"],
            resident.alias("lpr_since.low"),
            resident.alias("lpr_since.high"),
            _first_known(shown, wide["last_entry.low"]).alias("present_since.low"),
            _first_known(shown, wide["last_entry.high"]).alias("present_since.high"),
        ]
    )
    return wide.hstack(_age_at_first_entry(wide)).with_columns(
        pl.when(~col("unreadable_charge")).then(True).alias("charges_seen"),
        (_some("removals") | col("_carried_out")).alias("order_carried_out"),
        (_came_back() | col("_convicted_of_reentry")).alias("illegal_reentry"),
    )


def _some(count: str) -> pl.Expr:
    low, high = col(f"{count}.low"), col(f"{count}.high")
    return pl.when(low > 0).then(True).when(high == 0).then(False)


def _came_back() -> pl.Expr:
    """Tell whether an entry without inspection followed a removal."""
    entry, removal = "last_illegal_entry", "_first_removal"
    never = ~col("entered_illegally") | (col("removals.high") == 0)
    return (
        pl.when(col(f"{entry}.low") > col(f"{removal}.high"))
        .then(True)
        .when(never | (col(f"{entry}.high") < col(f"{removal}.low")))
        .then(False)
    )


def _first_known(one: pl.Series, other: pl.Series) -> pl.Series:
    return one.to_frame("one").select(pl.coalesce("one", other)).to_series()


def _age_at_first_entry(wide: pl.DataFrame) -> list[pl.Series]:
    written = {
        name: CALENDAR.ymd.gather(CALENDAR.place(wide[name]))
        for name in ("first_entry.low", "first_entry.high", "birth_date.low", "birth_date.high")
    }
    youngest = (written["first_entry.low"] - written["birth_date.high"]) // 10000
    oldest = (written["first_entry.high"] - written["birth_date.low"]) // 10000
    return [
        youngest.clip(lower_bound=0).fill_null(0).alias("age_at_first_entry.low"),
        oldest.clip(lower_bound=0).alias("age_at_first_entry.high"),
    ]


MILESTONES = {
    "illegal_entry_3": ("last_illegal_entry", 3, 1),
    "violation_3": ("last_status_violation", 3, 1),
    "turned_21": ("birth_date", 21, 0),
    "turned_65": ("birth_date", 65, 0),
    "present_15": ("present_since", 15, 0),
    "resident_10": ("lpr_since", 10, 0),
    "turned_18": ("birth_date", 18, 0),
    "over_5": ("present_since", 5, 1),
    "over_10": ("present_since", 10, 1),
}


def milestone_days(facts: pl.DataFrame) -> list[pl.Series]:
    """Return the day of each milestone, as `NAME.low` and `NAME.high`."""
    places = {
        f"{name}.{bound}": CALENDAR.place(facts[f"{name}.{bound}"])
        for name in dict.fromkeys(since for since, *_ in MILESTONES.values())
        for bound in BOUNDS
    }
    return [
        CALENDAR.after(places[f"{since}.{bound}"], years, more).alias(f"{name}.{bound}")
        for name, (since, years, more) in MILESTONES.items()
        for bound in BOUNDS
    ]
