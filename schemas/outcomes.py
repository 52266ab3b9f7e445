"""Outcomes: the terms of a recommendation, each with its text for a person."""

from __future__ import annotations

from typing import Literal, get_args

Route = Literal["close", "continue", "expedite"]
State = Literal["ON_THE_RECORD", "AFTER_CHECKS", "OPEN"]
Form = Literal[
    "NOT_FILING",
    "ADMINISTRATIVE_CLOSURE",
    "DISMISSAL_WITHOUT_PREJUDICE",
    "ACCELERATION",
    "TERMINATION_FOR_EXPEDITED_REMOVAL",
]
ReviewReason = Literal["CONFLICT", "TABLE", "RULE", "JUDGMENT", "MARKER"]
Step = Literal["BACKGROUND_CHECK", "SUPERVISOR_SIGNATURE", "RESPONDENT_MAY_DECLINE"]

ROUTES: tuple[Route, ...] = get_args(Route)
STATES: tuple[State, ...] = get_args(State)
FORMS: tuple[Form, ...] = get_args(Form)

STATE_TEXTS: dict[State, str] = {
    "ON_THE_RECORD": "on the record: no fact still unknown can change it",
    "AFTER_CHECKS": "after checks: the route leans on presumptions, to be checked first",
    "OPEN": "open: the case continues only because facts are unknown",
}
FORM_TEXTS: dict[Form, str] = {
    "NOT_FILING": "do not file the Notice to Appear with the court",
    "ADMINISTRATIVE_CLOSURE": "offer administrative closure",
    "DISMISSAL_WITHOUT_PREJUDICE": "move to dismiss without prejudice",
    "ACCELERATION": "pursue the case in an accelerated manner",
    "TERMINATION_FOR_EXPEDITED_REMOVAL": "review for expedited removal and termination",
}
REVIEW_TEXTS: dict[str, str] = {
    "CONFLICT": "facts that conflict",
    "TABLE": "the routing table leaves it to a person",
    "RULE": "a rule of the rulebook",
    "JUDGMENT": "words that a person must judge",
    "MARKER": "a sign of an adverse fact that isn't known",
}
STEP_TEXTS: dict[Step, str] = {
    "BACKGROUND_CHECK": "Run the background check.",
    "SUPERVISOR_SIGNATURE": "Have a supervisor sign.",
    "RESPONDENT_MAY_DECLINE": "Ask the respondent, who may decline.",
}
