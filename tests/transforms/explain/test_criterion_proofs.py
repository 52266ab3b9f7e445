"""Criteria that can never be TRUE or FALSE, or never matter; and the result for an empty record."""

from __future__ import annotations

import pytest

from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebooks import load_text
from transforms.explain.criterion_proofs import criterion_notes, criterion_problems
from transforms.explain.empty_record import empty_record_problems

TEXT = """\
id: small
title: A small rulebook
issued: 2011-11-17
summary: For tests.
sources:
  - {id: memo, title: The memo, publisher: The agency, date: 2011-11-17}
presumptions:
  - id: record
    presume: {felony_convictions: 0, arrests: 0}
    basis: {when: charges_seen, says: the charges were seen}
    reason: {close: A check is made.}
criteria:
  - {id: P1, list: priority, title: P, cite: &c {source: memo, says: x}, when: arrests >= 2}
  - {id: P2, list: priority, title: P, cite: *c, when: felony_convictions >= 1}
  - {id: F1, list: favored, title: F, cite: *c, when: served}
  - {id: W1, list: factor, weight: 3, title: W, cite: *c, when: citizen_child}
routing:
  - {id: both, when: priority AND favored, route: continue, why: x}
  - {id: against, when: priority, route: expedite, why: x}
  - {id: for, when: favored, route: close, why: x}
  - {id: assessed, when: score >= 3, route: continue, why: x}
  - {id: else, when: "TRUE", route: continue, why: x}
"""


def small(*changes: tuple[str, str]) -> CompiledRulebook:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return load_text("small.yaml", text)


def test_a_valid_criterion_has_no_problems_and_no_notes() -> None:
    rulebook = small()
    for found in (criterion_problems, criterion_notes, empty_record_problems):
        assert list(found(rulebook)) == []


@pytest.mark.parametrize(
    ("change", "place", "reason"),
    [
        (("arrests >= 2", "arrests >= 2 AND arrests < 1"), 0, "P1 can never be TRUE: no case"),
        (("arrests >= 2", "arrests >= 0"), 0, "P1 can never be FALSE: every case meets it"),
        (("when: served", "when: served OR NOT served"), 2, "F1 can never be FALSE"),
        (("weight: 3", "weight: 0"), 3, "W1 can never matter: its weight is 0"),
        (
            ("id: F1, list: favored", "id: F1, list: finding"),
            2,
            "F1 can never matter: no row, rule of human review, or other criterion names it",
        ),
    ],
)
def test_finds_what_is_wrong_with_a_criterion(
    change: tuple[str, str], place: int, reason: str
) -> None:
    [problem] = criterion_problems(small(change))
    assert problem.path == ("criteria", place)
    assert problem.reason.startswith(reason)


def test_a_list_that_no_row_reads_makes_no_difference() -> None:
    rulebook = small(
        ("  - {id: both, when: priority AND favored, route: continue, why: x}\n", ""),
        ("  - {id: for, when: favored, route: close, why: x}\n", ""),
    )
    assert [p.reason for p in criterion_problems(rulebook)] == [
        "F1 can never matter: nothing reads whether one of the favored classes holds"
    ]


def test_a_finding_that_is_judged_or_named_matters() -> None:
    finding = ("id: F1, list: favored", "id: F1, list: finding")
    judged = ("when: served}", "when: served, judgment: {why: x}}")
    named = ("when: citizen_child", "when: citizen_child AND F1")
    assert list(criterion_problems(small(finding, judged))) == []
    assert list(criterion_problems(small(finding, named))) == []


def test_notes_a_criterion_that_another_always_accompanies() -> None:
    [note] = criterion_notes(small(("felony_convictions >= 1", "arrests >= 5")))
    assert note.path == ("criteria", 1)
    assert note.reason == ("P2 never decides: whenever it holds, so does another of the priorities")


def test_notes_a_criterion_that_a_parameter_turns_off() -> None:
    rulebook = small(
        ("arrests >= 2", "arrests >= 2 AND :strict"),
        ("criteria:\n", "parameters:\n  strict: {value: false, note: x}\ncriteria:\n"),
    )
    assert list(criterion_problems(rulebook)) == []
    assert [n.reason for n in criterion_notes(rulebook)] == ["P1 is turned off by its parameters"]


def test_notes_factors_that_only_order_the_queue() -> None:
    row = "  - {id: assessed, when: score >= 3, route: continue, why: x}\n"
    [note] = criterion_notes(small((row, "")))
    assert note.reason == "no row reads the score: the factors order the queue and decide nothing"


@pytest.mark.parametrize("route", ["close", "expedite"])
def test_finds_a_table_that_closes_or_expedites_an_empty_record(route: str) -> None:
    verb = {"close": "closes", "expedite": "expedites"}[route]
    rulebook = small(
        ('when: "TRUE", route: continue', f'when: "TRUE", route: {route}'),
        ("priority AND favored, route: continue", f"priority AND favored, route: {route}"),
        ("when: priority, route: expedite", f"when: priority, route: {route}"),
        ("when: favored, route: close", f"when: favored, route: {route}"),
        ("score >= 3, route: continue", f"score >= 3, route: {route}"),
    )
    [problem] = empty_record_problems(rulebook)
    assert problem.path[0] == "routing"
    assert f"{verb} a case about which nothing is known" in problem.reason


def test_finds_a_presumption_without_a_basis() -> None:
    [problem] = empty_record_problems(small(("when: charges_seen", 'when: "TRUE"')))
    assert problem.path == ("presumptions", 0, "basis")
    assert problem.reason.startswith("the basis of record holds for a case about which nothing is")
