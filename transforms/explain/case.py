"""Explain: how one case came by its recommendation, in words."""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from schemas.conflicts import CONFLICTS
from schemas.explanation import (
    Change,
    Check,
    Citation,
    Difference,
    ExplainedConflict,
    ExplainedCriterion,
    ExplainedFact,
    ExplainedReviewReason,
    ExplainedStep,
    Explanation,
    Outcome,
    Points,
    Question,
    Reason,
    Truth,
    Weighing,
)
from schemas.facts import FACTS, Fact
from schemas.outcomes import STEP_TEXTS
from schemas.rulebook.compiled import CompiledCriterion, CompiledRulebook
from schemas.rulebook.model import Criterion
from schemas.shown import shown
from transforms.explain.judged import Judged, Led
from transforms.explain.leads import answers
from transforms.explain.on_file import convictions, explained_fact, on_file, presumed_fact
from transforms.frames.frame import Frame, written_out
from transforms.route.recommendation import PASSED_THROUGH
from transforms.score.facts import derive_facts
from transforms.score.milestones import milestone_dates
from transforms.score.position import Weighing as Weighed

MOST_ASKED = 3
_TRUTHS: dict[bool | None, Truth] = {True: "true", False: "false", None: "unknown"}
_THRESHOLD = re.compile(r"\bscore\s*(>=|>|<=|<|=)\s*(?::(\w+)|(-?\d+))")
_ASKED = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than", "=": "exactly"}


def explain(
    record: Frame,
    rulebook: CompiledRulebook,
    as_of: datetime.date,
    *,
    presume: bool = True,
    given: Sequence[tuple[Fact, Mapping[str, Any]]] = (),
    everything: bool = False,
) -> Explanation:
    """Explain the recommendation for one case.

    Args:
        record: One normalized case record, with `warnings`.
        rulebook: The rulebook.
        as_of: The as-of date.
        presume: Whether to use the rulebook's presumptions.
        given: Answers to questions, which replace what is on file.
        everything: Whether to include every criterion and every question; otherwise, only the first
            questions.

    Returns:
        The explanation.
    """
    [explanation] = _explained(record, rulebook, as_of, presume, given, everything, None)
    return explanation


def explain_all(
    records: Frame,
    rulebook: CompiledRulebook,
    as_of: datetime.date,
    missing_facts: Sequence[Sequence[str]],
    *,
    presume: bool = True,
) -> list[Explanation]:
    """Explain the recommendations for many cases, as `explain` does for one.

    Args:
        records: Normalized case records, with `warnings`.
        rulebook: The rulebook.
        as_of: The as-of date.
        missing_facts: Those of each case's recommendation, so that only the answers to questions
            that are asked need to be tried.
        presume: Whether to use the rulebook's presumptions.

    Returns:
        The explanations, in order.
    """
    asked = [names[:MOST_ASKED] for names in missing_facts]
    return _explained(records, rulebook, as_of, presume, (), False, asked)


def _explained(
    records: Frame,
    rulebook: CompiledRulebook,
    as_of: datetime.date,
    presume: bool,
    given: Sequence[tuple[Fact, Mapping[str, Any]]],
    everything: bool,
    asked: Sequence[Sequence[str]] | None,
) -> list[Explanation]:
    """Explain cases; where nobody knows yet what is asked, all that could be asked is tried."""
    derived = derive_facts(records, rulebook.rulebook.counted_convictions, as_of)
    passed = records.select(
        name for name in PASSED_THROUGH if name in records.columns and name not in derived.columns
    )
    on_record = derived.hstack(passed)
    answers = {column: value for _, columns in given for column, value in columns.items()}
    answered = on_record.with_columns(
        pl.lit(value, dtype=on_record.schema[column]).alias(column)
        for column, value in answers.items()
    )
    facts = answered.to_dicts()
    if asked is None:
        read = _facts_read(rulebook)
        asked = [[name for name in read if not _known(FACTS[name], row)] for row in facts]
    # The cases as they are on file come last, if that is something else.
    also = [on_record] if given else []
    judged = Judged(rulebook, as_of, presume, pl.concat([answered, *also]))
    rows = list(judged.recommended([*asked, *([] for frame in also for _ in range(frame.height))]))
    before = [row for row, _ in rows[records.height :]]
    cases = [
        _Case(judged, place, row, facts[place], record, led)
        for place, ((row, led), record) in enumerate(zip(rows, records.to_dicts(), strict=False))
    ]
    names = [fact for fact, _ in given]
    return [
        _assembled(case, earlier, names, everything)
        for case, earlier in itertools.zip_longest(cases, before)
    ]


@dataclass(frozen=True)
class _Case:
    """A case: its recommendation, its facts, its record, and what answers would lead to."""

    judged: Judged
    place: int
    row: dict[str, Any]
    facts: dict[str, Any]
    record: dict[str, Any]
    led: Led

    @property
    def book(self) -> CompiledRulebook:
        """The rulebook."""
        return self.judged.rulebook

    def value(self, criterion: CompiledCriterion) -> Truth:
        """Return a criterion's value."""
        return _truth(criterion, self.row)

    def deciding(self, criterion: CompiledCriterion) -> tuple[ExplainedFact, ...]:
        """Return the facts that give a criterion its value."""
        names = self.judged.deciding(criterion)[self.place]
        return tuple(
            explained_fact(name, self.facts) for name in names if self.could_be(FACTS[name])
        )

    def could_be(self, fact: Fact) -> bool:
        """Tell whether a fact is known, or what it depends on is known to be true."""
        first = fact.only_if
        return first is None or self.facts[first] is True or _known(fact, self.facts)

    def true(self, toward: str) -> Iterator[CompiledCriterion]:
        """Return the criteria that are TRUE and weigh against the person, or for."""
        true = set(self.row["criteria_true"]).difference(self.row["criteria_unknown"])
        for criterion in self.judged.weighing[toward]:
            if criterion.id in true:
                yield criterion


def _assembled(
    case: _Case, before: Mapping[str, Any] | None, given: Sequence[Fact], everything: bool
) -> Explanation:
    row, book = case.row, case.book.rulebook
    rows = {one.id: one for one in book.routing}
    return Explanation(
        case_id=None if row["case_id"] is None else shown(row["case_id"]),
        rulebook=book.id,
        guidance=book.title,
        as_of=row["as_of"],
        outcome=_outcome(row),
        rule=row["rule"],
        why=rows[row["rule"]].why if row["rule"] in rows else None,
        review_reasons=tuple(ExplainedReviewReason(**reason) for reason in row["review_reasons"]),
        possible_routes=tuple(row["possible_routes"]),
        reasons=tuple(_reasons(case)),
        adverse=_weighing_facts(case, "against"),
        favorable=_weighing_facts(case, "for"),
        convictions=convictions(case.record["convictions"]),
        conflicts=tuple(_conflicts(case.facts.get("conflicts") or ())),
        checks=_checks(row["checks"], case.book),
        steps=tuple(ExplainedStep(step=step, says=STEP_TEXTS[step]) for step in row["steps"] or ()),
        ask=_questions(case, None if everything else MOST_ASKED),
        asked=len(row["missing_facts"]),
        changes=_change(row["changes_on"], row["changes_to"]),
        weighing=_weighing(case),
        warnings=tuple(shown(warning) for warning in row["warnings"] or ()),
        criteria=tuple(_criteria(case)) if everything else (),
        answers=tuple(explained_fact(fact.name, case.facts) for fact in given),
        difference=None if before is None else _difference(case, before),
    )


def _facts_read(rulebook: CompiledRulebook) -> list[str]:
    read = (rulebook.facts_read(criterion.condition) for criterion in rulebook.criteria)
    return sorted({name for names in read for name in names})


def _known(fact: Fact, facts: Mapping[str, Any]) -> bool:
    bounds = {facts[column] for column in fact.columns}
    return len(bounds) == 1 and None not in bounds


def _outcome(row: Mapping[str, Any]) -> Outcome:
    return Outcome(
        route=row["route"], form=row["form"], state=row["state"], needs_review=row["needs_review"]
    )


def _change(on: datetime.date | None, to: str | None) -> Change | None:
    return None if on is None or to is None else Change(on=on, to=to)


def _truth(criterion: CompiledCriterion, row: Mapping[str, Any]) -> Truth:
    if criterion.id in row["criteria_unknown"]:
        return "unknown"
    return "true" if criterion.id in row["criteria_true"] else "false"


def _cited(case: _Case, criterion: Criterion) -> Citation | None:
    cite = criterion.cite
    if cite is None:
        return None
    page = None if cite.page is None else f"p. {cite.page}"
    return Citation(
        source=case.book.rulebook.source(cite.source).title,
        place=", ".join(part for part in (cite.section, page) if part) or None,
        says=cite.says,
        seen=cite.seen,
    )


def _reasons(case: _Case) -> Iterator[Reason]:
    by_id = {criterion.id: criterion for criterion in case.book.criteria}
    for reason in case.row["reasons"]:
        criterion = by_id[reason["criterion"]]
        yield Reason(
            criterion=criterion.id,
            title=criterion.criterion.title,
            facts=case.deciding(criterion),
            citation=_cited(case, criterion.criterion),
        )


def _weighing_facts(case: _Case, toward: str) -> tuple[ExplainedFact, ...]:
    also = {fact.fact for criterion in case.true(toward) for fact in case.deciding(criterion)}
    known = on_file("against" if toward == "against" else "for", case.facts, also)
    if not case.record["convictions"]:
        return known
    # The convictions themselves are on file, and say more than their number.
    return tuple(
        fact
        for fact in known
        if not any(field.startswith("convictions.") for field in FACTS[fact.fact].fields)
    )


def _conflicts(ids: Sequence[str]) -> Iterator[ExplainedConflict]:
    for conflict in ids:
        yield ExplainedConflict(conflict=conflict, says=CONFLICTS[conflict].says)


def _checks(checks: Sequence[Mapping[str, Any]], rulebook: CompiledRulebook) -> tuple[Check, ...]:
    by_reason: dict[str, list[Mapping[str, Any]]] = {}
    for check in checks:
        by_reason.setdefault(check["reason"], []).append(check)
    return tuple(
        Check(
            reason=reason,
            presumed=tuple(presumed_fact(one["fact"], one["presumed"]) for one in group),
            not_known=tuple(
                explained_fact(name, dict.fromkeys(FACTS[name].columns))
                for name in dict.fromkeys(n for check in group for n in check["not_known"] or ())
            ),
            settled_by=rulebook.presumed[group[0]["fact"]].presumption.settled_by,
        )
        for reason, group in by_reason.items()
    )


def _questions(case: _Case, most: int | None) -> tuple[Question, ...]:
    return tuple(
        Question(
            fact=name,
            label=FACTS[name].label,
            question=FACTS[name].question,
            settles=name in case.row["settling_facts"],
            answers=answers([one for one in case.led if one[0].fact == name]),
            confidential=FACTS[name].confidential,
        )
        for name in case.row["missing_facts"][:most]
    )


def _weighing(case: _Case) -> Weighing:
    book, row = case.book.rulebook, case.row
    needed = []
    last = [one.id for one in book.routing].index(row["rule"]) if row["rule"] else -1
    decided = False
    for place, one in enumerate(book.routing):
        for operator, parameter, literal in _THRESHOLD.findall(one.when):
            number = book.parameters[parameter].value if parameter else literal
            needed.append(f"{one.route}: {_ASKED[operator]} {number}")
            decided = decided or place <= last
    points = [
        Points(criterion=c.id, title=c.criterion.title, points=c.criterion.weight or 0)
        for c in case.book.of_list("factor")
        if case.value(c) == "true"
    ]
    return Weighing(
        low=row["score_low"],
        high=row["score_high"],
        needed=tuple(dict.fromkeys(needed)),
        points=tuple(sorted(points, key=lambda one: -abs(one.points))),
        decided=decided,
    )


def _criteria(case: _Case) -> Iterator[ExplainedCriterion]:
    changes = _criterion_changes(case)
    for criterion in case.book.criteria:
        yield ExplainedCriterion(
            criterion=criterion.id,
            list=criterion.criterion.list,
            title=criterion.criterion.title,
            value=case.value(criterion),
            facts=case.deciding(criterion),
            condition=criterion.criterion.when,
            points=criterion.criterion.weight,
            citation=_cited(case, criterion.criterion),
            changes=changes.get(criterion.id),
        )


def _criterion_changes(case: _Case) -> dict[str, Change]:
    facts = case.judged.facts[[case.place]]
    dates = milestone_dates(facts, case.book)
    days = dates.row(0) if dates.columns else ()
    ahead = sorted({day for day in days if day and day > case.judged.as_of})
    found: dict[str, Change] = {}
    if not ahead:
        return found
    # The single case, once per day.
    each_day = written_out(facts[[0] * len(ahead)])
    weighed = Weighed(case.book, each_day, None, milestone_dates(each_day, case.book))
    values, _ = weighed.values(case.book.criteria, pl.Series(ahead, dtype=pl.Date))
    for day, later in zip(ahead, values.to_dicts(), strict=True):
        for criterion in case.book.criteria:
            after = _TRUTHS[later[criterion.id]]
            if criterion.id not in found and after != case.value(criterion):
                found[criterion.id] = Change(on=day, to=after)
    return found


def _difference(case: _Case, before: Mapping[str, Any]) -> Difference:
    values = [(c.id, _truth(c, before), case.value(c)) for c in case.book.criteria]
    return Difference(
        before=_outcome(before),
        criteria=tuple(value for value in values if value[1] != value[2]),
    )
