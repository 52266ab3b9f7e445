"""Trees: what constants do to them, their SQL and columns, and copies of them."""

from __future__ import annotations

import pickle

import polars as pl
import pytest

from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebook.tree import Tree, atom_over, atoms_of, column, joined, negated, truth
from schemas.rulebooks import load, names

A, B, C = map(column, "abc")
YES, NO = truth(True), truth(False)


@pytest.mark.parametrize(
    ("tree", "same"),
    [
        (negated(YES), NO),
        (negated(NO), YES),
        (joined("and", ()), YES),
        (joined("or", ()), NO),
        (joined("and", (A, YES)), A),
        (joined("or", (NO, A)), A),
        (joined("and", (A, NO, B)), NO),
        (joined("or", (A, YES, B)), YES),
        (joined("and", (YES, A, YES, B)), joined("and", (A, B))),
    ],
)
def test_constants_simplify_what_they_are_part_of(tree: Tree, same: Tree) -> None:
    assert tree is same


def test_unknown_is_neither() -> None:
    assert negated(truth(None)).sql == "(NOT CAST(NULL AS BOOLEAN))"
    assert joined("or", (A, truth(None))).sql == '("a" OR CAST(NULL AS BOOLEAN))'


def test_writes_sql_with_as_few_brackets_inside_each_other_as_possible() -> None:
    assert joined("or", (A, B, C, A)).sql == '(("a" OR "b") OR ("c" OR "a"))'
    assert joined("and", (A, negated(joined("or", (B, C))))).sql == '("a" AND (NOT ("b" OR "c")))'


def test_lists_columns_and_atoms_in_order() -> None:
    bounds = atom_over('"n.low" >= 1 AND "n.high" <= 2')
    tree = joined("and", (B, negated(bounds), joined("or", (A, B))))
    assert tree.columns == ("b", "n.low", "n.high", "a")
    assert list(atoms_of(tree)) == [B, bounds, A, B]


def test_a_copy_by_pickle_is_the_same_object() -> None:
    tree = joined("or", (negated(A), joined("and", (B, atom_over('"n.low" >= 1'))), truth(None)))
    assert pickle.loads(pickle.dumps(tree)) is tree


def conditions(rulebook: CompiledRulebook) -> list[Tree]:
    return [
        *(c.condition.tree for c in rulebook.criteria),
        *(p.basis.tree for p in rulebook.presumptions),
        *(row.tree for row in rulebook.routing),
    ]


@pytest.mark.parametrize("name", names())
def test_every_condition_reads_the_columns_of_its_sql(name: str) -> None:
    for tree in conditions(load(name)):
        assert set(tree.columns) == set(pl.sql_expr(tree.sql).meta.root_names())
