"""Conditions: SQL boolean expressions over facts and milestones, checked and compiled.

A condition is parsed with sqlglot and rewritten to a tree over the columns of a fact frame.
`polars.sql_expr` evaluates the tree's SQL with SQL's own three-valued (Kleene) logic. Only
constructs for which that logic is sound are allowed: when a fact becomes known, an UNKNOWN may
become TRUE or FALSE, but a TRUE or FALSE never changes. So `IS NULL`, `COALESCE`, `CASE`,
functions, and subqueries are refused.
"""

from __future__ import annotations

import datetime
import itertools

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from schemas.codes import CODE_TABLES, aliases, code_key
from schemas.errors import ConditionError
from schemas.facts import FACTS, Fact
from schemas.near import close_to
from schemas.rulebook import bounds
from schemas.rulebook.bounds import STEPS, constant, term, turned
from schemas.rulebook.condition import Condition, Names, Parameter, Term
from schemas.rulebook.tree import (
    Connective,
    Tree,
    atom,
    column,
    decider,
    joined,
    negated,
    truth,
)

# The nesting of brackets that `polars.sql_expr` parses safely; with NOTs, it fails at 24.
DEEPEST = 20
MOST_DIGITS = 20


def compile_condition(text: str, names: Names) -> Condition:
    """Compile a condition.

    Args:
        text: The SQL boolean expression, as in the rulebook.
        names: What it may refer to.

    Returns:
        The compiled condition.

    Raises:
        ConditionError: It doesn't parse, names something unknown, isn't boolean, or uses a
            construct that isn't allowed.

    Examples:
        >>> condition = compile_condition("arrests >= 2", Names((), {}, {}, {}))
        >>> condition.facts
        ('arrests',)
        >>> print(condition.sql)
        (CASE WHEN "arrests.low" >= 2 THEN TRUE WHEN "arrests.high" < 2 THEN FALSE END)
    """
    compiler = _Compiler(names)
    try:
        tree = compiler.boolean(sqlglot.parse_one(text))
    except SqlglotError as error:
        first_line = str(error).splitlines()[0]
        raise ConditionError(f"not a SQL expression: {first_line}") from None
    except RecursionError:
        raise ConditionError("nested too deeply") from None
    if _depth(tree.sql) > DEEPEST:
        raise ConditionError(f"nested too deeply: more than {DEEPEST} levels of brackets and NOTs")
    return Condition(
        tree,
        tuple(compiler.facts),
        tuple(compiler.milestones),
        compiler.asks,
        tuple(compiler.named),
        tuple(sorted(compiler.cuts)),
    )


class _Compiler:
    def __init__(self, names: Names) -> None:
        self.names = names
        self.facts: dict[str, None] = {}
        self.milestones: dict[str, None] = {}
        self.asks = False
        self.named: dict[str, None] = {}
        self.cuts: set[int] = set()

    def boolean(self, node: exp.Expr) -> Tree:
        match node:
            case exp.Paren():
                return self.boolean(node.this)
            case exp.And():
                return self.joined("and", node)
            case exp.Or():
                return self.joined("or", node)
            case exp.Not():
                return negated(self.boolean(node.this))
            case exp.Boolean():
                return truth(bool(node.this))
            case exp.Placeholder():
                value = self.parameter(node)
                if not isinstance(value, bool):
                    raise ConditionError(f":{node.name} is not true or false")
                return truth(value)
            case exp.Column():
                return self.boolean_name(node)
            case exp.EQ() | exp.NEQ() | exp.GT() | exp.GTE() | exp.LT() | exp.LTE():
                return self.comparison(node)
            case exp.Between():
                if node.args.get("symmetric"):
                    raise ConditionError(
                        "BETWEEN SYMMETRIC is not allowed; write the lower value first"
                    )
                middle = self.term(node.this)
                at_least = self.compare(exp.GTE, middle, self.term(node.args["low"]))
                at_most = self.compare(exp.LTE, middle, self.term(node.args["high"]))
                return joined("and", (at_least, at_most))
            case exp.In():
                return self.membership(node)
            case exp.Select() | exp.Subquery() | exp.Exists():
                raise ConditionError("a subquery is not allowed; a condition is about one case")
            case exp.Is() | exp.Null():
                raise ConditionError(
                    "IS NULL is not allowed: an unknown fact makes a condition UNKNOWN, "
                    "and a rulebook cannot decide on that"
                )
            case exp.Func():
                raise ConditionError(f"the function {node.sql_name()} is not allowed")
            case _:
                raise ConditionError(f"not a boolean expression: {node.sql()}")

    def joined(self, kind: Connective, node: exp.Connector) -> Tree:
        facts, milestones, asks = dict(self.facts), dict(self.milestones), self.asks
        named, cuts = dict(self.named), set(self.cuts)
        sides = [self.boolean(side) for side in node.flatten()]
        if decider(kind) in sides:
            # A part that a parameter turns off reads no facts, so that nobody is asked for them.
            self.facts, self.milestones, self.asks = facts, milestones, asks
            self.named, self.cuts = named, cuts
        return joined(kind, tuple(sides))

    def boolean_name(self, node: exp.Column) -> Tree:
        name = self.name(node)
        if name in self.names.conditions:
            condition = self.names.conditions[name]
            self.named[name] = None
            self.facts |= dict.fromkeys(condition.facts)
            self.milestones |= dict.fromkeys(condition.milestones)
            return condition.tree
        if name in self.names.milestones:
            self.milestones[name] = None
            self.asks = True
            return column(name)
        fact = self.fact(name)
        if fact.kind != "bool":
            raise ConditionError(f"{name} is a {fact.kind}: compare it with something")
        return column(name)

    def comparison(self, node: exp.Binary) -> Tree:
        left, right = node.this, node.expression
        for one, other in ((left, right), (right, left)):
            if self.is_code(one):
                return self.code_comparison(node, one, other)
        return self.compare(type(node), self.term(left), self.term(right))

    def compare(self, operator: type[exp.Expr], left: Term, right: Term) -> Tree:
        for one, other, way in ((left, right, operator), (right, left, turned(operator))):
            if one.cut and other.constant is None:
                raise ConditionError("compare the score with a number only")
            if one.cut and other.constant is not None:
                self.cuts |= {other.constant + step for step in STEPS[way]}
        return bounds.comparison(operator, left, right)

    def is_code(self, node: exp.Expr) -> bool:
        if not isinstance(node, exp.Column):
            return False
        fact = FACTS.get(self.name(node))
        return self.names.facts and fact is not None and fact.kind == "code"

    def code_comparison(self, node: exp.Binary, column: exp.Expr, other: exp.Expr) -> Tree:
        if not isinstance(node, exp.EQ | exp.NEQ):
            raise ConditionError(f"{column.name} is a code: compare it with =, <>, or IN")
        fact = self.fact(column.name)
        operator = "=" if isinstance(node, exp.EQ) else "<>"
        return atom(f'("{fact.name}" {operator} {self.code(fact, other)})', (fact.name,))

    def membership(self, node: exp.In) -> Tree:
        if node.args.get("query") is not None:
            raise ConditionError("a subquery is not allowed; a condition is about one case")
        if isinstance(node.this, exp.Literal) and node.this.is_string:
            return self.chosen(node.this.name, node.expressions)
        if not self.is_code(node.this):
            raise ConditionError("IN is for codes; compare a count or a date with =, <, or BETWEEN")
        fact = self.fact(node.this.name)
        options: list[str] = []
        for option in node.expressions:
            if isinstance(option, exp.Placeholder):
                value = self.parameter(option)
                if not isinstance(value, list):
                    raise ConditionError(f":{option.name} is not a list")
                options += [self.code(fact, exp.Literal.string(code)) for code in value]
            else:
                options.append(self.code(fact, option))
        if not options:
            return truth(False)
        return atom(f'("{fact.name}" IN ({", ".join(options)}))', (fact.name,))

    def chosen(self, choice: str, lists: list[exp.Expr]) -> Tree:
        """Whether a text is in a list parameter, which is known without any case."""
        match lists:
            case [exp.Placeholder() as placeholder]:
                value = self.parameter(placeholder)
                if isinstance(value, list):
                    return truth(choice in value)
        raise ConditionError(f"write '{choice}' IN (:name), with a parameter that is a list")

    def code(self, fact: Fact, node: exp.Expr) -> str:
        if isinstance(node, exp.Placeholder):
            value = self.parameter(node)
            node = exp.Literal.string(value) if isinstance(value, str) else node
        if not isinstance(node, exp.Literal) or not node.is_string:
            raise ConditionError(f"{fact.name} is a code: compare it with a quoted code")
        if fact.values and node.this not in fact.values:
            raise ConditionError(
                f"{fact.name} is never '{node.this}'; it is one of {', '.join(fact.values)}"
            )
        if fact.name in CODE_TABLES:
            _check_code(fact.name, node.this)
        return node.sql()

    def term(self, node: exp.Expr) -> Term:
        match node:
            case exp.Paren():
                return self.term(node.this)
            case exp.Column():
                return self.term_name(node)
            case exp.Add():
                left, right = self.term(node.this), self.term(node.expression)
                if left.kind != "count" or right.kind != "count":
                    raise ConditionError("only counts can be added")
                if left.cut or right.cut:
                    raise ConditionError("compare the score with a number only")
                return Term("count", f"({left.low} + {right.low})", f"({left.high} + {right.high})")
            case exp.Neg() if isinstance(node.this, exp.Literal):
                return constant(-self.integer(node.this.this))
            case exp.Literal() if not node.is_string:
                return constant(self.integer(node.this))
            case exp.Cast() if node.to.is_type("date"):
                return constant(_date(node.this.name))
            case exp.Placeholder():
                value = self.parameter(node)
                if isinstance(value, bool) or not isinstance(value, int | datetime.date):
                    raise ConditionError(f":{node.name} is neither a number nor a date")
                return constant(value)
            case exp.Select() | exp.Subquery():
                raise ConditionError("a subquery is not allowed; a condition is about one case")
            case exp.Func():
                raise ConditionError(f"the function {node.sql_name()} is not allowed")
            case _:
                raise ConditionError(f"cannot be compared: {node.sql()}")

    def term_name(self, node: exp.Column) -> Term:
        name = self.name(node)
        if name in self.names.terms:
            return self.names.terms[name]
        if name in self.names.milestones or name in self.names.conditions:
            raise ConditionError(f"{name} is true or false: it needs no comparison")
        fact = self.fact(name)
        if fact.kind == "bool":
            raise ConditionError(f"{name} is true or false: write {name} or NOT {name}")
        return term(fact)

    def fact(self, name: str) -> Fact:
        if not self.names.facts:
            allowed = ", ".join([*self.names.conditions, *self.names.terms])
            raise ConditionError(f"{name} cannot be used here; write in terms of {allowed}")
        if name not in FACTS:
            raise ConditionError(f"unknown fact {name} (docs/rulebooks.md lists the facts)")
        self.facts[name] = None
        self.asks = True
        return FACTS[name]

    def parameter(self, node: exp.Placeholder) -> Parameter:
        if node.name not in self.names.parameters:
            raise ConditionError(f"unknown parameter :{node.name}")
        return self.names.parameters[node.name]

    @staticmethod
    def name(node: exp.Column) -> str:
        if node.table:
            raise ConditionError(f"{node.sql()}: write a fact's name alone")
        return node.name

    @staticmethod
    def integer(text: str) -> int:
        if len(text) > MOST_DIGITS:
            raise ConditionError(f"a number has more than {MOST_DIGITS} digits")
        try:
            return int(text)
        except ValueError:
            raise ConditionError(f"{text} is not a whole number") from None


def _check_code(field: str, code: str) -> None:
    """Refuse a text that no record can have in a field that holds codes."""
    known = aliases(CODE_TABLES[field])
    meant = known.get(code_key(code))
    if meant == code:
        return
    if meant is None:
        meant = close_to(code.upper(), sorted(set(known.values())))
        hint = f"; did you mean {meant}?" if meant else ""
        raise ConditionError(f"no record has the {field} '{code}'{hint}")
    raise ConditionError(f"no record has the {field} '{code}'; the code is {meant}")


def _depth(sql: str) -> int:
    opened = (1 if sign == "(" else -(sign == ")") for sign in sql)
    return max(itertools.accumulate(opened), default=0)


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise ConditionError(f"'{text}' is not a date; write DATE 'YYYY-MM-DD'") from None
