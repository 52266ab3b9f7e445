"""Properties of recommendations for random partial cases, under every rulebook in the project."""

from __future__ import annotations

import datetime
from math import ceil
from typing import Literal, TypeAlias

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.conflicts import CONFLICTS
from schemas.facts import FACTS, high, low
from schemas.rulebook.compiled import CompiledRulebook
from schemas.rulebooks import load, names
from tests.helpers.random_facts import AS_OF, complete, near_milestones, partial_facts, quiet_facts
from transforms.route.recommendation import recommend, recommend_on
from transforms.route.table import RouteTable
from transforms.score.facts import unsettled
from transforms.score.milestones import milestone_dates
from transforms.score.position import Weighing, position, position_by
from transforms.score.presumptions import presumable, with_presumptions

ROWS = 24
SEEDS = st.integers(0, 2**32 - 1)
QUIET: Literal["quiet"] = "quiet"
# The share of facts known, or QUIET: most are known, and few are true.
Known: TypeAlias = float | Literal["quiet"]
KNOWN: st.SearchStrategy[Known] = st.sampled_from([0.3, 0.95, QUIET, QUIET])
ONE_DAY = datetime.timedelta(days=1)
# Rows that a parameter of their rulebook turns off.
TURNED_OFF = {"listed-expedited"}
ASKED_OF_CONVICTIONS = FACTS["convictions"].settled_by


@pytest.fixture(params=names(), scope="module")
def rulebook(request: pytest.FixtureRequest) -> CompiledRulebook:
    return load(request.param)


def cases(rulebook: CompiledRulebook, seed: int, known: Known) -> pl.DataFrame:
    facts = quiet_facts(seed, ROWS) if known == QUIET else partial_facts(seed, ROWS, known)
    return near_milestones(facts, rulebook, seed)


def test_the_random_cases_reach_every_row_of_the_routing_table(rulebook: CompiledRulebook) -> None:
    """Otherwise, the properties below would prove nothing about a row."""
    facts = pl.concat(cases(rulebook, seed, QUIET) for seed in range(24))
    # A row may hold only from a certain day on, such as that of a later memo.
    days = (AS_OF, datetime.date(2016, 1, 1))
    reached = pl.concat(recommend(facts, rulebook, day) for day in days)
    rows = {row.id for row in rulebook.rulebook.routing} - TURNED_OFF
    assert set(reached["rule"].drop_nulls()) == rows
    routes = {row.route for row in rulebook.rulebook.routing if row.id in rows}
    assert (reached["rule"].null_count() > 0) == (len(routes) > 1)
    assert (reached["checks"].list.len() > 0).any() == bool(rulebook.presumptions)
    if rulebook.rulebook.issued <= AS_OF:
        # For later rulebooks, no date changes the route of a case from 2011.
        assert reached["changes_on"].count() > 0


def test_keeps_all_rows_of_a_frame_of_identical_cases() -> None:
    """Polars treats a column of one value as one row if nothing else is read."""
    rulebook = load("ice-2011-11-17")
    alike = cases(rulebook, 1, 0.95)[[0] * 5].with_columns(
        pl.lit(2, pl.Int32).alias(bound("age_at_first_entry")) for bound in (low, high)
    )
    assert recommend(alike, rulebook, AS_OF).height == 5


GROUNDS = [name.removeprefix("alleged_") for name in FACTS if name.startswith("alleged_")]


@given(seed=SEEDS, known=KNOWN, ground=st.sampled_from(GROUNDS), sustained=st.booleans())
@settings(max_examples=3, deadline=None)
def test_replacing_a_readable_adverse_charge_by_an_unreadable_one_closes_no_case(
    rulebook: CompiledRulebook, seed: int, known: Known, ground: str, sustained: bool
) -> None:
    """An unreadable charge may allege anything, so nothing based on the charges holds."""
    facts = cases(rulebook, seed, known)
    charged = {f"{kind}_{other}": False for kind in ("alleged", "sustained") for other in GROUNDS}
    one_charge = {f"alleged_{ground}": True, f"sustained_{ground}": sustained}
    readable = facts.with_columns(
        pl.lit(value, pl.Boolean).alias(name)
        for name, value in (
            charged | one_charge | {"charges_seen": True, "unreadable_charge": False}
        ).items()
    )
    unreadable = facts.with_columns(
        pl.lit(value, pl.Boolean).alias(name)
        for name, value in (
            dict.fromkeys(charged) | {"charges_seen": None, "unreadable_charge": True}
        ).items()
    )
    day = rulebook.rulebook.in_force[0].since
    before, after = (recommend(frame, rulebook, day)["route"] for frame in (readable, unreadable))
    assert ((after != "close") | (before == "close")).all()


@given(seed=SEEDS, other=SEEDS, known=KNOWN, presume=st.booleans())
@settings(max_examples=3, deadline=None)
def test_every_completion_gives_a_possible_route(
    rulebook: CompiledRulebook, seed: int, other: int, known: Known, presume: bool
) -> None:
    facts = cases(rulebook, seed, known)
    partial = recommend(facts, rulebook, AS_OF, presume=presume)
    whole = recommend(complete(facts, other), rulebook, AS_OF, presume=presume)
    for before, after in zip(partial.to_dicts(), whole.to_dicts(), strict=True):
        assert after["route"] in before["possible_routes"]
        assert after["state"] == "ON_THE_RECORD"
        assert not after["criteria_unknown"]
        assert not after["missing_facts"]
        assert before["score_low"] <= after["score_low"] == after["score_high"]
        assert after["score_high"] <= before["score_high"]
        on_record = before["state"] == "ON_THE_RECORD"
        assert on_record == (len(before["possible_routes"]) == 1)
        if on_record:
            assert before["route"] == after["route"]
            assert not before["checks"]
        else:
            assert before["missing_facts"]
        assert (before["state"] == "AFTER_CHECKS") == bool(before["checks"])
        if before["state"] == "OPEN":
            assert before["route"] == "continue"
            assert before["rule"] is None


@given(seed=SEEDS, other=SEEDS, known=KNOWN)
@settings(max_examples=3, deadline=None)
def test_true_and_false_never_change_under_completion(
    rulebook: CompiledRulebook, seed: int, other: int, known: Known
) -> None:
    facts = cases(rulebook, seed, known)
    partial = recommend(facts, rulebook, AS_OF)
    whole = recommend(complete(facts, other), rulebook, AS_OF)
    for before, after in zip(partial.to_dicts(), whole.to_dicts(), strict=True):
        unknown = set(before["criteria_unknown"])
        assert set(before["criteria_true"]) <= set(after["criteria_true"])
        assert set(after["criteria_true"]) <= set(before["criteria_true"]) | unknown


@given(seed=SEEDS, known=KNOWN, presume=st.booleans())
@settings(max_examples=3, deadline=None)
def test_only_true_criteria_are_reasons_for_a_route(
    rulebook: CompiledRulebook, seed: int, known: Known, presume: bool
) -> None:
    routed = recommend(cases(rulebook, seed, known), rulebook, AS_OF, presume=presume)
    # A row that holds when nothing else does, such as "everybody else is dismissed", has none.
    nothing = pl.DataFrame({name: [False] for name in (c.id for c in rulebook.criteria)})
    table = RouteTable.of(rulebook)
    [row_of_nothing] = table.look_up(table.row, position(nothing, rulebook.criteria, rulebook))
    without_reason = {rulebook.rulebook.routing[row_of_nothing].id}
    for row in routed.to_dicts():
        reasons = {reason["criterion"] for reason in row["reasons"]}
        assert reasons <= set(row["criteria_true"])
        if row["route"] != "continue" and row["rule"] not in without_reason:
            assert reasons
        if not presume:
            assert not row["checks"]


@given(seed=SEEDS, known=KNOWN)
@settings(max_examples=2, deadline=None)
def test_changes_on_is_the_first_day_with_another_route(
    rulebook: CompiledRulebook, seed: int, known: Known
) -> None:
    facts = cases(rulebook, seed, known)
    now = recommend(facts, rulebook, AS_OF).with_row_index("row")
    for day in now["changes_on"].drop_nulls().unique().to_list():
        there = now.filter(pl.col("changes_on") == day)
        rows = facts[there["row"]]
        on_the_day = recommend(rows, rulebook, day)["route"]
        assert on_the_day.to_list() == there["changes_to"].to_list()
        for earlier in (day - ONE_DAY, AS_OF + (day - AS_OF) / 2):
            before = recommend(rows, rulebook, max(earlier, AS_OF))["route"]
            assert before.to_list() == there["route"].to_list()


@given(seed=SEEDS, known=KNOWN)
@settings(max_examples=3, deadline=None)
def test_a_route_without_changes_on_never_changes(
    rulebook: CompiledRulebook, seed: int, known: Known
) -> None:
    facts = cases(rulebook, seed, known)
    now = recommend(facts, rulebook, AS_OF)
    steady = now["changes_on"].is_null()
    for months in (1, 4, 11, 14, 25, 60, 700):
        later = recommend(facts, rulebook, AS_OF + datetime.timedelta(days=31 * months))
        assert later.filter(steady)["route"].to_list() == now.filter(steady)["route"].to_list()


@given(seed=SEEDS, known=KNOWN)
@settings(max_examples=2, deadline=None)
def test_a_presumption_whose_contrary_would_change_the_route_is_a_check(
    rulebook: CompiledRulebook, seed: int, known: Known
) -> None:
    facts = cases(rulebook, seed, known)
    routed = recommend(facts, rulebook, AS_OF)
    applies = presumable(facts, rulebook).applies
    decided = routed.filter(pl.col("state") != "OPEN")
    for fact, compiled in rulebook.presumed.items():
        # Other presumptions stay, whatever the opposite speaks against.
        others = applies.with_columns(pl.lit(False).alias(fact))
        contrary = the_contrary(facts, fact, compiled.presumption.presume[fact])
        other = route_presuming(contrary, others, rulebook)
        changed = routed.with_columns(
            other=other, applied=applies[fact], checked=checked(routed).list.contains(fact)
        ).filter(pl.col("applied") & (pl.col("state") != "OPEN"))
        assert changed.filter(~pl.col("checked") & (pl.col("route") != pl.col("other"))).is_empty()
    assert decided.height <= facts.height


def checked(routed: pl.DataFrame) -> pl.Series:
    return routed["checks"].list.eval(pl.element().struct.field("fact"))


def the_contrary(facts: pl.DataFrame, name: str, value: bool | int) -> pl.DataFrame:
    if FACTS[name].kind == "bool":
        return facts.with_columns(pl.lit(not value).alias(name))
    more = pl.max_horizontal(low(name), pl.lit(value + 1, facts.schema[low(name)]))
    return facts.with_columns(more.alias(low(name)))


def route_presuming(
    facts: pl.DataFrame, applies: pl.DataFrame, rulebook: CompiledRulebook
) -> pl.Series:
    """Return the routes with some presumptions applied."""
    presumed = with_presumptions(facts, applies, rulebook)
    weighing = Weighing(rulebook, facts, presumed, milestone_dates(facts, rulebook))
    days = pl.Series([AS_OF] * facts.height, dtype=pl.Date)
    _, values = weighing.values(rulebook.criteria, days)
    there = position_by(values, rulebook.criteria, rulebook, facts.height)
    return RouteTable.of(rulebook).recommended(there)


@given(seed=SEEDS, known=KNOWN)
@settings(max_examples=3, deadline=None)
def test_dropping_every_presumption_that_is_not_a_check_keeps_the_route(
    rulebook: CompiledRulebook, seed: int, known: Known
) -> None:
    facts = cases(rulebook, seed, known)
    routed = recommend(facts, rulebook, AS_OF)
    fewer = presumable(facts, rulebook).applies.select(
        pl.col(fact) & checked(routed).list.contains(fact) for fact in rulebook.presumed
    )
    assert route_presuming(facts, fewer, rulebook).to_list() == routed["route"].to_list()


def test_refuting_a_presumption_changes_any_route_that_leaned_on_it(
    rulebook: CompiledRulebook,
) -> None:
    """A route that depends on the presumption is given up."""
    if not rulebook.presumptions:
        return
    contraries, others, presumed = [], [], []
    for seed in range(3):
        facts = cases(rulebook, seed, QUIET)
        routed, applies = recommend(facts, rulebook, AS_OF), presumable(facts, rulebook).applies
        for fact, compiled in rulebook.presumed.items():
            leaned = checked(routed).list.contains(fact)
            contrary = the_contrary(facts, fact, compiled.presumption.presume[fact])
            contraries.append(contrary.filter(leaned))
            # Other presumptions stay, whatever the opposite speaks against.
            others.append(applies.with_columns(pl.lit(False).alias(fact)).filter(leaned))
            before = routed.filter(leaned).select("route", presumed=pl.lit(fact))
            presumed.append(before)
    contrary, was = pl.concat(contraries), pl.concat(presumed)
    alone = route_presuming(contrary, pl.concat(others), rulebook)
    shown = recommend(contrary, rulebook, AS_OF)
    still = shown.select(checked=checked(shown)).hstack(was)
    assert still.filter(pl.col("checked").list.contains(pl.col("presumed"))).is_empty()
    is_decisive = alone != was["route"]
    assert is_decisive.any()
    assert not (is_decisive & (shown["route"] == was["route"])).any()


@given(seed=SEEDS, other=SEEDS, known=KNOWN, share=st.sampled_from([0.5, 1.0]))
@settings(max_examples=2, deadline=None)
def test_more_evidence_never_changes_a_route_on_the_record(
    rulebook: CompiledRulebook, seed: int, other: int, known: Known, share: float
) -> None:
    """Answer an open case's questions: a route that is then on the record never changes."""
    facts = cases(rulebook, seed, known)
    whole = complete(facts, other)
    first = recommend(facts, rulebook, AS_OF)
    some = answered(facts, whole, first["missing_facts"], share)
    days = pl.Series([AS_OF], dtype=pl.Date).new_from_index(0, ROWS)
    then = recommend_on(some, rulebook, days)
    without = recommend_on(some, rulebook, days, presume=False)
    ends = [recommend_on(end, rulebook, days) for end in (whole, complete(some, other + 1))]
    settled = then["state"] == "ON_THE_RECORD"
    for end in ends:
        assert (end["route"] == then["route"]).filter(settled).all()
    assert (without["route"] == then["route"]).filter(settled).all()
    assert first["possible_routes"].list.contains(then["route"]).filter(settled).all()
    # A route that was on the record stays there, unchanged.
    before = first["state"] == "ON_THE_RECORD"
    assert (settled & (then["route"] == first["route"])).filter(before).all()
    if share == 1:
        # Nothing else is asked, except which of the convictions on file count.
        convicted = first["missing_facts"].list.set_intersection([*ASKED_OF_CONVICTIONS])
        assert (settled | (convicted.list.len() > 0)).all()


def answered(
    facts: pl.DataFrame, whole: pl.DataFrame, asked: pl.Series, share: float
) -> pl.DataFrame:
    """Fill in the first facts that each case asks for, as in a completion."""
    rows = []
    for case, end, ask in zip(facts.to_dicts(), whole.to_dicts(), asked, strict=True):
        columns = [c for name in ask[: ceil(len(ask) * share)] for c in FACTS[name].columns]
        rows.append(case | {column: end[column] for column in columns})
    return pl.DataFrame(rows, schema=facts.schema)


@given(seed=SEEDS, known=KNOWN, presume=st.booleans())
@settings(max_examples=3, deadline=None)
def test_no_case_closes_on_the_record_unreviewed_with_an_open_warrant_or_charge(
    rulebook: CompiledRulebook, seed: int, known: Known, presume: bool
) -> None:
    facts = cases(rulebook, seed, known)
    marks = {
        "warrant": facts.with_columns(outstanding_warrant=True),
        "charge": facts.with_columns(pl.lit(1, pl.Int32).alias(low("pending_charges"))),
        "arrest": facts.with_columns(pl.lit(1, pl.Int32).alias(low("arrests_without_disposition"))),
    }
    for frame in marks.values():
        routed = recommend(frame, rulebook, AS_OF, presume=presume)
        closed = routed.filter((pl.col("route") == "close") & (pl.col("state") == "ON_THE_RECORD"))
        assert closed["needs_review"].all()


@given(seed=SEEDS, known=KNOWN, conflict=st.sampled_from(sorted(CONFLICTS)))
@settings(max_examples=3, deadline=None)
def test_no_case_closes_on_the_record_with_a_conflict_that_the_rulebook_reads(
    rulebook: CompiledRulebook, seed: int, known: Known, conflict: str
) -> None:
    facts = unsettled(cases(rulebook, seed, known), pl.Series([[conflict]] * ROWS))
    routed = recommend(facts, rulebook, AS_OF)
    assert routed["conflicts"].to_list() == [[conflict]] * ROWS
    read = {name for c in rulebook.criteria for name in rulebook.facts_read(c.condition)}
    if read & {*CONFLICTS[conflict].facts}:
        closed = routed.filter(pl.col("route") == "close")
        assert (closed["state"] != "ON_THE_RECORD").all()
        assert closed["needs_review"].all()
    presumed = {check["fact"] for row in routed.to_dicts() for check in row["checks"]}
    assert not presumed & {*CONFLICTS[conflict].facts}


@given(seed=SEEDS, known=KNOWN, cut=st.integers(1, ROWS - 1))
@settings(max_examples=3, deadline=None)
def test_split_and_order_do_not_matter(
    rulebook: CompiledRulebook, seed: int, known: Known, cut: int
) -> None:
    facts = cases(rulebook, seed, known)
    whole = recommend(facts, rulebook, AS_OF)
    parts = [recommend(part, rulebook, AS_OF) for part in (facts[:cut], facts[cut:])]
    assert pl.concat(parts).equals(whole)
    turned = facts.reverse().select(reversed(facts.columns))
    assert recommend(turned, rulebook, AS_OF).reverse().equals(whole)
