"""Counterfactual: the same cases with one protected attribute changed, assessed again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import polars as pl

from schemas.rulebook.compiled import CompiledRulebook
from transforms.assess.frame import Terms, assess
from transforms.frames.frame import Frame
from transforms.oversight.attributes import PROTECTED
from transforms.oversight.table import Column, Table

_TEXTS = ("attribute", "set_to", "case_id", "court", "route", "route_then")
MOVED = pl.Schema({**dict.fromkeys(_TEXTS, pl.String()), "criteria": pl.List(pl.String())})
_READ = ("case_id", "court", "route", "criteria_true", "criteria_unknown")
_LITERAL = re.compile(r"'([^']*)'")
NOT_KNOWN = "not known"


class Change(NamedTuple):
    """What changing one attribute did.

    Args:
        attribute: The attribute.
        values: The values that were given; None for not known.
        assessed: How many times a case was assessed with another value than its own.
        moved: Columns `MOVED`: each case with another route, and the criteria that differ.
        quoted: The title of each criterion that reads the attribute, with its citation, by id.
    """

    attribute: str
    values: tuple[str | None, ...]
    assessed: int
    moved: Frame
    quoted: Mapping[str, str]


Changed: TypeAlias = Sequence[Change]


class Values(NamedTuple):
    """The values that cases are given in turn.

    Args:
        common: The two most common ones: a case gets the first, or if it has that, the second.
        others: Those that every case gets instead, in turn; None for not known.
    """

    common: tuple[str, ...]
    others: tuple[str | None, ...]


def values_to_try(attribute: str, seen: Sequence[str], rulebook: CompiledRulebook) -> Values:
    """Choose the values that cases are given.

    A rule about a value must name it. So if the rulebook reads the attribute, each value that it
    names is given to every case, and so are the two most common ones and not known.

    Args:
        attribute: One of `PROTECTED`.
        seen: The values of the docket, the most common first.
        rulebook: The rulebook.
    """
    allowed = _allowed(attribute)
    common = tuple(dict.fromkeys((*seen[:2], *sorted(allowed)[:2])))[:2]
    if not rulebook.readers.get(attribute):
        return Values(common, ())
    book = rulebook.rulebook
    texts = [one.when for one in book.criteria]
    texts += [f"'{value}'" for value in _texts(book.model_dump(mode="json")["parameters"])]
    named = {literal for text in texts for literal in _LITERAL.findall(text)}
    return Values((), (*sorted({*common, *(named & {*seen, *allowed})}), None))


def _texts(value: Any) -> list[str]:
    """Return all texts in plain data."""
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inside for text in _texts(one)]


def _allowed(attribute: str) -> frozenset[str]:
    from schemas.codes import CODE_TABLES, aliases

    if attribute in CODE_TABLES:
        return frozenset(aliases(CODE_TABLES[attribute]).values())
    return frozenset({"FEMALE", "MALE"} if attribute == "sex" else ())


def change(cases: Frame, before: Frame, terms: Terms, attribute: str, values: Values) -> Change:
    """Give each case other values of an attribute, and assess it again.

    Args:
        cases: Columns of case_record.avsc, as in a snapshot.
        before: Their recommendations: columns of recommendation.avsc.
        terms: The terms of the run.
        attribute: One of `PROTECTED`.
        values: From `values_to_try`.
    """
    dtype, own = cases.schema[attribute], pl.col(attribute)
    unknown = pl.lit("UNKNOWN" if isinstance(dtype, pl.Enum) else None, dtype)
    tried = [pl.lit(one, dtype) if one is not None else unknown for one in values.others]
    if values.common:
        first, second = (pl.lit(one, dtype) for one in (values.common[0], values.common[-1]))
        tried.append(pl.when(own == first).then(second).otherwise(first))
    seen, moved, assessed = _seen(before), [MOVED.to_frame()], 0
    for value in tried:
        others = cases.filter(own.ne_missing(value)).with_columns(value.alias(attribute))
        if others.is_empty():
            continue
        assessed += others.height
        given = others.select("case_id", set_to=own.cast(pl.String).replace("UNKNOWN", None))
        after = _seen(assess(others, terms).recommendations).join(given, on="case_id")
        moved.append(_moved(seen.join(after, on="case_id", suffix="_then"), attribute))
    quoted = {
        one.id: f"{one.criterion.title} ({one.citation})"
        for one in terms.rulebook.criteria
        if one.id in terms.rulebook.readers.get(attribute, ())
    }
    every = tuple(dict.fromkeys((*values.common, *values.others)))
    return Change(attribute, every, assessed, pl.concat(moved), quoted)


def _moved(pairs: Frame, attribute: str) -> Frame:
    """List the cases whose route differs, with the criteria that do."""
    differ = pl.col("criteria").list.set_symmetric_difference("criteria_then")
    return (
        pairs.filter(pl.col("route") != pl.col("route_then"))
        .with_columns(
            attribute=pl.lit(attribute),
            set_to=pl.col("set_to").fill_null(NOT_KNOWN),
            criteria=differ.list.eval(pl.element().str.slice(1)).list.unique().list.sort(),
        )
        .select(MOVED.names())
    )


def _seen(recommended: Frame) -> Frame:
    """Reduce recommendations to their routes, and to the criteria with how they hold."""
    marked = pl.concat_list(
        pl.col("criteria_true").list.eval(pl.lit("T") + pl.element()),
        pl.col("criteria_unknown").list.eval(pl.lit("U") + pl.element()),
    )
    return recommended.select(*_READ[:3], criteria=marked)


def added(parts: Sequence[Change]) -> Change:
    """Add up what changing an attribute did to parts of a docket."""
    first = parts[0]
    return first._replace(
        assessed=sum(one.assessed for one in parts), moved=pl.concat([one.moved for one in parts])
    )


def changed_tables(changed: Changed) -> tuple[Table, Table]:
    """Make the tables: what was changed, and each case that moved."""
    rows = []
    for one in changed:
        quoted = one.moved["criteria"].list.eval(
            pl.element().is_in(pl.Series(sorted(one.quoted), dtype=pl.String).implode())
        ).list.any()  # fmt: skip
        values = [NOT_KNOWN if value is None else value for value in one.values]
        rows.append(
            {"attribute": one.attribute, "values": ", ".join(values), "assessed": one.assessed,
             "moved": one.moved.height, "cases": one.moved["case_id"].n_unique(),
             "by_quoted": int(quoted.sum()),
             "otherwise": one.moved.height - int(quoted.sum()),
             "criteria": "; ".join(f"{name}: {says}" for name, says in one.quoted.items())}
        )  # fmt: skip
    moved = [
        row | {"criteria": " ".join(row["criteria"])}
        for one in changed for row in one.moved.iter_rows(named=True)
    ]  # fmt: skip
    return (
        Table(
            "changed", "Would another nationality, sex, or language change a route?",
            "Each case is given another value of one attribute, and assessed again: the most "
            "common one and, if the rulebook reads the attribute, each one that it names, and not "
            "known. A move is by a criterion that says it quotes guidance, or otherwise.",
            (
                Column("attribute", "label", "attribute"),
                Column("values", "text", "values", shown=False),
                Column("assessed", "whole", "assessed\nagain"),
                Column("moved", "whole", "moved"),
                Column("cases", "count", "cases\nthat moved"),
                Column("by_quoted", "whole", "by such a\ncriterion"),
                Column("otherwise", "whole", "other-\nwise"),
                Column("criteria", "text", "criteria that read it", shown=False),
            ), rows,
        ),
        Table(
            "moved", "The cases that moved",
            "Each case, the value that it was given, its route, the route it got, and the criteria "
            "that differ.",
            (
                Column("attribute", "label", "attribute"),
                Column("set_to", "text", "set to"),
                Column("case_id", "text", "case"),
                Column("court", "text", "court"),
                Column("route", "text", "route"),
                Column("route_then", "text", "then"),
                Column("criteria", "text", "criteria"),
            ), moved,
        ),
    )  # fmt: skip


def protected_in(cases: Frame) -> dict[str, list[str]]:
    """Return the values of each protected attribute, the most common first.

    Args:
        cases: The columns `PROTECTED`, as in a snapshot.
    """
    found = {}
    for name in PROTECTED:
        counted = cases.group_by(pl.col(name).cast(pl.String)).len().drop_nulls()
        ordered = counted.sort("len", name, descending=[True, False])
        found[name] = [value for value in ordered[name].to_list() if value != "UNKNOWN"]
    return found
