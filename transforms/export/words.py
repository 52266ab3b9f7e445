"""The words of a worklist: what each distinct code of a recommendation says to a person."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from schemas.conflicts import CONFLICTS
from schemas.facts import FACTS
from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebook.model import Criterion
from schemas.shown import shown
from schemas.words import criterion_name, label
from transforms.explain.page import MARK


@dataclass(frozen=True)
class Words:
    """What the codes of a run's recommendations say.

    Args:
        rulebook: The run's rulebook.
    """

    rulebook: CompiledRulebook

    @functools.cached_property
    def confidential_criteria(self) -> frozenset[str]:
        """Return the ids of the criteria that read a fact that the law protects."""
        return frozenset(
            one.id
            for one in self.rulebook.criteria
            if _protected(self.rulebook.facts_read(one.condition))
        )

    @functools.cached_property
    def confidential_reviews(self) -> frozenset[str]:
        """Return the reasons for human review that rest on a fact that the law protects."""
        book = self.rulebook
        rows = zip(book.rulebook.routing, book.routing, strict=True)
        reasons = {row.why for row, read in rows if self.confidential_criteria & {*read.named}}
        reasons |= {
            rule.why for rule, read in book.human_review if _protected(book.facts_read(read))
        }
        reasons |= {
            one.criterion.judgment.why
            for one in book.criteria
            if one.criterion.judgment and one.id in self.confidential_criteria
        }
        return frozenset(reasons | {c.says for c in CONFLICTS.values() if _protected(c.facts)})

    @functools.cached_property
    def _signs(self) -> tuple[str, ...]:
        """How the reasons begin that are signs of an adverse fact, and rest on a protected one."""
        return tuple(
            f"{says.says}, but"
            for one in self.rulebook.presumptions
            for says, read in zip(one.presumption.against, one.against, strict=True)
            if _protected(self.rulebook.facts_read(read))
        )

    def reasons(self, criteria: Iterable[str]) -> Iterator[str]:
        """Say what each criterion is: its label, its title, and its citation."""
        last = None
        for name in criteria:
            one = self._criteria[name]
            text = criterion_name(name, one.title)
            if one.cite is not None:
                title = self.rulebook.rulebook.source(one.cite.source).title
                source, last = "the same" if title == last else title, title
                page = None if one.cite.page is None else f"p. {one.cite.page}"
                text += f" ({', '.join(part for part in (source, one.cite.section, page) if part)})"
            yield marked(text, name in self.confidential_criteria)

    @functools.cached_property
    def _criteria(self) -> dict[str, Criterion]:
        return {one.id: one.criterion for one in self.rulebook.criteria}

    def review(self, reason: str) -> str:
        """Say why a case needs human review."""
        secret = reason in self.confidential_reviews or reason.startswith(self._signs)
        return marked(reason, secret)

    def check(self, facts: Iterable[str]) -> str:
        """Say which presumed facts to check."""
        return "; ".join(
            marked(label(fact), bool(_protected([fact]))) for fact in dict.fromkeys(facts)
        )

    def ask(self, facts: Iterable[str]) -> Iterator[str]:
        """Ask for facts, one question each."""
        for fact in facts:
            question = FACTS[fact].question if fact in FACTS else label(fact)
            yield marked(question, bool(_protected([fact])))


def marked(text: str, secret: bool) -> str:
    """Mark a text that the law protects, and make it printable."""
    return f"{shown(text)} {MARK}" if secret else shown(text)


def _protected(facts: Iterable[str]) -> set[Any]:
    return {FACTS[fact].confidential for fact in facts if fact in FACTS} - {None}
