"""What the other tables of the release say about a case, as of a day or as of the release.

With a day, a row dated after it isn't used, nor is a row without a date in a table that has dates;
`in_time` selects the rows. Each function here takes those rows and gives one row for each case that
that they say something about.
"""

from __future__ import annotations

import polars as pl

from transforms.eoir.docket import Day
from transforms.frames.frame import Frame

# The date from which a row is known.
KNOWN_FROM = {
    "tbl_Court_Appln": "APPL_RECD_DATE",
    "tbl_schedule": "INPUT_DATE",
    "tbl_CustodyHistory": "DATDETAINED",
    "tbl_Lead_Rider": "DATCREATEDON",
    "tbl_JuvenileHistory": "DATCREATEDON",
    "tbl_RepsAssigned": "E_28_DATE",
}
CUSTODY = {"D": "DETAINED", "R": "RELEASED", "N": "NEVER_DETAINED"}
CALENDARS = {"M": "MASTER", "I": "INDIVIDUAL"}
# Conditional grants, stipulated grants, and grants under the Convention Against Torture are grants.
# An abandoned application is neither denied on its merits nor withdrawn.
DECISIONS = {
    **dict.fromkeys("CFGILP", "GRANTED"),
    "D": "DENIED",
    "W": "WITHDRAWN",
    **dict.fromkeys("MST", "NOT_ADJUDICATED"),
    "R": "PENDING",
    **dict.fromkeys("AO", "OTHER"),
}
NO_FORM = "UNK"
# Decisions that are made when the proceeding ends, and not before.
_GIVEN_AT_END = [*"CFGILPDMSTR"]
# J, a juvenile's case without further detail, has no symbol.
JUVENILES = {
    "UJ": "UNACCOMPANIED",
    "J2": "UNACCOMPANIED",
    "AJ": "ACCOMPANIED",
    "J1": "RELEASED_OR_TURNED_18",
    "NA": "NOT_JUVENILE",
}


def in_time(table: str, rows: Frame, day: Day) -> Frame:
    """Select the rows of a table that were known on a day; without a day, all of them."""
    if day is None or table not in KNOWN_FROM:
        return rows
    return rows.filter((pl.col(KNOWN_FROM[table]) <= day).fill_null(False))


def applications(rows: Frame, placed: Frame, day: Day) -> Frame:
    """Collect applications for relief, with decisions made by the day.

    Args:
        rows: Rows of tbl_Court_Appln.
        placed: From `transforms.eoir.docket.place_proceedings`.
        day: The day, or None.

    Returns:
        IDNCASE, applications (List(Struct)).
    """
    when = placed.select("IDNPROCEEDING", "ended").unique("IDNPROCEEDING")
    joined = rows.sort("IDNCASE", "IDNPROCEEDINGAPPLN").join(
        when, on="IDNPROCEEDING", how="left", maintain_order="left"
    )
    code = pl.col("APPL_DEC")
    decided = code.replace_strict(DECISIONS, default=None, return_dtype=pl.String)
    pending = pl.when(code.is_null() | code.is_in(_GIVEN_AT_END)).then(pl.lit("PENDING"))
    still_open = (~pl.col("ended")).fill_null(False)
    decision = (
        pl.when(still_open & (pl.lit(day is not None) | code.is_null()))
        .then(pending)
        .when(pl.lit(day is None) | pl.col("ended").fill_null(False))
        .then(decided)
    )
    return joined.group_by("IDNCASE", maintain_order=True).agg(
        applications=pl.struct(
            pl.when(pl.col("APPL_CODE") != NO_FORM).then("APPL_CODE").alias("form"),
            pl.col("APPL_RECD_DATE").cast(pl.String).alias("filed"),
            decision.alias("decision"),
            pl.lit(None, pl.String).alias("decided"),
            pl.lit(None, pl.Boolean).alias("likely"),
            # The applications in the court's table are before the court.
            pl.lit("COURT").alias("before"),
            pl.lit(None, pl.Boolean).alias("prima_facie"),
        )
    )


def next_hearings(rows: Frame, still_open: pl.Series, day: Day) -> Frame:
    """Find the first hearing after the day that hadn't been vacated by then.

    Without a day, find the latest hearing that wasn't adjourned, for cases with an open proceeding.

    Args:
        rows: Rows of tbl_schedule.
        still_open: The cases whose proceeding is open.
        day: The day, or None.

    Returns:
        IDNCASE, next_hearing, calendar_type.
    """
    adjourned = pl.col("ADJ_RSN").is_not_null()
    if day is None:
        ahead = rows.filter(
            ~adjourned,
            pl.col("IDNCASE").is_in(still_open.implode()),
            pl.col("ADJ_DATE").is_not_null(),
        )
    else:
        vacated = adjourned & (pl.col("UPDATE_DATE") <= day).fill_null(False)
        ahead = rows.filter((pl.col("ADJ_DATE") > day).fill_null(False), ~vacated)
    by_case = ahead.sort("IDNCASE", "ADJ_DATE", "IDNSCHEDULE").group_by(
        "IDNCASE", maintain_order=True
    )
    chosen = by_case.last() if day is None else by_case.first()
    return chosen.select(
        "IDNCASE",
        next_hearing=pl.col("ADJ_DATE").cast(pl.String),
        calendar_type=_symbol("CAL_TYPE", CALENDARS),
    )


def custody(rows: Frame, day: Day) -> Frame:
    """Read custody from the latest row of the history.

    Args:
        rows: Rows of tbl_CustodyHistory.
        day: The day, or None.

    Returns:
        IDNCASE, custody; null if the row doesn't say.
    """
    last = (
        rows.sort("IDNCASE", "DATDETAINED", "IDNCUSTODY", nulls_last=False)
        .group_by("IDNCASE", maintain_order=True)
        .last()
    )
    detained, released, code = pl.col("DATDETAINED"), pl.col("DATRELEASED"), pl.col("CUSTODY")
    out = released.is_not_null() if day is None else (released <= day).fill_null(False)
    # Released, but it isn't known when, so it says nothing about an earlier day.
    by_code = _symbol("CUSTODY", CUSTODY)
    if day is not None:
        by_code = pl.when(code == "D").then(by_code)
    return last.select(
        "IDNCASE",
        custody=pl.when(out)
        .then(pl.lit("RELEASED"))
        .when(released.is_not_null())
        .then(pl.lit("DETAINED"))
        .when(code.is_null() & detained.is_not_null())
        .then(pl.lit("DETAINED"))
        .otherwise(by_code),
    )


def families(rows: Frame, day: Day) -> Frame:
    """Find leads and riders that are joined.

    Args:
        rows: Rows of tbl_Lead_Rider by case (`transforms.eoir.read.by_case`).
        day: The day, or None.

    Returns:
        IDNCASE, family_role, lead_case_id.
    """
    severed = pl.col("DATSEVEREDON")
    apart = severed.is_not_null() if day is None else (severed <= day).fill_null(False)
    # Inactive without a date: separated at an unknown time.
    apart = apart | (severed.is_null() & ~pl.col("BLNACTIVE").fill_null(True))
    joined = rows.filter(~apart).sort("IDNCASE", "role", "DATCREATEDON", "IDNLEADRIDER")
    return (
        joined.group_by("IDNCASE", maintain_order=True)
        .last()
        .select(
            "IDNCASE",
            family_role="role",
            lead_case_id=pl.when(pl.col("role") == "RIDER").then(
                pl.col("IDNLEADCASE").cast(pl.String)
            ),
        )
    )


def juveniles(rows: Frame, lookup: dict[str, str]) -> Frame:
    """Find the latest juvenile code.

    Args:
        rows: Rows of tbl_JuvenileHistory.
        lookup: What a number means, according to the release's own table.

    Returns:
        IDNCASE, juvenile.
    """
    last = (
        rows.with_columns(pl.col("IDNJUVENILE").replace(lookup))
        .sort("IDNCASE", "DATCREATEDON", "IDNJUVENILEHISTORY", nulls_last=False)
        .group_by("IDNCASE", maintain_order=True)
        .last()
    )
    return last.select("IDNCASE", juvenile=_symbol("IDNJUVENILE", JUVENILES))


def appearances(rows: Frame) -> Frame:
    """Find the first appearance of the person's own lawyer before the court.

    Args:
        rows: Rows of tbl_RepsAssigned.

    Returns:
        IDNCASE, represented_since.
    """
    own = rows.filter(
        pl.col("STRATTYTYPE") == "ALIEN",
        pl.col("STRATTYLEVEL") == "COURT",
        pl.col("E_28_DATE").is_not_null(),
    )
    return own.group_by("IDNCASE", maintain_order=True).agg(
        represented_since=pl.col("E_28_DATE").min().cast(pl.String)
    )


def _symbol(column: str, symbols: dict[str, str]) -> pl.Expr:
    return pl.col(column).replace_strict(symbols, default=None, return_dtype=pl.String)
