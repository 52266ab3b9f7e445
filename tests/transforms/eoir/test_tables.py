import datetime

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from schemas.eoir.tables import TABLES
from transforms.eoir.files import TableFile
from transforms.eoir.tables import ReadRows, frame_schema, read_rows

CHARGES = TableFile(
    "charges.csv",
    0,
    "B_TblProceedCharges",
    ("IDNPRCDCHG", "IDNCASE", "IDNPROCEEDING", "CHARGE", "CHG_STATUS"),
    0,
)
CASES = TableFile("case.csv", 0, "A_TblCase", tuple(TABLES["A_TblCase"].columns), 0)


def read_case(**values: str) -> tuple[dict[str, object], dict[str, int]]:
    row = dict.fromkeys(CASES.header, "") | {"IDNCASE": "7"} | values
    read = read_rows(["\t".join(row.values()).encode("latin-1") + b"\n"], CASES)
    return read.rows.to_dicts()[0], warnings(read)


def warnings(read: ReadRows) -> dict[str, int]:
    return {key: count for of, key, count in read.tally.iter_rows() if of == "warning"}


@pytest.mark.parametrize(
    "spelt",
    [
        "",
        "N/A",
        "b6",
        "A.2.a",
        "??",
        "000",
        "0",
        "   ",
        "(b)(6)",
        "none",
        "NULL",
        "-",
        "\\N",
        "unk",
    ],
)
def test_null_spellings_are_unknown_and_not_counted_as_lost(spelt: str) -> None:
    row, lost = read_case(NAT=spelt, DATE_OF_ENTRY=spelt, C_BIRTHDATE=spelt, CUSTODY=spelt)
    assert (row["NAT"], row["DATE_OF_ENTRY"], row["C_BIRTHDATE"], row["CUSTODY"]) == (None,) * 4
    assert lost == {}


def test_a_code_that_looks_like_a_null_spelling_is_a_code() -> None:
    row, lost = read_case(NAT="NA", CUSTODY="NA", DATE_OF_ENTRY="NA")
    assert (row["NAT"], row["CUSTODY"], row["DATE_OF_ENTRY"], lost) == ("NA", None, None, {})


@pytest.mark.parametrize("code", ["C", "6"])
def test_reads_a_letter_or_a_digit_as_a_decision(code: str) -> None:
    proceeding = TABLES["B_TblProceeding"]
    file = TableFile("p.csv", 0, proceeding.name, tuple(proceeding.columns), 0)
    row = dict.fromkeys(file.header, "") | {"IDNCASE": "7", "DEC_CODE": code, "OTHER_COMP": code}
    read = read_rows(["\t".join(row.values()).encode() + b"\n"], file)
    [made] = read.rows.to_dicts()
    assert (made["DEC_CODE"], made["OTHER_COMP"], warnings(read)) == (code, code, {})


def test_reads_values_by_their_kind() -> None:
    row, lost = read_case(
        NAT=" MX ",
        DATE_OF_ENTRY="2004-05-06 00:00:00.000",
        C_BIRTHDATE="1/1975",
        LPR="0",
        GENDER="F",
    )
    assert (row["NAT"], row["DATE_OF_ENTRY"]) == ("MX", datetime.date(2004, 5, 6))
    assert (row["C_BIRTHDATE"], row["LPR"], row["GENDER"]) == ("1975-01", False, "F")
    assert lost == {}


def test_junk_is_unknown_and_counted() -> None:
    row, lost = read_case(
        CUSTODY="LIN",
        CASE_TYPE="9",
        C_BIRTHDATE="E",
        DATE_OF_ENTRY="2004-13-06",
        NAT="\xe9",
        LPR="x",
    )
    assert [row[name] for name in ("CUSTODY", "CASE_TYPE", "C_BIRTHDATE", "NAT", "LPR")] == [
        None
    ] * 5
    assert lost == {
        "A_TblCase.CUSTODY:UNKNOWN_CODE": 1,
        "A_TblCase.CASE_TYPE:UNKNOWN_CODE": 1,
        "A_TblCase.C_BIRTHDATE:BAD_DATE": 1,
        "A_TblCase.DATE_OF_ENTRY:BAD_DATE": 1,
        "A_TblCase.NAT:UNKNOWN_CODE": 1,
        "A_TblCase.LPR:UNKNOWN_CODE": 1,
    }


def test_gives_charges_one_spelling_and_does_not_read_a_small_s_as_sustained() -> None:
    data = (
        b"1\t7\t70\t212a06Ai     \tS\n"
        b"2\t7\t70\t212a02Ai  II \ts\n"
        b"3\t7\t70\t(212)(a)(03)(E)(iii)(   )\tW\n"
    )
    read = read_rows([data], CHARGES)
    assert read.rows["CHARGE"].to_list() == ["212a06Ai", "212a02AiII", "212a03Eiii"]
    assert read.rows["CHG_STATUS"].to_list() == ["S", None, "W"]
    assert warnings(read) == {"B_TblProceedCharges.CHG_STATUS:UNKNOWN_CODE": 1}


def test_quarantines_rows_beyond_repair_with_their_place_and_bytes() -> None:
    data = (
        b"1\t7\t70\t212a06Ai\tS\n2\t7\n\n3\tx\t70\t212a06Ai\tS\n4\t7\t70\t212a06Ai\tS\n"
        b"5\t7\t7\t0\t212a06Ai\tS\n6\t7\t70\t212a06\tAi\tS\n"
    )
    read = read_rows([data], CHARGES)
    assert read.rows.filter(~pl.col("unread"))["IDNPRCDCHG"].to_list() == [1, 4, 6]
    # From the row that is cut short, and from both ways to read the one with a tab in a number.
    assert read.rows.filter("unread")["IDNCASE"].to_list() == [7, 77]
    assert read.lines == 7
    assert read.quarantined.select("reason", "field", "offset", "raw").rows() == [
        ("TOO_FEW_FIELDS", None, 1, b"2\t7"),
        ("TOO_MANY_FIELDS", None, 5, b"5\t7\t7\t0\t212a06Ai\tS"),
        ("MISSING_CASE_ID", "IDNCASE", 3, b"3\tx\t70\t212a06Ai\tS"),
    ]
    # The blank line isn't a row.
    assert dict(read.tally.filter(of="read").select("key", "count").rows()) == {
        "B_TblProceedCharges": 6
    }
    assert read.tally.filter(of="repaired")["count"].to_list() == [1]


@pytest.mark.parametrize(
    "spelled",
    ["2004-05-06T00:00:00", "2004-05-06", "05/06/2004", "5/6/2004 12:00:00 AM", "06-MAY-2004"],
)
def test_reads_dates_in_the_forms_that_exports_write(spelled: str) -> None:
    row, lost = read_case(DATE_OF_ENTRY=spelled)
    assert (row["DATE_OF_ENTRY"], lost) == (datetime.date(2004, 5, 6), {})


@pytest.mark.parametrize(
    "spelled", ["1900-01-01 00:00:00.000", "1/1/1900", "9999-12-31", "0001-01-01 00:00:00.000"]
)
def test_a_placeholder_is_not_a_date(spelled: str) -> None:
    row, lost = read_case(E_28_DATE=spelled)
    assert row["E_28_DATE"] is None
    assert lost == {"A_TblCase.E_28_DATE:PLACEHOLDER": 1}


def test_removes_quotes_around_values() -> None:
    row, lost = read_case(IDNCASE='"7"', NAT='"MX"', C_BIRTHDATE='"1/1975"', LPR='"0"', LANG='""')
    assert (row["IDNCASE"], row["NAT"], row["C_BIRTHDATE"]) == (7, "MX", "1975-01")
    assert (row["LPR"], row["LANG"], lost) == (False, None, {})


def test_missing_columns_are_unknown() -> None:
    header = tuple(name for name in CASES.header if name not in ("LPR", "GENDER"))
    file = TableFile("case.csv", 0, "A_TblCase", header, 0)
    line = "\t".join({"IDNCASE": "7", "NAT": "MX"}.get(name, "") for name in header)
    row = read_rows([line.encode() + b"\n"], file).rows.to_dicts()[0]
    assert (row["IDNCASE"], row["NAT"], row["LPR"], row["GENDER"]) == (7, "MX", None, None)
    assert file.missing == ("GENDER", "LPR")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("7", 7),
        (' "007"\x0b', 7),
        ("9" * 18, 999_999_999_999_999_999),
        ("", None),
        ("0", None),
        ("N/A", None),
    ],
)
def test_reads_ids(written: str, read: int | None) -> None:
    [row], lost = read_charge(written)
    assert (row["IDNPRCDCHG"], row["IDNCASE"], lost) == (read, 7, {})


@pytest.mark.parametrize("written", ["+7", "-7", "7.0", "0x7", "1e5", "0" * 18 + "7", "9" * 19])
def test_what_is_not_a_plain_number_is_no_id(written: str) -> None:
    [row], lost = read_charge(written)
    assert (row["IDNPRCDCHG"], row["IDNCASE"]) == (None, 7)
    assert lost == {"B_TblProceedCharges.IDNPRCDCHG:BAD_NUMBER": 1}


def read_charge(written: str) -> tuple[list[dict[str, object]], dict[str, int]]:
    read = read_rows([f"{written}\t7\t70\t212a06Ai\tS\n".encode("latin-1")], CHARGES)
    return read.rows.to_dicts(), warnings(read)


def test_a_carriage_return_within_a_line_is_a_blank() -> None:
    read = read_rows([b"1\t7\t70\t212\ra06Ai\r\tS\r\n2\t8\t70\t212a06Ai\tS\n"], CHARGES)
    assert read.rows["IDNCASE"].to_list() == [7, 8]
    assert read.rows["CHARGE"].to_list() == ["212a06Ai", "212a06Ai"]
    assert read.rows["CHG_STATUS"].to_list() == ["S", "S"]


def test_no_lines_are_no_rows() -> None:
    read = read_rows([], CHARGES)
    assert (read.rows.schema, read.rows.height) == (frame_schema(TABLES[CHARGES.table]), 0)
    assert (read.lines, read.quarantined.height, read.tally.height) == (0, 0, 0)


CELL = st.binary(max_size=6).map(lambda raw: raw.translate(None, b"\0\r\n\t"))
LINE = st.binary(max_size=30).map(lambda raw: raw.translate(None, b"\0\r\n")) | st.lists(
    CELL | st.integers(0, 10**9).map(lambda number: str(number).encode()), min_size=4, max_size=7
).map(b"\t".join)


@given(st.lists(LINE, max_size=8), st.sampled_from([CHARGES, CASES]))
@example([b'"1\t2\t3\t212a06Ai\tS'], CHARGES)
@example([b"99999999999999999999\t-1\t1e5\t\xff\t"], CHARGES)
@example([b"\xe2\x80\xa8\t \t\x85\t\x0b\t\x1c"], CHARGES)
def test_every_line_of_any_bytes_becomes_a_row_or_is_quarantined(
    lines: list[bytes], file: TableFile
) -> None:
    read = read_rows([b"".join(line + b"\n" for line in lines)], file)
    rows = read.rows.filter(~pl.col("unread")) if "unread" in read.rows.columns else read.rows
    [there] = [count for of, _, count in read.tally.iter_rows() if of == "read"] or [0]
    assert read.lines == len(lines)
    assert there <= len(lines)
    assert rows.height + read.quarantined.height == there
    assert all(0 <= offset < len(lines) for offset in read.quarantined["offset"])


@given(st.lists(LINE, max_size=8), st.integers(0, 8), st.sampled_from([CHARGES, CASES]))
def test_how_lines_come_in_runs_makes_no_difference(
    lines: list[bytes], cut: int, file: TableFile
) -> None:
    ended = [line + b"\n" for line in lines]
    runs = [b"".join(part) for part in (ended[:cut], ended[cut:]) if part]
    whole, parts = read_rows([b"".join(ended)], file), read_rows(runs, file)
    assert_frame_equal(parts.rows, whole.rows, check_row_order=False)
    assert (parts.lines, parts.quarantined.rows()) == (whole.lines, whole.quarantined.rows())
    assert_frame_equal(parts.tally, whole.tally, check_row_order=False)
