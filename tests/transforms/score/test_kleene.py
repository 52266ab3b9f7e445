"""Trees of conditions against polars' own three-valued logic over the same SQL."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.rulebook.tree import Tree, atom_over, column, joined, negated, truth
from transforms.score.criteria import expression
from transforms.score.kleene import FALSE, TRUE, UNKNOWN, Answers, presumed_false, with_known

FLAGS = ("a", "b", "c")
FACTS = pl.DataFrame(
    [
        (a, b, c, number)
        for a in (True, False, None)
        for b in (True, False, None)
        for c in (True, False, None)
        for number in (0, 2, None)
    ],
    schema={"a": pl.Boolean, "b": pl.Boolean, "c": pl.Boolean, "n.low": pl.Int32},
    orient="row",
)
SOME = atom_over('"n.low" >= 1')
ATOMS = (*map(column, FLAGS), SOME, truth(True), truth(False), truth(None))
TREES = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.builds(negated, inner),
        st.builds(joined, st.sampled_from(("and", "or")), st.lists(inner, max_size=4).map(tuple)),
    ),
    max_leaves=8,
)


def degrees(truths: pl.Series) -> list[int]:
    return [{None: UNKNOWN, True: TRUE, False: FALSE}[truth] for truth in truths]


def as_polars(sql: str) -> list[int]:
    found = FACTS.with_columns(expression(sql).alias("found"))["found"]
    return degrees(found)


def plainly(tree: Tree) -> list[int]:
    """Evaluate a tree by its parts, each of them as polars does."""
    parts = [pl.Series(plainly(part)) for part in tree.parts]
    match tree.kind:
        case "atom":
            return as_polars(tree.sql)
        case "not":
            return (TRUE - parts[0]).to_list()
        case kind:
            choose = pl.min_horizontal if kind == "and" else pl.max_horizontal
            return pl.select(choose(*parts)).to_series().to_list()


@given(st.lists(TREES, min_size=1, max_size=3))
@example([joined(kind, (truth(None), truth(None))) for kind in ("and", "or")])
@settings(max_examples=40, deadline=None)
def test_trees_give_the_same_as_their_sql_and_as_their_parts(trees: list[Tree]) -> None:
    found = [list(each) for each in Answers.over(FACTS, trees).of(trees)]
    assert found == [as_polars(tree.sql) for tree in trees]
    assert found == [plainly(tree) for tree in trees]


@given(TREES, st.dictionaries(st.sampled_from(FLAGS), st.booleans(), min_size=1))
@settings(max_examples=40, deadline=None)
def test_fills_in_known_columns(tree: Tree, known: dict[str, bool]) -> None:
    literals = {name: str(value).upper() for name, value in known.items()}
    put_in = functools.reduce(
        lambda sql, name: sql.replace(f'"{name}"', literals[name]), literals, tree.sql
    )
    there = with_known(tree, literals)
    assert not known.keys() & set(there.columns)
    assert list(next(Answers.over(FACTS, [there]).of([there]))) == as_polars(put_in)


def test_known_columns_can_settle_a_condition() -> None:
    condition = joined("or", (column("a"), joined("and", (column("b"), SOME))))
    assert with_known(condition, {"a": "TRUE"}) is truth(True)
    assert with_known(condition, {"a": "FALSE", "b": "TRUE"}) is SOME
    assert with_known(condition, {"a": "FALSE", "n.low": "0"}) is truth(False)
    assert with_known(condition, {"c": "TRUE"}) is condition


@pytest.mark.parametrize(
    ("real", "presumed"), list(itertools.product((True, False, None), repeat=2))
)
def test_presumes_only_unknown_criteria_and_only_false(
    real: bool | None, presumed: bool | None
) -> None:
    values = [np.array(degrees(pl.Series([truth])), np.int8) for truth in (real, presumed)]
    expected = False if real is None and presumed is False else real
    assert presumed_false(*values).tolist() == degrees(pl.Series([expected]))
