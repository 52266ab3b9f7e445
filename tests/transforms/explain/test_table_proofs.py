"""What can be proved about a routing table: rows that never decide or overlap, and missing rows."""

from __future__ import annotations

import pytest

from schemas.rulebook.model import Rulebook
from schemas.rulebooks import load_text
from transforms.explain.table_proofs import table_notes, table_problems, turned_off

CRITERIA = """\
id: small
title: A small rulebook
issued: 2011-11-17
summary: For tests.
sources:
  - {id: memo, title: The memo, publisher: The agency, date: 2011-11-17}
criteria:
  - {id: P1, list: priority, title: Threat, cite: &c {source: memo, says: x}, when: arrests >= 1}
  - {id: P2, list: priority, title: Fraud, cite: *c, when: fraud_findings >= 1}
  - {id: F1, list: favored, title: Old, cite: *c, when: served}
  - {id: W1, list: factor, weight: 3, title: Ties, cite: *c, when: citizen_child}
  - {id: W2, list: factor, weight: 2, title: Care, cite: *c, when: primary_caretaker}
  - {id: W3, list: factor, weight: -1, title: Order, cite: *c, when: outstanding_order}
routing:
"""
PARAMETERS = {"enough": 4, "strict": "false"}


def book(*rows: str) -> Rulebook:
    """A rulebook with these rows: `id | when | route`."""
    parts = [[part.strip() for part in row.split("|")] for row in rows]
    table = "".join(
        f'  - {{id: {row}, when: "{when}", route: {route}, why: x}}\n' for row, when, route in parts
    )
    values = [
        f"  {name}: {{value: {value}, note: x}}\n"
        for name, value in PARAMETERS.items()
        if f":{name}" in table
    ]
    head = "parameters:\n" + "".join(values) if values else ""
    return load_text("small.yaml", head + CRITERIA + table).rulebook


def problems(*rows: str) -> list[str]:
    return [problem.reason for problem in table_problems(book(*rows))]


def notes(*rows: str) -> list[str]:
    return [note.reason for note in table_notes(book(*rows))]


BOTH = "both | priority AND favored | continue"
PRIORITY = "against | priority | expedite"
FAVORED = "for | favored | close"
ELSE = "else | TRUE | continue"
TAKEN = "the rows above it take every case in which it holds"


def test_a_complete_table_has_no_problems_and_no_notes() -> None:
    rows = (BOTH, PRIORITY, FAVORED, ELSE)
    assert problems(*rows) == notes(*rows) == []


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (
            (PRIORITY, BOTH, FAVORED, ELSE),
            f"no case can reach the row both: {TAKEN}",
        ),
        (
            (ELSE, PRIORITY),
            f"no case can reach the row against: {TAKEN}",
        ),
        (
            (BOTH, PRIORITY, FAVORED, "never | priority AND NOT priority | close", ELSE),
            "no case can reach the row never: its condition is never true",
        ),
        # The weights allow scores from -1 to 5.
        (
            ("high | score >= 6 | close", ELSE),
            "no case can reach the row high: its condition is never true",
        ),
        (
            ("lone | P1 AND NOT priority | close", ELSE),
            "no case can reach the row lone: its condition is never true",
        ),
        (
            ("fraud | NOT P1 AND NOT P2 AND priority | close", ELSE),
            "no case can reach the row fraud: its condition is never true",
        ),
    ],
)
def test_finds_a_row_that_no_case_can_reach(rows: tuple[str, ...], reason: str) -> None:
    assert problems(*rows) == [reason]


@pytest.mark.parametrize(
    ("rows", "regions"),
    [
        ((PRIORITY, FAVORED), ["no priority holds and no favored class holds"]),
        (
            (PRIORITY, "else | NOT priority AND favored | continue"),
            ["no priority holds and no favored class holds"],
        ),
        ((FAVORED,), ["no favored class holds"]),
        (
            (PRIORITY, FAVORED, "weighed | score >= :enough | close"),
            ["no priority holds and no favored class holds and the score is from -1 to 3"],
        ),
        (
            ("low | score <= 0 | continue", "high | score > 1 AND score <> 3 | close"),
            ["the score is 1 or 3"],
        ),
        (
            ("threat | P1 | expedite", "none | NOT priority | close"),
            ["a priority holds and P1 (Threat) does not hold"],
        ),
    ],
)
def test_finds_a_region_without_a_row(rows: tuple[str, ...], regions: list[str]) -> None:
    found = problems(*rows)
    assert [reason.split(" where ")[1].split(";")[0] for reason in found] == regions
    assert all(reason.startswith("no row covers a case where ") for reason in found)


def test_notes_rows_for_which_only_the_order_decides() -> None:
    assert notes(PRIORITY, FAVORED, ELSE) == [
        "the rows against and for overlap where a priority holds and a favored class holds: "
        "the upper one decides (expedite, not close)"
    ]
    # The special case belongs above the general one.
    assert notes("special | priority AND favored | close", PRIORITY, ELSE) == []
    # If both have the same outcome, the order makes no difference.
    assert notes(PRIORITY, "for | favored | expedite", ELSE) == []


def test_notes_a_row_that_a_parameter_turns_off_without_calling_it_a_problem() -> None:
    rows = ("strict | priority AND :strict | expedite", "against | priority | continue", ELSE)
    assert problems(*rows) == []
    assert notes(*rows) == ["the row strict is turned off by :strict"]
    assert turned_off(book(*rows), 0) == "strict"
    assert turned_off(book(*rows), 1) is None
    # A parameter is no excuse for a row that couldn't be reached with it, either.
    shadowed = ("against | priority | continue", "strict | priority AND :strict | expedite", ELSE)
    assert len(problems(*shadowed)) == 1
