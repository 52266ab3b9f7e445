"""Invented people: who they are, how they came, what they did and what speaks for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import numpy as np
import polars as pl

from transforms.sample_draw import Bools, Draw, Floats, Ints, Pen, lists, where
from transforms.sample_kinds import ADMITTED, CROSSED, KINDS, LANGUAGES, Kind

YEAR = 365.25
SERIOUS = {"BURGLARY": 0.25, "DRUG_TRAFFICKING": 0.35, "VIOLENCE": 0.2, "FIREARM": 0.1, "FRAUD": 0.1}
GRAVE = {"DUI": 0.45, "ASSAULT": 0.25, "DOMESTIC_VIOLENCE": 0.2, "HIT_AND_RUN": 0.1}
LIGHT = {"THEFT": 0.4, "DRUG_POSSESSION": 0.2, "PUBLIC_ORDER": 0.15, "TRAFFIC": 0.25}
OFFENSE_WORDS = {
    "DUI": "Drunk Driving", "THEFT": "Shoplifting", "ASSAULT": "Battery", "TRAFFIC": "Speeding",
    "HIT_AND_RUN": "Hit & Run", "DRUG_POSSESSION": "Possession of Marijuana",
}  # fmt: skip
FORM_WORDS = {"ASYL": "I-589", "42B": "EOIR-42B", "245": "I-485", "I918": "U Visa"}
NATION_WORDS = {"MX": "Mexico", "ES": "El Salvador", "CH": "China", "GT": "Guatemala"}
STATUSES = {"CITIZEN": 0.35, "PERMANENT_RESIDENT": 0.15, "OTHER_LAWFUL": 0.1, "NONE": 0.4}
TIES = {"EMPLOYMENT": 3.0, "HOME": 1.0, "FAITH": 2.0, "TAXES": 3.0, "VOLUNTEERING": 1.0}

Columns = dict[str, pl.Series]


class People:
    """A number of people of the kinds of `KINDS`, and what the parts of their files share.

    Args:
        draw: Chance.
    """

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        kind = draw.pick({name: kind.share for name, kind in KINDS.items()})
        order = kind.replace_strict({name: at for at, name in enumerate(KINDS)}).to_numpy()
        self._rates = {
            field.name: np.array([getattr(kind, field.name) for kind in KINDS.values()])[order]
            for field in fields(Kind)
        }
        self.here = self._days("years")
        # Nobody came before the first months of life.
        self.age = np.maximum(self._days("age"), self.here + 90)
        self.uninspected = self.has("uninspected")
        self.resident = self.has("resident")
        self.overstayed = ~self.uninspected & self.has("overstayed")
        self.felon = self.has("felony")
        self.misdemeanants = (self.has("misdemeanor"), self.has("misdemeanor"))
        self.convicted = self.felon | self.misdemeanants[0] | self.misdemeanants[1]
        self.removed = self.has("removed")

    def has(self, rate: str) -> Bools:
        """Whether each person has what a kind has at a rate."""
        return self.draw.chance(self.rate(rate))

    def rate(self, name: str) -> Floats:
        """Each person's rate, by kind."""
        return self._rates[name]

    def _days(self, name: str) -> Ints:
        low, high = self._rates[name].T
        years = self.draw.between(low, high) + self.draw.generator.random(self.draw.cases)
        return (years * YEAR).astype(np.int64)


def person(people: People, pen: Pen) -> Columns:
    """Birth, sex, nationality, language and marriage.

    Args:
        people: The people.
        pen: How values are written.

    Returns:
        Columns of case_record.avsc by name.
    """
    draw = people.draw
    born = pen.date(people.age)
    month = where(draw.chance(0.08), pl.Series(pen.date(people.age)))
    crossed = pl.Series(people.uninspected)
    nationality = draw.pick(CROSSED).zip_with(crossed, draw.pick(ADMITTED))
    return {
        "birth_date": born.zip_with(month.is_null(), _months(people.age)),
        "nationality": pen.code(nationality, NATION_WORDS),
        "language": nationality.replace_strict(LANGUAGES, default="SP"),
        "sex": draw.pick({"MALE": 0.62, "FEMALE": 0.38}),
        "marital_status": pl.Series(draw.chance(np.minimum(0.65, people.age / YEAR / 50))).replace_strict(
            {True: "MARRIED", False: "UNMARRIED"}
        ),
    }
