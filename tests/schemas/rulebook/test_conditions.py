"""Conditions: every refusal with its message, and three-valued logic against plain Python."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import ConditionError
from schemas.facts import FACTS, high, low
from schemas.rulebook.condition import Condition, Names, Parameter, Term
from schemas.rulebook.conditions import compile_condition
from schemas.rulebook.tree import column, truth

DAY = datetime.date(2011, 11, 17)
PARAMETERS: dict[str, Parameter] = {
    "two": 2,
    "huge": 10**30,
    "yes": True,
    "day": DAY,
    "courts": ["BAL", "DEN"],
    "none": [],
    "court": "BAL",
}
NAMES = Names({"turned_65": "birth_date"}, {"P1": Condition(truth(True))}, PARAMETERS, {})
TABLE = Names(
    {},
    {"priority": Condition(truth(True)), "favored": Condition(truth(False))},
    PARAMETERS,
    {"score": Term("count", '"score.low"', '"score.high"')},
    facts=False,
)
SCHEMA = pl.Schema(
    {
        "arrests.low": pl.Int32,
        "arrests.high": pl.Int32,
        "removals.low": pl.Int32,
        "removals.high": pl.Int32,
        "first_entry.low": pl.Date,
        "first_entry.high": pl.Date,
        "last_entry.low": pl.Date,
        "last_entry.high": pl.Date,
        "served": pl.Boolean,
        "in_school": pl.Boolean,
        "turned_65": pl.Boolean,
        "court": pl.String,
        "case_type": pl.String,
        "custody": pl.String,
    }
)


def value(text: str, columns: Mapping[str, Any], names: Names = NAMES) -> bool | None:
    """Evaluate a condition for one case; facts that aren't given are unknown."""
    frame = pl.DataFrame({name: [columns.get(name)] for name in SCHEMA}, schema=SCHEMA)
    result: bool | None = frame.select(pl.sql_expr(compile_condition(text, names).sql)).item()
    return result


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("served AND (", "not a SQL expression: "),
        ("'", "not a SQL expression: "),
        ("serve", "unknown fact serve (docs/rulebooks.md lists the facts)"),
        ("serve >= 1", "unknown fact serve (docs/rulebooks.md lists the facts)"),
        ("served IS NULL", "IS NULL is not allowed: an unknown fact makes a condition UNKNOWN"),
        ("served IS NOT NULL", "IS NULL is not allowed"),
        ("served IS TRUE", "IS NULL is not allowed"),
        ("NULL", "IS NULL is not allowed"),
        ("arrests = NULL", "cannot be compared: NULL"),
        ("(SELECT served)", "a subquery is not allowed; a condition is about one case"),
        ("SELECT served", "a subquery is not allowed"),
        ("EXISTS (SELECT 1)", "a subquery is not allowed"),
        ("arrests > (SELECT 1)", "a subquery is not allowed"),
        ("court IN (SELECT court FROM courts)", "a subquery is not allowed"),
        ("COALESCE(served, TRUE)", "the function COALESCE is not allowed"),
        ("CASE WHEN served THEN TRUE END", "the function CASE is not allowed"),
        ("ABS(arrests) > 1", "the function ABS is not allowed"),
        ("arrests", "arrests is a count: compare it with something"),
        ("last_entry", "last_entry is a date: compare it with something"),
        ("court", "court is a code: compare it with something"),
        ("1", "not a boolean expression: 1"),
        ("'BAL'", "not a boolean expression: 'BAL'"),
        ("arrests + 1", "not a boolean expression: arrests + 1"),
        (":two", ":two is not true or false"),
        (":three", "unknown parameter :three"),
        ("arrests >= :three", "unknown parameter :three"),
        ("arrests >= :yes", ":yes is neither a number nor a date"),
        ("arrests >= :courts", ":courts is neither a number nor a date"),
        ("arrests >= 1.5", "1.5 is not a whole number"),
        ("arrests >= 'two'", "cannot be compared: 'two'"),
        ("arrests * 2 >= 1", "cannot be compared: arrests * 2"),
        ("served >= 1", "served is true or false: write served or NOT served"),
        ("served = TRUE", "served is true or false: write served or NOT served"),
        ("turned_65 = TRUE", "turned_65 is true or false: it needs no comparison"),
        ("P1 > 1", "P1 is true or false: it needs no comparison"),
        ("arrests > last_entry", "cannot compare a count with a date"),
        ("last_entry >= 2001", "cannot compare a date with a count"),
        ("last_entry BETWEEN 1 AND 2", "cannot compare a date with a count"),
        ("last_entry >= DATE '2011-02-30'", "'2011-02-30' is not a date; write DATE 'YYYY-MM-DD'"),
        ("arrests > 1000000001", "a number is too large: write at most 1,000,000,000"),
        (f"arrests > {'9' * 5000}", "a number has more than 20 digits"),
        ("arrests > -9999999999", "a number is too large: write at most 1,000,000,000"),
        ("arrests > :huge", "a number is too large: write at most 1,000,000,000"),
        ("last_entry + 1 > :day", "only counts can be added"),
        ("court > 'BAL'", "court is a code: compare it with =, <>, or IN"),
        ("court = 1", "court is a code: compare it with a quoted code"),
        ("court = :two", "court is a code: compare it with a quoted code"),
        ("custody = 'JAIL'", "custody is never 'JAIL'; it is one of DETAINED, RELEASED, NEVER_"),
        ("custody IN ('DETAINED', 'JAIL')", "custody is never 'JAIL'"),
        ("custody IN (:courts)", "custody is never 'BAL'"),
        ("court IN (:two)", ":two is not a list"),
        ("'BAL' IN (:two)", "write 'BAL' IN (:name), with a parameter that is a list"),
        ("'BAL' IN ('BAL', 'DEN')", "write 'BAL' IN (:name), with a parameter that is a list"),
        ("arrests BETWEEN SYMMETRIC 3 AND 1", "BETWEEN SYMMETRIC is not allowed; write the lower"),
        ("court = 'BALTIMORE'", "no record has the court 'BALTIMORE'; the code is BAL"),
        ("court IN ('DEN', 'Baltimore')", "no record has the court 'Baltimore'; the code is BAL"),
        ("court <> 'bal'", "no record has the court 'bal'; the code is BAL"),
        ("court = 'BALL'", "no record has the court 'BALL'; did you mean BAL?"),
        ("nationality = 'Mexico'", "no record has the nationality 'Mexico'; the code is MX"),
        ("court = 'the moon'", "no record has the court 'the moon'"),
        ("arrests IN (1, 2)", "IN is for codes; compare a count or a date with =, <, or BETWEEN"),
        ("cases.served", "cases.served: write a fact's name alone"),
    ],
)
def test_rejects_invalid_conditions_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(ConditionError) as caught:
        compile_condition(text, NAMES)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["served", "arrests >= 1", "court = 'BAL'", "priority AND served"])
def test_a_routing_table_reads_no_facts(text: str) -> None:
    with pytest.raises(ConditionError, match="write in terms of priority, favored, score"):
        compile_condition(text, TABLE)


@pytest.mark.parametrize("text", ["score", "score > favored", "priority = 1"])
def test_a_routing_table_compares_only_the_score(text: str) -> None:
    with pytest.raises(ConditionError):
        compile_condition(text, TABLE)
    assert compile_condition("score >= :two", TABLE).sql


UNSAFE = st.text(
    st.sampled_from("servdTRUE andANDNOTorIN()=<>+-*/'\"\\;:,.%[]{}1 arest--/*"), max_size=40
)


@given(UNSAFE)
def test_compiles_any_text_or_rejects_it_in_one_line(text: str) -> None:
    try:
        condition: Condition | None = compile_condition(text, NAMES)
        message = ""
    except ConditionError as error:
        condition, message = None, str(error)
    assert "\n" not in message
    if condition is not None:
        frame = SCHEMA.to_frame()
        assert frame.select(pl.sql_expr(condition.sql)).dtypes == [pl.Boolean]


# Three-valued logic: None is UNKNOWN.


def kleene_not(a: bool | None) -> bool | None:
    return None if a is None else not a


def kleene_and(a: bool | None, b: bool | None) -> bool | None:
    return False if a is False or b is False else None if a is None or b is None else True


def kleene_or(a: bool | None, b: bool | None) -> bool | None:
    return True if a is True or b is True else None if a is None or b is None else False


TRUTHS = (True, False, None)


@pytest.mark.parametrize(("a", "b"), list(itertools.product(TRUTHS, TRUTHS)))
def test_and_or_and_not_follow_kleene_logic(a: bool | None, b: bool | None) -> None:
    both = {"served": a, "in_school": b}
    assert value("served AND in_school", both) is kleene_and(a, b)
    assert value("served OR in_school", both) is kleene_or(a, b)
    assert value("NOT served", both) is kleene_not(a)
    assert value("NOT (served AND NOT in_school)", both) is kleene_or(kleene_not(a), b)


EXPRESSIONS = st.recursive(
    st.sampled_from(["served", "in_school", "turned_65", "TRUE", "FALSE", ":yes"]),
    lambda inner: st.one_of(
        st.tuples(st.just("NOT"), inner),
        st.tuples(st.sampled_from(["AND", "OR"]), inner, inner),
    ),
    max_leaves=8,
)


def text_of(expression: Any) -> str:
    if isinstance(expression, str):
        return expression
    operator, *parts = expression
    if operator == "NOT":
        return f"NOT ({text_of(parts[0])})"
    return f"({text_of(parts[0])}) {operator} ({text_of(parts[1])})"


def truth_of(expression: Any, known: dict[str, bool | None]) -> bool | None:
    if isinstance(expression, str):
        return {"TRUE": True, "FALSE": False, ":yes": True}.get(expression, known.get(expression))
    operator, *parts = expression
    values = [truth_of(part, known) for part in parts]
    if operator == "NOT":
        return kleene_not(values[0])
    return (kleene_and if operator == "AND" else kleene_or)(values[0], values[1])


@given(EXPRESSIONS, *[st.sampled_from(TRUTHS)] * 3)
def test_evaluates_boolean_expressions_as_plain_python_does(
    expression: Any, served: bool | None, in_school: bool | None, turned_65: bool | None
) -> None:
    known = {"served": served, "in_school": in_school, "turned_65": turned_65}
    assert value(text_of(expression), known) is truth_of(expression, known)


# Comparisons of bounds: TRUE or FALSE where every pair of values between them agrees.

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
LEAST, MOST = -3, 9  # wider than any bound drawn, to stand for an open one


def spread(least: int | None, most: int | None) -> range:
    return range(LEAST if least is None else least, (MOST if most is None else most) + 1)


def agreed(results: set[bool]) -> bool | None:
    return results.pop() if len(results) == 1 else None


@st.composite
def bounds(draw: st.DrawFn) -> tuple[int | None, int | None]:
    least = draw(st.none() | st.integers(0, 5))
    most = draw(st.none() | st.integers(0 if least is None else least, 6))
    return least, most


def as_day(number: int | None) -> datetime.date | None:
    return None if number is None else DAY + datetime.timedelta(days=number)


@given(bounds(), bounds(), st.sampled_from(sorted(COMPARISONS)))
def test_compares_bounds_as_all_values_between_them_agree(
    left: tuple[int | None, int | None], right: tuple[int | None, int | None], operator: str
) -> None:
    compare = COMPARISONS[operator]
    expected = agreed({compare(a, b) for a, b in itertools.product(spread(*left), spread(*right))})
    counts = {
        "arrests.low": left[0],
        "arrests.high": left[1],
        "removals.low": right[0],
        "removals.high": right[1],
    }
    assert value(f"arrests {operator} removals", counts) is expected
    dates = {
        "first_entry.low": as_day(left[0]),
        "first_entry.high": as_day(left[1]),
        "last_entry.low": as_day(right[0]),
        "last_entry.high": as_day(right[1]),
    }
    assert value(f"first_entry {operator} last_entry", dates) is expected


@given(bounds(), st.integers(0, 6), st.sampled_from(sorted(COMPARISONS)))
def test_a_constant_may_be_on_either_side(
    fact: tuple[int | None, int | None], number: int, operator: str
) -> None:
    compare = COMPARISONS[operator]
    columns = {"arrests.low": fact[0], "arrests.high": fact[1]}
    expected = agreed({compare(a, number) for a in spread(*fact)})
    turned = agreed({compare(number, a) for a in spread(*fact)})
    assert value(f"arrests {operator} {number}", columns) is expected
    assert value(f"{number} {operator} (arrests)", columns) is turned
    names = Names({}, {}, {"n": number}, {})
    assert value(f"arrests {operator} :n", columns, names) is expected


@given(bounds(), st.integers(0, 6), st.integers(0, 6))
def test_between_includes_both_ends(
    fact: tuple[int | None, int | None], least: int, most: int
) -> None:
    columns = {"arrests.low": fact[0], "arrests.high": fact[1]}
    got = value(f"arrests BETWEEN {least} AND {most}", columns)
    expected = agreed({least <= a <= most for a in spread(*fact)})
    if got is not None:
        assert got is expected
    if least <= most:
        assert got is expected


@given(bounds(), bounds(), st.integers(0, 12), st.sampled_from(sorted(COMPARISONS)))
def test_a_sum_lies_between_the_sums_of_the_bounds(
    a: tuple[int | None, int | None], b: tuple[int | None, int | None], number: int, operator: str
) -> None:
    columns = {
        "arrests.low": a[0],
        "arrests.high": a[1],
        "removals.low": b[0],
        "removals.high": b[1],
    }
    least = None if a[0] is None or b[0] is None else a[0] + b[0]
    most = None if a[1] is None or b[1] is None else a[1] + b[1]
    totals = range(-9 if least is None else least, (20 if most is None else most) + 1)
    expected = agreed({COMPARISONS[operator](total, number) for total in totals})
    assert value(f"arrests + removals {operator} {number}", columns) is expected


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        ("court = 'BAL'", {"court": "BAL"}, True),
        ("court = 'BAL'", {"court": "DEN"}, False),
        ("court = 'BAL'", {}, None),
        ("'BAL' = court", {"court": "BAL"}, True),
        ("court <> 'BAL'", {"court": "DEN"}, True),
        ("court <> 'BAL'", {}, None),
        ("court = :court", {"court": "BAL"}, True),
        ("case_type = 'it''s'", {"case_type": "it's"}, True),
        ("court IN ('DEN', :courts)", {"court": "BAL"}, True),
        ("court IN (:courts)", {"court": "NYC"}, False),
        ("NOT court IN (:courts)", {}, None),
        ("court IN (:none)", {"court": "BAL"}, False),
        ("court IN (:none)", {}, False),
        ("'BAL' IN (:courts)", {}, True),
        ("served AND 'NYC' IN (:courts)", {}, False),
        ("served AND 'BAL' IN (:courts)", {}, None),
        ("last_entry >= DATE '2011-11-17'", {"last_entry.low": DAY, "last_entry.high": DAY}, True),
        ("last_entry > :day", {"last_entry.low": DAY, "last_entry.high": DAY}, False),
        ("arrests > -1", {"arrests.low": 0}, True),
        ("turned_65 AND P1", {"turned_65": True}, True),
    ],
)
def test_reads_codes_dates_and_names(
    text: str, columns: dict[str, Any], expected: bool | None
) -> None:
    assert value(text, columns) is expected


def test_lists_what_a_condition_reads_once_and_in_order() -> None:
    names = Names(
        {"turned_65": "birth_date"},
        {"P1": Condition(column("gang_member"), ("arrests", "gang_member"), ("turned_65",))},
        PARAMETERS,
        {},
    )
    condition = compile_condition("served OR removals > arrests OR P1 OR served", names)
    assert condition.facts == ("served", "removals", "arrests", "gang_member")
    assert condition.milestones == ("turned_65",)
    assert condition.asks
    assert not compile_condition("P1 AND NOT P1", names).asks


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("served OR (gang_member AND :no)", ("served",)),
        ("served AND (gang_member OR :yes)", ("served",)),
        ("served AND (gang_member OR :no)", ("served", "gang_member")),
        ("gang_member AND NOT :yes", ()),
    ],
)
def test_does_not_read_what_a_parameter_turns_off(text: str, reads: tuple[str, ...]) -> None:
    names = Names({}, {}, {"yes": True, "no": False}, {})
    condition = compile_condition(text, names)
    assert condition.facts == reads
    assert condition.asks is bool(reads)


@pytest.mark.parametrize("operator", ["OR", "AND"])
def test_a_long_list_of_alternatives_is_not_too_deep(operator: str) -> None:
    row = f" {operator} ".join(["served", "in_school", "NOT turned_65"] * 700)
    decides = operator == "OR"
    known = {"served": not decides, "in_school": not decides, "turned_65": decides}
    assert value(row, known) is not decides
    assert value(row, known | {"in_school": None}) is None
    assert value(row, known | {"in_school": None, "served": decides}) is decides


@pytest.mark.parametrize("name", [fact.name for fact in FACTS.values() if fact.kind == "bool"])
def test_every_boolean_fact_can_be_a_condition(name: str) -> None:
    assert compile_condition(name, NAMES).facts == (name,)


@pytest.mark.parametrize("name", [f.name for f in FACTS.values() if f.kind in ("count", "date")])
def test_every_count_and_date_can_be_compared(name: str) -> None:
    other = "2" if FACTS[name].kind == "count" else ":day"
    condition = compile_condition(f"{name} <= {other}", NAMES)
    assert low(name) in condition.sql
    assert high(name) in condition.sql
