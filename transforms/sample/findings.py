"""The newer fields of an invented file: apprehension, docket moves, arrests, findings.

They are drawn separately from the rest, so that adding a field leaves all others unchanged.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from transforms.sample.draw import Bools, Columns, either, iso, where
from transforms.sample.people import People, years

AT_BORDER = {"BORDER": 0.85, "PORT_OF_ENTRY": 0.15}
# Findings by an officer or an attorney, which are rare: the rate, and the share of files without
# them.
FOUND = {
    "significant_threat_found": 0.002,
    "current_threat_found": 0.002,
    "otherwise_security_threat_found": 0.0004,
    "acts_chargeable_found": 0.004,
    "official_misrepresentation_found": 0.004,
    "benefits_abuse_found": 0.002,
    "senior_official_exception_found": 0.001,
}


def findings(people: People, columns: Columns) -> Columns:
    """Make further facts of each case, consistent with what its file says.

    Args:
        people: The people.
        columns: Columns of case_record.avsc that already exist.

    Returns:
        Columns of case_record.avsc by name.
    """
    draw = people.later
    released = (columns["custody"] == "RELEASED").to_numpy()
    convictions = columns["convictions"].list.len().to_numpy()
    arrests = columns["arrests"].to_numpy()
    grave = _some(columns["convictions"], pl.element().struct.field("grade") == "FELONY")
    moved = released & draw.chance(0.35)
    caught = np.where(people.at_border, people.here, people.nta + draw.between(0, 20))
    recent = people.uninspected & (people.here < years(2))
    outstanding = _some(columns["orders"], pl.element().struct.field("outstanding"))
    return {
        "agency_record_seen": where(draw.chance(0.93), pl.Series(np.ones(draw.cases, bool))),
        "apprehension_place": either(people.at_border, draw.pick(AT_BORDER), "INTERIOR"),
        "apprehended_on": iso(caught),
        "moved_from_detained_docket": pl.Series(moved),
        "moved_docket_on": where(moved, iso(draw.between(1, np.minimum(people.nta, 300)))),
        # Many arrests that didn't lead to a conviction have an outcome.
        "arrests_without_disposition": pl.Series((arrests > convictions) & draw.chance(0.3)).cast(
            pl.Int32
        ),
        "pending_charges": pl.Series(draw.chance(np.where(convictions > 0, 0.03, 0.006))).cast(
            pl.Int32
        ),
        "weapon_used": pl.Series(draw.chance(np.where(grave, 0.12, 0.001))),
        "released_from_incarceration": where(
            grave & draw.chance(0.6), iso(draw.between(20, np.minimum(people.here, years(6))))
        ),
        "rehabilitation": pl.Series((convictions > 0) & draw.chance(0.25)),
        "smuggling": pl.Series(draw.chance(np.where(people.uninspected, 0.003, 0.0005))),
        "serious_immigration_fraud": pl.Series(
            (columns["fraud_findings"].list.len() > 0).to_numpy() & draw.chance(0.15)
        ),
        "order_not_complied_with": pl.Series(outstanding),
        "amenable_to_expedited_removal": pl.Series(
            (people.at_border | (recent & draw.chance(0.3))) & ~people.asylum
        ),
        "paroled_under_paused_policy": pl.Series(np.zeros(draw.cases, bool)),
        "immediate_crime_victim": pl.Series(people.victim | draw.chance(0.002)),
        **{name: pl.Series(draw.chance(rate)) for name, rate in FOUND.items()},
    }


def _some(column: pl.Series, holds: pl.Expr) -> Bools:
    """Tell whether an element of each list holds."""
    some = pl.col(column.name).list.eval(holds.fill_null(False)).list.any().fill_null(False)
    return column.to_frame().select(some).to_series().to_numpy()
