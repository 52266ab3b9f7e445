"""Vocabulary: the words that rows of the queues share, each written once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any

from schemas.conflicts import CONFLICTS
from schemas.facts import FACTS
from schemas.outcomes import FORM_TEXTS, REVIEW_TEXTS
from schemas.rulebook.compiled import CompiledRulebook
from schemas.shown import shown
from schemas.words import warning_in_words
from transforms.explain.on_file import presumed_fact
from transforms.export.words import Words
from transforms.report.labels import cause_label, criterion_label, value_label

NONE = -1
PLAIN = ("court", "custody", "age", "representation", "calendar", "was", "mark")


class Vocabulary:
    """Words by kind, each with the number by which rows name it.

    Args:
        rulebook: The rulebook that names criteria.
    """

    def __init__(self, rulebook: CompiledRulebook) -> None:
        self._words: dict[str, dict[Hashable, int]] = {}
        self._rulebook = rulebook
        self._citations = {one.id: one.citation for one in rulebook.criteria}
        self._texts = Words(rulebook)

    def numbers(self, kind: str, words: Iterable[Hashable]) -> list[int]:
        """Return the number of each word; `NONE` for None."""
        known = self._words.setdefault(kind, {})
        return [NONE if word is None else known.setdefault(word, len(known)) for word in words]

    def as_lists(self) -> dict[str, list[Any]]:
        """Return what each word stands for, by kind and number."""
        return {
            kind: [self._entry(kind)(word) for word in words]
            for kind, words in sorted(self._words.items())
        }

    def _entry(self, kind: str) -> Callable[[Any], Any]:
        if kind in PLAIN:
            return lambda word: [word, value_label(kind, word)]
        if kind == "review":
            return self._texts.review
        return _ENTRIES.get(kind, self._criterion)

    def _criterion(self, name: str) -> list[Any]:
        return [
            name,
            criterion_label(self._rulebook, name),
            self._citations.get(name, ""),
            name in self._texts.confidential_criteria,
        ]


def _fact(name: str) -> list[Any]:
    if name not in FACTS:
        return [name, shown(name), "", False]
    fact = FACTS[name]
    return [name, fact.label, fact.question, bool(fact.confidential)]


def _check(word: str) -> list[Any]:
    name, _, presumed = word.partition("=")
    fact = presumed_fact(name, presumed)
    return [name, fact.says, bool(fact.confidential)]


_ENTRIES: dict[str, Callable[[Any], Any]] = {
    "fact": _fact,
    "check": _check,
    "form": lambda word: [word, FORM_TEXTS[word]],
    "conflict": lambda word: [word, CONFLICTS[word].says if word in CONFLICTS else shown(word)],
    "warning": lambda word: [word, warning_in_words(shown(word))],
    "cause": lambda word: [word, cause_label(*word.partition(":")[::2])],
    # Another run's rulebook may have named it.
    "lost": lambda word: [word, shown(word)],
    "why": lambda word: [word, REVIEW_TEXTS.get(word, shown(word))],
    "to": shown,
}
