"""Compile a rulebook: check every condition, and turn it into a tree over fact frames."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field

from schemas.errors import ConditionError
from schemas.facts import FACTS
from schemas.rulebook.compiled import (
    LISTS,
    SCORE,
    CompiledCriterion,
    CompiledPresumption,
    CompiledRulebook,
    MilestoneSpan,
    Problem,
)
from schemas.rulebook.condition import Condition, Names, Parameter
from schemas.rulebook.conditions import compile_condition
from schemas.rulebook.model import (
    Criterion,
    HumanReview,
    Milestone,
    Presumption,
    RoutingRow,
    Rulebook,
    Scope,
)
from schemas.rulebook.shape import shape_problems, unused_problems
from schemas.rulebook.tree import column, joined

# How many criteria the rows of the routing table may name, and how large the table may become.
MOST_NAMED, MOST_STATES = 8, 4_000_000
# The longest time from a date to a milestone: more than a lifetime.
LONGEST = {"years": 150, "months": 1_800, "days": 55_000}


def digest(rulebook: Rulebook) -> str:
    """Return the SHA-256 of a rulebook's content, whatever its file's layout."""
    content = json.dumps(rulebook.model_dump(mode="json", by_alias=True), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def compile_rulebook(rulebook: Rulebook) -> tuple[CompiledRulebook | None, list[Problem]]:
    """Compile a rulebook, and list everything that is wrong with its conditions.

    Args:
        rulebook: The rulebook.

    Returns:
        The compiled rulebook (None if there are problems), and the problems.
    """
    work = _Compilation(rulebook)
    work.run()
    problems = [
        *work.problems,
        *shape_problems(rulebook),
        *unused_problems(rulebook, work.criteria, work.parameters_used),
    ]
    if problems:
        return None, problems
    compiled = CompiledRulebook(
        rulebook=rulebook,
        digest=digest(rulebook),
        criteria=tuple(work.criteria),
        milestones=tuple(work.milestones),
        presumptions=tuple(work.presumptions),
        routing=tuple(work.routing),
        human_review=tuple(work.human_review),
        scopes=work.scopes,
    )
    return compiled, []


@dataclass(slots=True)
class _Compilation:
    rulebook: Rulebook
    problems: list[Problem] = field(default_factory=list)
    criteria: list[CompiledCriterion] = field(default_factory=list)
    milestones: list[MilestoneSpan] = field(default_factory=list)
    presumptions: list[CompiledPresumption] = field(default_factory=list)
    human_review: list[tuple[HumanReview, Condition]] = field(default_factory=list)
    routing: list[Condition] = field(default_factory=list)
    scopes: dict[str, Condition] = field(default_factory=dict)
    parameters_used: set[str] = field(default_factory=set)

    def run(self) -> None:
        for index, milestone in enumerate(self.rulebook.milestones):
            self.add_milestone(("milestones", index), milestone)
        for index, criterion in enumerate(self.rulebook.criteria):
            self.add_criterion(("criteria", index), criterion)
        for index, presumption in enumerate(self.rulebook.presumptions):
            self.add_presumption(("presumptions", index), presumption)
        for index, review in enumerate(self.rulebook.human_review):
            self.add_human_review(("human_review", index), review)
        for index, row in enumerate(self.rulebook.routing):
            self.add_row(("routing", index), row)
        for index, scope in enumerate(self.rulebook.scopes):
            self.add_scope(("scopes", index), scope)

    def problem(self, path: tuple[str | int, ...], reason: str) -> None:
        if Problem(path, reason) not in self.problems:
            self.problems.append(Problem(path, reason))

    def values(self) -> dict[str, Parameter]:
        return {name: note.value for name, note in self.rulebook.parameters.items()}

    def names(self, conditions: dict[str, Condition] | None = None) -> Names:
        ids = frozenset(milestone.id for milestone in self.rulebook.milestones)
        return Names(ids, conditions or {}, self.values(), {})

    def compile(self, path: tuple[str | int, ...], text: str, names: Names) -> Condition | None:
        self.parameters_used |= set(re.findall(r":(\w+)", text))
        try:
            return compile_condition(text, names)
        except ConditionError as error:
            self.problem(path, str(error))
            return None

    def add_milestone(self, path: tuple[str | int, ...], milestone: Milestone) -> None:
        if milestone.day is not None:
            self.milestones.append(MilestoneSpan(milestone.id, None, 0, 0, 0, milestone.day))
            return
        fact = FACTS.get(milestone.since or "")
        if fact is None or fact.kind != "date":
            self.problem((*path, "from"), f"{milestone.since} is not a date fact")
        years = self.length((*path, "years"), milestone.years)
        months = self.length((*path, "months"), milestone.months)
        days = self.length((*path, "days"), milestone.days)
        if years is None or months is None or days is None:
            return
        span = MilestoneSpan(milestone.id, milestone.since, years, months, days)
        self.milestones.append(span)
        for unit, most in LONGEST.items():
            if not 0 <= getattr(span, unit) <= most:
                self.problem((*path, unit), f"must be from 0 to {most}")
        if span.years == span.months == span.days == 0:
            self.problem(path, f"{milestone.id} must be later than {milestone.since}")

    def length(self, path: tuple[str | int, ...], written: int | str) -> int | None:
        """Return a number of years, months, or days: a literal, or a parameter's value."""
        if isinstance(written, int):
            return written
        name = written.removeprefix(":")
        value = self.values().get(name)
        self.parameters_used.add(name)
        if isinstance(value, bool) or not isinstance(value, int):
            self.problem(path, f"{written} is not a whole-number parameter")
            return None
        return value

    def add_criterion(self, path: tuple[str | int, ...], criterion: Criterion) -> None:
        condition = self.compile(
            (*path, "when"), criterion.when, self.names(self.earlier(criterion))
        )
        if condition is None:
            return
        for fact in condition.facts:
            if FACTS[fact].protected and fact not in criterion.protected:
                self.problem(
                    (*path, "when"),
                    f"{fact} is a protected attribute; only a criterion that quotes guidance "
                    f"using it may read it, and says so with `protected: [{fact}]`",
                )
        citation = ""
        if criterion.cite is None:
            self.problem(path, f"criterion {criterion.id} has no citation (`cite`)")
        elif criterion.cite.source not in {source.id for source in self.rulebook.sources}:
            self.problem((*path, "cite"), f"there is no source {criterion.cite.source}")
        else:
            citation = self.rulebook.citation(criterion)
        judgment = condition if criterion.judgment is not None else None
        if criterion.judgment is not None and criterion.judgment.when is not None:
            names = self.names(self.earlier(criterion))
            judgment = self.plain((*path, "judgment", "when"), criterion.judgment.when, names)
        self.criteria.append(CompiledCriterion(criterion, condition, citation, judgment))

    def earlier(self, criterion: Criterion) -> dict[str, Condition]:
        """Return what a criterion may name: earlier criteria and, if on neither list, the lists."""
        named = self.so_far()
        return {
            name: condition
            for name, condition in named.items()
            if name not in LISTS or criterion.list not in LISTS
        }

    def so_far(self) -> dict[str, Condition]:
        conditions = {compiled.id: compiled.condition for compiled in self.criteria}
        for name in LISTS:
            conditions[name] = either(
                [c.condition for c in self.criteria if c.criterion.list == name]
            )
        return conditions

    def add_presumption(self, path: tuple[str | int, ...], presumption: Presumption) -> None:
        for name, value in presumption.presume.items():
            fact = FACTS.get(name)
            if fact is None:
                self.problem((*path, "presume", name), f"unknown fact {name}")
            elif fact.kind not in ("bool", "count"):
                self.problem((*path, "presume", name), f"a {fact.kind} cannot be presumed")
            elif isinstance(value, bool) != (fact.kind == "bool"):
                self.problem((*path, "presume", name), f"{name} is a {fact.kind}")
        basis = self.about_facts((*path, "basis", "when"), presumption.basis.when)
        against = [
            self.about_facts((*path, "against", index, "when"), one.when)
            for index, one in enumerate(presumption.against)
        ]
        conditions = tuple(condition for condition in against if condition is not None)
        if basis is not None:
            self.presumptions.append(CompiledPresumption(presumption, basis, conditions))

    def add_human_review(self, path: tuple[str | int, ...], review: HumanReview) -> None:
        condition = self.plain((*path, "when"), review.when, self.names(self.so_far()))
        if condition is not None:
            self.human_review.append((review, condition))

    def add_scope(self, path: tuple[str | int, ...], scope: Scope) -> None:
        if scope.cite.source not in {source.id for source in self.rulebook.sources}:
            self.problem((*path, "cite"), f"there is no source {scope.cite.source}")
        condition = self.about_facts((*path, "when"), scope.when)
        if condition is not None:
            self.scopes[scope.id] = condition

    def plain(self, path: tuple[str | int, ...], text: str, names: Names) -> Condition | None:
        condition = self.compile(path, text, names)
        if condition and any(FACTS[fact].protected for fact in condition.facts):
            self.problem(path, "a protected attribute may be read only by a cited criterion")
        return condition

    def about_facts(self, path: tuple[str | int, ...], text: str) -> Condition | None:
        condition = self.plain(path, text, self.names())
        if condition and condition.milestones:
            self.problem(
                path, f"{condition.milestones[0]} is a milestone; only facts can be read here"
            )
        return condition

    def add_row(self, path: tuple[str | int, ...], row: RoutingRow) -> None:
        names = (*LISTS, *(compiled.id for compiled in self.criteria))
        columns = {name: Condition(column(name)) for name in names}
        rows_read = Names({}, columns, self.values(), {"score": SCORE}, facts=False)
        condition = self.compile((*path, "when"), row.when, rows_read)
        if condition is None:
            return
        self.routing.append(condition)
        named = {name for one in self.routing for name in one.named} - {*LISTS}
        cuts = {cut for one in self.routing for cut in one.cuts}
        states = 3 ** (2 + len(named)) * (1 + len(cuts)) ** 2
        if len(named) > MOST_NAMED:
            self.problem(
                path,
                f"the rows name more than {MOST_NAMED} criteria; combine some of them into one",
            )
        elif states > MOST_STATES:
            self.problem(
                path, "the rows name too many criteria and numbers; combine some of them into one"
            )


def either(conditions: list[Condition]) -> Condition:
    """Make the condition that one of several holds."""
    return Condition(
        joined("or", tuple(condition.tree for condition in conditions)),
        tuple(dict.fromkeys(fact for c in conditions for fact in c.facts)),
        tuple(dict.fromkeys(name for c in conditions for name in c.milestones)),
    )
