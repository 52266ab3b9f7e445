"""Invented criminal histories, and the charges of removability that go with a whole history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from transforms.sample.draw import Bools, Columns, Draw, Ints, either, iso, lists, where
from transforms.sample.people import People, years
from transforms.score.conviction_facts import STATUS_OFFENSES, VIOLENT

SERIOUS = {
    "DRUG_TRAFFICKING": 0.32, "BURGLARY": 0.2, "VIOLENCE": 0.17, "FRAUD": 0.09, "FIREARM": 0.08,
    "SEXUAL_ABUSE": 0.06, "THEFT": 0.05, "HOMICIDE": 0.02, "GANG": 0.01,
}  # fmt: skip
GRAVE = {
    "DUI": 0.48, "ASSAULT": 0.2, "DOMESTIC_VIOLENCE": 0.18, "HIT_AND_RUN": 0.06, "THREATS": 0.03,
    "OTHER_PUBLIC_SAFETY": 0.03, "SEXUAL_ABUSE": 0.02,
}  # fmt: skip
LIGHT = {
    "THEFT": 0.36, "TRAFFIC": 0.22, "DRUG_POSSESSION": 0.2, "PUBLIC_ORDER": 0.12, "FRAUD": 0.05,
    "OTHER_NON_VIOLENT": 0.05,
}  # fmt: skip
REENTRY = {"ILLEGAL_REENTRY": 0.85, "ILLEGAL_ENTRY": 0.15}
JURISDICTIONS = {"STATE": 0.8, "LOCAL": 0.2}
FEDERAL = ("ILLEGAL_ENTRY", "ILLEGAL_REENTRY", "IMMIGRATION_FRAUD")
AGGRAVATED = {
    "DRUG_TRAFFICKING": 0.95, "HOMICIDE": 0.95, "SEXUAL_ABUSE": 0.8, "VIOLENCE": 0.7,
    "BURGLARY": 0.5, "FIREARM": 0.3, "THEFT": 0.3, "FRAUD": 0.15, "ILLEGAL_REENTRY": 0.1,
}  # fmt: skip

# The words that files use for an offense.
WORDS = {
    "DRUG_TRAFFICKING": "sale of a controlled substance", "BURGLARY": "burglary of a dwelling",
    "VIOLENCE": "robbery", "FRAUD": "forgery", "FIREARM": "unlawful possession of a firearm",
    "SEXUAL_ABUSE": "sexual assault", "THEFT": "larceny", "HOMICIDE": "manslaughter",
    "GANG": "street gang offense", "DUI": "driving under the influence", "ASSAULT": "battery",
    "DOMESTIC_VIOLENCE": "domestic battery", "HIT_AND_RUN": "leaving the scene of an accident",
    "THREATS": "criminal threats", "OTHER_PUBLIC_SAFETY": "reckless endangerment",
    "TRAFFIC": "driving without a license", "DRUG_POSSESSION": "possession of marijuana",
    "PUBLIC_ORDER": "disorderly conduct", "OTHER_NON_VIOLENT": "unlawful gambling",
    "ILLEGAL_ENTRY": "8 USC 1325", "ILLEGAL_REENTRY": "8 USC 1326",
}  # fmt: skip
# For these, the words of a file often leave open what was done.
UNCLEAR = ("THREATS", "SEXUAL_ABUSE", "FIREARM", "OTHER_PUBLIC_SAFETY")
DISPOSITIONS = {"AS THE OTHERS": 0.94, "WITHDRAWN": 0.035, "NOT_SUSTAINED": 0.025}

# Charges that a conviction leads to, for people who were admitted and for those who weren't. Drunk
# driving or traffic offenses alone lead to none.
DEPORTABLE = {
    "DRUG_TRAFFICKING": "237a02Bi", "DRUG_POSSESSION": "237a02Bi", "FIREARM": "237a02C",
    "DOMESTIC_VIOLENCE": "237a02Ei", "THEFT": "237a02AiI", "FRAUD": "237a02AiI",
    "BURGLARY": "237a02AiI", "VIOLENCE": "237a02AiI", "SEXUAL_ABUSE": "237a02AiI",
    "HOMICIDE": "237a02AiI", "ASSAULT": "237a02AiI",
}  # fmt: skip
INADMISSIBLE = {
    "DRUG_TRAFFICKING": "212a02C", "DRUG_POSSESSION": "212a02AiII", "THEFT": "212a02AiI",
    "FRAUD": "212a02AiI", "BURGLARY": "212a02AiI", "VIOLENCE": "212a02AiI",
    "SEXUAL_ABUSE": "212a02AiI", "HOMICIDE": "212a02AiI", "DOMESTIC_VIOLENCE": "212a02AiI",
}  # fmt: skip


def crimes(people: People, fraud: Bools) -> Columns:
    """Make convictions, arrests, other concerns, and the charges in the Notice to Appear.

    Args:
        people: The people.
        fraud: Who was found to have committed immigration fraud.

    Returns:
        Columns of case_record.avsc by name.
    """
    draw = people.draw
    # From age sixteen, and after the entry; a resident's conviction comes before the charge.
    latest = np.minimum(people.here - 20, people.age - years(16))
    earliest = np.where(people.resident, people.nta + 10, 30)
    can = latest >= earliest
    felon = can & people.has("felony")
    first = can & people.has("misdemeanor")
    second = first & draw.chance(0.33 * np.where(people.resident, 0.4, 1.0))
    reentered = people.removed & can & draw.chance(0.2)
    light = people.has("light")
    kinds = (
        (felon, "FELONY", draw.pick(SERIOUS)),
        (reentered, "FELONY", draw.pick(REENTRY)),
        (first, "MISDEMEANOR", either(light, draw.pick(LIGHT), draw.pick(GRAVE))),
        (second, "MISDEMEANOR", either(light, draw.pick(LIGHT), draw.pick(GRAVE))),
        (can & draw.chance(0.01), "INFRACTION", draw.pick({"TRAFFIC": 0.8, "PUBLIC_ORDER": 0.2})),
    )
    when = [draw.between(earliest, latest) for _ in kinds]
    convictions = [
        (
            has,
            _record(people.later, _conviction(draw, grade, category), number)
            | _when(draw, ago, people),
        )
        for number, ((has, grade, category), ago) in enumerate(zip(kinds, when, strict=True))
    ]
    convicted = felon | first | reentered
    number = np.sum([has for has, *_ in kinds], axis=0)
    gang = (people.age > years(16)) & draw.chance(np.where(felon, 0.04, 0.0015))
    security = draw.chance(0.0012)
    return {
        "convictions": lists("convictions", *convictions),
        "arrests": pl.Series(number + draw.chance(np.where(convicted, 0.5, 0.045))),
        "outstanding_warrant": pl.Series(draw.chance(np.where(convicted, 0.03, 0.004))),
        "security_risk": pl.Series(security),
        "gang_member": pl.Series(gang),
        "gang_participation": pl.Series(gang | ((people.age > years(17)) & draw.chance(0.001))),
        "human_rights_violator": pl.Series(draw.chance(0.0005)),
        "public_safety_threat": pl.Series(draw.chance(np.where(felon, 0.12, 0.0015))),
        "charges": _charges(
            people,
            [
                (has & (ago > people.nta), category, details)
                for (has, _, category), ago, (_, details) in zip(
                    kinds, when, convictions, strict=True
                )
            ],
            fraud,
            security,
        ),
    }


def _conviction(draw: Draw, grade: str, category: pl.Series) -> dict[str, pl.Series]:
    """Make what a file says about a conviction of a grade."""
    felony = grade == "FELONY"
    rate = category.replace_strict(AGGRAVATED, default=0.0).to_numpy() if felony else 0.0
    status = category.is_in(STATUS_OFFENSES).to_numpy()
    violent = category.is_in([*VIOLENT, "SEXUAL_ABUSE"])
    longest = {"FELONY": 2_400, "MISDEMEANOR": 364, "INFRACTION": 0}[grade]
    sentence = draw.between(0, longest) // (1 if felony else draw.between(1, 40))
    sentence = np.where(felony, np.maximum(sentence, 60), sentence)
    served = sentence // draw.between(1, 4)
    known_grade = either(draw.chance(0.96), grade, "UNKNOWN")
    federal = category.is_in(FEDERAL).to_numpy() | (
        (category == "DRUG_TRAFFICKING").to_numpy() & draw.chance(0.3)
    )
    return {
        "grade": known_grade,
        "category": where(draw.chance(0.96), category),
        "aggravated_felony": draw.maybe(rate, 0.05),
        "immigration_element": pl.Series(status),
        "violent": where(draw.chance(0.9), violent),
        "sentence_days": where(draw.chance(0.9), pl.Series(sentence)),
        "custody_days": where(draw.chance(0.85), pl.Series(served)),
        "jurisdiction": either(federal, "FEDERAL", draw.pick(JURISDICTIONS)),
        "vacated": draw.maybe(0.02, 0.08),
    }


def _record(later: Draw, conviction: dict[str, pl.Series], number: int) -> dict[str, pl.Series]:
    """Make the words of the record of conviction, and what happened to the conviction since."""
    category = conviction["category"]
    unclear = category.is_in(UNCLEAR).fill_null(False).to_numpy() & later.chance(0.25)
    return conviction | {
        "category_open": where(unclear, pl.Series(unclear)),
        "offense": category.replace_strict(WORDS, default=None, return_dtype=pl.String),
        "incident": where(later.chance(0.6), later.every(f"docket {number + 1}")),
        "expunged": later.maybe(0.01, 0.1),
        "pardoned": later.maybe(0.001, 0.1),
        "weapon": where(later.chance(0.5), (category == "FIREARM") | pl.Series(later.chance(0.01))),
        "gang_element": where(
            later.chance(0.5) | (category != "GANG").fill_null(True).to_numpy(),
            category == "GANG",
        ),
    }


def _when(draw: Draw, ago: Ints, people: People) -> dict[str, pl.Series]:
    return {
        "date": where(draw.chance(0.93), iso(ago)),
        "juvenile_adjudication": where(
            people.later.chance(0.95), pl.Series(people.age - ago < years(18))
        ),
    }


def _charges(
    people: People,
    convictions: Sequence[tuple[Bools, pl.Series, Mapping[str, pl.Series]]],
    fraud: Bools,
    security: Bools,
) -> pl.Series:
    """Make the charges that the history leads to.

    Args:
        people: The people.
        convictions: Who was convicted before the charge, of what, and with which fields.
        fraud: Who was found to have committed immigration fraud.
        security: Who is a security risk.

    Returns:
        List of charges.
    """
    draw, inside = people.draw, people.uninspected
    sustained = either(draw.chance(0.3), "SUSTAINED", "UNKNOWN")
    aggravated = np.zeros(draw.cases, bool)
    criminal = []
    for has, category, details in convictions:
        code = either(inside, _code(category, INADMISSIBLE), _code(category, DEPORTABLE))
        criminal.append((has & code.is_not_null().to_numpy(), code))
        grave = (details["aggravated_felony"] == pl.Series([True])).fill_null(False).to_numpy()
        aggravated |= has & grave & ~inside
    # A second conviction on the same ground leads to no second charge.
    accused = np.zeros(draw.cases, bool)
    distinct = []
    for has, code in criminal:
        distinct.append((has & ~accused, code))
        accused |= has
    accused |= aggravated
    status = people.overstayed & ~accused
    # Everybody else was found inadmissible at the port of entry or on returning.
    deceived = fraud & draw.chance(0.7)
    other = ~inside & ~people.overstayed & ~accused & ~deceived
    stay = either(draw.chance(0.8), "237a01B", "237a01Ci")
    # Some of several charges were not sustained, or were withdrawn.
    dismissed = people.later.pick(DISPOSITIONS)
    alone = ~inside & ~people.overstayed
    as_others = alone | (dismissed == "AS THE OTHERS").to_numpy()
    other_status = either(as_others, sustained, dismissed)
    return lists(
        "charges",
        *(
            (has, {"code": code, "status": sustained if number < 2 else other_status})
            for number, (has, code) in enumerate(
                (
                    (inside, draw.every("212a06Ai")),
                    (status | (people.overstayed & draw.chance(0.6)), stay),
                    *distinct,
                    (aggravated, draw.every("237a02Aiii")),
                    (people.removed & draw.chance(0.7), either(inside, "212a09CiII", "212a09AiiI")),
                    (deceived, either(inside, "212a06Ci", "237a01Gi")),
                    (security & draw.chance(0.5), either(inside, "212a03BiI", "237a04B")),
                    (other, draw.every("212a07AiI")),
                )
            )
        ),
    )


def _code(category: pl.Series, codes: Mapping[str, str]) -> pl.Series:
    return category.replace_strict(codes, default=None, return_dtype=pl.String)
