"""Invented releases in the court's own format: the tidy rows of a block of cases.

Shares follow what is published about the release: births known in a sixth of cases, entries in two
thirds, about 1.3 proceedings, 1.5 charges, 1.3 applications, 3.6 hearings, and 2 rows of lawyers
per case. Nobody in it exists.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from schemas.eoir.headers import HEADERS
from transforms.eoir.invented import Invented, invent
from transforms.eoir.planted import plant
from transforms.frames.frame import Frame
from transforms.sample.draw import Bools, Draw, Ints

_CHARGES = {
    "212a06Ai": 44.0, "237a01B": 20.0, "212a07Ai  I": 14.0, "237a01Ci": 3.0, "237a02Aiii": 3.0,
    "212a02Ai  I": 3.0, "237a02Aii": 2.0, "237a02Bi": 2.5, "212a02Ai  II": 2.0, "212a06Ci": 2.0,
    "237a01A": 2.0, "212a09Aii I": 0.6, "212a09Aii II": 0.4, "241a01B": 0.8, "212a03Bi  I": 0.02,
    "237a04B": 0.02, "237a04D": 0.01,
}  # fmt: skip
_CITIES = {"HOUSTON": 3.0, "LOS ANGELES": 3.0, "MIAMI": 2.0, "PEÑASCO": 1.0, "EL MONTE, CA": 0.3}
_STATES = {"TX": 1.0, "CA": 1.0, "NY": 1.0}
_PLACES = {"KROME SPC": 2.0, "YORK COUNTY JAIL": 2.0, "ELOY": 1.0, "PIKE CO. CORR. FAC.": 1.0}
_CELLS = {"B WING": 1.0, "4": 1.0}
_JAILS = {"COUNTY JAIL": 1}
_JUDGES = {"ABC": 1.0, "JQP": 1.0, "TMW": 1.0}
_STATUSES = {"S": 85.0, "W": 8.0, "N": 5.0, "O": 2.0}
_FORMS = {"ASYL": 30.0, "ASYW": 22.0, "WCAT": 18.0, "42B": 8.0, "245": 7.0, "VD": 11.0, "42A": 4.0}
_DECISIONS = {"D": 40.0, "G": 14.0, "W": 12.0, "A": 6.0, "O": 8.0, "M": 6.0, "S": 2.0, "T": 4.0}


def release_rows(seed: int, first: int, cases: int, plan: Frame | None = None) -> dict[str, Frame]:
    """Make the rows of some cases, as text.

    Args:
        seed: The seed, together with `first`.
        first: The number of the first case, from 0.
        cases: How many.
        plan: Rows of `transforms.eoir.planted.planted` for them; None to invent all.

    Returns:
        Each table's rows: the columns of `HEADERS`, String, null if empty.
    """
    invented = invent(Draw([[seed, first, 1]], cases), first, cases)
    if plan is not None:
        invented = plant(invented, plan)
    # In this order, because a table's draws depend on earlier ones.
    return {
        "A_TblCase": _cases(invented),
        "B_TblProceeding": _proceedings(invented),
        "B_TblProceedCharges": _charges(invented),
        "tbl_Court_Appln": _applications(invented),
        "tbl_schedule": _schedule(invented),
        "tbl_CustodyHistory": _custody(invented),
        "tbl_Lead_Rider": _riders(invented),
        "tbl_JuvenileHistory": _juveniles(invented),
        "tbl_RepsAssigned": _representatives(invented),
    }


def _cases(of: Invented) -> Frame:
    return _table(
        "A_TblCase",
        IDNCASE=of.case,
        ALIEN_CITY=_where(of.draw.chance(0.9), of.draw.pick(_CITIES)),
        ALIEN_STATE=_where(of.draw.chance(0.9), of.draw.pick(_STATES)),
        ALIEN_ZIPCODE=_where(of.draw.chance(0.85), _number(of.draw.between(10_000, 99_999))),
        UPDATED_CITY=_where(of.moved_house, of.draw.pick(_CITIES)),
        NAT=_where(of.draw.chance(0.983), of.nation),
        LANG=_where(of.draw.chance(0.985), of.language),
        CUSTODY=_where(of.draw.chance(0.985), of.custody),
        SITE_TYPE=of.draw.pick({"I": 3.0, "M": 7.0}),
        ATTY_NBR=_number(of.draw.between(0, 4)),
        E_28_DATE=_where(of.lawyer, _date(of.appeared)),
        CASE_TYPE=of.case_type,
        UPDATE_SITE=of.court,
        LATEST_HEARING=_where(of.heard, _date(of.opened + of.draw.between(30, 900))),
        LATEST_TIME=_where(of.heard, of.draw.pick({"0830": 1.0, "0900": 2.0, "1300": 2.0})),
        LATEST_CAL_TYPE=_where(of.heard, of.draw.pick({"I": 1.0, "M": 2.0})),
        CORRECTIONAL_FAC=_where(of.held & of.draw.chance(0.3), of.draw.pick(_PLACES)),
        INMATE_HOUSING=_where(
            of.held & of.draw.chance(0.1), of.draw.pick({"B WING": 1.0, "4": 1.0})
        ),
        DATE_OF_ENTRY=_where(of.draw.chance(0.66), _date(of.entered)),
        C_ASY_TYPE=_where(of.draw.chance(0.4), of.draw.pick({"E": 3.0, "I": 2.0})),
        C_BIRTHDATE=_where(of.draw.chance(1 / 6), _month(of.born)),
        UPDATED_STATE=_where(of.moved_house, of.draw.pick(_STATES)),
        ADDRESS_CHANGEDON=_where(of.moved_house, _date(of.opened + of.draw.between(5, 900))),
        Sex=_where(of.draw.chance(0.25), of.draw.pick({"M": 7.0, "F": 3.0})),
        DATE_DETAINED=_where(of.held, _date(of.issued - of.draw.between(0, 5))),
        LPR=_where(of.draw.chance(0.1), of.draw.pick({"0": 99.0, "1": 1.0})),
        DETENTION_DATE=_where(of.held, _date(of.issued)),
        DETENTION_LOCATION=_where(of.held & of.draw.chance(0.6), of.draw.pick(_PLACES)),
        DETENTION_FACILITY_TYPE=_where(
            of.held & of.draw.chance(0.6), of.draw.pick({"COUNTY JAIL": 1})
        ),
    )


def _proceedings(of: Invented) -> Frame:
    """Make the first proceeding of each case, and a second one for some."""
    absent = of.draw.chance(0.2)
    first_one: dict[str, pl.Series | Ints] = {
        "IDNPROCEEDING": of.case * 10,
        "IDNCASE": of.case,
        "OSC_DATE": _date(of.issued),
        "INPUT_DATE": _date(of.opened),
        "BASE_CITY_CODE": of.court,
        "HEARING_LOC_CODE": of.court,
        "IJ_CODE": of.draw.pick(_JUDGES),
        "TRANS_NBR": _all("0", of.count),
        "HEARING_DATE": _where(of.heard, _date(of.opened + of.draw.between(30, 900))),
        "HEARING_TIME": _where(of.heard, _all("0900", of.count)),
        "DEC_TYPE": _where(of.done & ~of.coded, of.draw.pick({"O": 8.0, "W": 2.0})),
        "DEC_CODE": _where(of.done & ~of.coded, of.decision),
        "OTHER_COMP": _where(of.done & of.coded, of.letter),
        "APPEAL_NOT_FILED": _where(of.done & ~of.coded & of.draw.chance(0.7), _all("Y", of.count)),
        "COMP_DATE": _where(of.done, _date(of.ended)),
        "ABSENTIA": _where(of.done & ~of.coded, pl.Series(np.where(absent, "Y", "N"))),
        "DATE_APPEAL_DUE_STATUS": _where(of.done & ~of.coded, _date(of.ended + 30)),
        "CUSTODY": of.custody,
        "CASE_TYPE": of.case_type,
        "NAT": of.nation,
        "LANG": of.language,
        "CORRECTIONAL_FAC": _where(of.held & of.draw.chance(0.3), of.draw.pick(_PLACES)),
        "CRIM_IND": _all("N", of.count),
    }
    reopened = of.ended + of.draw.between(1, 200)
    ended_again = reopened + of.draw.between(10, 1500)
    done_again = of.draw.chance(0.7)
    second: dict[str, pl.Series | Ints] = first_one | {
        "IDNPROCEEDING": of.case * 10 + 1,
        "INPUT_DATE": _date(reopened),
        "DEC_CODE": _where(done_again, of.draw.pick({"X": 5.0, "R": 3.0, "T": 2.0})),
        "OTHER_COMP": _all(None, of.count),
        "APPEAL_NOT_FILED": _all(None, of.count),
        "COMP_DATE": _where(done_again, _date(ended_again)),
        "ABSENTIA": _where(done_again, _all("N", of.count)),
        "DATE_APPEAL_DUE_STATUS": _where(done_again, _date(ended_again + 30)),
    }
    return pl.concat(
        [
            _table("B_TblProceeding", **first_one),
            _table("B_TblProceeding", **second).filter(pl.Series(of.again)),
        ]
    )


def _charges(of: Invented) -> Frame:
    return _many(
        "B_TblProceedCharges", of.draw, 2, 0.5, lambda one, there: {
            "IDNPRCDCHG": of.case * 10 + one,
            "IDNCASE": of.case,
            "IDNPROCEEDING": of.case * 10,
            "CHARGE": of.draw.pick(_CHARGES).str.pad_end(13),
            "CHG_STATUS": _where(of.draw.chance(0.6), of.draw.pick(_STATUSES)),
        }
    )  # fmt: skip


def _applications(of: Invented) -> Frame:
    return _many(
        "tbl_Court_Appln", of.draw, 4, 0.32, lambda one, there: {
            "IDNPROCEEDINGAPPLN": of.case * 10 + one,
            "IDNPROCEEDING": of.case * 10,
            "IDNCASE": of.case,
            "APPL_CODE": of.draw.pick(_FORMS),
            "APPL_RECD_DATE": _date(of.opened + of.draw.between(0, 500)),
            "APPL_DEC": _where(of.done & of.draw.chance(0.9), of.draw.pick(_DECISIONS)),
        }, least=0
    )  # fmt: skip


def _schedule(of: Invented) -> Frame:
    """Make hearings some months apart, each scheduled at the previous one."""
    draw, put_down, parts = of.draw, of.opened, []
    alive: Bools = np.ones(of.count, dtype=np.bool_)
    for one in range(8):
        at = put_down + draw.between(30, 200)
        alive = alive & draw.chance(0.9)
        held = of.done | draw.chance(0.7)
        parts.append(
            _table(
                "tbl_schedule",
                IDNSCHEDULE=of.case * 10 + one,
                IDNPROCEEDING=of.case * 10,
                IDNCASE=of.case,
                OSC_DATE=_date(of.issued),
                LANG=of.language,
                HEARING_LOC_CODE=of.court,
                BASE_CITY_CODE=of.court,
                INPUT_DATE=_date(put_down),
                UPDATE_DATE=_where(held, _date(at)),
                CAL_TYPE=_all("M", of.count) if one < 2 else draw.pick({"I": 7.0, "M": 3.0}),
                ADJ_DATE=_date(at),
                ADJ_TIME_START=_all("0900", of.count),
                ADJ_RSN=_where(held, draw.pick({"17": 3.0, "12": 2.0, "PD": 0.2, "45": 1.0})),
            ).filter(pl.Series(alive & ((at <= of.ended) | (one == 0) | ~of.done)))
        )
        put_down = at
    return pl.concat(parts)


def _custody(of: Invented) -> Frame:
    released = (of.custody == "R").to_numpy()
    return _table(
        "tbl_CustodyHistory",
        IDNCUSTODY=of.case,
        IDNCASE=of.case,
        CUSTODY=of.custody,
        DATDETAINED=_where(of.held, _date(of.issued - of.draw.between(0, 5))),
        DATRELEASED=_where(released, _date(of.issued + of.draw.between(1, 300))),
    ).filter(pl.Series(of.held))


def _riders(of: Invented) -> Frame:
    rider = (np.arange(of.count) > 0) & of.draw.chance(0.18)
    severed = of.draw.chance(0.1)
    return _table(
        "tbl_Lead_Rider",
        IDNLEADRIDER=of.case,
        IDNLEADCASE=of.case - 1,
        IDNRIDERCASE=of.case,
        DATCREATEDON=_date(of.opened + 1),
        DATSEVEREDON=_where(severed, _date(of.opened + of.draw.between(10, 900))),
        BLNACTIVE=pl.Series(np.where(severed, "0", "1")),
    ).filter(pl.Series(rider))


def _juveniles(of: Invented) -> Frame:
    young = of.draw.chance(0.05)
    return _table(
        "tbl_JuvenileHistory",
        IDNJUVENILEHISTORY=of.case,
        IDNCASE=of.case,
        IDNPROCEEDING=of.case * 10,
        IDNJUVENILE=of.draw.pick({"1": 5.0, "2": 3.0, "3": 1.0}),
        DATCREATEDON=_date(of.opened + 2),
    ).filter(pl.Series(young))


def _representatives(of: Invented) -> Frame:
    return _many(
        "tbl_RepsAssigned", of.draw, 3, 0.5, lambda one, there: {
            "IDNREPSASSIGNED": of.case * 10 + one,
            "IDNCASE": of.case,
            "STRATTYLEVEL": of.draw.pick({"COURT": 85.0, "BOARD": 15.0}),
            "STRATTYTYPE": pl.Series(np.where(of.lawyer & (one < 2), "ALIEN", "INS")),
            "PARENT_TABLE": _all("B_TblProceeding", of.count),
            "PARENT_IDN": of.case * 10,
            "BASE_CITY_CODE": of.court,
            "E_28_DATE": _where(of.lawyer & (one < 2), _date(of.appeared + 30 * one)),
            "BLNPRIMEATTY": _all("1", of.count),
        }
    )  # fmt: skip


def _many(table: str, draw: Draw, most: int, rate: float, row: object, least: int = 1) -> Frame:
    """Make up to this many rows per case: the first `least` always, the others at a rate."""
    assert callable(row)
    parts = []
    for one in range(most):
        there = draw.chance(1.0 if one < least else rate)
        parts.append(_table(table, **row(one, there)).filter(pl.Series(there)))
    return pl.concat(parts)


def _table(table: str, **columns: pl.Series | Ints) -> Frame:
    frame = pl.DataFrame({name: pl.Series(values) for name, values in columns.items()})
    return frame.select(
        (pl.col(name) if name in columns else pl.lit(None)).cast(pl.String).alias(name)
        for name in HEADERS[table]
    )


def _date(days: Ints) -> pl.Series:
    return pl.Series(days).cast(pl.Int32).cast(pl.Date).dt.strftime("%Y-%m-%d 00:00:00.000")


def _month(days: Ints) -> pl.Series:
    return pl.Series(days).cast(pl.Int32).cast(pl.Date).dt.strftime("%-m/%Y")


def _number(numbers: Ints) -> pl.Series:
    return pl.Series(numbers).cast(pl.String)


def _all(word: str | None, cases: int) -> pl.Series:
    return pl.Series([word], dtype=pl.String).new_from_index(0, cases)


def _where(there: Bools, values: pl.Series) -> pl.Series:
    return pl.select(pl.when(pl.Series(there)).then(values)).to_series()
