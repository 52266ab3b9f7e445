"""The page of an explanation, written by hand."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from schemas.explanation import Explanation
from transforms.explain.page import WIDTH, page

Day = datetime.date
SERVED = {"fact": "served", "label": "military service, the respondent"}
WARRANT = {"fact": "outstanding_warrant", "label": "outstanding criminal warrant"}
VICTIM = {
    "fact": "trafficking_victim",
    "label": "victim of human trafficking",
    "says": "victim of human trafficking",
    "confidential": "8 USC 1367",
}
CITED = {
    "source": "The memo",
    "place": "second list, F1, p. 2",
    "says": "a veteran",
    "seen": "text",
}
BARE: dict[str, Any] = {
    "case_id": "EXAMPLE-1",
    "rulebook": "small",
    "guidance": "A small rulebook",
    "as_of": "2011-11-17",
    "outcome": {"route": "continue", "form": None, "state": "OPEN", "needs_review": False},
    "rule": None,
    "why": None,
    "review_reasons": [],
    "possible_routes": ["continue"],
    "reasons": [],
    "adverse": [],
    "favorable": [],
    "convictions": [],
    "conflicts": [],
    "checks": [],
    "steps": [],
    "ask": [],
    "asked": 0,
    "changes": None,
    "weighing": {"low": -3, "high": 5, "needed": [], "points": [], "decided": False},
    "warnings": [],
    "criteria": [],
    "answers": [],
    "difference": None,
}
CLOSED: dict[str, Any] = BARE | {
    "outcome": {
        "route": "close",
        "form": "ADMINISTRATIVE_CLOSURE",
        "state": "AFTER_CHECKS",
        "needs_review": True,
    },
    "rule": "favored",
    "why": "A favored class applies, and no priority does.",
    "review_reasons": [{"kind": "RULE", "reason": "a warrant is outstanding"}],
    "possible_routes": ["close", "continue", "expedite"],
    "reasons": [
        {
            "criterion": "F1",
            "title": "Honorably discharged veteran",
            "facts": [{**SERVED, "says": "military service, the respondent"}],
            "citation": CITED,
        }
    ],
    "adverse": [{**WARRANT, "says": "outstanding criminal warrant"}],
    "favorable": [{**SERVED, "says": "military service, the respondent"}, VICTIM],
    "convictions": ["misdemeanor, theft"],
    "conflicts": [{"conflict": "MARRIED_UNMARRIED", "says": "a spouse, and unmarried"}],
    "checks": [
        {
            "reason": "The agency's record shows none.",
            "presumed": [{**WARRANT, "says": f"no kind of record {n}"} for n in range(6)],
            "not_known": [{**WARRANT, "says": "outstanding criminal warrant: not known"}],
        }
    ],
    "steps": [{"step": "SUPERVISOR_SIGNATURE", "says": "Have a supervisor sign."}],
    "ask": [
        {
            "fact": "trafficking_victim",
            "label": "victim of human trafficking",
            "question": "Has the respondent been a victim of human trafficking to this country?",
            "settles": True,
            "confidential": "8 USC 1367",
            "answers": [
                {"answer": "yes", "route": "close", "state": "AFTER_CHECKS", "needs_review": True},
                {"answer": "no", "route": "expedite", "state": "OPEN", "needs_review": False},
            ],
        },
        {
            "fact": "arrests",
            "label": "arrests",
            "question": "How many times has the respondent been arrested?",
            "settles": False,
            "answers": [],
        },
    ],
    "asked": 9,
    "changes": {"on": "2012-06-02", "to": "continue"},
    "weighing": {
        "low": 12,
        "high": 12,
        "needed": ["close: at least 9", "expedite: less than 1"],
        "points": [{"criterion": "A5", "title": "Service", "points": 12}],
        "decided": True,
    },
    "warnings": ["court:UNKNOWN_CODE"],
}


def text(content: dict[str, Any], *, everything: bool = False) -> list[str]:
    return [line.text for line in page(Explanation.model_validate(content), everything=everything)]


def test_explains_a_case_about_which_little_is_known() -> None:
    assert text(BARE) == [
        "EXAMPLE-1, as of November 17, 2011",
        "A small rulebook (small)",
        "",
        "CONTINUE",
        "  Open: it continues only because facts are unknown. Ask for them.",
        "",
        "Why",
        "  The facts that are known leave open which rule applies.",
        "",
        "It recommends. An attorney decides.",
    ]


def test_explains_a_case_with_everything_on_it() -> None:
    assert text(CLOSED) == [
        "EXAMPLE-1, as of November 17, 2011",
        "A small rulebook (small)",
        "",
        "CLOSE: offer administrative closure",
        "  After checks: it leans on presumptions. Check them before anybody acts.",
        "  Unknown facts could still make it continue or expedite.",
        "  Needs human review: A warrant is outstanding.",
        "",
        "Why",
        "  A favored class applies, and no priority does.",
        "  F1, Honorably discharged veteran: military service, the respondent",
        "      The memo, second list, F1, p. 2 (text seen)",
        "",
        "Conflicts in the record",
        "  A spouse, and unmarried.",
        "",
        "Adverse facts on file",
        "  conviction: misdemeanor, theft",
        "  outstanding criminal warrant",
        "",
        "Favorable facts on file",
        "  military service, the respondent; victim of human trafficking [confidential]",
        "",
        "Before anybody acts",
        "  - The agency's record shows none. Presumed: no kind of record 0; no kind of",
        "    record 1; no kind of record 2; and 3 more.",
        "  - Have a supervisor sign.",
        "",
        "What to ask next",
        "  1. Has the respondent been a victim of human trafficking to this country?",
        "     (trafficking-victim) [confidential]",
        "     no: expedite, open.",
        "  2. How many times has the respondent been arrested? (arrests)",
        "     No answer changes it alone.",
        "  To try an answer: --set NAME=ANSWER. 7 more could matter: see --all.",
        "",
        "Changes by itself",
        "  On June 2, 2012 the route changes to continue, with no new fact.",
        "",
        "The score (points and threshold are this project's own)",
        "  12 points. Threshold to close: at least 9; to expedite: less than 1.",
        "  +12 Service",
        "",
        "Not read, so not known",
        "  court: unknown code",
        "",
        "[confidential]: protected from disclosure by law (8 USC 1367, 8 CFR 208.6).",
        "It recommends. An attorney decides.",
    ]


def test_groups_what_a_step_settles_in_one_line() -> None:
    step = {"step": "BACKGROUND_CHECK", "says": "Run the background check."}
    checks = [
        {
            "reason": f"Reason {n}.",
            "presumed": [{**WARRANT, "says": f"no record of kind {n}"}],
            "not_known": [],
            "settled_by": "BACKGROUND_CHECK",
        }
        for n in range(2)
    ]
    lines = text(CLOSED | {"checks": checks, "steps": [step, *CLOSED["steps"]]})
    start = lines.index("Before anybody acts")
    assert lines[start : start + 5] == [
        "Before anybody acts",
        "  - Run the background check. Presumed until then: no record of kind 0; no",
        "    record of kind 1.",
        "  - Have a supervisor sign.",
        "",
    ]
    everything = text(CLOSED | {"checks": checks}, everything=True)
    assert "  - Reason 0. Presumed: no record of kind 0." in everything


def test_lists_the_first_reasons_and_names_a_document_once() -> None:
    reasons = [CLOSED["reasons"][0] | {"criterion": f"F{n}"} for n in range(1, 6)]
    lines = text(CLOSED | {"reasons": reasons})
    start = lines.index("Why")
    assert lines[start + 3] == "      The memo, second list, F1, p. 2 (text seen)"
    assert lines[start + 5] == "      the same, second list, F1, p. 2 (text seen)"
    assert lines[start + 8 : start + 10] == [
        "  and for: Honorably discharged veteran; Honorably discharged veteran (--all",
        "    says why)",
    ]


def test_names_everything_that_could_stop_accelerating_a_case() -> None:
    expedited = {"route": "expedite", "form": "ACCELERATION", "state": "AFTER_CHECKS"}
    check = {
        "reason": "No claim is on file.",
        "presumed": [SERVED | {"says": "no service"}, VICTIM],
    }
    content = CLOSED | {
        "outcome": expedited | {"needs_review": False},
        "checks": [check | {"not_known": []}],
        "steps": [],
    }
    lines = text(content)
    start = lines.index("Ask before anybody accelerates")
    assert lines[start + 1 : start + 4] == [
        "  - None of this is on file, and each could stop it: military service, the",
        "    respondent; victim of human trafficking [confidential].",
        "",
    ]


def test_with_all_lists_every_presumption_and_criterion() -> None:
    criterion = {
        "criterion": "F1",
        "list": "favored",
        "title": "Veteran",
        "value": "unknown",
        "facts": [{**SERVED, "says": "military service, the respondent: not known"}],
        "condition": "served",
        "points": None,
        "citation": CITED,
        "changes": {"on": "2012-06-02", "to": "false"},
    }
    factor = criterion | {"criterion": "A5", "list": "factor", "points": 3, "facts": []}
    lines = text(CLOSED | {"criteria": [criterion, factor]}, everything=True)
    assert "no kind of record 5. Also not known" in " ".join(" ".join(lines).split())
    start = lines.index("Favored classes")
    assert lines[start : start + 7] == [
        "Favored classes",
        "  UNKNOWN F1, Veteran",
        "          military service, the respondent: not known",
        "          The memo, second list, F1, p. 2 (text seen)",
        "          becomes false on June 2, 2012",
        "",
        "Factors",
    ]
    assert lines[start + 7] == "  UNKNOWN A5, Veteran (+3)"
    assert "Priorities" not in lines


@pytest.mark.parametrize(("on", "is_mentioned"), [("2016-11-17", True), ("2016-11-18", False)])
def test_mentions_a_change_within_five_years(on: str, is_mentioned: bool) -> None:
    content = BARE | {"changes": {"on": on, "to": "close"}}
    assert ("Changes by itself" in text(content)) is is_mentioned
    assert "Changes by itself" in text(content, everything=True)


def test_starts_with_what_the_answers_change() -> None:
    answered = BARE | {
        "answers": [{**SERVED, "says": "military service, the respondent"}],
        "difference": {"before": CLOSED["outcome"], "criteria": [["F1", "unknown", "true"]]},
    }
    lines = text(answered)
    assert lines[lines.index("With the answers given") :][:5] == [
        "With the answers given",
        "  Answered, but not on file: military service, the respondent.",
        "  Without them: close, after checks, needs human review.",
        "  With them: continue, open.",
        "  Criteria that change: F1 from unknown to true.",
    ]
    same = answered | {"difference": {"before": BARE["outcome"], "criteria": []}}
    assert "  The recommendation stays as it is: continue, open." in text(same)


def test_lists_what_nobody_asked_before_the_reasons_to_accelerate() -> None:
    expedited = {"route": "expedite", "form": "ACCELERATION", "state": "AFTER_CHECKS"}
    lines = text(CLOSED | {"outcome": expedited | {"needs_review": False}})
    assert lines.index("Ask before anybody accelerates") < lines.index("Why")
    assert "Before anybody acts" not in lines


def test_breaks_no_words_and_keeps_lines_short() -> None:
    long = {**WARRANT, "says": "well-known " * 40 + "x" * 100}
    lines = text(CLOSED | {"adverse": [long]})
    assert [line for line in lines if len(line) > WIDTH] == ["  " + "x" * 100]
    words = " ".join(lines).split()
    assert words.count("well-known") == 40
