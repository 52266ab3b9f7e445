"""Cases: the queues as rows of small numbers, and the explanations of the first ones as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from schemas.explanation import Explanation
from schemas.outcomes import STATES
from schemas.shown import shown
from schemas.words import written_day
from transforms.explain.page import MARK, sections, settled
from transforms.frames.frame import Frame
from transforms.report.vocabulary import Vocabulary

MOST_ASKED = 3
Row = dict[str, Any]


def queue_columns(cases: Frame, vocabulary: Vocabulary) -> dict[str, list[Any]]:
    """Write the cases of a queue as columns of small values.

    Args:
        cases: Columns `transforms.report.tallies.RECOMMENDED` and those of
            `transforms.report.docket.docket`, in order; `was`, the route in another run if that
            differs; `gained`, `lost`, and `causes` (`transforms.report.flows.reasons_and_causes`);
            and `mark`, why the case waits for an attorney (queue.avsc) in words.
        vocabulary: Where the words go.

    Returns:
        For each column, a value or a list of values per case; words are numbers of the vocabulary.
    """
    return {name: write(cases, vocabulary) for name, write in _COLUMNS.items()}


# By column, because rows of nested values take long to take apart.
_Write = Callable[[Frame, Vocabulary], list[Any]]


def _word(kind: str, column: str | None = None) -> _Write:
    return lambda cases, words: words.numbers(kind, cases[column or kind].to_list())


def _words(kind: str, lists: pl.Expr) -> _Write:
    return lambda cases, words: [
        words.numbers(kind, found) for found in cases.select(lists.alias(kind))[kind].to_list()
    ]


def _plain_values(values: pl.Expr) -> _Write:
    return lambda cases, _: cases.select(values.alias("values"))["values"].to_list()


def _shown(column: str) -> _Write:
    return lambda cases, _: [shown(text or "") for text in cases[column].to_list()]


_PART = pl.element().struct
_COLUMNS: dict[str, _Write] = {
    "id": _shown("case_id"),
    "court": _word("court"),
    "form": _word("form"),
    "state": _plain_values(
        pl.col("state").replace_strict({state: n for n, state in enumerate(STATES)})
    ),
    "low": _plain_values(pl.col("score_low")),
    "high": _plain_values(pl.col("score_high")),
    "reason": _words("criterion", pl.col("reasons").list.eval(_PART.field("criterion"))),
    "check": _words(
        "check",
        pl.col("checks").list.eval(
            pl.format("{}={}", _PART.field("fact"), _PART.field("presumed"))
        ),
    ),
    "ask": _words("fact", pl.col("missing_facts").list.head(MOST_ASKED)),
    "asked": _plain_values(pl.col("missing_facts").list.len()),
    "settles": _words("fact", pl.col("settling_facts")),
    "review": _words("review", pl.col("review_reasons").list.eval(_PART.field("reason"))),
    "why": _words("why", pl.col("review_reasons").list.eval(_PART.field("kind").unique())),
    "conflict": _words("conflict", pl.col("conflicts")),
    "warning": _words("warning", pl.col("warnings").list.unique().fill_null([])),
    "gained": _words("criterion", pl.col("gained").fill_null([])),
    "lost": _words("lost", pl.col("lost").fill_null([])),
    "cause": _words("cause", pl.col("causes").fill_null([])),
    "on": _plain_values(pl.col("changes_on").cast(pl.String).fill_null("")),
    "to": _word("to", "changes_to"),
    "hearing": _shown("next_hearing"),
    "custody": _word("custody"),
    "age": _word("age"),
    "representation": _word("representation"),
    "calendar": _word("calendar"),
    "was": _word("was"),
    "mark": _word("mark"),
}


def explained(explanation: Explanation) -> list[Any]:
    """Write an explanation: how far its route is settled, and headings with their paragraphs.

    Args:
        explanation: The explanation.

    Returns:
        Texts, and then `[heading, [[level, text], ...]]`; the level is 0, or 1 for what belongs to
        the paragraph above.
    """
    return [
        [item.text for item in settled(explanation)],
        [
            [heading, [[int(item.first > 2), item.text] for item in items]]
            for heading, items in sections(explanation).items()
        ],
    ]


def plain_rows(columns: dict[str, Sequence[Any]], lists: dict[str, list[Any]]) -> list[Row]:
    """Write the first cases of a queue in words, as a page without a script shows them.

    Args:
        columns: As of `queue_columns`, cut to as many cases as are shown.
        lists: The vocabulary.

    Returns:
        A row per case.
    """
    names = list(columns)
    return [
        _plain(dict(zip(names, values, strict=True)), lists)
        for values in zip(*columns.values(), strict=True)
    ]


def _plain(row: Row, lists: dict[str, list[Any]]) -> Row:
    low, high = row["low"], row["high"]
    return {
        "id": row["id"],
        "court": lists["court"][row["court"]][1] if row["court"] >= 0 else "not known",
        "state": row["state"],
        "review": bool(row["review"]),
        "mark": lists["mark"][row["mark"]][1] if row["mark"] >= 0 else "",
        "score": str(low) if low == high else f"{low} to {high}",
        "reasons": [_marked(lists["criterion"][number]) for number in row["reason"]],
        "ask": [_marked(lists["fact"][number]) for number in row["ask"]],
        "hearing": written_day(row["hearing"]),
        "changes": f"{lists['to'][row['to']]} on {written_day(row['on'])}" if row["on"] else "",
    }


def _marked(entry: Sequence[Any]) -> str:
    """Return the name of a criterion or a fact, marked if the law protects it."""
    return f"{entry[1]} {MARK}" if entry[-1] else str(entry[1])
