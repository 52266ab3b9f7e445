"""Case file: what is on file in a scenario, in words, as a trainee reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemas.facts import FACTS, Fact
from schemas.words import NOT_KNOWN, value_in_words
from transforms.explain.on_file import convictions, explained_fact

_CONVICTIONS = "convictions"
# A list of a case record that is known to be empty.
NONE_OF = {
    "entries": "no entries on file",
    "status_violations": "no violations of status",
    "removals": "no earlier removals",
    "orders": "no orders of removal",
    "fraud_findings": "no findings of immigration fraud",
    "convictions": "no convictions",
    "charges": "no charges in the Notice to Appear",
    "military_service": "no military service, by the respondent or a relative",
    "relatives": "no relatives on file",
    "caretaking": "takes care of nobody",
    "victimization": "not a victim of a crime",
    "applications": "no applications for status or relief",
    "ties": "no ties and contributions on file",
}


@dataclass(frozen=True)
class CaseFile:
    """What is on file.

    Args:
        known: What is so, a line each.
        absent: What was looked up and is not so.
    """

    known: tuple[str, ...]
    absent: tuple[str, ...]


def case_file(record: Mapping[str, Any], facts: Mapping[str, Any]) -> CaseFile:
    """Write what is on file.

    Args:
        record: A row of normalized case records.
        facts: Its row of a fact frame.

    Returns:
        The lines. A list that is known to be empty has one line, not one for each fact that it
        settles.
    """
    known = [f"conviction: {one}" for one in convictions(record[_CONVICTIONS])]
    empty = [name for name in NONE_OF if record[name] == []]
    absent = [NONE_OF[name] for name in empty]
    for fact in FACTS.values():
        if _first_field(fact) in (_CONVICTIONS, *empty):
            continue
        if value_in_words(fact, facts) == NOT_KNOWN:
            continue
        says = explained_fact(fact.name, facts).says
        (absent if _is_no(fact, facts) else known).append(says)
    return CaseFile(tuple(known), tuple(absent))


def _first_field(fact: Fact) -> str:
    return fact.fields[0].split(".")[0]


def _is_no(fact: Fact, facts: Mapping[str, Any]) -> bool:
    """Tell whether something that would weigh is known not to be so, or to number none."""
    values = [facts[column] for column in fact.columns]
    return fact.asked.weighs is not None and all(value in (False, 0) for value in values)
