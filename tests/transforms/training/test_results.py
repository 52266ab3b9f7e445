"""Results of trainees, against numbers worked out by hand."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from schemas.outcomes import ROUTES, Route
from schemas.training import Answer, TrainingResult
from transforms.training.results import CriterionResult, mark, results
from transforms.training.scenario import Answered, Scenario

DAY = datetime.date(2011, 11, 17)
CLOSE = Answered("close", ("F1", "F2"), ("served", "arrests"))
KEEP = Answered("continue", (), ())
ANSWERED = {"a": CLOSE, "b": KEEP}
SCENARIOS = {id_: Scenario(id_, 0, "plain", f"lesson {id_}", DAY, ()) for id_ in ANSWERED}


def answer(
    scenario: str, route: Route, reasons: Sequence[str] = (), ask: Sequence[str] = ()
) -> Answer:
    return Answer(scenario=scenario, route=route, reasons=tuple(reasons), ask=tuple(ask))


def file(name: str, *answers: Answer) -> TrainingResult:
    return TrainingResult(
        version=1, rulebook="small", digest="d", trainee=name,
        saved=datetime.datetime(2026, 1, 1), answers=answers,
    )  # fmt: skip


def test_an_answer_is_marked_part_by_part() -> None:
    right = mark(answer("a", "close", ["F2", "F1"], ["arrests"]), CLOSE)
    assert (right.route, right.reasons, right.ask) == (True, True, True)
    wrong = mark(answer("a", "expedite", ["F1", "P1"], ["arrests", "removals"]), CLOSE)
    assert (wrong.route, wrong.reasons, wrong.ask) == (False, False, False)
    assert (wrong.missed, wrong.extra) == (("F2",), ("P1",))
    # Where something can still matter, nothing is no good question; where nothing can, it is.
    assert not mark(answer("a", "close"), CLOSE).ask
    assert mark(answer("b", "continue"), KEEP).ask
    assert not mark(answer("b", "continue", (), ["arrests"]), KEEP).ask


def test_three_trainees_by_hand() -> None:
    found = results(
        [
            file("ana", answer("a", "close", ["F1", "F2"], ["served"]), answer("b", "continue")),
            file(
                "ben", answer("a", "close", ["F1"], ["removals"]), answer("b", "expedite", ["F1"])
            ),
            file("", answer("a", "continue", ["F1"], ["served"]), answer("gone", "close")),
        ],
        SCENARIOS,
        ANSWERED,
    )
    counted = [(one.name, one.answers, one.route, one.reasons, one.ask) for one in found.trainees]
    assert counted == [("ana", 2, 2, 2, 2), ("ben", 2, 1, 0, 1), ("", 1, 0, 0, 1)]
    # a has three pairs of answers, one of which agrees; b has one, which doesn't.
    assert (found.pairs, found.agreeing) == (4, 1)
    # ana and ben had both, the others one; rows and columns are close, continue, expedite.
    assert [(one.first, one.second, one.cases, one.same) for one in found.together] == [
        (0, 1, 2, 1), (0, 2, 1, 0), (1, 2, 1, 0)
    ]  # fmt: skip
    assert found.together[0].table == [[1, 0, 0], [0, 0, 1], [0, 0, 0]]
    assert found.criteria == [CriterionResult("F2", 3, 1, 0), CriterionResult("F1", 3, 3, 1)]
    assert [(one.scenario, one.right, one.wrong) for one in found.scenarios] == [
        ("b", "continue", 1),
        ("a", "close", 1),
    ]
    assert found.scenarios[1].chosen == {"close": 2, "continue": 1, "expedite": 0}


ANSWERS = st.builds(
    answer,
    st.sampled_from(["a", "b", "gone"]),
    st.sampled_from(ROUTES),
    st.lists(st.sampled_from(["F1", "F2", "P1"]), unique=True),
    st.lists(st.sampled_from(["served", "arrests", "removals"]), unique=True),
)


@given(st.lists(st.lists(ANSWERS, max_size=4, unique_by=lambda one: one.scenario), max_size=4))
def test_counts_add_up(given_: list[list[Answer]]) -> None:
    files = [file(str(place), *answers) for place, answers in enumerate(given_)]
    found = results(files, SCENARIOS, ANSWERED)
    known = [one for answers in given_ for one in answers if one.scenario in ANSWERED]
    assert sum(one.answers for one in found.trainees) == len(known)
    assert sum(sum(one.chosen.values()) for one in found.scenarios) == len(known)
    assert sum(one.route for one in found.trainees) == len(known) - sum(
        one.wrong for one in found.scenarios
    )
    assert sum(one.affected for one in found.criteria) == 2 * sum(
        one.scenario == "a" for one in known
    )
    assert sum(one.same for one in found.together) == found.agreeing
    assert sum(one.cases for one in found.together) == found.pairs
