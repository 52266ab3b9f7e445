"""Closures: those by discretion, by court, nationality, month, and code, beside published ones."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from schemas.eoir import published
from transforms.frames.frame import Frame
from transforms.oversight import figures
from transforms.oversight.floors import RATES_FROM
from transforms.oversight.hits import Counts, recall_bounds
from transforms.oversight.table import Column, Table
from transforms.report.labels import value_label

Row = dict[str, Any]
_CODES = {
    "M": "M, closed administratively, in court",
    "Y": "Y, closed administratively",
    "I": "I, terminated",
}
_TITLES = {
    "court": ("courts", "Which courts closed cases by discretion?"),
    "nationality": ("nationalities", "Whose cases were closed by discretion?"),
    "month": ("months", "When were cases closed by discretion?"),
}


@dataclass(frozen=True, kw_only=True)
class Docket:
    """The docket that closures are shares of.

    Args:
        day: Its day.
        cases: The pending cases: `case_id`, `court`, `nationality`.
    """

    day: datetime.date
    cases: Frame


def by(
    inside: Frame,
    of: str,
    docket: Docket | None = None,
    shares: Mapping[str, float] | None = None,
) -> Table:
    """Count outcomes, closures by discretion, and recommendations by court, nationality, or month.

    Args:
        inside: Columns `transforms.oversight.replay.OUTCOMES`.
        of: What to count by: `court`, `nationality`, or `month`.
        docket: The docket that closures are shares of; None without one.
        shares: The published share of closures by discretion, where there is one.
    """
    name, title = _TITLES[of]
    key = pl.col("day").dt.strftime("%Y-%m") if of == "month" else pl.col(of)
    keyed = inside.with_columns(key.alias("group"))
    counts = _of_docket(keyed, of, docket)
    groups: dict[Any, Frame] = {value: part for (value,), part in keyed.group_by("group")}
    rows = [
        {"group": group, **_group(groups.get(group, keyed.clear())), **_pending(counts.get(group)),
         "published": None if shares is None else shares.get(group)}
        for group in dict.fromkeys([*groups, *counts])
    ]  # fmt: skip
    if of == "month":
        rows.sort(key=lambda row: row["group"])
    else:
        rows.sort(key=lambda row: (-row["discretion"], -row["outcomes"], row["group"] or ""))
    for row in rows:
        row[of] = row["group"] if of == "month" else value_label(of, row["group"])
    added = [sum(numbers) for numbers in zip(*counts.values(), strict=True)]
    whole = {of: "all", **_group(inside), **_pending(added)}
    says = (
        "Outcomes, closures by discretion, and how many of these the rulebook recommends to close, "
        "or could if facts were known, as of the day before. Others: other outcomes that it "
        "recommends to close."
    )
    if docket is not None:
        says += f" Pending: on {docket.day}; of them: those that were closed by discretion."
    columns = _columns(of, docket is not None, shares is not None)
    return Table(name, title, says, columns, [whole, *rows], most=40 if of == "month" else 12)


def _of_docket(keyed: Frame, of: str, docket: Docket | None) -> dict[Any, tuple[int, int]]:
    """Count the docket's cases, and those of them that were closed by discretion, by group."""
    if docket is None:
        return {}
    closed = keyed.filter("discretion").select("case_id").unique()
    counted = docket.cases.group_by(of).agg(
        pl.len(), pl.col("case_id").is_in(closed["case_id"].implode()).sum().alias("closed")
    )
    return {group: (pending, gone) for group, pending, gone in counted.iter_rows()}


def _pending(counts: Sequence[int] | None) -> Row:
    if not counts:
        return {}
    pending, gone = counts
    share = gone / pending if pending >= RATES_FROM else None
    return {"pending": pending, "of_pending": gone, "of_pending_share": share}


def _group(part: Frame) -> Row:
    closed = part.filter("discretion")
    judged = closed.filter(pl.col("route").is_not_null())
    other = part.filter(~pl.col("discretion"), pl.col("route").is_not_null())
    yes, no = Counts.of(judged), Counts.of(other)
    row: Row = {
        "outcomes": part.height, "discretion": closed.height, "judged": yes.cases,
        "recommended": yes.close, "possible": yes.possible,
        "others_recommended": no.close,
    }  # fmt: skip
    row |= dict(zip(("recall_least", "recall_most"), recall_bounds(yes), strict=True))
    return row | figures.rate(closed.height, part.height)


def _columns(of: str, docket: bool, compared: bool) -> tuple[Column, ...]:
    columns = [
        Column(of, "label", of),
        Column("outcomes", "count", "ended"),
        Column("discretion", "count", "by dis-\ncretion"),
        Column("share", "share", "share"),
        Column("low", "low", "95 % between", shown=False),
        Column("high", "high", ""),
    ]
    if compared:
        columns.append(Column("published", "share", "published"))
    if docket:
        columns += [
            Column("pending", "count", "pending"),
            Column("of_pending", "count", "closed", shown=False),
            Column("of_pending_share", "share", "of\nthem"),
        ]
    return (
        *columns,
        Column("judged", "count", "judged", shown=False),
        Column("recommended", "count", "recom-\nmended"),
        Column("possible", "count", "could\nclose"),
        Column("recall_least", "low", "recall\nbounds", shown=False),
        Column("recall_most", "high", ""),
        Column("others_recommended", "count", "others", shown=False),
    )


def to_date(inside: Frame, docket: Docket | None) -> Table:
    """Count closures up to the days for which counts were published.

    Args:
        inside: Columns `transforms.oversight.replay.OUTCOMES`.
        docket: The docket that closures are shares of; None without one.
    """
    rows: list[Row] = []
    rows += [
        _until("all courts", day, inside, number, None, docket)
        for day, number in published.TO_DATE.items()
    ]
    for court, number in published.BY_COURT.items():
        part = inside.filter(court=court)
        rows.append(
            _until(
                value_label("court", court),
                published.BY_COURT_TO,
                part,
                number,
                None,
                docket,
                court=court,
            )
        )
    for nation, (count, share) in published.BY_NATIONALITY.items():
        part = inside.filter(nationality=nation)
        rows.append(
            _until(
                value_label("nationality", nation),
                published.BY_NATIONALITY_TO,
                part,
                count,
                share,
                docket,
                nationality=nation,
            )
        )
    return Table(
        "published", "How does that compare with what was published?",
        "Closures by discretion since the first day of the period, and as a share of the docket, "
        "beside the published figures.",
        (
            Column("group", "label", "of"),
            Column("to", "text", "to"),
            Column("discretion", "count", "closed"),
            Column("share", "share", "of\npending"),
            Column("published", "whole", "published,\nclosed"),
            Column("published_share", "share", "of\npending"),
        ), rows, most=12,
    )  # fmt: skip


def _until(
    group: str,
    day: datetime.date,
    part: Frame,
    number: int | None,
    share: float | None,
    docket: Docket | None,
    **of: str,
) -> Row:
    closed = part.filter("discretion", pl.col("day") <= day)
    row: Row = {"group": group, "to": f"{day}", "discretion": closed.height, "published": number,
                "published_share": share}  # fmt: skip
    if not of and number is not None:
        row["published_share"] = number / published.PENDING
    if docket is not None:
        pending = docket.cases.filter(**of) if of else docket.cases
        mine = closed.join(pending, on="case_id", how="semi")["case_id"].n_unique()
        row["share"] = mine / pending.height if pending.height >= RATES_FROM else None
    return row


def by_code(closed: Frame) -> Table:
    """Count closures by discretion by the court's code.

    Args:
        closed: Columns `transforms.oversight.replay.OUTCOMES`, closures by discretion.
    """
    rows: list[Row] = []
    early = closed.filter(pl.col("day") <= next(iter(published.TO_DATE)))
    for code, name in _CODES.items():
        mine, then = (part.filter(code=code).height for part in (closed, early))
        rows.append({"code": name, "discretion": mine, "share": _share(mine, closed.height),
                     "early": then, "early_share": _share(then, early.height),
                     "published": published.TERMINATED if code == "I" else None})  # fmt: skip
    return Table(
        "codes", "How were they closed?",
        "The court's own codes; and the same to March 28, 2012, beside the published share.",
        (
            Column("code", "label", "code"),
            Column("discretion", "count", "closed"),
            Column("share", "share", "share"),
            Column("early", "count", "to March\n2012"),
            Column("early_share", "share", "share"),
            Column("published", "share", "published"),
        ), rows,
    )  # fmt: skip


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole >= RATES_FROM else None
