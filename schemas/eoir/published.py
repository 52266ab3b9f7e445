"""Published figures on closures by discretion.

TRAC at Syracuse University worked them out from the court's records:
https://trac.syr.edu/immigration/reports/278/ (to March 28, 2012), /284/ (to May 31, 2012), and
/339/ (October 2011 to December 2013).
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

# The program began with the fiscal year 2012; the docket of the day before is what shares are of.
PENDING_ON, PENDING = datetime.date(2011, 9, 30), 298_173
FIRST, LAST = datetime.date(2011, 10, 1), datetime.date(2013, 12, 31)
# Closures by discretion since the first day.
TO_DATE: Mapping[datetime.date, int] = {
    datetime.date(2012, 3, 28): 2_609,
    datetime.date(2012, 5, 31): 4_585,
    datetime.date(2012, 6, 28): 5_684,
}
# Closures by discretion to May 31, 2012.
BY_COURT: Mapping[str, int] = {"LOS": 534, "DEN": 401, "SFR": 387}
BY_COURT_TO = datetime.date(2012, 5, 31)
# To June 28, 2012: closures by discretion, where they were published, and their share of the
# nationality's pending cases.
BY_NATIONALITY: Mapping[str, tuple[int | None, float]] = {
    "MX": (3_060, 0.029),
    "KS": (None, 0.039),
    "CM": (None, 0.036),
    "IN": (None, 0.008),
    "CH": (63, 0.002),
}
BY_NATIONALITY_TO = datetime.date(2012, 6, 28)
# Closures by discretion, and all closures, by the first day of the fiscal year.
BY_YEAR: Mapping[datetime.date, tuple[int, int]] = {
    datetime.date(2011, 10, 1): (9_684, 206_330),
    datetime.date(2012, 10, 1): (16_306, 191_803),
    datetime.date(2013, 10, 1): (2_993, 42_816),
}
# Closures by discretion as a share of all closures, October 2011 to December 2013.
SHARES: Mapping[str, float] = {
    "SEA": 0.298, "TUC": 0.260, "LOS": 0.237, "OMA": 0.231, "PHO": 0.207,
    "MIA": 0.063, "CHI": 0.050, "NYC": 0.037, "HOU": 0.017,
}  # fmt: skip
# To March 28, 2012, the share of them that were terminated, and not administratively closed.
TERMINATED = 0.25
