import pytest

from schemas.codes import aliases, charge_families, code_key, form_families

TABLES = ["courts", "nationalities", "offenses", "forms"]


@pytest.mark.parametrize("table", TABLES)
def test_a_code_stands_for_itself(table: str) -> None:
    words = aliases(table)
    for code in set(words.values()):
        assert words[code_key(code)] == code


@pytest.mark.parametrize(
    ("table", "word", "code"),
    [
        ("courts", "BAL", "BAL"),
        ("courts", "baltimore, md", "BAL"),
        ("courts", " New York ", "NYC"),
        ("nationalities", "CH", "CH"),
        ("nationalities", "China", "CH"),
        ("nationalities", "el salvador", "ES"),
        ("nationalities", "Honduras", "HO"),
        ("nationalities", "NO", "NO"),
        ("offenses", "Hit & Run", "HIT_AND_RUN"),
        ("offenses", "Driving Under the Influence", "DUI"),
        ("offenses", "DOMESTIC_VIOLENCE", "DOMESTIC_VIOLENCE"),
        ("forms", "I-589", "ASYL"),
        ("forms", "245", "245"),
    ],
)
def test_words_and_their_codes(table: str, word: str, code: str) -> None:
    assert aliases(table)[code_key(word)] == code


def test_form_families_name_forms_of_the_table() -> None:
    assert frozenset().union(*form_families().values()) <= set(aliases("forms").values())


def test_charges_are_whole_codes_without_blanks() -> None:
    for codes in charge_families().values():
        assert codes
        assert all(" " not in code and "(" not in code for code in codes)
    assert "212a06A" in charge_families()["PRIOR_REMOVAL"]
    assert "212a06Ai" in charge_families()["ENTRY_WITHOUT_INSPECTION"]
