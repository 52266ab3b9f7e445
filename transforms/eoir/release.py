"""Invented releases in the court's own format: the rows of a block of cases, tidy.

Shares follow what is published of the release: births known in a sixth of cases, entries in two
thirds, about 1.3 proceedings, 1.5 charges, 1.3 applications, 3.6 hearings and 2 lawyers' rows a
case. Nobody in it exists.
"""

from __future__ import annotations

import datetime

import numpy as np
import polars as pl

from schemas.eoir_headers import HEADERS
from transforms.frames.frame import Frame
from transforms.sample.draw import Bools, Draw, Ints

FIRST_DAY, LAST_DAY = datetime.date(2005, 1, 1), datetime.date(2013, 12, 31)
FIRST_CASE = 2_000_000
_EPOCH = datetime.date(1970, 1, 1)
_CHARGES = {
    "212a06Ai": 44.0, "237a01B": 20.0, "212a07Ai  I": 14.0, "237a01Ci": 3.0, "237a02Aiii": 3.0,
    "212a02Ai  I": 3.0, "237a02Aii": 2.0, "237a02Bi": 2.5, "212a02Ai  II": 2.0, "212a06Ci": 2.0,
    "237a01A": 2.0, "212a09Aii I": 0.6, "212a09Aii II": 0.4, "241a01B": 0.8, "212a03Bi  I": 0.02,
    "237a04B": 0.02, "237a04D": 0.01,
}  # fmt: skip
_COURTS = {
    "LOS": 16.0, "NYC": 15.0, "MIA": 10.0, "SFR": 8.0, "CHI": 5.0, "HOU": 5.0, "BAL": 3.0,
    "DEN": 4.0,     "SEA": 3.0, "ORL": 4.0, "ATL": 4.0, "PHO": 3.0, "BOS": 4.0, "DAL": 3.0,
}  # fmt: skip
_NATIONS = {
    "MX": 40.0, "GT": 11.0, "ES": 11.0, "HO": 8.0, "CH": 8.0, "IN": 2.0, "DR": 3.0, "HA": 3.0,
    "CU": 2.0, "BR": 2.0, "CO": 2.0, "EC": 2.0,
}  # fmt: skip
_ENDS = {"X": 45.0, "R": 14.0, "T": 9.0, "V": 12.0, "A:": 6.0, "B:": 3.0, "Y:": 1.5, "M:": 1.0,
         "I:": 0.7, "C:": 5.0, "T:": 3.0}  # fmt: skip
_CITIES = {"HOUSTON": 3.0, "LOS ANGELES": 3.0, "MIAMI": 2.0, "PEÑASCO": 1.0, "EL MONTE, CA": 0.3}
_STATES = {"TX": 1.0, "CA": 1.0, "NY": 1.0}
_PLACES = {"KROME SPC": 2.0, "YORK COUNTY JAIL": 2.0, "ELOY": 1.0, "PIKE CO. CORR. FAC.": 1.0}
_JUDGES = {"ABC": 1.0, "JQP": 1.0, "TMW": 1.0}
_STATUSES = {"S": 85.0, "W": 8.0, "N": 5.0, "O": 2.0}
_FORMS = {"ASYL": 30.0, "ASYW": 22.0, "WCAT": 18.0, "42B": 8.0, "245": 7.0, "VD": 11.0, "42A": 4.0}
_DECISIONS = {"D": 40.0, "G": 14.0, "W": 12.0, "A": 6.0, "O": 8.0, "M": 6.0, "S": 2.0, "T": 4.0}


def release_rows(seed: int, first: int, cases: int) -> dict[str, Frame]:
    """The rows of some cases, as text.

    Args:
        seed: What settles them, together with `first`.
        first: Number of the first case, from 0.
        cases: How many.

    Returns:
        Each table's rows: the columns of `HEADERS`, String, null where nothing stands.
    """
    draw = Draw([seed, first, 1], cases)
    case = np.arange(first, first + cases) + FIRST_CASE
    issued = draw.between(_days(FIRST_DAY), _days(LAST_DAY))
    opened = issued + draw.between(1, 120)
    lasted = np.minimum(draw.generator.exponential(600, cases), 4000).astype(np.int64) + 5
    done = draw.chance(0.85)
    end = draw.pick(_ENDS)
    coded = end.str.ends_with(":").to_numpy()
    letter = end.str.head(1)
    moved = coded & letter.is_in(["C", "T"]).to_numpy() & done
    closed = coded & letter.is_in(["A", "B", "Y", "M"]).to_numpy() & done
    again = moved | (closed & draw.chance(0.25))
    court, nation = draw.pick(_COURTS), draw.pick(_NATIONS)
    custody = draw.pick({"N": 62.0, "R": 18.0, "D": 20.0})
    language = draw.pick({"SP": 70.0, "ENG": 15.0, "MAN": 8.0, "POR": 3.0, "CRE": 4.0})
    held, heard = ~(custody == "N").to_numpy(), draw.chance(0.82)
    moved_house = draw.chance(0.3)
    case_type = draw.pick({"RMV": 94.0, "DEP": 3.0, "WHO": 1.2, "CFR": 1.0, "EXC": 0.8})
    lawyer = draw.chance(0.5)
    appeared = opened + draw.between(0, 400)
    born = issued - draw.between(5 * 365, 70 * 365)
    entered = np.maximum(born, issued - draw.between(0, 20 * 365))
    ended = opened + lasted
    order = case_type.replace({"DEP": "D", "EXC": "E"}).is_in(["D", "E"]).to_numpy()
    decision = pl.Series(np.where(order & (letter == "X").to_numpy(), "D", letter.to_numpy()))
    decision = decision.zip_with(case_type != "EXC", decision.replace({"D": "E"}))
    tables = {
        "A_TblCase": _table(
            "A_TblCase",
            IDNCASE=case,
            ALIEN_CITY=_where(draw.chance(0.9), draw.pick(_CITIES)),
            ALIEN_STATE=_where(draw.chance(0.9), draw.pick(_STATES)),
            ALIEN_ZIPCODE=_where(draw.chance(0.85), _number(draw.between(10_000, 99_999))),
            UPDATED_CITY=_where(moved_house, draw.pick(_CITIES)),
            NAT=_where(draw.chance(0.983), nation),
            LANG=_where(draw.chance(0.985), language),
            CUSTODY=_where(draw.chance(0.985), custody),
            SITE_TYPE=draw.pick({"I": 3.0, "M": 7.0}),
            ATTY_NBR=_number(draw.between(0, 4)),
            E_28_DATE=_where(lawyer, _date(appeared)),
            CASE_TYPE=case_type,
            UPDATE_SITE=court,
            LATEST_HEARING=_where(heard, _date(opened + draw.between(30, 900))),
            LATEST_TIME=_where(heard, draw.pick({"0830": 1.0, "0900": 2.0, "1300": 2.0})),
            LATEST_CAL_TYPE=_where(heard, draw.pick({"I": 1.0, "M": 2.0})),
            CORRECTIONAL_FAC=_where(held & draw.chance(0.3), draw.pick(_PLACES)),
            INMATE_HOUSING=_where(held & draw.chance(0.1), draw.pick({"B WING": 1.0, "4": 1.0})),
            DATE_OF_ENTRY=_where(draw.chance(0.66), _date(entered)),
            C_ASY_TYPE=_where(draw.chance(0.4), draw.pick({"E": 3.0, "I": 2.0})),
            C_BIRTHDATE=_where(draw.chance(1 / 6), _month(born)),
            UPDATED_STATE=_where(moved_house, draw.pick(_STATES)),
            ADDRESS_CHANGEDON=_where(moved_house, _date(opened + draw.between(5, 900))),
            Sex=_where(draw.chance(0.25), draw.pick({"M": 7.0, "F": 3.0})),
            DATE_DETAINED=_where(held, _date(issued - draw.between(0, 5))),
            LPR=_where(draw.chance(0.1), draw.pick({"0": 99.0, "1": 1.0})),
            DETENTION_DATE=_where(held, _date(issued)),
            DETENTION_LOCATION=_where(held & draw.chance(0.6), draw.pick(_PLACES)),
            DETENTION_FACILITY_TYPE=_where(held & draw.chance(0.6), draw.pick({"COUNTY JAIL": 1})),
        )
    }
    absent = draw.chance(0.2)
    first_one: dict[str, pl.Series | Ints] = {
        "IDNPROCEEDING": case * 10,
        "IDNCASE": case,
        "OSC_DATE": _date(issued),
        "INPUT_DATE": _date(opened),
        "BASE_CITY_CODE": court,
        "HEARING_LOC_CODE": court,
        "IJ_CODE": draw.pick(_JUDGES),
        "TRANS_NBR": _all("0", cases),
        "HEARING_DATE": _where(heard, _date(opened + draw.between(30, 900))),
        "HEARING_TIME": _where(heard, _all("0900", cases)),
        "DEC_TYPE": _where(done & ~coded, draw.pick({"O": 8.0, "W": 2.0})),
        "DEC_CODE": _where(done & ~coded, decision),
        "OTHER_COMP": _where(done & coded, letter),
        "APPEAL_NOT_FILED": _where(done & ~coded & draw.chance(0.7), _all("Y", cases)),
        "COMP_DATE": _where(done, _date(ended)),
        "ABSENTIA": _where(done & ~coded, pl.Series(np.where(absent, "Y", "N"))),
        "DATE_APPEAL_DUE_STATUS": _where(done & ~coded, _date(ended + 30)),
        "CUSTODY": custody,
        "CASE_TYPE": case_type,
        "NAT": nation,
        "LANG": language,
        "CORRECTIONAL_FAC": _where(held & draw.chance(0.3), draw.pick(_PLACES)),
        "CRIM_IND": _all("N", cases),
    }
    reopened = ended + draw.between(1, 200)
    ended_again = reopened + draw.between(10, 1500)
    done_again = draw.chance(0.7)
    second: dict[str, pl.Series | Ints] = first_one | {
        "IDNPROCEEDING": case * 10 + 1,
        "INPUT_DATE": _date(reopened),
        "DEC_CODE": _where(done_again, draw.pick({"X": 5.0, "R": 3.0, "T": 2.0})),
        "OTHER_COMP": _all(None, cases),
        "APPEAL_NOT_FILED": _all(None, cases),
        "COMP_DATE": _where(done_again, _date(ended_again)),
        "ABSENTIA": _where(done_again, _all("N", cases)),
        "DATE_APPEAL_DUE_STATUS": _where(done_again, _date(ended_again + 30)),
    }
    tables["B_TblProceeding"] = pl.concat(
        [
            _table("B_TblProceeding", **first_one),
            _table("B_TblProceeding", **second).filter(pl.Series(again)),
        ]
    )
    tables["B_TblProceedCharges"] = _many(
        "B_TblProceedCharges", draw, 2, 0.5, lambda one, there: {
            "IDNPRCDCHG": case * 10 + one,
            "IDNCASE": case,
            "IDNPROCEEDING": case * 10,
            "CHARGE": draw.pick(_CHARGES).str.pad_end(13),
            "CHG_STATUS": _where(draw.chance(0.6), draw.pick(_STATUSES)),
        }
    )  # fmt: skip
    tables["tbl_Court_Appln"] = _many(
        "tbl_Court_Appln", draw, 4, 0.32, lambda one, there: {
            "IDNPROCEEDINGAPPLN": case * 10 + one,
            "IDNPROCEEDING": case * 10,
            "IDNCASE": case,
            "APPL_CODE": draw.pick(_FORMS),
            "APPL_RECD_DATE": _date(opened + draw.between(0, 500)),
            "APPL_DEC": _where(done & draw.chance(0.9), draw.pick(_DECISIONS)),
        }, least=0
    )  # fmt: skip
    tables["tbl_schedule"] = _schedule(draw, case, court, language, issued, opened, ended, done)
    tables["tbl_CustodyHistory"] = _table(
        "tbl_CustodyHistory",
        IDNCUSTODY=case,
        IDNCASE=case,
        CUSTODY=custody,
        DATDETAINED=_where(held, _date(issued - draw.between(0, 5))),
        DATRELEASED=_where((custody == "R").to_numpy(), _date(issued + draw.between(1, 300))),
    ).filter(pl.Series(held))
    rider = (np.arange(cases) > 0) & draw.chance(0.18)
    severed = draw.chance(0.1)
    tables["tbl_Lead_Rider"] = _table(
        "tbl_Lead_Rider",
        IDNLEADRIDER=case,
        IDNLEADCASE=case - 1,
        IDNRIDERCASE=case,
        DATCREATEDON=_date(opened + 1),
        DATSEVEREDON=_where(severed, _date(opened + draw.between(10, 900))),
        BLNACTIVE=pl.Series(np.where(severed, "0", "1")),
    ).filter(pl.Series(rider))
    young = draw.chance(0.05)
    tables["tbl_JuvenileHistory"] = _table(
        "tbl_JuvenileHistory",
        IDNJUVENILEHISTORY=case,
        IDNCASE=case,
        IDNPROCEEDING=case * 10,
        IDNJUVENILE=draw.pick({"1": 5.0, "2": 3.0, "3": 1.0}),
        DATCREATEDON=_date(opened + 2),
    ).filter(pl.Series(young))
    tables["tbl_RepsAssigned"] = _many(
        "tbl_RepsAssigned", draw, 3, 0.5, lambda one, there: {
            "IDNREPSASSIGNED": case * 10 + one,
            "IDNCASE": case,
            "STRATTYLEVEL": draw.pick({"COURT": 85.0, "BOARD": 15.0}),
            "STRATTYTYPE": pl.Series(np.where(lawyer & (one < 2), "ALIEN", "INS")),
            "PARENT_TABLE": _all("B_TblProceeding", cases),
            "PARENT_IDN": case * 10,
            "BASE_CITY_CODE": court,
            "E_28_DATE": _where(lawyer & (one < 2), _date(appeared + 30 * one)),
            "BLNPRIMEATTY": _all("1", cases),
        }
    )  # fmt: skip
    return tables


def _schedule(
    draw: Draw, case: Ints, court: pl.Series, language: pl.Series, issued: Ints, opened: Ints,
    ended: Ints, done: Bools,
) -> Frame:  # fmt: skip
    """Hearings some months apart, each put down at the one before."""
    put_down, parts = opened, []
    cases = len(case)
    alive: Bools = np.ones(cases, dtype=np.bool_)
    for one in range(8):
        at = put_down + draw.between(30, 200)
        alive = alive & draw.chance(0.9)
        held = done | draw.chance(0.7)
        parts.append(
            _table(
                "tbl_schedule",
                IDNSCHEDULE=case * 10 + one,
                IDNPROCEEDING=case * 10,
                IDNCASE=case,
                OSC_DATE=_date(issued),
                LANG=language,
                HEARING_LOC_CODE=court,
                BASE_CITY_CODE=court,
                INPUT_DATE=_date(put_down),
                UPDATE_DATE=_where(held, _date(at)),
                CAL_TYPE=_all("M", cases) if one < 2 else draw.pick({"I": 7.0, "M": 3.0}),
                ADJ_DATE=_date(at),
                ADJ_TIME_START=_all("0900", cases),
                ADJ_RSN=_where(held, draw.pick({"17": 3.0, "12": 2.0, "PD": 0.2, "45": 1.0})),
            ).filter(pl.Series(alive & ((at <= ended) | (one == 0) | ~done)))
        )
        put_down = at
    return pl.concat(parts)


def _many(table: str, draw: Draw, most: int, rate: float, row: object, least: int = 1) -> Frame:
    """Up to so many rows a case: the first `least` always, each other at a rate."""
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


def _days(day: datetime.date) -> int:
    return (day - _EPOCH).days


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
