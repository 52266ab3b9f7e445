"""Worklist: recommendations in words, one row per case (`schemas.worklist`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from schemas.codes import court_names
from schemas.outcomes import FORM_TEXTS
from schemas.worklist import COLUMNS, DECIDED, NO, YES, Column
from transforms.explain.page import MARK, STATES
from transforms.export.words import Words
from transforms.frames.days import iso_day
from transforms.frames.frame import Frame

DTYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "yes or no": pl.String(),
    "number": pl.Int32(),
    "date": pl.Date(),
}
MOST_ASKED = 5
FROM_CASES = ("case_id", "next_hearing")
SCHEMA = pl.Schema({column.name: DTYPES[column.kind] for column in COLUMNS})


def worklist(recommendations: Frame, words: Words, *, lines: bool = False) -> Frame:
    """Write recommendations in words.

    Args:
        recommendations: Columns of recommendation.avsc, and `next_hearing` (String) of the cases.
        words: What the codes say.
        lines: Whether each reason and each question of a cell is on a line of its own.

    Returns:
        The columns `SCHEMA`, one row per case, in order; the columns of decisions are null.
    """
    reason, question = ("\n", "\n") if lines else ("; ", " ")
    more = pl.col("missing_facts").list.len().cast(pl.Int64) - MOST_ASKED
    table = recommendations.select(
        "case_id",
        "court",
        pl.col("court")
        .replace_strict(court_names(), default=None, return_dtype=pl.String)
        .alias("court_name"),
        "route",
        "score_low",
        "score_high",
        "changes_on",
        "changes_to",
        "rulebook",
        "as_of",
        pl.col("opla_office").alias("office"),
        _replaced("form", FORM_TEXTS),
        _replaced("state", STATES),
        pl.when("needs_review").then(pl.lit(YES)).otherwise(pl.lit(NO)).alias("needs_review"),
        iso_day(pl.col("next_hearing")),
        pl.lit(None, pl.String).alias("confidential"),
        _ids("reasons", "criterion").list.join(" ").replace("", None).alias("criteria"),
        pl.when(more > 0).then(pl.format("{}And {} more.", pl.lit(question), more)).alias("_more"),
        *(pl.lit(None, DTYPES[column.kind]).alias(column.name) for column in DECIDED),
    )
    texts = {
        "reasons": (_ids("reasons", "criterion"), lambda ids: reason.join(words.reasons(ids))),
        "review_why": (
            _ids("review_reasons", "reason"),
            lambda reasons: reason.join(map(words.review, reasons)),
        ),
        "check": (_ids("checks", "fact"), words.check),
        "ask": (
            pl.col("missing_facts").list.head(MOST_ASKED),
            lambda facts: question.join(words.ask(facts)),
        ),
    }
    table = table.with_columns(
        _written(recommendations, name, lists, write) for name, (lists, write) in texts.items()
    )
    asked = pl.concat_str("ask", "_more", ignore_nulls=True).replace("", None).alias("ask")
    return table.with_columns(asked, _where_marked().alias("confidential")).select(SCHEMA.names())


def _replaced(column: str, texts: Any) -> pl.Expr:
    return pl.col(column).replace_strict(texts, default=pl.col(column), return_dtype=pl.String)


def _ids(column: str, field: str) -> pl.Expr:
    return pl.col(column).list.eval(pl.element().struct.field(field))


def _written(frame: Frame, name: str, lists: pl.Expr, write: Callable[[Any], str]) -> pl.Series:
    """Say each list in words. Few are distinct, so only those go through Python."""
    codes = frame.select(codes=lists)
    distinct = codes.unique(maintain_order=True)
    texts = [write(one) if one else None for one in distinct["codes"].to_list()]
    known = distinct.with_columns(pl.Series(name, texts, pl.String))
    return codes.join(known, on="codes", how="left", maintain_order="left", nulls_equal=True)[name]


def _where_marked() -> pl.Expr:
    """Name the columns of a row that hold a text marked as confidential."""
    names = [column.name for column in COLUMNS if column.marked]
    parts = [
        pl.when(pl.col(name).str.contains(MARK, literal=True)).then(pl.lit(name)) for name in names
    ]
    joined = pl.concat_str(parts, separator=" ", ignore_nulls=True)
    return pl.when(joined != "").then(joined)


def of_columns(frame: Frame, columns: tuple[Column, ...]) -> Frame:
    """Select columns of a worklist, in their order."""
    return frame.select(column.name for column in columns)
