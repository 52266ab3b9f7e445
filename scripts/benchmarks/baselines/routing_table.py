"""The routing table of the guidance of November 17, 2011, computed once for every position.

A position is the value of everything that a row reads: FALSE, TRUE, or UNKNOWN (0, 1, 2). An
unknown may turn out either way, so a position stands for one or more worlds in which everything is
known.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import numpy as np

ROUTES = ("close", "continue", "expedite")
UNDECIDED, NONE = 3, -1
# What rows read; `enough` is a score of 9 or more.
ATOMS = ("priority", "favored", "not_filed", "B5", "B_covered", "B_clear", "enough")
FALSE, TRUE, UNKNOWN = range(3)
BOTH_LISTS = (
    "The case is on both lists, and the guidance, as far as seen, has no rule for that; an "
    "attorney must decide."
)
VICTIM_ADVERSE = (
    "A victim, witness, or plaintiff of memo 10076.1, yet a priority or with an adverse factor of "
    "that memo; an attorney must decide."
)
VICTIM_NOT_FILED = (
    "Memo 10076.1: do not begin proceedings against a victim of or a witness to a crime, none of "
    "its adverse factors being present."
)
VICTIM = (
    "Memo 10076.1 covers a victim, witness, or plaintiff, and none of its adverse factors is "
    "present; an attorney must decide whether it reaches a pending case."
)
NOT_FILING, CLOSURE, ACCELERATION = "NOT_FILING", "ADMINISTRATIVE_CLOSURE", "ACCELERATION"
# Row, route, form, and why it needs human review.
ROWS: tuple[tuple[str, int, str | None, str], ...] = (
    ("both-lists", 1, None, BOTH_LISTS),
    ("favored-not-filed", 0, NOT_FILING, ""),
    ("favored", 0, CLOSURE, ""),
    ("victim-and-adverse", 1, None, VICTIM_ADVERSE),
    ("victim-not-filed", 0, NOT_FILING, VICTIM_NOT_FILED),
    ("victim", 0, CLOSURE, VICTIM),
    ("priority", 2, ACCELERATION, ""),
    ("weighed-not-filed", 0, NOT_FILING, ""),
    ("weighed", 0, CLOSURE, ""),
    ("neither", 1, None, ""),
)
FORMS = (NOT_FILING, CLOSURE, ACCELERATION)


def first_row(world: Iterable[int]) -> int:
    """Return the row that decides when everything is known."""
    priority, favored, not_filed, adverse, covered, clear, enough = world
    if favored:
        return 0 if priority else 1 if not_filed else 2
    if covered and (priority or adverse):
        return 3
    if clear and not priority:
        return 4 if not_filed else 5
    if priority:
        return 6
    if enough:
        return 7 if not_filed else 8
    return 9


class Table:
    """For each position's code (`code`): its result, and what each atom could still change."""

    def __init__(self) -> None:
        size = 3 ** len(ATOMS)
        self.possible = np.zeros(size, np.uint8)
        self.route = np.full(size, UNDECIDED, np.uint8)
        self.row = np.full(size, NONE, np.int8)
        self.form = np.full(size, NONE, np.int8)
        # By atom, and `short` for a falling score: the routes that it could still change.
        self.turns = {name: np.zeros(size, np.uint8) for name in (*ATOMS, "short")}
        for code, position in enumerate(itertools.product(range(3), repeat=len(ATOMS))):
            worlds = itertools.product(*((0, 1) if p == UNKNOWN else (p,) for p in position))
            reached = sorted({first_row(world) for world in worlds})
            self._outcome(code, reached)
            self._turns(code, position)

    def _outcome(self, code: int, reached: list[int]) -> None:
        routes = {ROWS[row][1] for row in reached}
        self.possible[code] = sum(1 << route for route in routes)
        if len(routes) > 1:
            return
        self.route[code], self.row[code] = routes.pop(), reached[-1]
        forms = {ROWS[row][2] for row in reached}
        form = forms.pop()
        if form is not None and not forms:
            self.form[code] = FORMS.index(form)

    def _turns(self, code: int, position: tuple[int, ...]) -> None:
        for place, name in enumerate(ATOMS):
            if position[place] != UNKNOWN:
                continue
            choices = [(0, 1) if p == UNKNOWN else (p,) for p in position]
            choices[place] = (0,)
            for world in itertools.product(*choices):
                turned = (*world[:place], 1, *world[place + 1 :])
                before, after = ROWS[first_row(world)][1], ROWS[first_row(turned)][1]
                if before != after:
                    self.turns[name][code] |= 1 << before
                    if name == "enough":
                        self.turns["short"][code] |= 1 << after


def code(position: Iterable[int]) -> int:
    """Return the code of a position."""
    number = 0
    for value in position:
        number = 3 * number + value
    return number
