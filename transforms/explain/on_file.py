"""On file: what a record holds for and against a person, whether or not a criterion reads it."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from schemas.codes import code_key
from schemas.explanation import ExplainedFact
from schemas.facts import FACTS, Fact, low
from schemas.shown import shown
from schemas.words import fact_in_words, number, written_day

_GRADES = {"FELONY": "felony", "MISDEMEANOR": "misdemeanor", "INFRACTION": "infraction"}
_COURTS = {"FEDERAL": "federal", "STATE": "state", "LOCAL": "local", "FOREIGN": "foreign"}
_KINDS = {"DUI": "driving under the influence", "DWAI": "driving while ability impaired"}
_WIPED = {
    "aggravated_felony": "aggravated felony",
    "juvenile_adjudication": "juvenile adjudication",
    "vacated": "vacated",
    "expunged": "expunged",
    "pardoned": "pardoned",
}


def explained_fact(name: str, facts: Mapping[str, Any]) -> ExplainedFact:
    """What is known about a fact.

    Args:
        name: The fact's name.
        facts: A row of a fact frame.

    Returns:
        The fact, as in an explanation.
    """
    fact = FACTS[name]
    return ExplainedFact(
        fact=name,
        label=fact.label,
        says=shown(fact_in_words(fact, facts)),
        confidential=fact.confidential,
    )


def presumed_fact(name: str, presumed: str) -> ExplainedFact:
    """What is presumed about a fact.

    Args:
        name: The fact's name.
        presumed: The value, as in a check of a recommendation: `true`, `false`, or a number.

    Returns:
        The fact, as in an explanation.
    """
    words = {"true": True, "false": False}
    value = words[presumed] if presumed in words else int(presumed)
    return explained_fact(name, dict.fromkeys(FACTS[name].columns, value))


def on_file(
    weighs: Literal["against", "for"], facts: Mapping[str, Any], also: Iterable[str] = ()
) -> tuple[ExplainedFact, ...]:
    """Find the known facts that weigh one way.

    Args:
        weighs: Which way they weigh.
        facts: A row of a fact frame.
        also: Facts that weigh that way in this case, because of a criterion.

    Returns:
        What is known about each fact, in catalog order.
    """
    names = {fact.name for fact in _that_weigh(weighs) if _is_so(fact, facts)} | {*also}
    # A charge that a judge sustained says more than one that was only made.
    charged = {f"alleged_{name.removeprefix('sustained_')}" for name in names}
    return tuple(explained_fact(name, facts) for name in FACTS if name in names - charged)


def convictions(listed: Iterable[Mapping[str, Any] | None] | None) -> tuple[str, ...]:
    """Describe the convictions in a record, one line each, with the words as written.

    Args:
        listed: The record's list; None if it is unknown.

    Returns:
        Lines such as `felony, drug trafficking ("sale of cocaine"), May 4, 2009`.
    """
    return tuple(", ".join(_conviction(one)) for one in listed or () if one is not None)


@functools.cache
def _that_weigh(way: str) -> tuple[Fact, ...]:
    return tuple(fact for fact in FACTS.values() if fact.asked.weighs == way)


def _is_so(fact: Fact, facts: Mapping[str, Any]) -> bool:
    if fact.kind == "bool":
        return facts[fact.name] is True
    return fact.kind == "count" and (facts[low(fact.name)] or 0) >= 1


def _conviction(one: Mapping[str, Any]) -> Iterator[str]:
    yield _GRADES.get(one.get("grade") or "", "grade not known")
    yield _offense(one.get("category"), one.get("offense"), bool(one.get("category_open")))
    if one.get("date") is not None:
        yield shown(written_day(one["date"]))
    if (court := _COURTS.get(one.get("jurisdiction") or "")) is not None:
        yield court
    if (days := one.get("sentence_days")) is not None:
        yield f"sentence of {number(days)} {'day' if days == 1 else 'days'}"
    yield from (word for field, word in _WIPED.items() if one.get(field))


def _lower(symbol: str) -> str:
    return shown(symbol).lower().replace("_", " ")


def _offense(category: str | None, offense: str | None, is_open: bool) -> str:
    """Describe a kind of offense, with the words as written if they differ."""
    kind = None if category is None else _KINDS.get(category, _lower(category))
    written = None if offense is None else f'"{shown(offense)}"'
    if kind is None:
        return f"{written} (kind of offense not known)" if written else "offense not known"
    if is_open:
        return f"{written or 'offense'} (perhaps {kind}: a person must judge)"
    same = offense is None or code_key(offense) == code_key(category or "")
    return kind if same else f"{kind} ({written})"
