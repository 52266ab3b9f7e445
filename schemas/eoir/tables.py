"""The court's public release: its tables, the columns that are used, and their kinds.

Source: EOIR's CASE data as published (tab-separated, one file per table), and its codebook.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a column holds, and so what its values must look like."""

    ID = "a whole number"
    DATE = "a date"
    MONTH = "a month and year"
    FLAG = "0 or 1"
    CODE = "a code"
    CHARGE = "a charge"
    NUMBER = "a small whole number"
    TIME = "hours and minutes"
    STATE = "two letters"
    ZIP = "a postal code"
    TEXT = "words that people type"


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the release.

    Args:
        name: Its file's name without the extension, in any case.
        key: Its primary key.
        columns: The columns that are used, with their kinds; they include IDNCASE, except for
            riders.
        required: Whether a release can't be imported without it.
        optional: Columns that some releases lack; what they would say is then unknown.
        codes: For a column of codes, the codes that may stand in it; absent = see
            `schemas.eoir.columns.codes_of`.
    """

    name: str
    key: str
    columns: dict[str, Kind]
    required: bool = False
    optional: frozenset[str] = frozenset()
    codes: dict[str, frozenset[str]] | None = None


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


CUSTODY_CODES = frozenset("DNR")
CALENDAR_CODES = frozenset("ACIMNRSTV")
# BND is in the data, but not in the lookup table.
CASE_TYPES = frozenset(
    (
        "AOC",
        "BND",
        "CDR",
        "CFR",
        "CSR",
        "DCC",
        "DDC",
        "DEP",
        "EXC",
        "NAC",
        "REC",
        "RFR",
        "RMV",
        "WHO",
    )
)

CASE = Table(
    "A_TblCase",
    "IDNCASE",
    {
        "IDNCASE": Kind.ID,
        "NAT": Kind.CODE,
        "LANG": Kind.CODE,
        "CUSTODY": Kind.CODE,
        "E_28_DATE": Kind.DATE,
        "CASE_TYPE": Kind.CODE,
        "UPDATE_SITE": Kind.CODE,
        "DATE_OF_ENTRY": Kind.DATE,
        "C_BIRTHDATE": Kind.MONTH,
        "GENDER": Kind.CODE,
        "LPR": Kind.FLAG,
    },
    required=True,
    optional=_names("NAT LANG CUSTODY E_28_DATE UPDATE_SITE DATE_OF_ENTRY C_BIRTHDATE GENDER LPR"),
    codes={"CUSTODY": CUSTODY_CODES, "CASE_TYPE": CASE_TYPES, "GENDER": frozenset("FM")},
)
PROCEEDING = Table(
    "B_TblProceeding",
    "IDNPROCEEDING",
    {
        "IDNPROCEEDING": Kind.ID,
        "IDNCASE": Kind.ID,
        "OSC_DATE": Kind.DATE,
        "INPUT_DATE": Kind.DATE,
        "BASE_CITY_CODE": Kind.CODE,
        "TRANS_IN_DATE": Kind.DATE,
        "DEC_CODE": Kind.CODE,
        "OTHER_COMP": Kind.CODE,
        "APPEAL_NOT_FILED": Kind.CODE,
        "COMP_DATE": Kind.DATE,
        "ABSENTIA": Kind.CODE,
        "DATE_APPEAL_DUE_STATUS": Kind.DATE,
        "CUSTODY": Kind.CODE,
        "CASE_TYPE": Kind.CODE,
        "NAT": Kind.CODE,
        "LANG": Kind.CODE,
    },
    required=True,
    optional=_names(
        "TRANS_IN_DATE APPEAL_NOT_FILED ABSENTIA DATE_APPEAL_DUE_STATUS CUSTODY NAT LANG"
    ),
    codes={"CUSTODY": CUSTODY_CODES, "CASE_TYPE": CASE_TYPES, "ABSENTIA": frozenset("YN")},
)
CHARGES = Table(
    "B_TblProceedCharges",
    "IDNPRCDCHG",
    {
        "IDNPRCDCHG": Kind.ID,
        "IDNCASE": Kind.ID,
        "IDNPROCEEDING": Kind.ID,
        "CHARGE": Kind.CHARGE,
        "CHG_STATUS": Kind.CODE,
    },
    optional=frozenset({"CHG_STATUS"}),
    codes={"CHG_STATUS": frozenset("NOSW")},
)
APPLICATIONS = Table(
    "tbl_Court_Appln",
    "IDNPROCEEDINGAPPLN",
    {
        "IDNPROCEEDINGAPPLN": Kind.ID,
        "IDNPROCEEDING": Kind.ID,
        "IDNCASE": Kind.ID,
        "APPL_CODE": Kind.CODE,
        "APPL_RECD_DATE": Kind.DATE,
        "APPL_DEC": Kind.CODE,
    },
    optional=frozenset({"APPL_DEC"}),
    codes={"APPL_DEC": frozenset("ACDFGILMNOPRSTW")},
)
SCHEDULE = Table(
    "tbl_schedule",
    "IDNSCHEDULE",
    {
        "IDNSCHEDULE": Kind.ID,
        "IDNCASE": Kind.ID,
        "INPUT_DATE": Kind.DATE,
        "UPDATE_DATE": Kind.DATE,
        "CAL_TYPE": Kind.CODE,
        "ADJ_DATE": Kind.DATE,
        "ADJ_RSN": Kind.CODE,
    },
    optional=frozenset({"UPDATE_DATE", "ADJ_RSN"}),
    codes={"CAL_TYPE": CALENDAR_CODES},
)
CUSTODY = Table(
    "tbl_CustodyHistory",
    "IDNCUSTODY",
    {
        "IDNCUSTODY": Kind.ID,
        "IDNCASE": Kind.ID,
        "CUSTODY": Kind.CODE,
        "DATDETAINED": Kind.DATE,
        "DATRELEASED": Kind.DATE,
    },
    codes={"CUSTODY": CUSTODY_CODES},
)
LEAD_RIDER = Table(
    "tbl_Lead_Rider",
    "IDNLEADRIDER",
    {
        "IDNLEADRIDER": Kind.ID,
        "IDNLEADCASE": Kind.ID,
        "IDNRIDERCASE": Kind.ID,
        "DATCREATEDON": Kind.DATE,
        "DATSEVEREDON": Kind.DATE,
        "BLNACTIVE": Kind.FLAG,
    },
)
JUVENILE = Table(
    "tbl_JuvenileHistory",
    "IDNJUVENILEHISTORY",
    {
        "IDNJUVENILEHISTORY": Kind.ID,
        "IDNCASE": Kind.ID,
        "IDNJUVENILE": Kind.CODE,
        "DATCREATEDON": Kind.DATE,
    },
)
LAWYERS = Table(
    "tbl_RepsAssigned",
    "IDNREPSASSIGNED",
    {
        "IDNREPSASSIGNED": Kind.ID,
        "IDNCASE": Kind.ID,
        "STRATTYLEVEL": Kind.CODE,
        "STRATTYTYPE": Kind.CODE,
        "E_28_DATE": Kind.DATE,
    },
    codes={
        "STRATTYLEVEL": frozenset(("COURT", "BOARD")),
        "STRATTYTYPE": frozenset(("ALIEN", "INS")),
    },
)
TABLES = {
    table.name: table
    for table in (
        CASE,
        PROCEEDING,
        CHARGES,
        APPLICATIONS,
        SCHEDULE,
        CUSTODY,
        LEAD_RIDER,
        JUVENILE,
        LAWYERS,
    )
}
# Names that a column has in other releases or in the codebook.
RENAMED = {"SEX": "GENDER", "CHARGE_STATUS": "CHG_STATUS"}
