"""Cases: the queues as rows of small numbers, and the explanations of the first ones as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

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
            differs; and `mark`, why the case waits for an attorney (queue.avsc) in words.
        vocabulary: Where the words go.

    Returns:
        For each column, a value or a list of values per case; words are numbers of the vocabulary.
    """
    rows = cases.to_dicts()
    return {name: [write(row, vocabulary) for row in rows] for name, write in _COLUMNS.items()}


def _word(kind: str, field: str | None = None) -> Callable[[Row, Vocabulary], Any]:
    return lambda row, words: words.number(kind, row[field or kind])


def _words(kind: str, of: Callable[[Row], Iterable[Any]]) -> Callable[[Row, Vocabulary], Any]:
    return lambda row, words: [words.number(kind, word) for word in of(row)]


_COLUMNS: dict[str, Callable[[Row, Vocabulary], Any]] = {
    "id": lambda row, _: shown(row["case_id"]),
    "court": _word("court"),
    "form": _word("form"),
    "state": lambda row, _: STATES.index(row["state"]),
    "low": lambda row, _: row["score_low"],
    "high": lambda row, _: row["score_high"],
    "reason": _words("criterion", lambda row: [one["criterion"] for one in row["reasons"]]),
    "check": _words("check", lambda row: [(c["fact"], c["presumed"]) for c in row["checks"]]),
    "ask": _words("fact", lambda row: row["missing_facts"][:MOST_ASKED]),
    "asked": lambda row, _: len(row["missing_facts"]),
    "settles": _words("fact", lambda row: row["settling_facts"]),
    "review": _words("review", lambda row: [one["reason"] for one in row["review_reasons"]]),
    "conflict": _words("conflict", lambda row: row["conflicts"]),
    "on": lambda row, _: row["changes_on"].isoformat() if row["changes_on"] else "",
    "to": _word("to", "changes_to"),
    "hearing": lambda row, _: shown(row["next_hearing"] or ""),
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
