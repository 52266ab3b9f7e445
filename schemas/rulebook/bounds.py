"""Bounds: comparing what is known between two bounds, as SQL.

`count` and `date` facts are known between two bounds (see `schemas.facts`). A comparison of bounds
is TRUE or FALSE if every pair of values between them agrees; otherwise, it is UNKNOWN.
"""

from __future__ import annotations

import datetime

from sqlglot import exp

from schemas.errors import ConditionError
from schemas.facts import Fact, high, low
from schemas.rulebook.condition import MOST, Term, literal
from schemas.rulebook.tree import Tree, atom_over, negated


def term(fact: Fact) -> Term:
    """Return the bounds of a `count` or `date` fact as SQL columns."""
    assert fact.kind == "count" or fact.kind == "date"
    return Term(fact.kind, f'"{low(fact.name)}"', f'"{high(fact.name)}"')


FLIPPED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.GT: exp.LT,
    exp.GTE: exp.LTE,
    exp.LT: exp.GT,
    exp.LTE: exp.GTE,
}


# Where a comparison with a number changes its result, relative to that number.
STEPS: dict[type[exp.Expr], tuple[int, ...]] = {
    exp.GTE: (0,),
    exp.LT: (0,),
    exp.GT: (1,),
    exp.LTE: (1,),
    exp.EQ: (0, 1),
    exp.NEQ: (0, 1),
}


def turned(operator: type[exp.Expr]) -> type[exp.Expr]:
    """Return the operator with its sides exchanged."""
    return FLIPPED.get(operator, operator)


def comparison(operator: type[exp.Expr], left: Term, right: Term) -> Tree:
    """Compare two terms.

    Raises:
        ConditionError: They are of two kinds.
    """
    if left.kind != right.kind:
        raise ConditionError(f"cannot compare a {left.kind} with a {right.kind}")
    if operator is exp.NEQ:
        return negated(comparison(exp.EQ, left, right))
    if operator in (exp.LT, exp.LTE):
        return comparison(FLIPPED[operator], right, left)
    if operator is exp.EQ:
        true = f"{left.low} >= {right.high} AND {left.high} <= {right.low}"
        false = f"{left.high} < {right.low} OR {left.low} > {right.high}"
    elif operator is exp.GTE:
        true, false = f"{left.low} >= {right.high}", f"{left.high} < {right.low}"
    else:
        true, false = f"{left.low} > {right.high}", f"{left.high} <= {right.low}"
    return atom_over(f"(CASE WHEN {true} THEN TRUE WHEN {false} THEN FALSE END)")


def constant(value: int | datetime.date) -> Term:
    """Make a term of a number or a day.

    Raises:
        ConditionError: The number is larger than `MOST`.
    """
    if isinstance(value, datetime.date):
        return Term("date", literal(value), literal(value))
    if abs(value) > MOST:
        raise ConditionError(f"a number is too large: write at most {MOST:,}")
    return Term("count", str(value), str(value), constant=value)
