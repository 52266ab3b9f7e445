"""Adherence: whether offices and attorneys follow what was recommended, and how they decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from schemas.outcomes import ROUTES
from schemas.worklist import REASON_CODES
from transforms.frames.frame import Frame
from transforms.oversight import alike, figures, handling, like_cases, outliers
from transforms.oversight.decisions import Decisions, matrix
from transforms.oversight.floors import RATES_FROM
from transforms.oversight.handling import DECIDED, UNKNOWN
from transforms.oversight.table import SHARE, Column, Findings, Table

Row = dict[str, Any]
_LEANS = (
    Column("milder", "count", "milder"),
    Column("harsher", "count", "harsher"),
)
_FOLLOWED = (
    DECIDED,
    Column("cases", "count", "cases", shown=False),
    Column("known", "count", "recommendation known", shown=False),
    Column("followed", "count", "followed"),
    *SHARE,
    Column("kappa", "number", "kappa"),
    Column("kappa_low", "low", "kappa between", shown=False, of="number"),
    Column("kappa_high", "high", "", shown=False),
    *_LEANS,
)


def adherence(found: Decisions, recommended: Frame, titles: Mapping[str, str]) -> Findings:
    """Measure how recommendations were followed.

    Args:
        found: The decisions.
        recommended: `case_id`, `office`, and `route` of every case of the run.
        titles: The name of each criterion, by id.
    """
    frame = found.frame
    known = frame.filter(pl.col("followed").is_not_null())
    same = alike.comparable(known)
    whole = _followed(frame)
    outlying = outliers.tables(known)
    tables = (
        Table("offices", "Do offices follow what was recommended?",
              "Decisions, and those on the route that was recommended at the time. Milder and "
              "harsher: departures toward close and toward expedite.",
              (Column("office", "label", "office"), *_FOLLOWED),
              [*_by(frame, ["office"]), {"office": "all", **whole}], most=60),
        Table("reviewers", "And their attorneys?", "The same per attorney of an office.",
              (Column("office", "label", "office"), Column("reviewer", "label", "attorney"),
               *(replace(one, shown=one.shown and one.name != "followed") for one in _FOLLOWED)),
              _by(frame, ["office", "reviewer"]), most=8),
        handling.handled(frame, recommended),
        handling.humanitarian(frame),
        _directions(known),
        _criteria(known, titles),
        _reasons(known),
        *like_cases.tables(same, titles),
        *outlying,
    )  # fmt: skip
    return Findings(
        "Adherence: decisions beside what was recommended",
        (*_summary(whole, outlying), *_lines(found, whole, same.height)),
        tables,
        {**found.counts, "refused_because": dict(found.refused), "comparable": same.height,
         **{name: whole[name] for name in ("cases", "known", "followed")}},
        {"outliers": outliers.funnel(known)},
    )  # fmt: skip


def _summary(whole: Row, outlying: tuple[Table, ...]) -> list[str]:
    """Say in two sentences what was found."""
    if whole.get("share") is None:
        return [f"Too few decisions to work out rates: it takes {RATES_FROM}."]
    lines = [
        f"{whole['followed']:,} of {whole['known']:,} decisions ({100 * whole['share']:.1f} %) "
        f"took the recommended route; {whole['milder']:,} were milder and "
        f"{whole['harsher']:,} harsher."
    ]
    for verdict in ("more", "fewer"):
        names = [row["group"] for row in outlying[0].rows if row["outlier"] == verdict]
        if names:
            lines.append(f"Offices that depart in {verdict} decisions: {', '.join(names)}.")
    return lines


def _lines(found: Decisions, whole: Row, comparable: int) -> list[str]:
    counts = found.counts
    lines = [
        f"{counts['read']:,} reviews were read: {counts['decisions']:,} are decisions on cases of "
        f"the run, {counts['of_no_case_of_the_run']:,} are about other cases, "
        f"{counts['repeated']:,} repeat another review, and {counts['refused']:,} can't be used"
        + (
            " (" + ", ".join(f"{reason} {n:,}" for reason, n in found.refused.items()) + ")."
            if found.refused
            else "."
        ),
    ]
    if whole["decisions"] > whole["known"]:
        lines.append(
            f"It isn't known what was recommended for {whole['decisions'] - whole['known']:,} of "
            "them; they count as decisions, but not as followed or departed from."
        )
    if comparable < whole["cases"]:
        lines.append(
            f"Like cases are compared among the {comparable:,} cases whose recommendation is the "
            "run's; for the others, the facts of that time aren't in the run."
        )
    return lines


def _followed(part: Frame) -> Row:
    known = part.filter(pl.col("followed").is_not_null())
    followed = int(known["followed"].sum())
    row: Row = {
        "decisions": part.height,
        "cases": part["case_id"].n_unique(),
        "known": known.height,
        "followed": followed,
        "milder": int((known["lean"] < 0).sum()),
        "harsher": int((known["lean"] > 0).sum()),
    }
    if known.height >= RATES_FROM:
        row |= figures.rate(followed, known.height)
        names = ("kappa", "kappa_low", "kappa_high")
        row |= dict(zip(names, figures.kappa(matrix(known)), strict=True))
    return row


def _by(frame: Frame, keys: list[str]) -> list[Row]:
    """Measure each group, the largest first."""
    rows = [
        {name: UNKNOWN if value is None else value for name, value in zip(keys, key, strict=True)}
        | _followed(part)
        for key, part in frame.group_by(keys, maintain_order=True)
    ]
    return sorted(rows, key=lambda row: (-row["decisions"], *(row[key] for key in keys)))


def _directions(known: Frame) -> Table:
    rows: list[Row] = []
    for route, counts in zip(ROUTES, matrix(known), strict=True):
        whole, kept = sum(counts), counts[ROUTES.index(route)]
        rows.append(
            {"recommended": route, **{f"to_{r}": n for r, n in zip(ROUTES, counts, strict=True)},
             "decisions": whole, **figures.rate(kept, whole)}
        )  # fmt: skip
    return Table(
        "directions", "From what was recommended to what was decided",
        "Recommended routes in rows, decided ones in columns; the share that was followed.",
        (
            Column("recommended", "label", "recommended"),
            *(Column(f"to_{route}", "count", route) for route in ROUTES),
            DECIDED,
            *SHARE,
        ), rows,
    )  # fmt: skip


def _criteria(known: Frame, titles: Mapping[str, str]) -> Table:
    """Count departures by the criteria that were the reasons of the recommendation."""
    reasons = pl.col("reasons_then")
    one = (
        known.filter(pl.col("reasons_then").is_not_null())
        # An empty list would otherwise lose its decision.
        .with_columns(pl.when(reasons.list.len() > 0).then(reasons).otherwise([None]))
        .explode("reasons_then")
        .group_by("reasons_then")
        .agg(
            decisions=pl.len(),
            departed=(~pl.col("followed")).sum(),
            milder=(pl.col("lean") < 0).sum(),
            harsher=(pl.col("lean") > 0).sum(),
        )
        .sort("departed", "decisions", "reasons_then", descending=[True, True, False])
    )
    rows = [
        {"criterion": row["reasons_then"] or "",
         "title": titles.get(row["reasons_then"], row["reasons_then"] or "no criterion: the facts "
                             "or the guidance leave it open"),
         **{name: row[name] for name in ("decisions", "departed", "milder", "harsher")},
         **figures.rate(row["departed"], row["decisions"])}
        for row in one.iter_rows(named=True)
    ]  # fmt: skip
    return Table(
        "criteria", "Which criteria are overridden?",
        "For each criterion that was a reason of the recommendation: decisions, departures from "
        "the recommendation, and their share.",
        (
            Column("criterion", "text", "id", shown=False),
            Column("title", "label", "criterion"),
            DECIDED,
            Column("departed", "count", "departed"),
            *SHARE,
            *_LEANS,
        ), rows,
    )  # fmt: skip


def _reasons(known: Frame) -> Table:
    """Count the reasons given for departures."""
    away = known.filter(~pl.col("followed"))
    counted = away.group_by("reason_code").agg(
        departed=pl.len(),
        milder=(pl.col("lean") < 0).sum(),
        harsher=(pl.col("lean") > 0).sum(),
        in_words=pl.col("reason").is_not_null().sum(),
    )
    by_code = {row["reason_code"]: row for row in counted.iter_rows(named=True)}
    says = {**REASON_CODES, "AS_RECOMMENDED": "contradicts itself: the decision departs"}
    rows = [
        {"reason_code": code or "", "reason": f"{code}: {says[code]}" if code else "none given",
         "departed": 0, "milder": 0, "harsher": 0, "in_words": 0, **by_code.get(code, {}),
         "share": (by_code[code]["departed"] / away.height if code in by_code else 0)
         if away.height else None}
        for code in (*REASON_CODES, None)
    ]  # fmt: skip
    rows = [row | {"reason_code": row["reason_code"] or ""} for row in rows]
    return Table(
        "reasons", "Why do decisions depart?",
        "The reason code of each decision on another route than the recommended one, and how many "
        "also say why in words.",
        (
            Column("reason_code", "text", "code", shown=False),
            Column("reason", "label", "reason"),
            Column("departed", "count", "departed"),
            Column("share", "share", "share"),
            *_LEANS,
            Column("in_words", "count", "in words"),
        ), sorted(rows, key=lambda row: -int(row["departed"])),
    )  # fmt: skip
