from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codes import (
    charge_families,
    charge_labels,
    charge_spellings,
    court_only_charges,
    unsettled_charges,
)
from transforms.normalize.charges import charge_code

CODES = sorted(charge_labels())
LEVELS = re.compile(r"(\d{3})([a-z])(\d{2})([A-Z]?)([ivx]*)([IVX]*)")
LEVELED = [code for code in CODES if LEVELS.fullmatch(code)]
USC = {"212": "1182", "237": "1227", "241": "1251"}
# They differ only in case, which all-capitals spelling loses.
AMBIGUOUS = {code for code in CODES if sum(other.lower() == code.lower() for other in CODES) > 1}


def read(*texts: str | None) -> list[str | None]:
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    return frame.select(charge_code(pl.col("text")))["text"].to_list()


def levels(code: str) -> list[str]:
    found = LEVELS.fullmatch(code)
    assert found is not None
    return [level for level in found.groups() if level]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("212a06Ai", "212a06Ai"),
        ("212a06Ai     ", "212a06Ai"),
        ("212a02Ai  I", "212a02AiI"),
        ("212a03Bi  VII", "212a03BiVII"),
        ("212a01Aii I", "212a01AiiI"),
        ("(212)(a)(02)(A)(i)(I)", "212a02AiI"),
        ("(237)(a)(02)(A)(i  )(I  )", "237a02AiI"),
        ("212(a)(3)(E)(iii) ", "212a03Eiii"),
        ("INA 237(a)(2)(A)(iii)", "237a02Aiii"),
        ("INA § 237(a)(2)(A)(iii)", "237a02Aiii"),
        ("INA sec. 237(a)(2)(A)(iii)", "237a02Aiii"),
        ("I.N.A. Section 237 (a) (2) (A) (iii)", "237a02Aiii"),
        ("Section 237(a)(2)(A)(iii) of the Act", "237a02Aiii"),
        ("Sec. 237(a)(2)(A)(iii) of the Immigration and Nationality Act, as amended", "237a02Aiii"),
        ("8 U.S.C. § 1227(a)(2)(A)(iii)", "237a02Aiii"),
        ("8 USC 1227(a)(2)(A)(iii)", "237a02Aiii"),
        ("Title 8 U.S.C.A. 1227(a)(2)(A)(iii)", "237a02Aiii"),
        ("§ 1227(a)(2)", "237a02"),
        ("8 USC 1182(a)(6)(A)(i)", "212a06Ai"),
        ("8 U. S. C. 1251(a)(1)(B)", "241a01B"),
        ("237-a-2-A-iii", "237a02Aiii"),
        ("237.a.2.A.iii", "237a02Aiii"),
        ("237/a/2/A/iii", "237a02Aiii"),
        ("237 a 02 A iii", "237a02Aiii"),
        ("237a2Aiii", "237a02Aiii"),
        ("237A02AIII", "237a02Aiii"),
        ("237a02aiii", "237a02Aiii"),
        ("212A6AI", "212a06Ai"),
        ("INA212a06Ai", "212a06Ai"),
        ("212(A)(6)(A)(I)", "212a06Ai"),
        ("212a06Ai - ALIEN PRESENT WITHOUT ADMISSION OR PAROLE", "212a06Ai"),
        ("212a06Ai: present without admission", "212a06Ai"),
        ("212(a)(6)(A)(i).", "212a06Ai"),
        ('"212a06Ai"', "212a06Ai"),
        # Parentheses show the levels where letters don't.
        ("212(a)(3)(A)(i)(i)", "212a03AiI"),
        ("212(a)(3)(A)(ii)", "212a03Aii"),
        ("212(A)(3)(A)(II)", "212a03Aii"),
        # The case of letters shows the level: these are different charges.
        ("212a06A", "212a06A"),
        # Two digits are a paragraph of their own.
        ("212a10B", "212a10B"),
        # The court's own odd spellings.
        ("212a06A   ", "212a06A"),
        ("237s02AiI", "237a02AiI"),
        ("2153a", "2153a"),
    ],
)
def test_reads_a_charge_in_any_form(written: str, code: str) -> None:
    assert read(written) == [code]


@pytest.mark.parametrize(
    "written",
    [
        "unreadable ???",
        "odd text",
        "x237a1B",
        "<A>",
        "212a06?i",
        "212a06 i",
        "237(a)(2)(A)(iii)?",
        "237(a)(2)(Z)",
        "237(a)(2)(A)(iii)(V)",
        "237(a)(2)(A)(iii); 237(a)(1)(B)",
        "212(a)(6)(A)(i) and 212(a)(7)(A)(i)(I)",
        "not 212(a)(6)(A)(i)",
        # The sections of the Act and of the Code are not the same.
        "8 USC 212(a)(6)(A)(i)",
        "18 USC 1182(a)(6)(A)(i)",
        "18 USC 1546",
        # Clause ii, or clause i and subclause I.
        "237A02AII",
        "212a03aii",
        # A paragraph that charges several things, or the law before 1997 and since.
        "237(a)(1)",
        "237(a)(4)",
        "INA 212(a)(9)(A)",
        "212a09Ci",
        # Previously deported before 1997, present without admission since.
        "212(a)(6)(A)",
        "INA 212(a)(6)(A)",
        "INA § 212(a)(6)(A)",
        "8 USC 1182(a)(6)(A)",
        "8 U.S.C. § 1182(a)(6)(A)",
        "(212)(a)(06)(A)",
        "212-a-6-A",
        "212a6A",
        "212A06A",
        "212a06a",
        "212a06A - previously deported",
        # (A)(i) or (C)(i), its subparagraph left out.
        "212a06i",
        "212(a)(6)(i)",
        "(212)(a)(06)(i)(   )",
        "(212)(a)(06)(i)(   )(   )",
        "212(a)(06)(i)(   )(   )",
        # Only the section; no section.
        "237(a)",
        "237",
        "(a)(2)(A)(iii)",
        "()",
        "\u0662\u0663\u0667a02Aiii",
        "237(a)(2)(A)(iii)" + " " * 10 + "x" * 10_000,
    ],
)
def test_an_unreadable_charge_is_unknown(written: str) -> None:
    assert read(written) == [None]


def test_reads_codes_and_the_courts_own_spellings() -> None:
    assert len(CODES) > 200
    assert read(*CODES) == CODES
    assert read(*charge_spellings()) == list(charge_spellings().values())
    assert set(charge_spellings().values()) <= set(CODES)
    assert read(*unsettled_charges()) == [None] * len(unsettled_charges())


def test_families_contain_only_readable_codes() -> None:
    for codes in charge_families().values():
        assert codes <= set(CODES)


SECTION_WORDS = ["", "INA ", "INA § ", "I.N.A. sec. ", "Section ", "sect. ", "§", "Act § "]
CASES: list[Callable[[str], str]] = [str, str.upper, str.lower]
GAPS = ["", " ", "  ", "\u00a0"]
BRACKETS: list[tuple[str, str]] = [
    ("(", ")"),
    ("[", "]"),
    ("-", ""),
    (".", ""),
    (" ", ""),
    ("/", ""),
]


@given(st.sampled_from(LEVELED), st.data())
def test_reads_separated_levels_the_same_however_they_are_written(
    code: str, data: st.DataObject
) -> None:
    section, *below = levels(code)
    if data.draw(st.booleans()):
        below[1] = below[1].removeprefix("0")
    before, after = data.draw(st.sampled_from(BRACKETS))
    gap = data.draw(st.sampled_from(GAPS))
    statute = data.draw(st.booleans()) and section in USC
    word = "8 U.S.C. § " if statute else data.draw(st.sampled_from(SECTION_WORDS))
    end = data.draw(st.sampled_from(["", ".", ",", " ", " of the Act", " of the INA"]))
    case = data.draw(st.sampled_from(CASES))
    written = (USC[section] if statute else section) + "".join(
        f"{gap}{before}{level}{after}" for level in below
    )
    expected = None if code in court_only_charges() else code
    assert read(word + case(written) + end) == [expected]


@given(st.sampled_from(LEVELED), st.sampled_from(CASES), st.booleans())
def test_reads_joined_levels_if_their_case_is_not_needed(
    code: str, case: Callable[[str], str], padded: bool
) -> None:
    section, *below = levels(code)
    if not padded:
        below[1] = below[1].removeprefix("0")
    written = case(section + "".join(below))
    expected = None if case is not str and code in AMBIGUOUS else code
    if code in court_only_charges() and written != code:
        expected = None
    assert read(written) == [expected]


@given(st.sampled_from(CODES), st.data())
def test_a_garbled_code_is_never_another_one(code: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(code) - 1))
    junk = data.draw(st.sampled_from(["?", "#", "*", "\ufffd", "~", "é", "??", "|"]))
    assert read(code[:place] + junk + code[place + 1 :]) == [None]
    assert read(code[:place] + junk + code[place:]) == [None]


@given(st.text(max_size=20))
def test_any_text_gives_a_known_code_or_none_and_a_code_reads_as_itself(text: str) -> None:
    (once,) = read(text)
    assert once is None or once in CODES
    assert read(once) == [once]


def test_reads_a_long_column_by_its_distinct_values() -> None:
    column = ["INA 237(a)(1)(B)", None, "junk"] * 50_000
    assert read(*column) == ["237a01B", None, None] * 50_000
