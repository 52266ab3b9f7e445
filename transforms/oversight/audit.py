"""Audit: on whom recommendations fall, by nationality, sex, age, and so on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from schemas.small_cells import LEAST
from transforms.frames.frame import Frame
from transforms.oversight import figures
from transforms.oversight.attributes import ATTRIBUTES, band_order
from transforms.oversight.counterfactual import Changed, changed_tables
from transforms.oversight.floors import RATES_FROM
from transforms.oversight.table import RATIO, SHARE, Column, Findings, Table
from transforms.report.labels import value_label

Row = dict[str, Any]
ROUTES = ("close", "expedite")
_DONE = {"close": "closed", "expedite": "expedited"}
_TITLES = {
    "sex": "By sex", "age": "By age", "representation": "By representation",
    "custody": "By custody", "nationality": "By nationality", "language": "By language",
    "court": "By court",
}  # fmt: skip
UNKNOWN = "not known"


def audit(people: Frame, changed: Changed) -> Findings:
    """Audit a run.

    Args:
        people: From `transforms.oversight.attributes.people`.
        changed: What a change of each protected attribute did.
    """
    rows = {name: rates(people, name) for name in ATTRIBUTES}
    every = [row for found in rows.values() for row in found]
    differing = [row for row in every if row["differs"]]
    tables = (
        *changed_tables(changed),
        _differences(differing),
        *(_rates(name, found) for name, found in rows.items()),
        _missing(people),
    )
    return Findings(
        "Audit: on whom the recommendations fall",
        tuple(_lines(people.height, every, changed)),
        tables,
        {
            "cases": people.height,
            "compared": sum(row["p_adjusted"] is not None for row in every),
            "differ": len(differing),
            "differ_among_like_cases": sum(row["differs_alike"] for row in differing),
            "moved": sum(one.moved.height for one in changed),
        },
    )


def _lines(cases: int, rows: Sequence[Row], changed: Changed) -> Iterator[str]:
    moved = sum(one.moved.height for one in changed)
    names = ", ".join(one.attribute for one in changed)
    yield (
        f"Changing {names} moved the route of no case."
        if not moved
        else f"Changing {names} moved routes {moved:,} times; the table named moved lists each."
    )
    differing = [row for row in rows if row["differs"]]
    alike = [row for row in differing if row["differs_alike"]]
    compared = sum(row["p_adjusted"] is not None for row in rows)
    yield (
        f"{len(differing):,} of {compared:,} comparisons of a group with all others differ by "
        "more than chance explains; among cases in which the same criteria hold, "
        f"{len(alike):,} of them still do."
    )
    yield (
        f"Cases audited: {cases:,}. A difference isn't a fault by itself: the groups differ in "
        "their facts, and the guidance asks about facts."
    )


def rates(people: Frame, attribute: str) -> list[Row]:
    """Compare each value of an attribute with all other cases.

    Args:
        people: From `transforms.oversight.attributes.people`.
        attribute: A column of `ATTRIBUTES`.

    Returns:
        Two rows per value, one per route; the largest group first, and not known last.
    """
    values = _values(people, attribute)
    strata = _strata(people, attribute)
    rows: list[Row] = []
    for route in ROUTES:
        whole, have = people.height, int(people[route].sum())
        of_route = []
        for value, counts in values:
            part, size = counts[route], counts["cases"]
            others = (have - part, whole - size)
            enough = size >= RATES_FROM and others[1] >= RATES_FROM
            row: Row = {
                "attribute": attribute,
                "value": value,
                "group": UNKNOWN if value is None else _label(attribute, value),
                "route": route,
                "cases": size,
                "routed": part,
                "certain": counts[f"only_{route}"] / size,
                "possible": counts[f"may_{route}"] / size,
                "p": figures.two_differ(part, size, *others) if enough else None,
            }
            row |= dict(zip(("share", "low", "high"), figures.share(part, size), strict=True))
            plain = figures.ratio(part, size, *others) if enough else figures.NOTHING
            row |= dict(zip(("ratio", "ratio_low", "ratio_high"), plain, strict=True))
            pooled = figures.pooled_ratio(_of(strata, value, route)) if enough else figures.NOTHING
            row |= dict(zip(("alike", "alike_low", "alike_high"), pooled, strict=True))
            of_route.append(row)
        for row, p in zip(of_route, figures.adjusted([r["p"] for r in of_route]), strict=True):
            row["p_adjusted"] = p
            row["differs"] = "yes" if p is not None and p < figures.ALPHA else ""
            row["differs_alike"] = row["alike_low"] is not None and not (
                row["alike_low"] <= 1 <= row["alike_high"]
            )
        rows += of_route
    places = {value: place for place, (value, _) in enumerate(values)}
    return sorted(rows, key=lambda row: places[row["value"]])


def _values(people: Frame, attribute: str) -> list[tuple[str | None, Row]]:
    counts = [pl.col(f"{kind}{route}").sum().cast(pl.Int64).alias(f"{kind}{route}")
              for route in ROUTES for kind in ("", "only_", "may_")]  # fmt: skip
    found = people.group_by(attribute).agg(pl.len().cast(pl.Int64).alias("cases"), *counts)
    rows = {row[attribute]: row for row in found.iter_rows(named=True)}
    names = [name for name in rows if name is not None]
    if attribute == "age":
        ordered = band_order(names)
    else:
        ordered = sorted(names, key=lambda name: (-rows[name]["cases"], name))
    last = [None] if None in rows else []
    return [(name, rows[name]) for name in (*ordered, *last)]


def _strata(people: Frame, attribute: str) -> Mapping[str | None, Frame]:
    """Count, for each value and group of like cases, its cases and all others."""
    counts = (
        pl.len().cast(pl.Int64).alias("cases"),
        *(pl.col(route).sum().cast(pl.Int64).alias(route) for route in ROUTES),
    )
    whole = people.group_by("alike").agg(counts)
    mine = people.group_by(attribute, "alike").agg(counts)
    both = mine.join(whole, on="alike", suffix="_all").filter(pl.col("cases_all") > pl.col("cases"))
    return {key[0]: part for key, part in both.group_by(attribute)}


def _of(strata: Mapping[str | None, Frame], value: str | None, route: str) -> Any:
    if value not in strata:
        return []
    mine, whole = pl.col(route, "cases"), pl.col(f"{route}_all", "cases_all")
    part = strata[value]
    others = part.select(whole).to_numpy() - part.select(mine).to_numpy()
    return pl.concat(
        [part.select(mine), pl.DataFrame(others, schema=["other_have", "other_cases"])],
        how="horizontal",
    ).to_numpy()


def _label(attribute: str, value: str) -> str:
    return value_label(attribute, value) if attribute in ("court", "nationality") else value


_COMPARED = (
    Column("cases", "count", "cases"),
    Column("routed", "count", "of the route", shown=False),
    Column("share", "share", "share"),
    Column("low", "low", "share, 95 % between", shown=False),
    Column("high", "high", ""),
    Column("certain", "low", "if all\nknown"),
    Column("possible", "high", ""),
    *RATIO,
    Column("alike", "number", "ratio, like cases", shown=False),
    Column("alike_low", "low", "like\ncases", of="number"),
    Column("alike_high", "high", ""),
    Column("p", "p", "p", shown=False),
    Column("p_adjusted", "p", "p, adjusted", shown=False),
    Column("differs", "text", "dif-\nfers"),
)


def _rates(attribute: str, rows: Sequence[Row]) -> Table:
    return Table(
        attribute, _TITLES[attribute],
        "The share closed and the share expedited; the share that unknown facts leave possible at "
        "least and at most; the ratio to the share of all other cases; and the same among cases in "
        "which the same criteria hold.",
        (
            Column("value", "text", "value", shown=False),
            Column("group", "label", attribute),
            Column("route", "label", "route"),
            *_COMPARED,
        ),
        [row | {"route": _DONE[row["route"]]} for row in rows],
        most=14,
    )  # fmt: skip


def _differences(rows: Sequence[Row]) -> Table:
    ordered = sorted(
        rows,
        key=lambda row: (not row["differs_alike"], row["p"], row["attribute"], row["group"]),
    )
    return Table(
        "differences", "Which groups differ from all others?",
        "Groups whose share differs by more than chance explains, adjusted for how many are "
        f"compared; those of {RATES_FROM} cases or more. First those that differ among like cases, "
        "too: what is left there comes from facts that aren't known.",
        (
            Column("attribute", "text", "attribute", shown=False),
            Column("name", "label", "group"),
            *_COMPARED[:-1],
        ),
        [row | {"name": f"{row['attribute']}: {row['group']}, {_DONE[row['route']]}"}
         for row in ordered],
        most=15,
    )  # fmt: skip


def _missing(people: Frame) -> Table:
    """Say who is asked more, and whose unknown facts keep a route from them."""
    rows: list[Row] = []
    cost = pl.col("may_close") & ~pl.col("close")
    for attribute in ATTRIBUTES:
        found = people.group_by(attribute).agg(
            pl.len().cast(pl.Int64).alias("cases"),
            pl.col("asked").mean(),
            pl.col("open").sum().cast(pl.Int64),
            cost.sum().cast(pl.Int64).alias("cost"),
        )
        for row in found.sort("cases", descending=True).iter_rows(named=True):
            value = row.pop(attribute)
            share = figures.share(row["cost"], row["cases"])
            group = UNKNOWN if value is None else _label(attribute, value)
            rows.append(
                {**row, "attribute": attribute, "value": value, "group": f"{attribute}: {group}",
                 "open_share": row["open"] / row["cases"],
                 **dict(zip(("share", "low", "high"), share, strict=True))}
            )  # fmt: skip
    rows.sort(key=lambda row: (row["cases"] < RATES_FROM, -row["share"], row["group"]))
    return Table(
        "missing", "Whose unknown facts cost them a route?",
        "How many facts are still to be asked for, on average; the share of open cases; and the "
        f"share that isn't closed, but could be if facts were known. Groups of {RATES_FROM} cases "
        f"or more first. Counts below {LEAST} are kept.",
        (
            Column("attribute", "text", "attribute", shown=False),
            Column("value", "text", "value", shown=False),
            Column("group", "label", "group"),
            Column("cases", "count", "cases"),
            Column("asked", "number", "facts\nto ask"),
            Column("open", "count", "open", shown=False),
            Column("open_share", "share", "open"),
            Column("cost", "count", "could\nclose"),
            *SHARE,
        ), rows, most=15,
    )  # fmt: skip
