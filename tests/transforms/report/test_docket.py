"""What a case record says about where its case is."""

from __future__ import annotations

import datetime

from transforms.report.docket import AGES, docket
from transforms.testing import assert_cells, case_frame

AS_OF = datetime.date(2012, 2, 29)


def test_unknown_values_stay_unknown() -> None:
    cases = case_frame([{"case_id": "1"}, {"case_id": "2", "represented": False, "sex": "FEMALE"}])
    nothing = dict.fromkeys(("custody", "age", "calendar", "nationality", "language"))
    assert_cells(
        docket(cases, AS_OF),
        [
            {**nothing, "representation": None, "sex": None},
            {**nothing, "representation": "not represented", "sex": "FEMALE"},
        ],
    )


def test_the_age_of_a_case_runs_from_the_filing_or_else_the_issue_of_its_notice() -> None:
    days = {
        "2012-02-29": 0, "2011-03-01": 0, "2011-02-28": 1, "2010-02-28": 2, "2009-02-28": 3,
        "2007-02-28": 4, "2002-03-01": 4, "2002-02-28": 5,
    }  # fmt: skip
    cases = [{"case_id": day, "nta_issued": "2001-01-01", "nta_filed": day} for day in days]
    cases.append({"case_id": "issued", "nta_issued": "2011-12-31"})
    found = docket(case_frame(cases), AS_OF)["age"].to_list()
    assert found == [*(AGES[place] for place in days.values()), AGES[0]]
