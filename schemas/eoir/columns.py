"""What every column of the public release holds, used or not, and the codes that it may have.

A row that a stray tab has shifted is repaired by what its columns may hold
(`transforms.eoir.lines`), so this module also covers columns that nothing else reads.
"""

from __future__ import annotations

import functools

from schemas.codes import aliases
from schemas.eoir.tables import CALENDAR_CODES, Kind, Table

_UNUSED = {
    Kind.DATE: """ADDRESS_CHANGEDON C_RELEASE_DATE DATE_DETAINED DATE_RELEASED DATMODIFIEDON
        DETENTION_DATE E_27_DATE HEARING_DATE INS_TA_DATE_ASSIGNED LATEST_HEARING OSC_DATE
        UP_BOND_DATE VENUE_CHG_GRANTED""",
    Kind.FLAG: "BLNCLOCKOVERRIDE BLNPRIMEATTY",
    Kind.ID: "LNGSESSNID PARENT_IDN",
    Kind.NUMBER: """ADJ_ELAP_DAYS ATTY_NBR GENERATION RELEASE_MONTH RELEASE_YEAR SUB_GENERATION
        TRANS_NBR""",
    Kind.STATE: "ALIEN_STATE UPDATED_STATE",
    Kind.TEXT: """ADJ_MSG ALIEN_CITY CORRECTIONAL_FAC DCO_LOCATION DETENTION_FACILITY_TYPE
        DETENTION_LOCATION INMATE_HOUSING PARENT_TABLE UPDATED_CITY""",
    Kind.TIME: """ADJ_TIME_START ADJ_TIME_STOP HEARING_TIME INPUT_TIME LATEST_TIME
        UPDATE_TIME""",
    Kind.ZIP: "ALIEN_ZIPCODE UPDATED_ZIPCODE",
}  # fmt: skip
_KINDS = {name: kind for kind, names in _UNUSED.items() for name in names.split()}
_TABLES = {
    "BASE_CITY_CODE": "courts",
    "DEPORTED_1": "nationalities",
    "DEPORTED_2": "nationalities",
    "NAT": "nationalities",
    "UPDATE_SITE": "courts",
}
_SETS = {
    "C_ASY_TYPE": frozenset("EIJ"),
    "LATEST_CAL_TYPE": CALENDAR_CODES,
    "SITE_TYPE": frozenset("IM"),
    "TRANSFER_STATUS": frozenset("TV"),
}
_LETTERS = ("APPEAL_RSVD", "ASSIGNMENT_PATH", "DEC_CODE", "DEC_TYPE", "OTHER_COMP", "REC_TYPE")
# Columns of the tables that are read, as published or in the codebook, but not used; the rest
# of them are in `schemas.eoir`.
_PUBLISHED = {
    "A_TblCase": """ALIEN_CITY ALIEN_STATE ALIEN_ZIPCODE UPDATED_ZIPCODE UPDATED_CITY SITE_TYPE
        ATTY_NBR LATEST_HEARING LATEST_TIME LATEST_CAL_TYPE UP_BOND_DATE UP_BOND_RSN
        CORRECTIONAL_FAC RELEASE_MONTH RELEASE_YEAR INMATE_HOUSING FNLDISP C_ASY_TYPE
        C_RELEASE_DATE UPDATED_STATE ADDRESS_CHANGEDON ZBOND_MRG_FLAG DATE_DETAINED DATE_RELEASED
        DETENTION_DATE DETENTION_LOCATION DCO_LOCATION DETENTION_FACILITY_TYPE CASEPRIORITY_CODE
        CASE_PRIORITY_CODE""",
    "B_TblProceeding": """HEARING_LOC_CODE IJ_CODE PREV_HEARING_LOC PREV_HEARING_BASE PREV_IJ_CODE
        PREV_HEARING_IJ_CODE TRANS_NBR HEARING_DATE HEARING_TIME DEC_TYPE DEPORTED_1 DEPORTED_2
        APPEAL_RSVD VENUE_CHG_GRANTED TRANSFER_TO TRANSFER_STATUS SCHEDULED_HEAR_LOC
        CORRECTIONAL_FAC CRIM_IND IHP AGGRAVATE_FELON DATE_DETAINED DATE_RELEASED""",
    "tbl_schedule": """IDNPROCEEDING OSC_DATE GENERATION SUB_GENERATION REC_TYPE LANG
        HEARING_LOC_CODE BASE_CITY_CODE IJ_CODE INTERPRETER_CODE INPUT_TIME UPDATE_TIME
        ASSIGNMENT_PATH CONTINUE_FLAG ADJ_TIME_START ADJ_TIME_STOP ADJ_MEDIUM ADJ_MSG ADJ_ELAP_DAYS
        LNGSESSNID LNGSESSIONID SCHEDULE_TYPE NOTICE_CODE DATBATCHMODIFIED BLNCLOCKOVERRIDE
        EOIRATTORNEYID""",
    "tbl_Lead_Rider": """DATMODIFIEDON IDNLEADPROCEEDINGSTART IDNLEADPROCEEDINGEND
        IDNRIDERPROCEEDINGSTART IDNRIDERPROCEEDINGEND""",
    "tbl_JuvenileHistory": "IDNPROCEEDING DATMODIFIEDON",
    "tbl_RepsAssigned": """PARENT_TABLE PARENT_IDN BASE_CITY_CODE INS_TA_DATE_ASSIGNED E_27_DATE
        BLNPRIMEATTY""",
}
# Regular expressions of a whole value.
DATE = r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?)?"
_US_DATE = r"\d{1,2}/\d{1,2}/\d{4}(?: \d{1,2}:\d\d(?::\d\d)?(?: ?[AP]M)?)?"
_NARROW = {**dict.fromkeys(_LETTERS, "[A-Z0-9]"), "LANG": "[A-Z]{1,3}"}
_SHAPES = {
    Kind.ID: r"\d{1,18}",
    Kind.DATE: rf"{DATE}|{_US_DATE}|\d{{2}}-[A-Za-z]{{3}}-\d{{4}}",
    Kind.MONTH: r"(?:0?[1-9]|1[0-2])/(?:19|20|21)\d\d",
    Kind.FLAG: "[01]",
    Kind.CODE: "[0-9A-Za-z*/.-]{1,8}",
    # Section, subsection, paragraph, then capitals and Roman numerals. No status letter fits.
    Kind.CHARGE: (
        r"\(?2\d\d\)?[\s()]*[a-zA-Z][\s()]*\d{0,2}[\s()]*[A-Z]?[\s()]*[ivx]{0,4}[\s()]*[IVX]{0,4}[\s()]*"
    ),
    Kind.NUMBER: r"-?\d{1,5}",
    Kind.TIME: r"(?:[01]\d|2[0-3]):?[0-5]\d",
    Kind.STATE: "[A-Z]{2}",
    Kind.ZIP: r"`?[0-9A-Z -]*\d[0-9A-Z -]*",
    Kind.TEXT: ".*",
}


def kind_of(table: Table, column: str) -> Kind:
    """Return what a column of the release holds.

    Args:
        table: Its table.
        column: Its name, in capitals.

    Returns:
        Its kind. An unknown column is a code, or an ID if its name says so.
    """
    if column in table.columns:
        return table.columns[column]
    return _KINDS.get(column, Kind.ID if column.startswith("IDN") else Kind.CODE)


def codes_of(table: Table, column: str) -> frozenset[str] | None:
    """Return the codes that a column may have.

    Args:
        table: Its table.
        column: Its name, in capitals.

    Returns:
        The codes; None if there is no known list.
    """
    if table.codes and column in table.codes:
        return table.codes[column]
    if column in _TABLES:
        return _codes(_TABLES[column])
    return _SETS.get(column)


def shape_of(table: Table, column: str) -> str:
    """Return a regular expression for a whole value of a column.

    Args:
        table: Its table.
        column: Its name, in capitals.
    """
    return _NARROW.get(column, _SHAPES[kind_of(table, column)])


def is_published(table: Table, column: str) -> bool:
    """Tell whether the court is known to publish a column of a table, used or not.

    Args:
        table: The table.
        column: Its name, in capitals.
    """
    return column in table.columns or column in _PUBLISHED.get(table.name, "").split()


@functools.cache
def _codes(table: str) -> frozenset[str]:
    return frozenset(aliases(table).values())
