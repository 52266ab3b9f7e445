"""Examples: small case records with the expected result, and what is wrong with a rulebook's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from schemas.rulebook.compiled import LISTS, CompiledRulebook, Problem
from schemas.rulebook.model import Example
from transforms.explain.coverage import Coverage, coverage
from transforms.explain.example_runs import ExampleRuns, run_all
from transforms.explain.table_proofs import turned_off


@dataclass(frozen=True)
class Shown:
    """What examples prove about criteria, so that no search is needed.

    Args:
        true: Criteria that are TRUE in some example.
        false: Criteria that are FALSE in some example.
        alone: Criteria of a list that are TRUE in some example where all others of it are FALSE.
    """

    true: frozenset[str] = frozenset()
    false: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()


NOTHING_SHOWN = Shown()


def example_problems(rulebook: CompiledRulebook) -> list[Problem]:
    """Find what is wrong with a rulebook's examples: which ones fail, and what none covers.

    Args:
        rulebook: The rulebook.

    Returns:
        Problems, with the place of the example, criterion, row, or milestone in the file.
    """
    return run_examples(rulebook)[0]


def run_examples(rulebook: CompiledRulebook) -> tuple[list[Problem], Coverage, Shown]:
    """Run a rulebook's examples.

    Args:
        rulebook: The rulebook.

    Returns:
        Problems, as `example_problems`; how many examples show what; and what they show.
    """
    runs = run_all(rulebook)
    problems = [*runs.problems]
    for place, got in runs.recommended.items():
        example = rulebook.rulebook.examples[place]
        problems += [
            Problem(("examples", place), f"a value can't be used: {warning}")
            for warning in got["warnings"]
        ]
        problems += [
            Problem(("examples", place, "expect"), reason) for reason in _differences(example, got)
        ]
    problems += _not_exercised(rulebook, runs)
    rules = [got["rule"] for got in runs.recommended.values()]
    return problems, coverage(rulebook.rulebook, rules), _shown(rulebook, runs)


def _shown(rulebook: CompiledRulebook, runs: ExampleRuns) -> Shown:
    true, false, alone = set(), set(), set()
    members = {name: {c.id for c in rulebook.of_list(name)} for name in LISTS}
    for got in runs.recommended.values():
        holds = {*got["criteria_true"]}
        maybe = holds | {*got["criteria_unknown"]}
        true |= holds
        false |= {c.id for c in rulebook.criteria} - maybe
        for of_list in members.values():
            if len(of_list & maybe) == 1:
                alone |= of_list & holds
    return Shown(frozenset(true), frozenset(false), frozenset(alone))


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


def _not_exercised(rulebook: CompiledRulebook, runs: ExampleRuns) -> Iterator[Problem]:
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
    rules = {got["rule"] for got in runs.recommended.values()}
    for index, row in enumerate(rulebook.rulebook.routing):
        if row.id not in rules and turned_off(rulebook.rulebook, index) is None:
            yield Problem(("routing", index), f"no example reaches the row {row.id}")
    for index, milestone in enumerate(rulebook.milestones):
        for offset, words in ((-1, "the day before"), (0, "on"), (1, "the day after")):
            if (milestone.id, offset) not in runs.days:
                yield Problem(
                    ("milestones", index), f"no example is {words} the milestone {milestone.id}"
                )
