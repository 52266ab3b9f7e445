"""Turn charges of the release into facts of a case record.

A charge is an allegation. It never becomes a conviction. It becomes a finding only if the judge
sustained it (CHG_STATUS S), and only as this table says. Codes match as a whole.

| charge | alleged | sustained |
|---|---|---|
| any | `charges`, with its status | the same |
| FRAUD | | `fraud_findings`: one, by an immigration judge (P6 asks for a finding) |
| 212a06Ai, 241a01B present without admission, entered without inspection | | manner of entry WITHOUT_INSPECTION |
| 237a01B, 237a01Ci, 241a01Ci stayed on, or broke the terms, after admission | | manner of entry ADMITTED |
| STATUS_VIOLATION | | `status_violations`: one, date unknown |
| 212a09Ai, 212a09AiiI, 212a09AiiII, 212a09CiII removed before | | `removals`: one, date unknown |
| SECURITY, except foreign policy (237a04Ci, 241a04Ci) | | `security_risk` |
| HUMAN_RIGHTS, except 237a04E (two labels in use) | | `human_rights_violator` |
| CRIMINAL, CONVICTION, AGGRAVATED_FELONY | | nothing more: a conviction needs its record |
| PRIOR_REMOVAL of the law before 1997 | | nothing more: the same letters mean other things now |

FRAUD, SECURITY, and so on are families in schemas/codes/charges.yaml. If both manners of entry are
sustained, the manner is unknown. The absence of a charge never settles anything.
"""  # noqa: E501 - a row of a table is one line

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from schemas.codes import charge_families
from transforms.eoir.docket import Day
from transforms.frames.frame import Frame

STATUS = {"S": "SUSTAINED", "N": "NOT_SUSTAINED", "W": "WITHDRAWN", "O": "OTHER"}
UNINSPECTED = ("212a06Ai", "241a01B")
ADMITTED = ("237a01B", "237a01Ci", "241a01Ci")
REMOVED = ("212a09Ai", "212a09AiiI", "212a09AiiII", "212a09CiII")
_FOREIGN_POLICY = ("237a04Ci", "241a04Ci")
_TWO_LABELS = ("237a04E",)
_FAILED_TO_MAINTAIN = ("237a01Ci", "241a01Ci", "241a01F")


def charges_in_time(charges: Frame, placed: Frame, day: Day) -> Frame:
    """Return charges as of a day.

    A charge has no date of its own. It is taken to be as old as its proceeding, and its status is
    known on a day only if that proceeding had ended by then.

    Args:
        charges: Rows of B_TblProceedCharges.
        placed: From `transforms.eoir.docket.place_proceedings`.
        day: The day; None for the release as it is.

    Returns:
        The charges of proceedings opened by the day, or of no known proceeding. CHG_STATUS is null
        if it may be from later.
    """
    if day is None:
        return charges
    when = placed.select("IDNPROCEEDING", "opened", "ended").unique("IDNPROCEEDING")
    joined = charges.join(when, on="IDNPROCEEDING", how="left", maintain_order="left")
    return (
        joined.filter(pl.col("opened").fill_null(True))
        .with_columns(CHG_STATUS=pl.when("ended").then("CHG_STATUS"))
        .drop("opened", "ended")
    )


def charge_columns(charges: Frame) -> Frame:
    """Summarize the charges of each case.

    Args:
        charges: From `charges_in_time`.

    Returns:
        One row per case with charges: `charges`, `fraud_findings`, `status_violations`, `removals`
        (lists), `security_risk`, `human_rights_violator` (true or null), `manner` (String).
    """
    # Each proceeding may repeat the charges of the previous one; the last status counts.
    once = (
        charges.sort("IDNCASE", "IDNPRCDCHG")
        .group_by("IDNCASE", "CHARGE", maintain_order=True)
        .agg(pl.col("CHG_STATUS").drop_nulls().last())
        .with_columns(
            status=pl.col("CHG_STATUS").replace_strict(STATUS, default=None, return_dtype=pl.String)
        )
    )
    families = charge_families()
    security = families["SECURITY"] - set(_FOREIGN_POLICY)
    human_rights = families["HUMAN_RIGHTS"] - set(_TWO_LABELS)
    uninspected, admitted = _sustained(UNINSPECTED), _sustained(ADMITTED)
    maintained = _sustained(_FAILED_TO_MAINTAIN)
    nothing = pl.lit(None, pl.String)
    return once.group_by("IDNCASE", maintain_order=True).agg(
        charges=pl.struct(pl.col("CHARGE").alias("code"), "status"),
        fraud_findings=pl.when(_sustained(families["FRAUD"])).then(
            _one(date=nothing, found_by=pl.lit("IMMIGRATION_JUDGE"))
        ),
        status_violations=pl.when(_sustained(families["STATUS_VIOLATION"])).then(
            _one(
                date=nothing,
                kind=pl.when(maintained)
                .then(pl.lit("FAILED_TO_MAINTAIN_STATUS"))
                .otherwise(pl.lit("OTHER")),
                continuing=pl.lit(None, pl.Boolean),
            )
        ),
        removals=pl.when(_sustained(REMOVED)).then(_one(date=nothing, kind=pl.lit("REMOVAL"))),
        security_risk=pl.when(_sustained(security)).then(True),
        human_rights_violator=pl.when(_sustained(human_rights)).then(True),
        manner=pl.when(uninspected & ~admitted)
        .then(pl.lit("WITHOUT_INSPECTION"))
        .when(admitted & ~uninspected)
        .then(pl.lit("ADMITTED")),
    )


def _sustained(codes: Iterable[str]) -> pl.Expr:
    """Tell whether one of some charges is sustained, over the charges of a case."""
    sustained = pl.col("CHARGE").is_in(sorted(codes)) & (pl.col("CHG_STATUS") == "S")
    return sustained.fill_null(False).any()


def _one(**fields: pl.Expr) -> pl.Expr:
    """Make a list of one element."""
    return pl.concat_list(pl.struct([value.alias(name) for name, value in fields.items()]))
