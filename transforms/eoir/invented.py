"""What is invented for a case before its rows are written in the court's format."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.sample.draw import Bools, Draw, Ints

FIRST_DAY, LAST_DAY = datetime.date(2005, 1, 1), datetime.date(2013, 12, 31)
FIRST_CASE = 2_000_000
_EPOCH = datetime.date(1970, 1, 1)
_COURTS = {
    "LOS": 16.0, "NYC": 15.0, "MIA": 10.0, "SFR": 8.0, "CHI": 5.0, "HOU": 5.0, "BAL": 3.0,
    "DEN": 4.0, "SEA": 3.0, "ORL": 4.0, "ATL": 4.0, "PHO": 3.0, "BOS": 4.0, "DAL": 3.0,
}  # fmt: skip
_NATIONS = {
    "MX": 40.0, "GT": 11.0, "ES": 11.0, "HO": 8.0, "CH": 8.0, "IN": 2.0, "DR": 3.0, "HA": 3.0,
    "CU": 2.0, "BR": 2.0, "CO": 2.0, "EC": 2.0,
}  # fmt: skip
_ENDS = {"X": 45.0, "R": 14.0, "T": 9.0, "V": 12.0, "A:": 6.0, "B:": 3.0, "Y:": 1.5, "M:": 1.0,
         "I:": 0.7, "C:": 5.0, "T:": 3.0}  # fmt: skip


@dataclass(frozen=True)
class Invented:
    """What is drawn for some cases before their rows; days count from 1970.

    Args:
        draw: The random draws.
        case: IDNCASE.
        issued: The day of the notice.
        opened: The day on which the first proceeding opened.
        ended: The day on which it ended, if it has.
        done: Whether it has ended.
        coded: Whether it ended other than by a decision.
        letter: The letter of its outcome.
        decision: The letter of a decision, which depends on the case type.
        again: Whether a second proceeding follows.
        court: The court.
        nation: The nationality.
        custody: The code of custody.
        language: The language.
        held: Whether the person is or was detained.
        heard: Whether there was a hearing.
        moved_house: Whether the address changed.
        case_type: The case type.
        lawyer: Whether a lawyer has appeared.
        appeared: The day of the appearance.
        born: The day of birth.
        entered: The day of entry.
    """

    draw: Draw
    case: Ints
    issued: Ints
    opened: Ints
    ended: Ints
    done: Bools
    coded: Bools
    letter: pl.Series
    decision: pl.Series
    again: Bools
    court: pl.Series
    nation: pl.Series
    custody: pl.Series
    language: pl.Series
    held: Bools
    heard: Bools
    moved_house: Bools
    case_type: pl.Series
    lawyer: Bools
    appeared: Ints
    born: Ints
    entered: Ints

    @property
    def count(self) -> int:
        """Return the number of cases."""
        return len(self.case)


def invent(draw: Draw, first: int, cases: int) -> Invented:
    """Draw some cases.

    Args:
        draw: The random draws.
        first: The number of the first case, from 0.
        cases: How many.
    """
    case = np.arange(first, first + cases) + FIRST_CASE
    issued = draw.between(_days(FIRST_DAY), _days(LAST_DAY))
    opened = issued + draw.between(1, 120)
    lasted = np.minimum(draw.exponential(600), 4000).astype(np.int64) + 5
    done = draw.chance(0.85)
    end = draw.pick(_ENDS)
    coded = end.str.ends_with(":").to_numpy()
    letter = end.str.head(1)
    moved = coded & letter.is_in(["C", "T"]).to_numpy() & done
    closed = coded & letter.is_in(["A", "B", "Y", "M"]).to_numpy() & done
    again = moved | (closed & draw.chance(0.25))
    court, nation = draw.pick(_COURTS), draw.pick(_NATIONS)
    custody = draw.pick({"N": 62.0, "R": 18.0, "D": 20.0})
    language = draw.pick({"SP": 70.0, "ENG": 15.0, "MAN": 8.0, "POR": 3.0, "CRE": 4.0})
    held, heard = ~(custody == "N").to_numpy(), draw.chance(0.82)
    moved_house = draw.chance(0.3)
    case_type = draw.pick({"RMV": 94.0, "DEP": 3.0, "WHO": 1.2, "CFR": 1.0, "EXC": 0.8})
    lawyer = draw.chance(0.5)
    appeared = opened + draw.between(0, 400)
    born = issued - draw.between(5 * 365, 70 * 365)
    entered = np.maximum(born, issued - draw.between(0, 20 * 365))
    ended = opened + lasted
    order = case_type.replace({"DEP": "D", "EXC": "E"}).is_in(["D", "E"]).to_numpy()
    decision = pl.Series(np.where(order & (letter == "X").to_numpy(), "D", letter.to_numpy()))
    decision = decision.zip_with(case_type != "EXC", decision.replace({"D": "E"}))
    return Invented(
        draw=draw,
        case=case,
        issued=issued,
        opened=opened,
        ended=ended,
        done=done,
        coded=coded,
        letter=letter,
        decision=decision,
        again=again,
        court=court,
        nation=nation,
        custody=custody,
        language=language,
        held=held,
        heard=heard,
        moved_house=moved_house,
        case_type=case_type,
        lawyer=lawyer,
        appeared=appeared,
        born=born,
        entered=entered,
    )


def _days(day: datetime.date) -> int:
    return (day - _EPOCH).days
