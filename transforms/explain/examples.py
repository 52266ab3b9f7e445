"""Running a rulebook's examples: small case records with the expected result."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from schemas.case_record import CaseRecord
from schemas.facts import high, low
from schemas.rulebook.compiled import CompiledRulebook, Problem
from schemas.rulebook.model import Example
from transforms.explain.coverage import Coverage, coverage
from transforms.explain.table_proofs import turned_off
from transforms.frames.frame import Frame
from transforms.normalize.case_frame import to_frame
from transforms.normalize.records import normalize
from transforms.route.recommendation import recommend_records
from transforms.score.facts import derive_facts
from transforms.score.milestones import milestone_dates

ONE_DAY = datetime.timedelta(days=1)


def example_problems(rulebook: CompiledRulebook) -> list[Problem]:
    """What is wrong with a rulebook's examples: those that fail, and what none exercises.

    Args:
        rulebook: The rulebook.

    Returns:
        Problems with the place of the example, criterion, row or milestone in the file.
    """
    return run_examples(rulebook)[0]


def run_examples(rulebook: CompiledRulebook) -> tuple[list[Problem], Coverage]:
    """Run a rulebook's examples.

    Args:
        rulebook: The rulebook.

    Returns:
        Problems, as `example_problems`, and what the examples show.
    """
    problems: list[Problem] = []
    exercised = _Exercised()
    for (as_of, presume), numbered in _by_day(rulebook.rulebook.examples).items():
        cases: dict[int, CaseRecord] = {}
        for index, example in numbered:
            try:
                cases[index] = _case(index, example)
            except ValueError as error:
                problems.append(Problem(("examples", index), str(error)))
        records, quarantined = normalize(to_frame(cases.values()), as_of)
        for row in quarantined.to_dicts():
            index = int(row["case_id"])
            del cases[index]
            problems.append(
                Problem(("examples", index), f"it would be quarantined: {row['detail']}")
            )
        recommended = recommend_records(records, rulebook, as_of, presume=presume)
        for index, got in zip(cases, recommended.to_dicts(), strict=True):
            example = rulebook.rulebook.examples[index]
            exercised.rules.append(got["rule"])
            problems += [
                Problem(("examples", index), f"not in good form: {warning}")
                for warning in got["warnings"]
            ]
            problems += [
                Problem(("examples", index, "expect"), reason)
                for reason in _differences(example, got)
            ]
        facts = derive_facts(records, rulebook.rulebook.counted_convictions, as_of)
        exercised.add_days(as_of, milestone_dates(facts, rulebook))
    problems += _not_exercised(rulebook, exercised)
    return problems, coverage(rulebook.rulebook, exercised.rules)


class _Exercised:
    """Which rows of the routing table were reached, and how near milestones examples came."""

    def __init__(self) -> None:
        self.rules: list[str | None] = []
        self.days: set[tuple[str, int]] = set()

    def add_days(self, as_of: datetime.date, dates: Frame) -> None:
        for column in dates.columns:
            if column == low(name := column.rsplit(".", 1)[0]):
                known = dates.filter(dates[column] == dates[high(name)])[column]
                self.days |= {(name, (as_of - day).days) for day in known}


def _by_day(
    examples: Sequence[Example],
) -> dict[tuple[datetime.date, bool], list[tuple[int, Example]]]:
    groups: dict[tuple[datetime.date, bool], list[tuple[int, Example]]] = {}
    for index, example in enumerate(examples):
        groups.setdefault((example.as_of, example.presume), []).append((index, example))
    return groups


def _case(index: int, example: Example) -> CaseRecord:
    try:
        return CaseRecord.model_validate({**example.case, "case_id": str(index)})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"case.{place}: {first['msg']}") from None


def _differences(example: Example, got: dict[str, Any]) -> Iterator[str]:
    expect = example.expect
    plain = {
        "route": got["route"],
        "rule": got["rule"],
        "form": got["form"],
        "state": got["state"],
        "needs_review": got["needs_review"],
        "changes_on": got["changes_on"],
        "changes_to": got["changes_to"],
        "reasons": [reason["criterion"] for reason in got["reasons"]],
        "checks": [check["fact"] for check in got["checks"]],
        "possible_routes": got["possible_routes"],
        "missing_facts": got["missing_facts"],
        "settling_facts": got["settling_facts"],
        "conflicts": got["conflicts"],
        "score": (got["score_low"], got["score_high"]),
    }
    for name in expect.model_fields_set - {"criteria"}:
        wanted, have = getattr(expect, name), plain[name]
        if name in ("reasons", "checks", "possible_routes", "settling_facts", "conflicts"):
            wanted, have = sorted(wanted), sorted(have)
        if wanted != have:
            yield f"{name}: expected {wanted}, got {have}"
    for criterion, wanted in expect.criteria.items():
        value: Any = criterion in got["criteria_true"]
        if criterion in got["criteria_unknown"]:
            value = "unknown"
        if value != wanted:
            yield f"criterion {criterion}: expected {wanted}, got {value}"


def _not_exercised(rulebook: CompiledRulebook, exercised: _Exercised) -> Iterator[Problem]:
    examples = rulebook.rulebook.examples
    known = {criterion.id for criterion in rulebook.criteria}
    for index, example in enumerate(examples):
        for name in example.expect.criteria:
            if name not in known:
                yield Problem(("examples", index, "expect"), f"there is no criterion {name}")
    for index, criterion in enumerate(rulebook.criteria):
        for value in (True, False):
            if not any(e.expect.criteria.get(criterion.id) is value for e in examples):
                truth = "TRUE" if value else "FALSE"
                yield Problem(
                    ("criteria", index), f"no example expects {criterion.id} to be {truth}"
                )
    for index, row in enumerate(rulebook.rulebook.routing):
        if row.id not in exercised.rules and turned_off(rulebook.rulebook, index) is None:
            yield Problem(("routing", index), f"no example reaches the row {row.id}")
    for index, milestone in enumerate(rulebook.milestones):
        for offset, words in ((-1, "the day before"), (0, "on"), (1, "the day after")):
            if (milestone.id, offset) not in exercised.days:
                yield Problem(
                    ("milestones", index), f"no example is {words} the milestone {milestone.id}"
                )
