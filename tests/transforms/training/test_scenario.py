"""Scenarios: made of examples, with questions to choose from."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st

from schemas.rulebook.default import DEFAULT
from schemas.rulebooks import load
from tests.helpers.small_rulebook import small
from transforms.training.course import answers, choose, exercises
from transforms.training.scenario import KINDS, Answered, Scenario, options, scenarios

DAY = datetime.date(2011, 11, 17)


def scenario(name: str, kind: str, *criteria: str, place: int = 0) -> Scenario:
    [known] = [one for one in KINDS if one == kind]
    return Scenario(name, place, known, name, DAY, criteria)


def test_a_case_has_the_answer_that_its_example_expects() -> None:
    rulebook = load(DEFAULT)
    made = scenarios(rulebook)
    assert len(made) > 100
    assert len({one.id for one in made}) == len(made)
    assert {one.kind for one in made} == set(KINDS)
    kinds = {one.lesson: one.kind for one in made}
    assert kinds["P3, a gang member"] == "plain"
    assert kinds["F4, on the 65th birthday"] == "day"
    assert kinds["On both lists, an attorney must decide"] == "both"
    assert kinds["Nothing is known, so nothing supports a route and much could"] == "open"
    one_day = [one for one in made if one.as_of == DAY]
    assert len(one_day) > 50
    for id_, answered in answers(one_day, rulebook).items():
        [one] = [one for one in one_day if one.id == id_]
        # Worked out by hand, in the rulebook.
        expected = rulebook.rulebook.examples[one.place].expect
        if expected.route is not None:
            assert answered.route == expected.route, one.lesson
        if expected.reasons is not None:
            assert set(answered.reasons) == set(expected.reasons), one.lesson
        if expected.missing_facts is not None:
            assert answered.missing == tuple(expected.missing_facts), one.lesson


@given(st.lists(st.sampled_from(sorted(small().readers)), unique=True))
def test_one_can_choose_something_right_and_something_wrong(missing: list[str]) -> None:
    answered = Answered("continue", (), tuple(missing))
    offered = options(scenario("x", "open"), answered, small())
    assert offered == options(scenario("x", "open"), answered, small())
    assert bool(missing) == any(name in missing for name in offered)
    rest = set(small().readers) - set(missing)
    assert bool(rest) == any(name in rest for name in offered)
    assert len(offered) == len(set(offered))


def test_every_kind_gets_its_turn_and_new_criteria_go_first() -> None:
    made = [
        scenario("a", "plain", "P1", place=0),
        scenario("b", "plain", "P1", place=1),
        scenario("c", "plain", "F1", place=2),
        scenario("d", "open", "F1", place=3),
        scenario("e", "open", place=4),
    ]
    # Plain gives a (P1), open gives d (F1); then b and c have each come up once, so b, the first.
    assert [one.id for one in choose(made, 3)] == ["a", "b", "d"]
    assert [one.id for one in choose(made, 2)] == ["a", "d"]
    assert [one.id for one in choose(made, 99)] == ["a", "b", "c", "d", "e"]
    assert choose([], 3) == []


def test_exercises_are_in_order_and_say_what_is_on_file() -> None:
    rulebook = load("dhs-2025-01-20")
    chosen = choose(scenarios(rulebook), 3)
    made = exercises(chosen, rulebook)
    assert [one.scenario for one in made] == chosen
    for one in made:
        assert one.explanation.outcome.route == one.answered.route
        assert one.explanation.as_of == one.scenario.as_of
        case = rulebook.rulebook.examples[one.scenario.place].case
        assert bool(case) == bool(one.file.known or one.file.absent)
