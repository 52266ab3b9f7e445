"""Properties of recommendations on random partial cases, under every rulebook that ships."""

from __future__ import annotations

import datetime
from typing import Literal, TypeAlias

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.facts import FACTS, low
from schemas.rulebook_compile import CompiledRulebook
from schemas.rulebooks import load, names
from tests.helpers.random_facts import AS_OF, complete, near_milestones, partial_facts, quiet_facts
from transforms.route.recommendation import recommend
from transforms.route.rows import route_cases
from transforms.score.milestones import milestone_dates
from transforms.score.position import Weighing, standing
from transforms.score.presumptions import presumable, with_presumptions

ROWS = 24
SEEDS = st.integers(0, 2**32 - 1)
QUIET: Literal["quiet"] = "quiet"
# How much is known, or that most is and little of it is true.
Known: TypeAlias = float | Literal["quiet"]
KNOWN: st.SearchStrategy[Known] = st.sampled_from([0.3, 0.95, QUIET, QUIET])
ONE_DAY = datetime.timedelta(days=1)


@pytest.fixture(params=names(), scope="module")
def rulebook(request: pytest.FixtureRequest) -> CompiledRulebook:
    return load(request.param)


def cases(rulebook: CompiledRulebook, seed: int, known: Known) -> pl.DataFrame:
    facts = quiet_facts(seed, ROWS) if known == QUIET else partial_facts(seed, ROWS, known)
    return near_milestones(facts, rulebook, seed)


def test_the_random_cases_reach_every_row_of_the_routing_table(rulebook: CompiledRulebook) -> None:
    """Else the properties below would say nothing of a row."""
    facts = pl.concat(cases(rulebook, seed, QUIET) for seed in range(12))
    reached = recommend(facts, rulebook, AS_OF)
    assert set(reached["rule"].drop_nulls()) == {row.id for row in rulebook.rulebook.routing}
    assert reached["rule"].null_count() > 0
    assert (reached["checks"].list.len() > 0).any() == bool(rulebook.presumptions)
    assert (reached["changes_on"].count() > 0) == bool(rulebook.milestones)


@given(seed=SEEDS, other=SEEDS, known=KNOWN, presume=st.booleans())
@settings(max_examples=12, deadline=None)
def test_every_completion_routes_into_possible_routes(
    rulebook: CompiledRulebook, seed: int, other: int, known: Known, presume: bool
) -> None:
    facts = cases(rulebook, seed, known)
    partial = recommend(facts, rulebook, AS_OF, presume=presume)
    whole = recommend(complete(facts, other), rulebook, AS_OF, presume=presume)
    for before, after in zip(partial.to_dicts(), whole.to_dicts(), strict=True):
        assert after["route"] in before["possible_routes"]
        assert after["firm"]
        assert not after["criteria_unknown"]
        assert not after["missing_facts"]
        assert before["score_low"] <= after["score_low"] == after["score_high"]
        assert after["score_high"] <= before["score_high"]
        assert before["firm"] == (len(before["possible_routes"]) == 1)
        if before["firm"]:
            assert before["route"] == after["route"]


@given(seed=SEEDS, other=SEEDS, known=KNOWN)
@settings(max_examples=12, deadline=None)
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
@settings(max_examples=12, deadline=None)
def test_only_true_criteria_ground_a_route(
    rulebook: CompiledRulebook, seed: int, known: Known, presume: bool
) -> None:
    routed = recommend(cases(rulebook, seed, known), rulebook, AS_OF, presume=presume)
    for row in routed.to_dicts():
        grounds = {ground["criterion"] for ground in row["grounds"]}
        assert grounds <= set(row["criteria_true"])
        if row["route"] != "continue":
            assert grounds
        if not presume:
            assert not row["checks"]


@given(seed=SEEDS, known=KNOWN)
@settings(max_examples=6, deadline=None)
def test_changes_on_is_the_first_day_that_the_route_differs(
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
@settings(max_examples=12, deadline=None)
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
@settings(max_examples=6, deadline=None)
def test_a_presumption_whose_contrary_would_change_the_route_is_a_check(
    rulebook: CompiledRulebook, seed: int, known: Known
) -> None:
    facts = cases(rulebook, seed, known)
    routed = recommend(facts, rulebook, AS_OF)
    applies = presumable(facts, rulebook)
    presumed = {fact: p.presumption.presume[fact] for fact, p in rulebook.presumed.items()}
    contrary = pl.concat(the_contrary(facts, *item) for item in presumed.items())
    routes = recommend(contrary, rulebook, AS_OF)["route"]
    for number, fact in enumerate(presumed):
        others = routes.slice(number * facts.height, facts.height)
        applied = applies[fact]
        for case, other, applies_here in zip(routed.to_dicts(), others, applied, strict=True):
            if applies_here and case["route"] != other:
                assert fact in {check["fact"] for check in case["checks"]}


def the_contrary(facts: pl.DataFrame, name: str, value: bool | int) -> pl.DataFrame:
    if FACTS[name].kind == "bool":
        return facts.with_columns(pl.lit(not value).alias(name))
    more = pl.max_horizontal(low(name), pl.lit(value + 1, facts.schema[low(name)]))
    return facts.with_columns(more.alias(low(name)))


@given(seed=SEEDS, known=KNOWN)
@settings(max_examples=12, deadline=None)
def test_without_all_presumptions_that_are_no_checks_the_route_is_the_same(
    rulebook: CompiledRulebook, seed: int, known: Known
) -> None:
    facts = cases(rulebook, seed, known)
    routed = recommend(facts, rulebook, AS_OF)
    checked = routed["checks"].list.eval(pl.element().struct.field("fact"))
    fewer = presumable(facts, rulebook).select(
        pl.col(fact) & checked.list.contains(fact) for fact in rulebook.presumed
    )
    presumed = with_presumptions(facts, fewer, rulebook)
    weighing = Weighing(rulebook, facts, presumed, milestone_dates(facts, rulebook))
    _, values = weighing.values(rulebook.criteria, routed["as_of"])
    again = route_cases(standing(values, rulebook.criteria), rulebook)
    assert again["route"].to_list() == routed["route"].to_list()


@given(seed=SEEDS, known=KNOWN, cut=st.integers(1, ROWS - 1))
@settings(max_examples=12, deadline=None)
def test_split_and_order_do_not_matter(
    rulebook: CompiledRulebook, seed: int, known: Known, cut: int
) -> None:
    facts = cases(rulebook, seed, known)
    whole = recommend(facts, rulebook, AS_OF)
    parts = [recommend(part, rulebook, AS_OF) for part in (facts[:cut], facts[cut:])]
    assert pl.concat(parts).equals(whole)
    turned = facts.reverse().select(reversed(facts.columns))
    assert recommend(turned, rulebook, AS_OF).reverse().equals(whole)
