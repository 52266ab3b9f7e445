import pytest

from schemas.codes import _read, aliases, charge_families, code_key, form_families, open_offenses

TABLES = ["courts", "nationalities", "offenses", "forms"]


@pytest.mark.parametrize("table", TABLES)
def test_each_code_means_itself(table: str) -> None:
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
def test_words_mean_their_codes(table: str, word: str, code: str) -> None:
    assert aliases(table)[code_key(word)] == code


def test_form_families_name_forms_in_the_table() -> None:
    assert frozenset().union(*form_families().values()) <= set(aliases("forms").values())


def test_charges_are_whole_codes_without_blanks() -> None:
    for codes in charge_families().values():
        assert codes
        assert all(" " not in code and "(" not in code for code in codes)
    assert "212a06A" in charge_families()["PRIOR_REMOVAL"]
    assert "212a06Ai" in charge_families()["ENTRY_WITHOUT_INSPECTION"]


def test_an_open_offense_gives_its_first_possible_meaning_and_the_reason() -> None:
    categories = set(aliases("offenses").values())
    for word, (may_be, why) in open_offenses().items():
        assert set(may_be) <= categories
        assert len(set(may_be)) > 1
        assert why
        assert aliases("offenses")[word] == may_be[0]
    for word in ("harassment", "indecent exposure", "arson", "stalking"):
        assert word in open_offenses()
    for word in ("robbery", "leaving the scene", "possession with intent to distribute", "dwai"):
        assert word not in open_offenses()


def test_no_offense_is_in_the_table_twice() -> None:
    table = _read("offenses")
    sure = [code_key(word) for words in table["names"].values() for word in words]
    maybe = [code_key(word) for row in table["open"] for word in row["names"]]
    assert len(sure) + len(maybe) == len({*sure, *maybe}) > 400
