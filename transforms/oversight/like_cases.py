"""Like cases: the tables about people in like positions who were decided unlike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.outcomes import ROUTES
from transforms.frames.frame import Frame
from transforms.oversight import alike, figures
from transforms.oversight.floors import COMPARED_FROM
from transforms.oversight.table import Column, Table

Row = dict[str, Any]


def tables(same: Frame, titles: Mapping[str, str]) -> tuple[Table, ...]:
    """Make the tables.

    Args:
        same: From `transforms.oversight.alike.comparable`.
        titles: The name of each criterion, by id.
    """
    groups = alike.strata(same)
    return (_alike(same), _elsewhere(same), _strata(groups, titles), _members(same, groups))


def _elsewhere(same: Frame) -> Table:
    """Compare each office with the others on like cases."""
    rows: dict[str, Row] = {}
    for route in ("close", "expedite"):
        for office, part in alike.elsewhere(same, route):
            if part["cases"].sum() < COMPARED_FROM:
                continue
            row = rows.setdefault(office, {"office": office, "cases": int(part["cases"].sum())})
            row[route] = int(part["have"].sum())
            names = (f"{route}_ratio", f"{route}_low", f"{route}_high")
            row |= dict(zip(names, figures.pooled_ratio(part.rows()), strict=True))
    return Table(
        "elsewhere", "Would the same person have fared better elsewhere?",
        "Each office beside all others, on like cases: how many times as often its cases are "
        "closed, and expedited. 1 is as often; by chance alone, one interval in twenty excludes 1. "
        f"Offices with {COMPARED_FROM} like cases or more.",
        (
            Column("office", "label", "office"),
            Column("cases", "count", "cases"),
            *_ratio("close", "closed"), *_ratio("expedite", "expedited"),
        ), sorted(rows.values(), key=lambda row: (-(row["close_ratio"] or 0), row["office"])),
        most=12,
    )  # fmt: skip


def _ratio(route: str, head: str) -> Iterator[Column]:
    yield Column(route, "count", head)
    yield Column(f"{route}_ratio", "number", "ratio")
    yield Column(f"{route}_low", "low", "95 %\nbetween", of="number")
    yield Column(f"{route}_high", "high", "")


def _alike(same: Frame) -> Table:
    rows = [
        {**row, "share": row["unlike"] / row["pairs"] if row["pairs"] else None}
        for row in alike.pairs(same)
    ]
    return Table(
        "pairs", "Are people in like positions decided alike?",
        "Pairs of cases for which the same route was recommended, as firmly, and on whose record "
        "the same criteria hold; and how many of the pairs were decided unlike. If offices decided "
        "alike, pairs in two offices would differ no more often than those of one attorney.",
        (
            Column("who", "label", "decided"),
            Column("pairs", "whole", "pairs"),
            Column("unlike", "whole", "unlike"),
            Column("share", "share", "share"),
        ), rows,
    )  # fmt: skip


def _strata(groups: Frame, titles: Mapping[str, str]) -> Table:
    def words(row: Row) -> str:
        names = [titles.get(one, one) for one in row["criteria"]]
        return f"{row['stratum']}. {row['route_then']}: " + ("; ".join(names) or "no criterion")

    rows = [
        {**row, "alike": words(row), "criteria": " ".join(row["criteria"]),
         "state": (row["state"] or "").lower().replace("_", " ")}
        for row in groups.iter_rows(named=True)
    ]  # fmt: skip
    return Table(
        "strata", "Which like cases were decided unlike?",
        "Each group: what was recommended, the criteria that hold, and how its cases were decided. "
        "The table named unlike lists the cases.",
        (
            Column("stratum", "whole", "group", shown=False),
            Column("route_then", "text", "recommended", shown=False),
            Column("state", "text", "how firm", shown=False),
            Column("criteria", "text", "criteria", shown=False),
            Column("alike", "label", "recommended, and what holds"),
            Column("cases", "count", "cases"),
            *(Column(route, "count", route) for route in ROUTES),
            Column("offices", "whole", "offices"),
            Column("unlike", "whole", "pairs\nunlike"),
        ), rows, most=8,
    )  # fmt: skip


def _members(same: Frame, groups: Frame) -> Table:
    return Table(
        "unlike", "The cases decided unlike",
        "A row per case of those groups.",
        (
            Column("stratum", "whole", "group"),
            Column("case_id", "label", "case"),
            Column("office", "text", "office"),
            Column("reviewer", "text", "attorney"),
            Column("decided_at", "text", "decided"),
            Column("route_then", "text", "recommended"),
            Column("route", "text", "decided"),
            Column("reason_code", "text", "reason"),
        ), alike.members(same, groups).to_dicts(), most=0,
    )  # fmt: skip
