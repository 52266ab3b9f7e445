"""Invented people of a sample backlog, and the dates on which the rest of their files depends."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import polars as pl

from transforms.sample.draw import Bools, Columns, Draw, Floats, Ints, either, iso, where
from transforms.sample.kinds import ADMITTED, COURTS, CROSSED, KINDS, LANGUAGES, Kind

YEAR = 365.25


def years(number: float) -> int:
    """Convert years to days."""
    return int(number * YEAR)


class People:
    """People of the kinds in `KINDS`. All dates are days before `TODAY`.

    Args:
        draw: Chance.
        later: The draws for fields that were added later, so that the others stay the same.
    """

    def __init__(self, draw: Draw, later: Draw) -> None:
        self.draw = draw
        self.later = later
        self.court = draw.pick({code: court.share for code, court in COURTS.items()})
        self.kind = self._kinds()
        order = self.kind.replace_strict({name: at for at, name in enumerate(KINDS)}).to_numpy()
        self._rates = {
            field.name: np.array([getattr(kind, field.name) for kind in KINDS.values()])[order]
            for field in fields(Kind)
        }
        self.here = np.maximum(self._days("years"), 30)
        # Nobody entered before the first months of life.
        self.age = np.maximum(self._days("age"), self.here + 90)
        self.married = draw.chance(np.clip((self.age - years(18)) / years(12), 0, 1) * 0.62)
        self.female = draw.chance(0.4)
        self.uninspected = self.has("uninspected")
        self.resident = self.has("resident")
        self.overstayed = ~self.uninspected & ~self.resident & self.has("overstayed")
        self.at_border = self.uninspected & self.has("at_border")
        self.asylum = self.has("asylum")
        self.victim = self.has("victim")
        issued = draw.between(20, np.minimum(2100, self.here * 4 // 5))
        self.nta = np.where(self.at_border, self.here - draw.between(0, 2), issued)
        # Somebody who was removed, or travels, has entered before.
        old_enough = self.age > self.here + years(5)
        self.removed = self.has("removed") & old_enough & (self.age > years(17))
        self.returned = self.removed | (draw.chance(0.1) & old_enough)
        self.first = np.minimum(self.here + draw.between(400, 3000), self.age - 90)
        self.left = draw.between(self.here + 30, self.first - 5)

    def has(self, rate: str) -> Bools:
        """Draw whether each person has something that occurs at the kind's rate."""
        return self.draw.chance(self.rate(rate))

    def rate(self, name: str) -> Floats:
        """Return each person's rate, by kind."""
        return self._rates[name]

    def nationality(self) -> pl.Series:
        """Draw where each person is from, by the court's region and the manner of entry."""
        region = self.court.replace_strict({code: court.region for code, court in COURTS.items()})
        chosen = pl.Series([None], dtype=pl.String).new_from_index(0, len(region))
        for name in CROSSED:
            here = (region == name).to_numpy()
            of_region = either(
                self.uninspected, self.draw.pick(CROSSED[name]), self.draw.pick(ADMITTED[name])
            )
            chosen = either(here, of_region, chosen)
        return chosen

    def _kinds(self) -> pl.Series:
        shares = self.court.replace_strict({code: c.favored for code, c in COURTS.items()})
        favored, others = (
            self.draw.pick({name: k.share for name, k in KINDS.items() if k.favored is wanted})
            for wanted in (True, False)
        )
        return either(self.draw.chance(shares.to_numpy()), favored, others)

    def _days(self, name: str) -> Ints:
        low, high = self._rates[name].T
        return years_and_days(self.draw, low, high)


def years_and_days(draw: Draw, low: Ints, high: Ints) -> Ints:
    """Convert a span of years to days: from whole years to the end of the last year."""
    whole = draw.between(low, high) + draw.random()
    return (whole * YEAR).astype(np.int64)


def person(people: People) -> Columns:
    """Make birth, sex, nationality, language, and marriage.

    Args:
        people: The people.

    Returns:
        Columns of case_record.avsc by name.
    """
    draw = people.draw
    born = iso(people.age)
    known = draw.pick({"10": 0.94, "7": 0.05, "4": 0.01}).cast(pl.Int64)
    nationality = people.nationality()
    removable = nationality.replace_strict({"CU": 0.8, "CH": 0.06, "HA": 0.05}, default=0.004)
    return {
        # For some births, only the month or the year is known.
        "birth_date": born.str.head(known),
        "nationality": nationality,
        "language": nationality.replace_strict(LANGUAGES, default="SP"),
        "sex": either(people.female, "FEMALE", "MALE"),
        "marital_status": either(people.married, "MARRIED", "UNMARRIED"),
        "removal_unlikely": pl.Series(draw.chance(removable.to_numpy())),
    }


def health(people: People) -> Columns:
    """Make illness, disability, and pregnancy, of the person and the spouse.

    Args:
        people: The people.

    Returns:
        Columns of case_record.avsc by name.
    """
    draw = people.draw
    ill = people.has("ill")
    fertile = (people.age > years(16)) & (people.age < years(45))
    return {
        "serious_condition": pl.Series(ill & draw.chance(0.8)),
        "severe_illness": pl.Series(ill),
        "serious_disability": pl.Series(draw.chance(np.where(ill, 0.35, 0.004))),
        "spouse_severe_illness": pl.Series(people.married & draw.chance(0.01)),
        "pregnant_or_nursing": pl.Series(people.female & fertile & draw.chance(0.045)),
        "spouse_pregnant_or_nursing": pl.Series(
            people.married & ~people.female & fertile & draw.chance(0.05)
        ),
    }


def school(people: People) -> Columns:
    """Make school and higher education.

    Args:
        people: The people.

    Returns:
        Columns of case_record.avsc by name.
    """
    draw = people.draw
    schooled = people.has("school")
    minor, young = people.age < years(18), people.age < years(19)
    in_school = young & (people.age > years(5)) & draw.chance(np.where(schooled, 0.94, 0.55))
    # Somebody who came before the last years of school finished it here, if at all.
    came_young = people.age - people.here < years(17)
    finished = ~minor & ~in_school & draw.chance(np.where(schooled, 0.93, 0.38))
    where_finished = either(schooled & came_young, "COMPLETED_IN_US", "COMPLETED_ABROAD")
    higher = schooled & finished & draw.chance(0.62)
    pursuing = higher & (draw.chance(0.4) | (people.age < years(22)))
    return {
        "in_school": pl.Series(in_school),
        "high_school": either(finished, where_finished, "NOT_COMPLETED"),
        "higher_education": either(higher, either(pursuing, "PURSUING", "COMPLETED"), "NEITHER"),
    }


def presence(people: People) -> Columns:
    """Make lawful status, and presence as shown.

    Args:
        people: The people.

    Returns:
        Columns of case_record.avsc by name.
    """
    draw, resident = people.draw, people.resident
    since = np.maximum(people.here - draw.between(0, years(4)), people.nta + 60)
    lawful = np.where(people.uninspected, 0, draw.between(0, np.minimum(people.here // 30, 30)))
    return {
        "lawful_permanent_resident": pl.Series(resident),
        "lpr_since": where(resident, iso(since)),
        "months_in_lawful_status": pl.Series(np.where(resident, since // 30, lawful)),
        "present_continuously_since": iso(people.here),
    }
