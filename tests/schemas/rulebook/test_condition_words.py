"""Conditions in words, compared with what a lawyer would write."""

from __future__ import annotations

import pytest

from schemas.rulebook.condition_words import condition_words, settings
from schemas.rulebooks import load_text

RULEBOOK = load_text(
    "small.yaml",
    """\
id: small
title: A small rulebook
issued: 2011-11-17
summary: For tests.
sources:
  - {id: memo, title: The memo, publisher: The agency, date: 2011-11-17}
parameters:
  many: {value: 3, note: x}
  cut_off: {value: 2014-01-01, note: x}
  strict: {value: false, note: x}
  courts: {value: [BAL, DEN], note: x}
  kinds: {value: [BURGLARY], note: x}
milestones:
  - {id: turned_65, from: birth_date, years: 65}
  - {id: five_years, from: present_since, years: 5, days: 1}
  - {id: half_a_year, from: next_hearing, months: 6}
  - {id: memo_out, day: 2015-04-06}
criteria:
  - id: P1
    list: priority
    title: Threat
    cite: {source: memo, says: x}
    when: >-
      arrests >= :many OR last_entry > :cut_off OR (:strict AND served) OR court IN (:courts)
      OR ('BURGLARY' IN (:kinds) AND burglary_misdemeanors >= 1)
      OR turned_65 OR five_years OR half_a_year OR memo_out
routing:
  - {id: all, when: "TRUE", route: continue, why: x}
""",
).rulebook


@pytest.mark.parametrize(
    ("when", "lines"),
    [
        ("served", ["military service, the respondent"]),
        ("NOT unmarried", ["married"]),
        ("arrests >= :many", ["arrests: at least three (many)"]),
        ("arrests = 0", ["arrests: none"]),
        ("arrests < 12", ["arrests: fewer than 12"]),
        ("2 <= arrests", ["arrests: at least two"]),
        ("arrests BETWEEN 1 AND 3", ["arrests: from one through three"]),
        ("last_entry > :cut_off", ["latest entry: after January 1, 2014 (cut off)"]),
        ("DATE '2011-11-17' >= next_hearing", ["next hearing: on or before November 17, 2011"]),
        ("custody <> 'DETAINED'", ["custody is not detained"]),
        ("custody IN ('DETAINED', 'RELEASED')", ["custody: one of detained, released"]),
        ("court IN (:courts)", ["immigration court: one of BAL, DEN"]),
        ("turned_65", ["born: at least 65 years ago"]),
        ("NOT turned_65", ["born: less than 65 years ago"]),
        ("five_years", ["present since: more than 5 years ago"]),
        ("NOT five_years", ["present since: at most 5 years ago"]),
        ("half_a_year", ["next hearing: at least 6 months ago"]),
        ("memo_out", ["from April 6, 2015 on"]),
        ("NOT memo_out", ["before April 6, 2015"]),
        (":strict", ['the setting "strict" (here: no)']),
        ("'BURGLARY' IN (:kinds)", ['the setting "kinds" names BURGLARY (here: yes)']),
        # Parts that are turned off, or read nothing in the case, are left out.
        ("served OR (:strict AND unmarried)", ["military service, the respondent"]),
        (
            "(served AND NOT :strict) OR (arrests = 0 AND 'BURGLARY' IN (:kinds))",
            ["any of:", "- military service, the respondent", "- arrests: none"],
        ),
        (
            "served AND (:strict OR unmarried)",
            ["all of:", "- military service, the respondent", "- unmarried"],
        ),
        ("TRUE", ["always"]),
        ("priority", ["a priority holds"]),
        ("NOT favored", ["no favored class holds"]),
        ("P1", ["P1 (Threat)"]),
        ("score >= 4", ["score: at least four"]),
        (
            "arrests + removals >= 2",
            ["arrests and earlier removals together: at least two"],
        ),
        (
            "served OR (arrests = 1 AND NOT (unmarried OR served))",
            [
                "any of:",
                "- military service, the respondent",
                "- all of:",
                "  - arrests: exactly one",
                "  - not any of: unmarried; military service, the respondent",
            ],
        ),
    ],
)
def test_writes_conditions_in_words(when: str, lines: list[str]) -> None:
    assert condition_words(when, RULEBOOK) == lines


def test_names_the_settings_that_leave_out_alternatives() -> None:
    when = "arrests >= :many OR (served AND NOT :strict) OR (unmarried AND 'GANG' IN (:kinds))"
    assert settings(when, RULEBOOK) == ["strict", "kinds"]
