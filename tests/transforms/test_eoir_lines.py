import io
import itertools

from hypothesis import given
from hypothesis import strategies as st

from schemas.eoir import CASE, CHARGES, RENAMED, Kind, kind_of
from schemas.eoir_headers import HEADERS
from transforms.eoir_lines import MOST_STRAY_TABS, mend, split_odd, whole_lines

HEADER = tuple(RENAMED.get(name.upper(), name.upper()) for name in HEADERS["A_TblCase"])
DATE = "2011-02-03 00:00:00.000"
USED = [at for at, name in enumerate(HEADER) if name in CASE.columns]
TEXTS = [
    at
    for at, name in enumerate(HEADER)
    if name not in CASE.columns and kind_of(CASE, name) is Kind.CODE
]
VALUES = {
    Kind.ID: st.integers(1, 10**9).map(str),
    Kind.DATE: st.dates().map(lambda day: f"{day.isoformat()} 00:00:00.000") | st.just(""),
    Kind.MONTH: st.sampled_from(["", "1/1975", "11/1990"]),
    Kind.FLAG: st.sampled_from(["", "0", "1"]),
    Kind.CODE: st.sampled_from(["", "MX", "SP", "N", "RMV", "LOS", "N/A"]),
}
ROWS = st.tuples(*(VALUES[kind_of(CASE, name)] for name in HEADER))


@given(row=ROWS, tabs=st.lists(st.sampled_from(TEXTS), min_size=1, max_size=MOST_STRAY_TABS))
def test_a_row_with_stray_tabs_is_mended_back_or_refused(
    row: tuple[str, ...], tabs: list[int]
) -> None:
    shifted = list(row)
    for at in tabs:
        shifted[at] += "\tX"
    mended = mend("\t".join(shifted).encode(), CASE, HEADER)
    if mended is not None:
        fields = mended.decode().split("\t")
        assert len(fields) == len(HEADER)
        assert [fields[at].strip() for at in USED] == [row[at].strip() for at in USED]


CHARGE_HEADER = HEADERS["B_TblProceedCharges"]


def test_a_tab_is_mended_where_only_one_joint_fits_and_refused_where_two_do() -> None:
    assert mend(b"1\t7\t70\t212a06\tAi\t", CHARGES, CHARGE_HEADER) is None
    assert mend(b"1\t\t7\t70\t212a06Ai\tS", CHARGES, CHARGE_HEADER) is None
    case = dict.fromkeys(HEADER, "") | {"IDNCASE": "2000001", "LPR": "0"}
    # Behind the last used column nothing that is used can move.
    raw = "\t".join({**case, "CASEPRIORITY_CODE": "A\tB", "DETENTION_DATE": DATE}.values()).encode()
    mended = mend(raw, CASE, HEADER)
    assert mended is not None
    fields = mended.decode().split("\t")
    assert len(fields) == len(HEADER)
    assert [fields[at] for at in USED] == [case[HEADER[at]] for at in USED]
    # The city may have the tab, or any text up to the language: nobody can say.
    raw = "\t".join({**case, "ALIEN_CITY": "A\tB", "NAT": "MX", "LANG": "SP"}.values()).encode()
    assert mend(raw, CASE, HEADER) is None


def test_more_tabs_than_can_be_told_apart_and_rows_cut_short_are_refused() -> None:
    assert mend(b"\t".join([b"1"] * (len(HEADER) + MOST_STRAY_TABS + 1)), CASE, HEADER) is None
    assert mend(b"1\t2", CASE, HEADER) is None


@given(
    lines=st.lists(st.binary(max_size=9).map(lambda raw: raw.replace(b"\n", b"")), max_size=12),
    cuts=st.lists(st.integers(0, 120), max_size=4),
    closed=st.booleans(),
)
def test_a_file_cut_anywhere_gives_each_line_once(
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


def test_odd_lines_are_parted_from_even_ones() -> None:
    even, lines, odd = split_odd(b"a\tb\nc\nd\te\nf\tg\th\n", 2)
    assert (even, lines) == (b"a\tb\nd\te\n", 4)
    assert [(line.row, line.raw) for line in odd] == [(1, b"c"), (3, b"f\tg\th")]
