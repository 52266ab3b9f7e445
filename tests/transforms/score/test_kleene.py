"""Trees of conditions against polars' own three-valued logic over the same SQL."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.rulebooks import load, names
from transforms.score.criteria import expression
from transforms.score.kleene import FALSE, TRUE, UNKNOWN, Answers, tree, with_known

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
ATOMS = (*(f'"{name}"' for name in FLAGS), '"n.low" >= 1', "TRUE", "FALSE")
CONDITIONS = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.builds("(NOT {})".format, inner),
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
    ),
    max_leaves=8,
)


def degrees(truths: pl.Series) -> list[int]:
    return [{None: UNKNOWN, True: TRUE, False: FALSE}[truth] for truth in truths]


def as_polars(sql: str) -> list[int]:
    found = FACTS.with_columns(expression(sql).alias("found"))["found"]
    return degrees(found)


@given(st.lists(CONDITIONS, min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_trees_give_the_same_as_polars_sql(conditions: list[str]) -> None:
    trees = [tree(sql) for sql in conditions]
    found = [list(each) for each in Answers(FACTS, trees).of(trees)]
    assert found == [as_polars(sql) for sql in conditions]


@given(CONDITIONS, st.dictionaries(st.sampled_from(FLAGS), st.booleans(), min_size=1))
@settings(max_examples=40, deadline=None)
def test_fills_in_known_columns(condition: str, known: dict[str, bool]) -> None:
    literals = {name: str(value).upper() for name, value in known.items()}
    put_in = condition
    for name, literal in literals.items():
        put_in = put_in.replace(f'"{name}"', literal)
    there = with_known(tree(condition), literals)
    assert there.columns.isdisjoint(known)
    assert list(next(Answers(FACTS, [there]).of([there]))) == as_polars(put_in)


def test_known_columns_can_settle_a_condition() -> None:
    condition = tree('("a" OR ("b" AND "n.low" >= 1))')
    assert with_known(condition, {"a": "TRUE"}) is tree("TRUE")
    assert with_known(condition, {"a": "FALSE", "b": "TRUE"}) is tree('"n.low" >= 1')
    assert with_known(condition, {"a": "FALSE", "n.low": "0"}) is tree("FALSE")
    assert with_known(condition, {"c": "TRUE"}) is condition


@pytest.mark.parametrize("name", names())
def test_every_criterion_has_a_tree_over_its_columns(name: str) -> None:
    for criterion in load(name).criteria:
        columns = set(pl.sql_expr(criterion.condition.sql).meta.root_names())
        assert tree(criterion.condition.sql).columns == columns
