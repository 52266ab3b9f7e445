import io
import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.eoir.columns import codes_of, kind_of, shape_of
from schemas.eoir.headers import HEADERS
from schemas.eoir.tables import CASE, CHARGES, RENAMED, TABLES, Kind, Table
from transforms.eoir.lines import (
    HABIT_ROWS,
    MOST_STRAY_TABS,
    cases_of,
    repair,
    split_odd,
    whole_lines,
)
from transforms.eoir.mess import tidy_lines
from transforms.eoir.release import release_rows

DATE = "2011-02-03 00:00:00.000"
VALUES = {
    Kind.ID: st.integers(1, 10**9).map(str),
    Kind.NUMBER: st.integers(0, 2011).map(str),
    Kind.DATE: st.dates().map(lambda day: f"{day.isoformat()} 00:00:00.000"),
    Kind.MONTH: st.sampled_from(["1/1975", "11/1990"]),
    Kind.FLAG: st.sampled_from(["0", "1"]),
    Kind.TIME: st.sampled_from(["0900", "1330"]),
    Kind.STATE: st.sampled_from(["TX", "CA"]),
    Kind.ZIP: st.sampled_from(["77001", "`77001"]),
    Kind.CHARGE: st.sampled_from(["212a06Ai     ", "237a02AiI    ", "212a07Ai  I  "]),
    Kind.TEXT: st.text("ABO 1.,", max_size=9),
    Kind.CODE: st.sampled_from(["MX", "SP", "N", "X", "45", "PD"]),
}


def header_of(table: Table) -> tuple[str, ...]:
    return tuple(RENAMED.get(name.upper(), name.upper()) for name in HEADERS[table.name])


def values_of(table: Table, name: str) -> st.SearchStrategy[str]:
    """Values that a column may hold; any may be missing except a row's number."""
    codes, kind = codes_of(table, name), kind_of(table, name)
    if kind is Kind.ID:
        return VALUES[kind]
    shape = shape_of(table, name)
    listed = VALUES[kind].filter(lambda value: re.fullmatch(shape, value.strip()) is not None)
    value = listed if codes is None else st.sampled_from(sorted(codes))
    return st.one_of(st.just(""), value, st.just("N/A"))


@st.composite
def shifted_rows(draw: st.DrawFn, *, typed: bool) -> tuple[Table, list[str], str]:
    """A table, a row of it, and the row as it is with stray tabs in typed columns or in any."""
    table = draw(st.sampled_from(list(TABLES.values())))
    header = header_of(table)
    row = [draw(values_of(table, name)) for name in header]
    columns = [at for at, name in enumerate(header) if kind_of(table, name) is Kind.TEXT]
    shifted = list(row)
    for _ in range(draw(st.integers(1, MOST_STRAY_TABS))):
        at = draw(st.sampled_from(columns if typed and columns else range(len(header))))
        cut = draw(st.integers(0, len(shifted[at])))
        shifted[at] = shifted[at][:cut] + "\t" + shifted[at][cut:]
    return table, row, "\t".join(shifted)


@given(case=shifted_rows(typed=True) | shifted_rows(typed=False))
@settings(max_examples=150)
def test_restores_or_rejects_a_row_with_stray_tabs_anywhere(
    case: tuple[Table, list[str], str],
) -> None:
    table, row, shifted = case
    header = header_of(table)
    repaired = repair(shifted.encode(), table, header)
    if repaired is not None:
        fields = repaired.decode().split("\t")
        assert len(fields) == len(header)
        for at, name in enumerate(header):
            if name in table.columns:
                # A tab replaced a blank, or was next to one; the reader collapses both.
                assert fields[at].replace(" ", "") == row[at].replace(" ", ""), name


@pytest.mark.parametrize(("table", "least"), [("A_TblCase", 0.98), ("B_TblProceeding", 0.98)])
def test_repairs_nearly_every_stray_tab_in_typed_text(table: str, least: float) -> None:
    rows = release_rows(7, 0, 2000)[table]
    header = header_of(TABLES[table])
    typed = [at for at, name in enumerate(header) if kind_of(TABLES[table], name) is Kind.TEXT]
    shifted = repaired = 0
    for line in tidy_lines(rows).split(b"\n")[:-1]:
        fields = line.split(b"\t")
        for at in (at for at in typed if fields[at]):
            middle = len(fields[at]) // 2
            parted = fields[at][:middle] + b"\t" + fields[at][middle:]
            raw = b"\t".join([*fields[:at], parted, *fields[at + 1 :]])
            shifted += 1
            repaired += repair(raw, TABLES[table], header) is not None
    assert shifted > 100
    assert repaired >= least * shifted


CHARGE_HEADER = tuple(HEADERS["B_TblProceedCharges"])


def test_repairs_a_tab_if_one_way_fits_and_rejects_it_if_two_do() -> None:
    assert repair(b"1\t7\t70\t212a06\tAi\tS", CHARGES, CHARGE_HEADER) == b"1\t7\t70\t212a06Ai\tS"
    # No charge ends in S, so the last field is a blank after the last column.
    assert repair(b"1\t7\t70\t212a06Ai\tS\t", CHARGES, CHARGE_HEADER) == b"1\t7\t70\t212a06Ai\tS"
    # A charge with S as its subparagraph, or sustained.
    assert repair(b"1\t7\t70\t212a06\tS\t", CHARGES, CHARGE_HEADER) is None
    # Whose row it is can't be determined.
    assert repair(b"1\t\t7\t70\t212a06Ai\tS", CHARGES, CHARGE_HEADER) is None
    assert repair(b"1\t7\t7\t0\t212a06Ai\tS", CHARGES, CHARGE_HEADER) is None
    case = dict.fromkeys(header_of(CASE), "") | {
        "IDNCASE": "2000001", "ALIEN_STATE": "TX", "NAT": "MX", "LANG": "SP", "CUSTODY": "N",
        "CASE_TYPE": "RMV", "LPR": "0", "DETENTION_DATE": DATE,
    }  # fmt: skip
    for column in ("ALIEN_CITY", "UPDATED_CITY", "DETENTION_LOCATION"):
        raw = "\t".join({**case, column: "EL\tPASO"}.values()).encode()
        repaired = repair(raw, CASE, header_of(CASE))
        assert repaired is not None
        found = dict(zip(case, repaired.decode().split("\t"), strict=True))
        assert {name: found[name] for name in CASE.columns} == {
            name: case[name] for name in CASE.columns
        }


def test_rejects_rows_with_too_many_tabs_or_cut_short() -> None:
    assert (
        repair(
            b"\t".join([b"1"] * (len(header_of(CASE)) + MOST_STRAY_TABS + 1)), CASE, header_of(CASE)
        )
        is None
    )
    assert repair(b"1\t2", CASE, header_of(CASE)) is None


@given(
    lines=st.lists(st.binary(max_size=9).map(lambda raw: raw.replace(b"\n", b"")), max_size=12),
    cuts=st.lists(st.integers(0, 120), max_size=4),
    closed=st.booleans(),
)
def test_a_file_split_anywhere_gives_each_line_once(
    lines: list[bytes], cuts: list[int], closed: bool
) -> None:
    data = b"\n".join(lines) + (b"\n" if closed and lines else b"")
    whole = b"".join(whole_lines(io.BytesIO(data), 0, len(data)))
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    parts = [
        b"".join(whole_lines(io.BytesIO(data), start, end))
        for start, end in itertools.pairwise(edges)
    ]
    assert b"".join(parts) == whole


@pytest.mark.parametrize("start", [0, 3, 9])
def test_a_range_beyond_the_end_of_a_file_is_an_error(start: int) -> None:
    with pytest.raises(EOFError):
        list(whole_lines(io.BytesIO(b"one\ntwo\n"), start, 10))


def test_separates_odd_lines_from_even_ones() -> None:
    parted = split_odd(b"a\tb\nc\nd\te\nf\tg\th\n", 2)
    assert (parted.even, parted.lines, parted.trimmed) == (b"a\tb\nd\te\n", 4, 0)
    assert [(line.row, line.raw) for line in parted.odd] == [(1, b"c"), (3, b"f\tg\th")]


@given(
    extra=st.integers(1, 3),
    rows=st.lists(st.booleans(), min_size=HABIT_ROWS, max_size=3 * HABIT_ROWS),
)
def test_cuts_off_blank_fields_at_the_end_of_most_rows(extra: int, rows: list[bool]) -> None:
    data = b"".join(b"%d\tx%s\n" % (n, b"\t" * extra * tail) for n, tail in enumerate(rows))
    parted = split_odd(data, 2)
    habit = sum(rows) >= max(HABIT_ROWS, len(rows) / 2)
    kept = [n for n, tail in enumerate(rows) if habit or not tail]
    assert parted.even == b"".join(b"%d\tx\n" % n for n in kept)
    assert parted.trimmed == (sum(rows) if habit else 0)
    assert len(parted.odd) == len(rows) - len(kept)


def test_does_not_mistake_a_row_with_lost_columns_for_one_with_a_blank_tail() -> None:
    # A stray tab before the last column: cutting the row's end off would lose the status.
    data = b"1\t7\t70\t212a06Ai\t\tS\n" * HABIT_ROWS
    parted = split_odd(data, 5)
    assert (parted.even, parted.trimmed, len(parted.odd)) == (b"", 0, HABIT_ROWS)


def test_repairs_blank_fields_after_the_last_column_of_one_row() -> None:
    values = {"IDNCASE": "7000001", "NAT": "EG", "LANG": "AR", "CUSTODY": "N", "LPR": "0",
              "CASE_TYPE": "RMV", "DATE_OF_ENTRY": DATE, "C_BIRTHDATE": "4/1940"}  # fmt: skip
    line = "\t".join(values.get(name, "") for name in header_of(CASE)).encode()
    for tail in (1, 2):
        assert repair(line + b"\t" * tail, CASE, header_of(CASE)) == line
    # With three, the flag could be part of the typed text.
    assert repair(line + b"\t\t\t", CASE, header_of(CASE)) is None


def test_finds_the_cases_that_an_unreadable_row_may_belong_to() -> None:
    header = CHARGE_HEADER
    # If there are two ways to read it, both count.
    assert cases_of(b"5\t7\t7\t0\t212a06Ai\tS", CHARGES, header) == {7, 77}
    # Cut short: the value in the column.
    assert cases_of(b"5\t7", CHARGES, header) == {7}
    assert cases_of(b"5", CHARGES, header) == set()
    # No way fits: only the numbers that a stray tab may have moved.
    assert cases_of(b"5\t\t7\tjunk\tjunk\tjunk", CHARGES, header) == {7}
