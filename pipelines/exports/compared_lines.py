"""A comparison as tables of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipelines.cli.table import paragraph, table_lines
from pipelines.exports.compared import Compared
from pipelines.exports.not_routed import in_words
from schemas.codes import court_names
from schemas.outcomes import ROUTES
from schemas.rulebook.compiled import CompiledRulebook
from schemas.shown import shown
from schemas.words import criterion_name
from transforms.export.compare import GAINED, LOST
from transforms.frames.frame import Frame

MOST = 8
_NOWHERE = "not there"


def compared_lines(compared: Compared) -> Iterator[str]:
    """Say what two sides have in common and what not.

    Args:
        compared: The comparison.

    Yields:
        Lines.
    """
    counts = compared.counts
    yield paragraph(f"from: {shown(compared.first[0])}", "      ")
    yield paragraph(f"to:   {shown(compared.second[0])}", "      ")
    yield ""
    yield from _matrix(compared.flows)
    only = [("the first", counts["only_in_first"]), ("the second", counts["only_in_second"])]
    yield paragraph(
        f"  {counts['in_both']:,} cases are in both, and {counts['moved']:,} of them moved; "
        + " and ".join(f"{number:,} only in {name}" for name, number in only),
        "  ",
    )
    if counts["other_state"]:
        yield paragraph(
            f"  {counts['other_state']:,} have the same route, but another state (on the record, "
            "after checks, or open)",
            "  ",
        )
    for side, parts in compared.apart.items():
        if parts:
            yield paragraph(f"  not in {side}: {in_words(parts)}", "  ")
    for side, (name, book), title in (
        (LOST, compared.first, "Reasons given before, no longer"),
        (GAINED, compared.second, "Reasons given now, not before"),
    ):
        del name
        yield from _reasons(compared.reasons.filter(side=side), book, title, counts["moved"])
    yield from _courts(compared.flows)


def _matrix(flows: Frame) -> list[str]:
    """Tabulate the routes: from in rows, to in columns."""
    counted = _by(flows, ["from_route", "to_route"])
    ends: list[str | None] = [*ROUTES]
    to = [*ends, None] if any(key[1] is None for key in counted) else ends
    start = [*ends, None] if any(key[0] is None for key in counted) else ends
    rows = []
    for one in start:
        numbers = [counted.get((one, other), 0) for other in to]
        rows.append((one or _NOWHERE, [f"{n:,}" for n in (*numbers, sum(numbers))]))
    totals = [sum(counted.get((one, other), 0) for one in start) for other in to]
    rows.append(("all", [f"{n:,}" for n in (*totals, sum(totals))]))
    return table_lines("From", [*(f"to\n{other or _NOWHERE}" for other in to), "all"], rows)


def _reasons(part: Frame, book: CompiledRulebook, title: str, whole: int) -> Iterator[str]:
    if part.is_empty():
        return
    titles = {one.id: one.criterion.title for one in book.criteria}
    counted = _by(part, ["criterion"])
    rows = [
        (_criterion(name, titles), [f"{n:,}", f"{100 * n / whole:.1f} %"])
        for (name,), n in sorted(counted.items(), key=lambda item: (-item[1], item[0][0] or ""))
    ]
    more: list[tuple[str, list[str]]] = (
        [(f"... and {len(rows) - MOST:,} more", [])] if len(rows) > MOST else []
    )
    yield ""
    yield from table_lines(title, ["moved", "share"], [*rows[:MOST], *more])


def _criterion(name: str | None, titles: dict[str, str]) -> str:
    if name is None:
        return "no reason differs: other weights, rows, or unknown facts"
    return criterion_name(name, titles[name]) if name in titles else shown(name)


def _courts(flows: Frame) -> Iterator[str]:
    both = flows.drop_nulls(["from_route", "to_route"])
    away = pl.col("from_route") != pl.col("to_route")
    moved = pl.col("cases").filter(away)
    rows = both.group_by("court").agg(
        pl.col("cases").sum(),
        moved.sum().alias("moved"),
        *(moved.filter(pl.col("to_route").filter(away) == r).sum().alias(r) for r in ROUTES),
    )
    if rows.is_empty():
        return
    rows = rows.sort(-pl.col("moved").cast(pl.Int64), "court", nulls_last=True)
    names = court_names()
    lines = [
        (
            "not known" if court is None else f"{shown(court)} {names.get(court, '')}".strip(),
            [f"{cases:,}", f"{moved:,}", f"{100 * moved / cases:.1f} %", *(f"{n:,}" for n in to)],
        )
        for court, cases, moved, *to in rows.iter_rows()
    ]
    yield ""
    heads = ["cases", "moved", "share", *(f"to\n{route}" for route in ROUTES)]
    yield from table_lines("By court", heads, lines)


def _by(frame: Frame, names: list[str]) -> dict[tuple[str | None, ...], int]:
    counted = frame.group_by(names).agg(pl.col("cases").sum())
    return {tuple(row[:-1]): row[-1] for row in counted.iter_rows()}
