"""Charges of removability: read the ways in which agencies write them as one code.

    212a02AiI                               the code: section, subsection, paragraph, subparagraph,
    212a02Ai  I                             clause, subclause; as the court writes it
    (212)(a)(02)(A)(i)(I)
    INA § 212(a)(2)(A)(i)(I)                also sec., section, "of the Act", or no word at all
    8 U.S.C. 1182(a)(2)(A)(i)(I)            1182 is section 212, 1227 is 237, and 1251 was 241
    237-a-2-A-iii, 237.a.2.A.iii, 237a2Aiii
    237A02AIII                              in one case, if no two codes are then spelled alike
    212a06Ai - Present without admission    with the charge's words after it

A code is read whole or not at all, and only if it is in schemas/codes/charges.yaml and has one
meaning. A charge that isn't read is still a charge, but nobody knows which one. For example,
212(a)(6)(A) was "previously deported" before 1997 and has been "present without admission" since.
"""

from __future__ import annotations

import functools
import re

import polars as pl

from schemas.codes import (
    charge_labels,
    charge_spellings,
    court_only_charges,
    unsettled_charges,
)
from transforms.normalize.readings import Readings

_LONGEST = 200
_LEVELS = re.compile(r"(\d{3})([a-z])(\d{2})?([A-Z])?([ivx]+)?([IVX]+)?")
_STATUTE = r"(?i)(?:\btitle\s*)?\b8\s*,?\s*U\s*S\s*C(?:\s*A)?\b"
_WORDS = (
    r"(?i)\b(?:I ?N ?A|immigration|and|nationality|sections?|sect?|subsection|subsec|paragraph|para"
    r"|of|the|act|as|amended|charged?|code|under|pursuant|to)\b|§"
)
# After a dash or a colon, a word of five letters isn't a level of a code.
_DESCRIPTION = r"^([^:;]*?)\s*(?:\s-\s|:\s)[^0-9§;:]*[A-Za-z]{5,}[^0-9§;:]*$"
_SEPARATED = r"^[A-Za-z0-9\s()\[\]{}.,/_\\'\x22:-]*$"
_SECTIONS = {"1182": "212", "1227": "237", "1251": "241"}


def charge_code(text: pl.Expr) -> pl.Expr:
    """Read the code that a written charge means.

    Args:
        text: Charges as agencies write them (String).

    Returns:
        String: a code of `schemas.codes.charge_labels`; null if it can't be read.

    Examples:
        >>> texts = ["INA § 212(a)(6)(A)(i)", "8 U.S.C. 1227(a)(2)(A)(iii)", "212(a)(6)(A)"]
        >>> pl.DataFrame({"code": texts}).select(charge_code(pl.col("code"))).to_series().to_list()
        ['212a06Ai', '237a02Aiii', None]
    """
    return _READINGS.of(text)


def _read(text: pl.Expr) -> pl.Expr:
    spaced = text.str.replace_all(r"\p{Pd}", "-").str.replace_all(r"\s+", " ").str.strip_chars()
    bare = (
        spaced.str.replace(_DESCRIPTION, "$1")
        .str.replace_all(r"[._\\'\x22]", " ")
        .str.replace_all(r"(?i)\b(INA|USC|sec|section)([0-9])", "$1 $2")
    )
    of_statute = bare.str.contains(_STATUTE)
    bare = bare.str.replace(_STATUTE, " ").str.replace_all(_WORDS, " ").str.strip_chars(" ()-,;:")
    own_section = bare.str.contains(r"^\s*(?:212|237|241)")
    for statute, section in _SECTIONS.items():
        bare = bare.str.replace(rf"^{statute}([^0-9]|$)", f"{section}$1")
    # Each level is separate: separators, and boundaries between digits and letters, become a blank.
    apart = (
        bare.str.to_lowercase()
        .str.replace_all("[^a-z0-9]+", " ")
        .str.replace_all("([0-9])([a-z])", "$1 $2")
        .str.replace_all("([a-z])([0-9])", "$1 $2")
        .str.replace_all(r"\b0([1-9])\b", "$1")
        .str.strip_chars()
    )
    # All levels are together: the letters' case shows the level or, if all have one case, their
    # order.
    together = bare.str.replace_all("[^A-Za-z0-9]+", "").str.replace(
        "^([0-9]{3}[A-Za-z])0([1-9])([^0-9]|$)", "$1$2$3"
    )
    letters = together.str.replace_all("[0-9]", "")
    one_case = (letters == letters.str.to_lowercase()) | (letters == letters.str.to_uppercase())
    spellings = _spellings()
    known = pl.coalesce(
        _looked_up(apart, spellings["apart"]),
        _looked_up(together, spellings["together"]),
        pl.when(one_case).then(_looked_up(together.str.to_lowercase(), spellings["one_case"])),
    )
    sound = (
        (spaced.str.len_bytes() <= _LONGEST)
        & bare.str.contains(_SEPARATED)
        & ~(of_statute & own_section)
    )
    as_the_court = pl.when(~known.is_in(sorted(court_only_charges())) | (spaced == known))
    listed = _looked_up(spaced, charge_spellings())
    code = pl.coalesce(listed, pl.when(sound).then(as_the_court.then(known)))
    return pl.when(code.is_in(sorted(charge_labels()))).then(code)


def _looked_up(text: pl.Expr, table: dict[str, str]) -> pl.Expr:
    return text.replace_strict(table, default=None, return_dtype=pl.String)


@functools.cache
def _spellings() -> dict[str, dict[str, str]]:
    """Return, for each way of writing, the normalized spelling and the code."""
    apart: dict[str, str] = {}
    together: dict[str, str] = {}
    folded: dict[str, set[str]] = {}
    for code in (*charge_labels(), *unsettled_charges()):
        found = _LEVELS.fullmatch(code)
        if found is None:
            together[code] = code
            continue
        levels = [level for level in found.groups() if level]
        levels[2:3] = [level.removeprefix("0") for level in levels[2:3]]
        apart[" ".join(levels).lower()] = code
        # As the court writes it, everything except the subclause is together.
        if len(levels) == 6:
            apart[" ".join([*levels[:3], "".join(levels[3:5]), levels[5]]).lower()] = code
        together["".join(levels)] = code
        folded.setdefault("".join(levels).lower(), set()).add(code)
    one_case = {text: codes.pop() for text, codes in folded.items() if len(codes) == 1}
    return {"apart": apart, "together": together, "one_case": one_case}


_READINGS = Readings(_read)
