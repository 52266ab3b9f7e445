"""The docket of a sample backlog: numbers, court, custody, calendar, and the Notice to Appear."""

from __future__ import annotations

import numpy as np
import polars as pl

from transforms.sample.draw import Columns, Ints, either, iso, where
from transforms.sample.people import People, years


def docket(people: People, number: Ints) -> Columns:
    """Make each case's place on the docket.

    Args:
        people: The people.
        number: Each case's number in the sample, which gives its case id and A-number.

    Returns:
        Columns of case_record.avsc by name.
    """
    draw = people.draw
    digits = pl.Series(number).cast(pl.String).str.zfill(8)
    detained = people.has("detained")
    released = people.at_border | draw.chance(0.12)
    # The Notice to Appear is filed weeks after it is issued; a few aren't filed yet.
    filed_ago = people.nta - draw.between(0, 90)
    filed = (filed_ago > 0) & draw.chance(0.97)
    calendared = filed & draw.chance(0.92)
    hearing = -np.where(detained, draw.between(3, 75), draw.between(5, 900))
    represented = draw.chance(np.where(detained, 0.22, 0.58))
    minor = people.age < years(18)
    together = either(draw.chance(0.5), "UNACCOMPANIED", "ACCOMPANIED")
    updated = draw.between(1, np.minimum(people.nta, 60))
    return {
        "case_id": "7" + digits,
        "a_number": "A2" + digits.str.tail(8),
        "updated_at": iso(updated) + "T08:00:00",
        "source": draw.every("SAMPLE"),
        "court": people.court,
        "opla_office": people.court + " OCC",
        "case_type": either(people.removed & draw.chance(0.12), "WHO", "RMV"),
        "custody": either(detained, "DETAINED", either(released, "RELEASED", "NEVER_DETAINED")),
        "calendar_type": either(
            calendared, draw.pick({"MASTER": 0.55, "INDIVIDUAL": 0.45}), "NOT_CALENDARED"
        ),
        "next_hearing": where(calendared, iso(hearing)),
        "nta_issued": iso(people.nta),
        "nta_filed_with_court": pl.Series(filed),
        "nta_filed": where(filed, iso(filed_ago)),
        "represented": pl.Series(represented),
        "represented_since": where(represented, iso(draw.between(1, people.nta))),
        "family_role": draw.every("ALONE"),
        "juvenile": either(minor, together, "NOT_JUVENILE"),
    }
