"""Baseline in plain Polars, part 3: the guidance of November 17, 2011, written out as expressions.

Everything that the rulebook ice-2011-11-17 says is here again by hand, worked through as far as
paper goes: the route depends on three things only (a priority, a favored class, and whether the
score surely reaches twelve), and so do the effects of settling a fact.
"""

from __future__ import annotations

import datetime
import functools
import operator
from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa

from scripts.benchmarks.baselines.polars_facts import MILESTONES

col = pl.col
CLOSE_SCORE = 12
GUIDANCE = "Guidance to ICE attorneys reviewing the CBP, USCIS and ICE cases before EOIR"
MEMO = "ICE policy 10075.1, Exercising prosecutorial discretion"
PRIORITIES = {
    "P1": "(1)", "P2a": "(2)(a)", "P2b": "(2)(b)", "P2c": "(2)(c)", "P3": "(3)", "P4": "(4)",
    "P5": "(5)", "P6": "(6)", "P7": "(7)",
}  # fmt: skip
FAVOURED = ("F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8")
WEIGHTS = {
    "A1": -10, "A2a": 2, "A2b": 3, "A2c": 2, "A3a": 3, "A3b": -2, "A4": 3, "A5a": 5, "A5b": 2,
    "A6a": -6, "A6b": -2, "A7a": -5, "A7b": -4, "A7c": -1, "A8": -20, "A9": 3, "A10a": -1,
    "A10b": 2, "A11": 3, "A12": 4, "A13": 4, "A14": 3, "A15": 4, "A16": 2, "A17": 3, "A18": 3,
    "A19": 3,
}  # fmt: skip
CRITERIA = (*PRIORITIES, *FAVOURED, *WEIGHTS)
CITATIONS = {
    **{name: f"{GUIDANCE}, priorities {section}" for name, section in PRIORITIES.items()},
    **{name: f"{GUIDANCE}, favored classes ({name[1:]})" for name in FAVOURED},
    **{name: f"{MEMO}, factor {name[1:].rstrip('abc')}" for name in WEIGHTS},
}
MOVING = ("P4", "F2", "F3", "F4", "F6", "F8", "A2a", "A2b", "A11")

CHECK = "The guidance closes a case only after a background check."
ON_RECORD = "is on record with the agency itself."
SCHOOLING = "A file is rarely complete on schooling; ask before expediting."
VICTIMS = "Victims rarely say so unasked; ask before expediting."
CRIMINAL = (
    "felony_convictions", "aggravated_felonies", "misdemeanor_convictions", "immigration_offenses",
    "violent_misdemeanors", "sexual_abuse_misdemeanors", "driving_under_influence_misdemeanors",
    "hit_and_run_misdemeanors", "drug_trafficking_misdemeanors", "public_safety_misdemeanors",
    "convictions", "arrests",
)  # fmt: skip
# What is presumed, in the rulebook's order: the value, what bars it, and why.
PRESUMED: dict[str, tuple[str, str | None, str]] = {
    "security_risk": ("false", "alleged_security_ground", CHECK),
    **dict.fromkeys(CRIMINAL, ("0", "alleged_criminal_ground", CHECK)),
    "outstanding_warrant": ("false", None, CHECK),
    "gang_member": ("false", None, CHECK),
    "human_rights_violator": ("false", "alleged_human_rights_ground", CHECK),
    "public_safety_threat": ("false", "alleged_criminal_ground", CHECK),
    "entered_illegally": (
        "false",
        "alleged_illegal_entry",
        "Entry without inspection is charged in the Notice to Appear.",
    ),
    "violated_status": (
        "false",
        "alleged_status_violation",
        "A violation of status is charged in the Notice to Appear.",
    ),
    "removals": ("0", "alleged_prior_removal", f"An earlier removal {ON_RECORD}"),
    "outstanding_order": ("false", "alleged_prior_removal", f"An order {ON_RECORD}"),
    "fraud_findings": ("0", "alleged_fraud", f"A finding of fraud {ON_RECORD}"),
    "egregious_violations": ("false", None, "An attorney would have to find it."),
    "relief_denied": ("false", None, f"A denial {ON_RECORD}"),
    "home_country_ties": ("false", None, "A file rarely speaks of them."),
    "served": ("false", None, "A file is rarely complete on service; ask before expediting."),
    "spouse_or_parent_served": (
        "false",
        None,
        "A file is rarely complete on relatives' service; ask before expediting.",
    ),
    "in_school": ("false", None, SCHOOLING),
    "finished_high_school": ("false", None, SCHOOLING),
    "higher_education": ("false", None, SCHOOLING),
    "domestic_violence_victim": ("false", None, VICTIMS),
    "trafficking_victim": ("false", None, VICTIMS),
    "serious_crime_victim": ("false", None, VICTIMS),
    "lawful_permanent_resident": ("false", None, f"Permanent residence {ON_RECORD}"),
    "serious_condition": (
        "false",
        None,
        "A file is rarely complete on health; ask before expediting.",
    ),
    "documented_ties": (
        "0",
        None,
        "Ties without evidence in the file are for the person to show; ask before expediting.",
    ),
}
# Which criteria read a fact, through their milestones too.
READERS: dict[str, tuple[str, ...]] = {
    "present_since": ("F2", "F3", "F4", "F8", "A2a", "A2b"),
    "birth": ("F2", "F4", "A11"),
    "age_at_first_entry": ("F3", "A3a"),
    "citizen_child": ("F8", "A12"),
    "citizen_parent": ("F8", "A12"),
    "citizen_spouse": ("F8", "A12"),
    "convictions": ("F6", "A6a"),
    "documented_ties": ("F8", "A9"),
    "entered_illegally": ("P4", "A3b"),
    "finished_high_school": ("F2", "F3"),
    "fraud_findings": ("P6", "A7b"),
    "gang_member": ("P3", "A8"),
    "higher_education": ("F3", "A4"),
    "human_rights_violator": ("P3", "A8"),
    "lawful_permanent_resident": ("F6", "A2c"),
    "public_safety_threat": ("P3", "A8"),
    "removals": ("P5", "A7a"),
    "security_risk": ("P1", "A8"),
    "served": ("F1", "A5a"),
    "adverse_home_conditions": ("A10b",),
    "aggravated_felonies": ("P2a",),
    "arrests": ("A6b",),
    "combat_service": ("A5b",),
    "cooperates_with_law_enforcement": ("A19",),
    "domestic_violence_victim": ("F5",),
    "driving_under_influence_misdemeanors": ("P2c",),
    "drug_trafficking_misdemeanors": ("P2c",),
    "egregious_violations": ("P7",),
    "felony_convictions": ("P2a",),
    "hit_and_run_misdemeanors": ("P2c",),
    "home_country_ties": ("A10a",),
    "immediate_relative_served": ("A5a",),
    "immigration_offenses": ("P2b",),
    "in_school": ("F2",),
    "last_illegal_entry": ("P4",),
    "last_status_violation": ("P4",),
    "likely_family_relief": ("A17",),
    "likely_protection": ("A18",),
    "lpr_since": ("F6",),
    "misdemeanor_convictions": ("P2a",),
    "months_in_lawful_status": ("A2c",),
    "nonviolent_misdemeanors": ("F6",),
    "outstanding_order": ("A7a",),
    "outstanding_warrant": ("A6b",),
    "pregnant_or_nursing": ("A14",),
    "primary_caretaker": ("A13",),
    "public_safety_misdemeanors": ("P2c",),
    "relief_denied": ("A7c",),
    "removal_unlikely": ("A16",),
    "resident_child": ("A12",),
    "resident_parent": ("A12",),
    "resident_spouse": ("A12",),
    "serious_condition": ("F7",),
    "serious_crime_victim": ("F5",),
    "severe_illness": ("A15",),
    "sexual_abuse_misdemeanors": ("P2c",),
    "spouse_or_parent_served": ("F1",),
    "spouse_pregnant_or_nursing": ("A14",),
    "spouse_severe_illness": ("A15",),
    "trafficking_victim": ("F5",),
    "unmarried": ("F2",),
    "us_high_school": ("A4",),
    "violated_status": ("P4",),
    "violent_misdemeanors": ("P2c",),
}
ONLY_IF = {
    "last_illegal_entry": "entered_illegally",
    "last_status_violation": "violated_status",
    "lpr_since": "lawful_permanent_resident",
}
BOUNDED = {
    "present_since", "birth", "age_at_first_entry", "documented_ties", "fraud_findings", "removals",
    "months_in_lawful_status", "nonviolent_misdemeanors", "last_illegal_entry",
    "last_status_violation", "lpr_since", *CRIMINAL,
}  # fmt: skip
FACT_NAMES = {"birth": "birth_date"}


def any_of(exprs: Sequence[pl.Expr]) -> pl.Expr:
    """Kleene OR."""
    return functools.reduce(operator.or_, exprs)


def at_least(count: str, number: int) -> pl.Expr:
    """Whether a count between bounds is at least a number."""
    low, high = col(f"{count}.low"), col(f"{count}.high")
    return pl.when(low >= number).then(True).when(high < number).then(False)


def exactly_one(count: str) -> pl.Expr:
    """Whether a count between bounds is one."""
    low, high = col(f"{count}.low"), col(f"{count}.high")
    return pl.when(low >= 1, high <= 1).then(True).when((high < 1) | (low > 1)).then(False)


def reached(milestone: str, day: pl.Expr) -> pl.Expr:
    """Whether a milestone is reached on a day."""
    low, high = col(f"{milestone}.low"), col(f"{milestone}.high")
    return pl.when(day >= high).then(True).when(day < low).then(False)


def moments(day: pl.Expr) -> list[pl.Expr]:
    """All milestones on a day."""
    return [reached(name, day).alias(name) for name in MILESTONES]


def building_blocks() -> list[pl.Expr]:
    """Conditions that several criteria share; none of them moves."""
    return [
        (col("age_at_first_entry.high") < 16).alias("_young"),
        (col("age_at_first_entry.low") >= 16).alias("_not_young"),
        any_of([at_least(n, 1) for n in ("felony_convictions", "aggravated_felonies")]).alias(
            "_felony"
        ),
        at_least("misdemeanor_convictions", 2).alias("_misdemeanors"),
        any_of(
            [
                at_least(f"{name}_misdemeanors", 1)
                for name in (
                    "violent",
                    "sexual_abuse",
                    "driving_under_influence",
                    "hit_and_run",
                    "drug_trafficking",
                    "public_safety",
                )
            ]
        ).alias("P2c"),
        at_least("immigration_offenses", 1).alias("P2b"),
        at_least("convictions", 1).alias("A6a"),
        exactly_one("convictions").alias("_one_conviction"),
        exactly_one("nonviolent_misdemeanors").alias("_one_minor"),
        at_least("removals", 1).alias("P5"),
        at_least("fraud_findings", 1).alias("P6"),
        at_least("documented_ties", 3).alias("_compelling"),
        at_least("documented_ties", 2).alias("A9"),
        at_least("arrests", 1).alias("_arrests"),
        at_least("months_in_lawful_status", 60).alias("_lawful"),
        (col("citizen_spouse") | col("citizen_child") | col("citizen_parent")).alias(
            "_citizen_kin"
        ),
        # Where the record is silent: FALSE may be put in.
        *(
            (silent(fact) & barred_by(unless)).alias(f"applies.{fact}")
            for fact, (_, unless, _) in PRESUMED.items()
        ),
    ]


def silent(fact: str) -> pl.Expr:
    """Whether the record says nothing of a fact."""
    if fact not in BOUNDED:
        return col(fact).is_null()
    return col(f"{fact}.high").is_null() & (col(f"{fact}.low") <= 0)


def barred_by(unless: str | None) -> pl.Expr:
    """Whether nothing bars a presumption."""
    return pl.lit(True) if unless is None else ~col(unless).fill_null(False)


def presumed(name: str, fact: str | None = None) -> pl.Expr:
    """A flag with FALSE put in where its fact is presumed."""
    return pl.when(col(f"applies.{fact or name}")).then(False).otherwise(col(name))


def put_in() -> list[pl.Expr]:
    """The flags that presumptions touch, as routing sees them."""
    return [
        pl.when("_young").then(True).when("_not_young").then(False).alias("A3a"),
        (col("_felony") | col("_misdemeanors")).alias("P2a"),
        *(presumed(name).alias(f"if.{name}") for name in PRESUMED if name not in BOUNDED),
        presumed("_arrests", "arrests").alias("if._arrests"),
        presumed("_one_conviction", "convictions").alias("if._one_conviction"),
        presumed("_compelling", "documented_ties").alias("if._compelling"),
        *(
            presumed(name, fact).alias(f"if.{name}")
            for name, fact in (
                ("P2b", "immigration_offenses"),
                ("P2c", "convictions"),
                ("P5", "removals"),
                ("P6", "fraud_findings"),
                ("A6a", "convictions"),
                ("A9", "documented_ties"),
            )
        ),
    ]


def moving_criteria(as_if: str) -> list[pl.Expr]:
    """The criteria that read a milestone; `as_if` is "if." for those that routing sees."""

    def fact(name: str) -> pl.Expr:
        return col(f"{as_if}{name}")

    return [
        (
            (fact("entered_illegally") & ~col("illegal_entry_3"))
            | (fact("violated_status") & ~col("violation_3"))
        ).alias(f"{as_if}P4"),
        (
            ~col("turned_21")
            & col("unmarried")
            & col("over_5")
            & (fact("in_school") | fact("finished_high_school"))
        ).alias(f"{as_if}F2"),
        (
            col("A3a") & col("over_5") & fact("finished_high_school") & fact("higher_education")
        ).alias(f"{as_if}F3"),
        (col("turned_65") & col("over_10")).alias(f"{as_if}F4"),
        (
            fact("lawful_permanent_resident")
            & col("resident_10")
            & fact("_one_conviction")
            & col("_one_minor")
        ).alias(f"{as_if}F6"),
        (col("present_15") & fact("_compelling") & col("_citizen_kin")).alias(f"{as_if}F8"),
        col("over_5").alias(f"{as_if}A2a"),
        col("over_10").alias(f"{as_if}A2b"),
        (~col("turned_18") | col("turned_65")).alias(f"{as_if}A11"),
    ]


def settled_criteria(as_if: str) -> list[pl.Expr]:
    """The criteria that no day changes."""

    def fact(name: str) -> pl.Expr:
        return col(f"{as_if}{name}")

    threats = fact("gang_member") | fact("human_rights_violator") | fact("public_safety_threat")
    exprs = {
        "P1": fact("security_risk"),
        "P3": threats,
        "P7": fact("egregious_violations"),
        "F1": fact("served") | fact("spouse_or_parent_served"),
        "F5": fact("domestic_violence_victim")
        | fact("trafficking_victim")
        | fact("serious_crime_victim"),
        "F7": fact("serious_condition"),
        "A2c": col("_lawful") | fact("lawful_permanent_resident"),
        "A3b": fact("entered_illegally"),
        "A4": col("us_high_school") | fact("higher_education"),
        "A5a": fact("served") | col("immediate_relative_served"),
        "A5b": col("combat_service"),
        "A6b": fact("_arrests") | fact("outstanding_warrant"),
        "A7a": fact("P5") | fact("outstanding_order"),
        "A7b": fact("P6"),
        "A7c": fact("relief_denied"),
        "A8": fact("security_risk") | threats,
        "A10a": fact("home_country_ties"),
        "A10b": col("adverse_home_conditions"),
        "A12": col("_citizen_kin")
        | col("resident_spouse")
        | col("resident_child")
        | col("resident_parent"),
        "A13": col("primary_caretaker"),
        "A14": col("pregnant_or_nursing") | col("spouse_pregnant_or_nursing"),
        "A15": col("severe_illness") | col("spouse_severe_illness"),
        "A16": col("removal_unlikely"),
        "A17": col("likely_family_relief"),
        "A18": col("likely_protection"),
        "A19": col("cooperates_with_law_enforcement"),
    }
    if as_if:
        # All counts of convictions are presumed together, for they are one list.
        exprs["P2a"] = presumed("P2a", "convictions")
        exprs["A3a"] = col("A3a")
    return [expr.alias(f"{as_if}{name}") for name, expr in exprs.items()]


def low_score(names: Sequence[str], as_if: str) -> pl.Expr:
    """The least that factors add up to."""
    return functools.reduce(
        operator.add,
        [
            col(f"{as_if}{n}").fill_null(WEIGHTS[n] < 0).cast(pl.Int16)
            * pl.lit(WEIGHTS[n], pl.Int16)
            for n in names
        ],
    )


def high_score(names: Sequence[str]) -> pl.Expr:
    """The most that factors add up to on facts in the record."""
    return functools.reduce(
        operator.add,
        [
            col(n).fill_null(WEIGHTS[n] > 0).cast(pl.Int16) * pl.lit(WEIGHTS[n], pl.Int16)
            for n in names
        ],
    )


PRIORITY, FAVOUR, ENOUGH = col("priority"), col("favor"), col("enough")
CONTINUES, CLOSES, EXPEDITES = (pl.lit(code, pl.UInt8) for code in (1, 0, 2))
ROUTES = ("close", "continue", "expedite")


def route_code() -> pl.Expr:
    """The route, as its place in ROUTES, by `priority`, `favor` and `enough`."""
    return (
        pl.when(PRIORITY & ~FAVOUR)
        .then(EXPEDITES)
        .when(~PRIORITY & (FAVOUR | ENOUGH))
        .then(CLOSES)
        .otherwise(CONTINUES)
        .alias("route")
    )


def weigh(facts: pl.DataFrame, as_of: datetime.date) -> pl.DataFrame:
    """Weigh cases: what recommendation.avsc says of them, but for the passed-through columns."""
    now = pl.lit(as_of)
    facts = facts.with_columns(building_blocks()).with_columns(*put_in(), *moments(now))
    facts = facts.with_columns(
        *settled_criteria(""),
        *settled_criteria("if."),
        *moving_criteria(""),
        *moving_criteria("if."),
    )
    facts = facts.with_columns(
        any_of([col(f"if.{n}") for n in PRIORITIES]).alias("priority"),
        any_of([col(n) for n in PRIORITIES]).alias("A1"),
        any_of([col(f"if.{n}") for n in FAVOURED]).alias("favor"),
        any_of([col(n) for n in FAVOURED]).alias("_favor"),
        pl.sum_horizontal(col(f"if.{n}").is_null().cast(pl.UInt8) for n in PRIORITIES).alias(
            "_open_p"
        ),
        pl.sum_horizontal(col(f"if.{n}").is_null().cast(pl.UInt8) for n in FAVOURED).alias(
            "_open_f"
        ),
    ).with_columns(col("priority").alias("if.A1"))
    factors = list(WEIGHTS)
    facts = facts.with_columns(
        low_score(factors, "if.").alias("low"),
        low_score(factors, "").alias("score_low"),
        high_score(factors).alias("score_high"),
    ).with_columns((col("low") >= CLOSE_SCORE).alias("enough"))
    facts = facts.with_columns(route_code(), rule(), *reach())
    facts = facts.with_columns(consequences()).with_columns(together())
    changes = forecast(facts, as_of)
    reasons = facts.with_columns(criterion_flags())
    return facts.select(
        pl.lit("ice-2011-11-17").alias("rulebook"),
        now.alias("as_of"),
        route_name("route"),
        "rule",
        (PRIORITY & FAVOUR).fill_null(False).alias("look"),
        col("score_low").cast(pl.Int32),
        col("score_high").cast(pl.Int32),
        (pl.sum_horizontal(col(f"can_{r}").cast(pl.UInt8) for r in ROUTES) == 1).alias("firm"),
    ).with_columns(
        changes["changes_on"],
        changes["changes_to"],
        labels(reasons, [f"ground.{n}" for n in CRITERIA], GROUNDS).alias("grounds"),
        labels(reasons, [f"check.{n}" for n in PRESUMED], CHECKS).alias("checks"),
        possible_routes(reasons).alias("possible_routes"),
        labels(reasons, MISSING, [*FACTS, *FACTS]).alias("missing_facts"),
        labels(reasons, list(CRITERIA), list(CRITERIA)).alias("criteria_true"),
        labels(reasons, [f"open.{n}" for n in CRITERIA], list(CRITERIA)).alias("criteria_unknown"),
    )


def route_name(code: str) -> pl.Expr:
    """A route's name by its place in ROUTES."""
    return pl.lit(pl.Series(ROUTES)).gather(col(code)).alias(code)


def rule() -> pl.Expr:
    """The row of the routing table that decided; null where the table stays open."""
    return (
        pl.when(PRIORITY & FAVOUR)
        .then(pl.lit("both-lists"))
        .when(PRIORITY & ~FAVOUR)
        .then(pl.lit("priority"))
        .when(~PRIORITY & FAVOUR)
        .then(pl.lit("favored"))
        .when(~PRIORITY & ENOUGH)
        .then(pl.lit("weighed"))
        .when(~PRIORITY & ~FAVOUR & (high_score_if() < CLOSE_SCORE))
        .then(pl.lit("neither"))
        .alias("rule")
    )


def high_score_if() -> pl.Expr:
    """The most that factors add up to as routing sees them."""
    return functools.reduce(
        operator.add,
        [
            col(f"if.{n}").fill_null(w > 0).cast(pl.Int16) * pl.lit(w, pl.Int16)
            for n, w in WEIGHTS.items()
        ],
    )


def reach() -> list[pl.Expr]:
    """Which routes some completion of the unknown facts could give."""
    priority, favor = col("A1"), col("_favor")
    may_p, may_not_p = priority.fill_null(True), ~priority.fill_null(False)
    may_f, may_not_f = favor.fill_null(True), ~favor.fill_null(False)
    neither = may_not_p & may_not_f
    return [
        ((may_not_p & may_f) | (neither & (col("score_high") >= CLOSE_SCORE))).alias("can_close"),
        ((may_p & may_f) | (neither & (col("score_low") < CLOSE_SCORE))).alias("can_continue"),
        (may_p & may_not_f).alias("can_expedite"),
    ]


def consequences() -> list[pl.Expr]:
    """Whether the route would differ, were a list or the score otherwise."""
    route = col("route")
    weighed = (~PRIORITY & (FAVOUR.is_null() | ~FAVOUR)).fill_null(False)
    low = col("low")
    sizes = sorted({abs(weight) for weight in WEIGHTS.values()})
    return [
        (pl.when(~FAVOUR).then(EXPEDITES).otherwise(CONTINUES) != route).alias("were.priority"),
        (pl.when(~PRIORITY).then(CLOSES).otherwise(CONTINUES) != route).alias("were.favor"),
        (PRIORITY.is_null() & (FAVOUR | ENOUGH).fill_null(False) & (col("_open_p") == 1)).alias(
            "not.priority"
        ),
        (PRIORITY.fill_null(False) & FAVOUR.is_null() & (col("_open_f") == 1)).alias("not.favor"),
        *(
            (weighed & low.is_between(CLOSE_SCORE - n, CLOSE_SCORE - 1)).alias(f"up.{n}")
            for n in sizes
        ),
        *(
            (weighed & low.is_between(CLOSE_SCORE, CLOSE_SCORE + n - 1)).alias(f"down.{n}")
            for n in sizes
        ),
    ]


FACTS = [FACT_NAMES.get(fact, fact) for fact in READERS]
MISSING = [f"first.{fact}" for fact in READERS] + [f"then.{fact}" for fact in READERS]
GROUNDS = [{"criterion": name, "citation": CITATIONS[name]} for name in CRITERIA]
CHECKS = [
    {"fact": fact, "presumed": value, "reason": reason}
    for fact, (value, _, reason) in PRESUMED.items()
]


def presumed_false(criterion: str) -> pl.Expr:
    """Whether a criterion is FALSE only by presumption."""
    return col(criterion).is_null() & col(f"if.{criterion}").is_not_null()


def together() -> pl.Expr:
    """Whether factors against, none of which is enough by itself, together open the score."""
    closes = (~PRIORITY & (FAVOUR.is_null() | ~FAVOUR) & ENOUGH).fill_null(False)
    spare = [
        (presumed_false(name) & ~col(f"down.{-weight}")).cast(pl.Int16) * pl.lit(-weight, pl.Int16)
        for name, weight in WEIGHTS.items()
        if weight < 0
    ]
    lost = functools.reduce(operator.add, spare)
    return (closes & (col("low") - lost < CLOSE_SCORE)).alias("together")


def leans(criterion: str) -> pl.Expr:
    """Whether the route would differ, were an UNKNOWN criterion TRUE, or several at once."""
    if criterion in PRIORITIES:
        return col(criterion).is_null() & col("were.priority")
    if criterion in FAVOURED:
        return col(criterion).is_null() & col("were.favor")
    weight = WEIGHTS[criterion]
    if weight > 0:
        return col(criterion).is_null() & col(f"up.{weight}")
    return presumed_false(criterion) & (col(f"down.{-weight}") | col("together"))


def entered_illegally_leans() -> pl.Expr:
    """Where P4 is settled, whether A1 and A3b together would open the score."""
    both = -WEIGHTS["A1"] - WEIGHTS["A3b"]
    return (
        col("P4").is_not_null()
        & presumed_false("A1")
        & presumed_false("A3b")
        & col("enough")
        & (~PRIORITY & (FAVOUR.is_null() | ~FAVOUR)).fill_null(False)
        & (col("low") - both < CLOSE_SCORE)
    ).fill_null(False)


def matters(criterion: str) -> pl.Expr:
    """Whether settling an UNKNOWN criterion could change the route."""
    unknown, still_open = col(criterion).is_null(), col(f"if.{criterion}").is_null()
    if criterion in PRIORITIES:
        return unknown & (col("were.priority") | (still_open & col("not.priority")))
    if criterion in FAVOURED:
        return unknown & (col("were.favor") | (still_open & col("not.favor")))
    weight = WEIGHTS[criterion]
    if weight > 0:
        return unknown & col(f"up.{weight}")
    return unknown & pl.when(still_open).then(f"up.{-weight}").otherwise(f"down.{-weight}")


def criterion_flags() -> list[pl.Expr]:
    """Flags behind the lists of reasons."""
    by_score = (col("rule") == "weighed").fill_null(False)
    flags = [
        (col(name) & by_score if WEIGHTS[name] > 0 else pl.lit(False)).alias(f"ground.{name}")
        if name in WEIGHTS
        else col(name).alias(f"ground.{name}")
        for name in CRITERIA
    ]
    flags += [col(name).is_null().alias(f"open.{name}") for name in CRITERIA]
    for fact in PRESUMED:
        readers = (*READERS[fact], *(("A1",) if set(READERS[fact]) & set(PRIORITIES) else ()))
        leaning = any_of([leans(name) for name in readers])
        if fact == "entered_illegally":
            leaning = leaning | entered_illegally_leans()
        flags.append((col(f"applies.{fact}") & leaning).alias(f"check.{fact}"))
    for fact, readers in READERS.items():
        missing = col(fact).is_null() if fact not in BOUNDED else unsure(fact)
        if fact in ONLY_IF:
            missing = missing & col(ONLY_IF[fact]).fill_null(True)
        decides = any_of([matters(name) for name in readers])
        asked = any_of([col(name).is_null() for name in readers])
        flags.append((missing & decides).alias(f"first.{fact}"))
        flags.append((missing & asked & ~decides).alias(f"then.{fact}"))
    return flags


def unsure(fact: str) -> pl.Expr:
    """Whether the two bounds of a fact differ, or one is open."""
    return ~(col(f"{fact}.low") == col(f"{fact}.high")).fill_null(False)


def forecast(facts: pl.DataFrame, as_of: datetime.date) -> pl.DataFrame:
    """The first day on which the route changes by itself, and the route from then on.

    The route can only change on a milestone's day, so each is tried, over all cases at once.
    """
    still = facts.with_columns(
        any_of([col(f"if.{n}") for n in PRIORITIES if n not in MOVING]).alias("_p"),
        any_of([col(f"if.{n}") for n in FAVOURED if n not in MOVING]).alias("_f"),
        low_score([n for n in WEIGHTS if n not in MOVING and n != "A1"], "if.").alias("_low"),
    ).select(
        "_p", "_f", "_low", col("route").alias("_now"), "A3a", "unmarried", "_one_minor",
        "_citizen_kin",
        *(f"if.{name}" for name in (
            "entered_illegally", "violated_status", "in_school", "finished_high_school",
            "higher_education", "lawful_permanent_resident", "_one_conviction", "_compelling",
        )),
        *(f"{name}.{bound}" for name in MILESTONES for bound in ("low", "high")),
    )  # fmt: skip
    best = pl.DataFrame(
        {"_row": pl.Series([], dtype=pl.UInt32), "changes_on": pl.Series([], dtype=pl.Date),
         "route": pl.Series([], dtype=pl.UInt8)}
    )  # fmt: skip
    found = [best]
    for name in MILESTONES:
        low, high = still[f"{name}.low"], still[f"{name}.high"]
        found.append(_changes(still, low, None, as_of))
        apart = high.ne_missing(low) & high.is_not_null()
        if apart.any():
            rows = apart.arg_true()
            found.append(_changes(still[rows], high.gather(rows), rows, as_of))
    first = pl.concat(found).sort("changes_on").unique("_row", keep="first", maintain_order=True)
    place = np.full(facts.height, first.height, dtype=np.uint32)
    place[first["_row"].to_numpy()] = np.arange(first.height, dtype=np.uint32)
    never = pl.DataFrame({"changes_on": [None], "changes_to": [None]}, schema=_CHANGES)
    named = first.select("changes_on", route_name("route").alias("changes_to"))
    return pl.concat([named, never])[pl.Series(place)]


_CHANGES = pl.Schema({"changes_on": pl.Date, "changes_to": pl.String})


def _changes(
    still: pl.DataFrame, days: pl.Series, rows: pl.Series | None, as_of: datetime.date
) -> pl.DataFrame:
    """Of some cases, those whose route differs on a day of theirs to come."""
    then = (
        still.with_columns(days.alias("_day"))
        .with_columns(moments(col("_day")))
        .with_columns(moving_criteria("if."))
        .with_columns(
            (col("_p") | col("if.P4")).alias("priority"),
            any_of([col("_f"), *(col(f"if.{n}") for n in MOVING if n[0] == "F")]).alias("favor"),
            ((col("_low") + low_score(["A2a", "A2b", "A11"], "if.")) >= CLOSE_SCORE).alias(
                "enough"
            ),
        )
        .select("_day", "_now", route_code())
    )
    differs = then.select(
        ((col("_day") > as_of) & (col("route") != col("_now"))).fill_null(False).alias("differs")
    )["differs"]
    where = differs.arg_true()
    changed = then[where]
    return pl.DataFrame(
        {
            "_row": where if rows is None else rows.gather(where),
            "changes_on": changed["_day"],
            "route": changed["route"],
        }
    )


def labels(frame: pl.DataFrame, flags: Sequence[str], names: Sequence[object]) -> pl.Series:
    """For each row the names of the flags that are true, in order."""
    grid = np.empty((len(flags), frame.height), dtype=bool)
    for row, flag in enumerate(flags):
        grid[row] = frame[flag].fill_null(False).to_numpy()
    across = np.ascontiguousarray(grid.T)
    which = np.flatnonzero(across.ravel()) % len(flags)
    offsets = np.zeros(frame.height + 1, dtype=np.int64)
    np.cumsum(across.sum(axis=1), out=offsets[1:])
    values = pl.Series(names).gather(pl.Series(which.astype(np.uint32)))
    return pl.Series(pa.LargeListArray.from_arrays(pa.array(offsets), values.to_arrow()))


def possible_routes(frame: pl.DataFrame) -> pl.Series:
    """The routes within reach; there are eight such lists."""
    combinations = [[r for place, r in enumerate(ROUTES) if n >> place & 1] for n in range(8)]
    code = frame.select(
        functools.reduce(
            operator.add,
            [col(f"can_{r}").cast(pl.UInt32) * (1 << place) for place, r in enumerate(ROUTES)],
        ).alias("code")
    )
    return pl.Series(combinations, dtype=pl.List(pl.String)).gather(code["code"])
