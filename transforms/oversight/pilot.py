"""Pilot: what a trial in a few courts would find, whether it holds elsewhere, and what it takes."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from schemas.outcomes import ROUTES
from transforms.frames.frame import Frame
from transforms.oversight import figures
from transforms.oversight.floors import RATES_FROM
from transforms.oversight.table import RATIO, Column, Findings, Table
from transforms.report.labels import value_label

Row = dict[str, Any]
# What the pilot of December 2011 to January 2012 reviewed, and recommended to close.
PUBLISHED: Mapping[str, tuple[int, int]] = {"BAL": (3_759, 366), "DEN": (7_923, 1_301)}
COMPARED = ("sex", "age", "representation", "custody", "nationality")
HOURS_A_DAY = 8
MOST_QUARANTINED, MOST_OPEN, LEAST_RATIO, MOST_RATIO = 0.01, 0.5, 0.8, 1.25
UNKNOWN = "not known"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a pilot is to be.

    Args:
        courts: The courts.
        first: Its first day.
        last: Its last day.
        minutes: How many minutes an attorney takes for a case.
        attorneys: How many attorneys there are; None if that isn't known.
    """

    courts: tuple[str, ...]
    first: datetime.date
    last: datetime.date
    minutes: float
    attorneys: int | None = None

    @property
    def days(self) -> int:
        """Return the number of its days, Saturdays and Sundays left out."""
        return int(np.busday_count(self.first, self.last + datetime.timedelta(days=1)))

    def attorneys_for(self, cases: int) -> int | None:
        """Return how many attorneys it takes; None if there is no working day."""
        hours = self.days * HOURS_A_DAY
        return math.ceil(cases * self.minutes / 60 / hours) if hours else None


def pilot(people: Frame, plan: Plan, read: int, quarantined: int) -> Findings:
    """Try a pilot on a run.

    Args:
        people: From `transforms.oversight.attributes.people`, with the columns `route` (String),
            `needs_review` (Boolean), and `inside`: whether the pilot would review the case.
        plan: The plan.
        read: How many records the run read.
        quarantined: How many of them were quarantined.
    """
    mine, rest = people.filter("inside"), people.filter(~pl.col("inside"))
    criteria = _criteria(people, plan, read, quarantined)
    missed = [row["criterion"] for row in criteria if row["met"] == "no"]
    tables = (
        _verdict(criteria),
        _courts(mine, plan),
        _load(mine, plan),
        _routes(people),
        _composition(mine, rest),
    )
    needed = plan.attorneys_for(mine.height)
    return Findings(
        f"Pilot: {', '.join(plan.courts)}, {plan.first} to {plan.last}",
        (
            _decision(mine.height, missed, len(criteria)),
            f"The pilot would review {mine.height:,} of {people.height:,} cases in {plan.days} "
            f"working days; at {plan.minutes:g} minutes a case, that takes "
            + _attorneys(needed),
        ),
        tables,
        {"cases": people.height, "reviewed": mine.height, "working_days": plan.days,
         "attorneys_needed": needed, "go": bool(mine.height) and not missed},
        names=False,
    )  # fmt: skip


def _decision(cases: int, missed: Sequence[str], criteria: int) -> str:
    if not cases:
        return "No go: it would review no case."
    if missed:
        verb = "isn't" if len(missed) == 1 else "aren't"
        return f"No go: {len(missed)} of {criteria} criteria {verb} met ({'; '.join(missed)})."
    return "Go: every criterion that can be judged is met."


def _criteria(people: Frame, plan: Plan, read: int, quarantined: int) -> list[Row]:
    mine = people.filter("inside")
    lost = quarantined / read if read else None
    still_open = int(mine["open"].sum()) / mine.height if mine.height else None
    ratio = _like(people, "close")
    needed = plan.attorneys_for(mine.height)
    within = None if ratio.value is None else LEAST_RATIO <= ratio.value <= MOST_RATIO
    enough = None if plan.attorneys is None else needed is not None and needed <= plan.attorneys
    return [
        _row("the records can be read: quarantined",
             _percent(lost), f"at most {_percent(MOST_QUARANTINED)}",
             None if lost is None else lost <= MOST_QUARANTINED),
        _row("enough is known: open cases in the pilot",
             _percent(still_open), f"at most {_percent(MOST_OPEN)}",
             None if still_open is None else still_open <= MOST_OPEN),
        _row("the result holds elsewhere: closed, to like cases of the rest",
             "-" if ratio.value is None else f"{ratio.value:.2f}",
             f"{LEAST_RATIO} to {MOST_RATIO}", within),
        _row("there are enough attorneys: needed", "-" if needed is None else f"{needed:,}",
             "-" if plan.attorneys is None else f"at most {plan.attorneys:,}", enough),
    ]  # fmt: skip


def _attorneys(needed: int | None) -> str:
    if needed is None:
        return "more time than there is."
    return "1 attorney." if needed == 1 else f"{needed:,} attorneys."


def _row(criterion: str, value: str, limit: str, met: bool | None) -> Row:
    words = {True: "yes", False: "no", None: "not judged"}
    return {"criterion": criterion, "value": value, "limit": limit, "met": words[met]}


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def _verdict(rows: list[Row]) -> Table:
    return Table(
        "criteria", "Go or no go?", "Each criterion, what was found, and what is allowed.",
        (
            Column("criterion", "label", "criterion"),
            Column("value", "text", "found"),
            Column("limit", "text", "allowed"),
            Column("met", "text", "met"),
        ), rows,
    )  # fmt: skip


def _courts(mine: Frame, plan: Plan) -> Table:
    parts = [((court,), mine.filter(court=court)) for court in plan.courts]
    rows: list[Row] = []
    for courts, part in [*parts, (plan.courts, mine)]:
        # The sum says something only if there is a figure of every court.
        known = all(court in PUBLISHED for court in courts)
        of = [PUBLISHED[court] for court in courts] if known else []
        reviewed, closed = (sum(one[at] for one in of) for at in (0, 1))
        counts: dict[str, int] = {r: int((part["route"] == r).sum()) for r in ROUTES}
        rows.append(
            {"court": "all" if part is mine else value_label("court", courts[0]),
             "cases": part.height, **counts,
             **dict(zip(("share", "low", "high"), figures.share(counts["close"], part.height),
                        strict=True)),
             "open": int(part["open"].sum()), "needs_review": int(part["needs_review"].sum()),
             "asked": part["asked"].mean(),
             "published_cases": reviewed or None, "published_closed": closed or None,
             "published_share": closed / reviewed if reviewed else None}
        )  # fmt: skip
    return Table(
        "courts", "What would be reviewed and recommended?",
        "Cases of the pilot by route, and the share to close beside the published one of 2012.",
        (
            Column("court", "label", "court"),
            Column("cases", "count", "cases"),
            *(Column(route, "count", route) for route in ROUTES),
            Column("share", "share", "to\nclose"),
            Column("low", "low", "close, 95 % between", shown=False),
            Column("high", "high", ""),
            Column("open", "count", "open", shown=False),
            Column("needs_review", "count", "needs review", shown=False),
            Column("asked", "number", "facts to ask", shown=False),
            Column("published_cases", "whole", "published,\nreviewed"),
            Column("published_closed", "whole", "published, to close", shown=False),
            Column("published_share", "share", "to\nclose"),
        ), rows,
    )  # fmt: skip


def _load(mine: Frame, plan: Plan) -> Table:
    rows = []
    for court in (*plan.courts, None):
        cases = mine.height if court is None else mine.filter(court=court).height
        rows.append(
            {"court": "all" if court is None else value_label("court", court), "cases": cases,
             "hours": cases * plan.minutes / 60, "attorneys": plan.attorneys_for(cases)}
        )  # fmt: skip
    return Table(
        "load", "How many attorneys does it take?",
        f"At {plan.minutes:g} minutes a case and {HOURS_A_DAY} hours a day, in {plan.days} working "
        "days; holidays aren't counted off.",
        (
            Column("court", "label", "court"),
            Column("cases", "count", "cases"),
            Column("hours", "number", "hours"),
            Column("attorneys", "whole", "attorneys"),
        ), rows,
    )  # fmt: skip


def _like(people: Frame, route: str) -> figures.Between:
    """Compare the pilot with the rest of the docket within groups of like cases."""
    have, inside = pl.col("route") == route, pl.col("inside")
    strata = people.group_by("alike").agg(
        have.filter(inside).sum().cast(pl.Int64).alias("have"),
        inside.sum().cast(pl.Int64).alias("cases"),
        have.filter(~inside).sum().cast(pl.Int64).alias("other_have"),
        (~inside).sum().cast(pl.Int64).alias("other_cases"),
    )
    return figures.pooled_ratio(strata.drop("alike").to_numpy())


def _routes(people: Frame) -> Table:
    mine, rest = people.filter("inside"), people.filter(~pl.col("inside"))
    rows: list[Row] = []
    for route in ROUTES:
        part, other = (int((side["route"] == route).sum()) for side in (mine, rest))
        plain = figures.ratio(part, mine.height, other, rest.height)
        pooled = _like(people, route)
        rows.append(
            {"route": route, "cases": part, "share": figures.share(part, mine.height).value,
             "rest": figures.share(other, rest.height).value,
             **dict(zip(("ratio", "ratio_low", "ratio_high"), plain, strict=True)),
             **dict(zip(("alike", "alike_low", "alike_high"), pooled, strict=True))}
        )  # fmt: skip
    return Table(
        "routes", "Does the result differ from the rest of the docket?",
        "The share of each route in the pilot and in all other cases; their ratio; and the same "
        "among cases in which the same criteria hold.",
        (
            Column("route", "label", "route"),
            Column("cases", "count", "cases"),
            Column("share", "share", "pilot"),
            Column("rest", "share", "rest"),
            *RATIO,
            Column("alike", "number", "like\ncases"),
            Column("alike_low", "low", "95 %\nbetween", of="number"),
            Column("alike_high", "high", ""),
        ), rows,
    )  # fmt: skip


def _composition(mine: Frame, rest: Frame) -> Table:
    rows: list[Row] = []
    for attribute in COMPARED:
        inside, outside = (
            dict(side.group_by(attribute).len().iter_rows()) for side in (mine, rest)
        )
        for value in sorted({*inside, *outside}, key=lambda one: (one is None, one or "")):
            part, other = inside.get(value, 0), outside.get(value, 0)
            named = UNKNOWN if value is None else _named(attribute, value)
            rows.append(
                {"group": f"{attribute}: {named}", "cases": part,
                 "share": figures.share(part, mine.height).value,
                 "rest": figures.share(other, rest.height).value,
                 "p": figures.two_differ(part, mine.height, other, rest.height)
                 if part + other >= RATES_FROM else None}
            )  # fmt: skip
    for row, p in zip(rows, figures.adjusted([row["p"] for row in rows]), strict=True):
        row["p_adjusted"] = p
        row["differs"] = "yes" if p is not None and p < figures.ALPHA else ""
    rows.sort(key=lambda row: (row["p_adjusted"] is None, row["p_adjusted"], row["group"]))
    return Table(
        "composition", "Are the people of the pilot like those of the rest?",
        "Shares of the pilot and of all other cases; those that differ most come first.",
        (
            Column("group", "label", "group"),
            Column("cases", "count", "cases"),
            Column("share", "share", "pilot"),
            Column("rest", "share", "rest"),
            Column("p", "p", "p", shown=False),
            Column("p_adjusted", "p", "p, ad-\njusted"),
            Column("differs", "text", "dif-\nfers"),
        ), rows,
    )  # fmt: skip


def _named(attribute: str, value: str) -> str:
    return value_label(attribute, value) if attribute == "nationality" else value


def in_courts(courts: Sequence[str], *, detained: bool) -> pl.Expr:
    """Tell which cases a pilot would review: those of its courts, detained ones only if asked."""
    here = pl.col("court").is_in(list(courts)).fill_null(False)
    return here if detained else here & (pl.col("custody") != "detained").fill_null(True)
