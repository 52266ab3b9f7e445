"""Shape: what is wrong with a rulebook whatever its conditions say, and what it has for nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from schemas.facts import FACTS
from schemas.rulebook.compiled import LISTS, CompiledCriterion, Problem
from schemas.rulebook.model import Rulebook

MOST_ROWS = 60


def shape_problems(rulebook: Rulebook) -> Iterator[Problem]:
    """What is wrong with a rulebook's names and weights.

    Args:
        rulebook: The rulebook.

    Yields:
        Problems.
    """
    for part in ("sources", "criteria"):
        if not getattr(rulebook, part):
            yield Problem((part,), "a rulebook, with its companions, has at least one")
    yield from _names_twice(rulebook)
    if len(rulebook.routing) > MOST_ROWS:
        yield Problem(("routing", MOST_ROWS), f"the table has more than {MOST_ROWS} rows")
    for part, ids in (
        ("criteria", [c.id for c in rulebook.criteria]),
        ("milestones", [m.id for m in rulebook.milestones]),
    ):
        for index, name in enumerate(ids):
            if name in FACTS or name in (*LISTS, "score", "as_of"):
                yield Problem((part, index, "id"), f"{name} is the name of something else")
    for index, criterion in enumerate(rulebook.criteria):
        if criterion.list == "factor" and criterion.weight is None:
            yield Problem(("criteria", index), f"factor {criterion.id} has no weight")
        if criterion.list != "factor" and criterion.weight is not None:
            yield Problem(("criteria", index, "weight"), "only a factor has a weight")


def unused_problems(
    rulebook: Rulebook, compiled: Sequence[CompiledCriterion], parameters: Collection[str]
) -> Iterator[Problem]:
    """What a rulebook has that nothing uses.

    Args:
        rulebook: The rulebook.
        compiled: Those of its criteria that compile.
        parameters: The names of the parameters that something uses.

    Yields:
        Problems.
    """
    used = {name for criterion in compiled for name in criterion.condition.milestones}
    for index, milestone in enumerate(rulebook.milestones):
        if milestone.id not in used and len(compiled) == len(rulebook.criteria):
            yield Problem(("milestones", index), f"no criterion uses the milestone {milestone.id}")
    for name in rulebook.parameters:
        if name not in parameters:
            yield Problem(("parameters", name), f"nothing uses the parameter {name}")


def _names_twice(rulebook: Rulebook) -> Iterator[Problem]:
    for part in (
        "sources",
        "scopes",
        "criteria",
        "milestones",
        "routing",
        "presumptions",
        "human_review",
    ):
        ids = [one.id for one in getattr(rulebook, part)]
        for index, name in enumerate(ids):
            if name in ids[:index]:
                yield Problem((part, index), f"{name} appears twice")
    presumed: set[str] = set()
    for index, presumption in enumerate(rulebook.presumptions):
        for fact in presumption.presume:
            if fact in presumed:
                yield Problem(("presumptions", index, "presume", fact), f"{fact} appears twice")
            presumed.add(fact)
