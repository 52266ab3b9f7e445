"""The mess in a sample backlog: the same cases as tired clerks at several agencies write them.

Other date forms, words for codes, nulls spelled out, stray blanks; and, a few in a thousand, values
that can't be read or can't be true, records without an id, and older records of the same cases.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from transforms.frames.frame import Frame
from transforms.normalize.case_frame import CASES
from transforms.sample.draw import Ints, in_lists

DAYS = (
    "%m/%d/%Y", "%d-%b-%Y", "%Y%m%d", "%b %d, %Y", "%B %d %Y", "%Y-%m-%d 00:00:00.000",
    "  %Y-%m-%d", "%Y-%m-%dT00:00:00Z", "%m-%d-%Y",
)  # fmt: skip
MONTHS = ("%m/%Y", "%b %Y", "%B %Y")
NOTHING = ("", "N/A", "UNKNOWN", "??", " ")
NO_DATE = (*NOTHING, "00/00/0000")
DATES = ("birth_date", "next_hearing", "nta_issued", "nta_filed", "lpr_since", "represented_since",
    "present_continuously_since")  # fmt: skip
LIST_DATES = (
    ("entries", "date"), ("status_violations", "date"), ("removals", "date"), ("orders", "date"),
    ("convictions", "date"), ("applications", "filed"),
)  # fmt: skip
SPELT_OUT = ("nationality", "language", "opla_office", "a_number", "court")
WORDS = {
    "court": {
        "BAL": "Baltimore, MD", "DEN": "denver", "LOS": "Los Angeles", "NYC": "NEW YORK CITY",
        "MIA": "Miami", "SFR": "San Francisco", "CHI": "Chicago ", "HOU": " houston",
    },
    "nationality": {
        "MX": "Mexico", "ES": "El Salvador", "CH": "CHINA", "GT": "Guatemala", "HO": "Honduras",
        "DR": "Dominican Republic", "KS": "South Korea", "CM": "Cameroon",
    },
}  # fmt: skip
LIST_WORDS = {
    ("convictions", "category"): {
        "DUI": "Drunk Driving", "THEFT": "Shoplifting", "ASSAULT": "Battery", "TRAFFIC": "Speeding",
        "HIT_AND_RUN": "Hit & Run", "DRUG_POSSESSION": "Possession of Marijuana",
        "ILLEGAL_REENTRY": "8 USC 1326", "DRUG_TRAFFICKING": "Possession with intent",
    },
    ("applications", "form"): {
        "ASYL": "I-589", "42B": "EOIR-42B", "245": "I-485", "I918": "U Visa", "42A": "EOIR-42A",
    },
    ("charges", "code"): {
        "212a06Ai": "212a06A i", "237a01B": "237(a)(1)(B)", "212a02AiI": "(212)(a)(02)(A)(i)(I)",
        "237a02Aiii": " 237a02Aiii", "212a07AiI": "212a07Ai  I",
    },
}  # fmt: skip
LOST = {
    "birth_date": ("13/45/1970", "11/17/45", "2031-01-01", "about 1980"),
    "nta_issued": ("31-FEB-2009", "soon", "2019-05-06"),
    "court": ("Atlantis", "see file"),
    "nationality": ("see file", "Freedonia"),
    "a_number": ("A12", "pending"),
}
LIST_LOST = {
    ("entries", "date"): ("about 1998", "00-00-1999"),
    ("convictions", "category"): ("see rap sheet", "offense not stated"),
    ("charges", "code"): ("illegible", "see NTA"),
}

# Shares of the values or of the records.
ODD = 0.12
UNREADABLE = 0.0015
TWICE = 0.005
WITHOUT_ID = 0.0003
BEFORE_BIRTH = 0.001
REMOVED_LATER = 0.0006


class Rows(NamedTuple):
    """Some rows: their places, and how many of them are in each block."""

    at: Ints
    each: list[int]


class Pen:
    """Writes values as agencies do: mostly in one form, sometimes in another.

    Args:
        generators: For each block of values, what decides how they are written.
        sizes: The number of values in each block.
    """

    def __init__(self, generators: Sequence[np.random.Generator], sizes: Sequence[int]) -> None:
        self.generators = generators
        self.sizes = sizes

    def on(self, sizes: Sequence[int]) -> Pen:
        """Go on with blocks of other sizes."""
        return Pen(self.generators, sizes)

    def rows(self, share: float) -> Rows:
        """Draw some rows, each at a rate."""
        chosen = [
            np.flatnonzero(one.random(size) < share)
            for one, size in zip(self.generators, self.sizes, strict=True)
        ]
        starts = np.cumsum([0, *self.sizes])
        at = np.concatenate([place + start for place, start in zip(chosen, starts, strict=False)])
        return Rows(at, [len(place) for place in chosen])

    def dates(self, text: pl.Series) -> pl.Series:
        """Write ISO dates and months, some in other forms."""
        rows = self.rows(ODD)
        some = text[rows.at]
        in_days, in_months = (
            pl.Series(self._choices(len(forms), rows.each)) for forms in (DAYS, MONTHS)
        )
        day = pl.lit(some).str.to_date("%Y-%m-%d", strict=False)
        month = (pl.lit(some) + "-01").str.to_date("%Y-%m-%d", strict=False)
        forms = [
            pl.when(chosen == number).then(date.dt.strftime(form))
            for chosen, date, written in ((in_days, day, DAYS), (in_months, month, MONTHS))
            for number, form in enumerate(written)
        ]
        return put(text, rows.at, pl.select(pl.coalesce(*forms, some)).to_series())

    def words(self, text: pl.Series, words: Mapping[str, str]) -> pl.Series:
        """Write codes, some as words or with stray blanks."""
        rows = self.rows(ODD)
        return put(text, rows.at, text[rows.at].replace(words) + " ")

    def nothing(self, text: pl.Series, words: Sequence[str] = NOTHING) -> pl.Series:
        """Write text, with some nulls spelled out."""
        rows = self.rows(ODD)
        return put(text, rows.at, text[rows.at].fill_null(self._one_of(words, rows.each)))

    def unreadable(self, text: pl.Series, nonsense: Sequence[str]) -> pl.Series:
        """Write text, and overwrite a few values with something unreadable."""
        rows = self.rows(UNREADABLE)
        return put(text, rows.at, self._one_of(nonsense, rows.each))

    def _one_of(self, words: Sequence[str], each: Sequence[int]) -> pl.Series:
        return pl.Series(words)[self._choices(len(words), each)]

    def _choices(self, number: int, each: Sequence[int]) -> Ints:
        """Choose one of a number of things for each of some rows."""
        drawn = [
            one.integers(0, number, size) for one, size in zip(self.generators, each, strict=True)
        ]
        return np.concatenate(drawn)


def mess_up(cases: Frame, seeds: Sequence[Sequence[int]]) -> list[Frame]:
    """Write cases as agencies do.

    Args:
        cases: Columns of case_record.avsc, normalized, and any others, which stay; blocks of the
            same size.
        seeds: The seed of each block.

    Returns:
        For each block, the same records in order, and after them older records of some of the
        cases.
    """
    size = cases.height // len(seeds)
    pen = Pen([np.random.default_rng(seed) for seed in seeds], [size] * len(seeds))
    cases = _cannot_be(cases, pen)
    columns = {name: pen.dates(cases[name]) for name in DATES}
    columns |= {name: pen.words(cases[name], words) for name, words in WORDS.items()}
    columns |= {
        name: pen.words(cases[name], {}) for name in ("case_type", "opla_office", "case_id")
    }
    columns |= {name: pen.nothing(columns[name], NO_DATE) for name in DATES}
    columns |= {name: pen.nothing(columns.get(name, cases[name])) for name in SPELT_OUT}
    columns |= {name: pen.unreadable(columns[name], nonsense) for name, nonsense in LOST.items()}
    columns["updated_at"] = _clocks(cases["updated_at"], pen)
    cases = cases.with_columns(column.alias(name) for name, column in columns.items())
    for name, field in LIST_DATES:
        cases = _each(cases, name, field, pen, Pen.dates)
    for (name, field), words in LIST_WORDS.items():
        cases = _each(cases, name, field, pen, functools.partial(Pen.words, words=words))
    for (name, field), nonsense in LIST_LOST.items():
        partial = functools.partial(Pen.unreadable, nonsense=nonsense)
        cases = _each(cases, name, field, pen, partial)
    twice = pen.rows(TWICE)
    older = _older(cases[twice.at])
    without = pen.rows(WITHOUT_ID).at
    ids = put(cases["case_id"], without, pl.Series(["  "]).new_from_index(0, len(without)))
    cases = cases.with_columns(ids.alias("case_id"))
    ends = np.cumsum(twice.each)
    return [
        pl.concat([cases.slice(block * size, size), older.slice(end - number, number)])
        for block, (end, number) in enumerate(zip(ends, twice.each, strict=True))
    ]


def put(column: pl.Series, at: Ints, values: pl.Series) -> pl.Series:
    """Replace a column's values at some rows."""
    place = np.arange(len(column))
    place[at] = len(column) + np.arange(len(at))
    return pl.concat([column, values.cast(column.dtype).alias(column.name)])[place]


def _each(
    cases: Frame, column: str, field: str, pen: Pen, write: Callable[[Pen, pl.Series], pl.Series]
) -> Frame:
    """Rewrite a field of each element of a list column."""
    lists = cases[column]
    size = lists.list.len().fill_null(0).to_numpy()
    owner = np.repeat(np.arange(len(lists)), size)
    flat = lists.filter(pl.Series(size > 0)).explode()
    fields = flat.struct.unnest()
    of_blocks = [int(block.sum()) for block in np.split(size, np.cumsum(pen.sizes)[:-1])]
    fields = fields.with_columns(write(pen.on(of_blocks), fields[field]).alias(field))
    rewritten = in_lists(owner, fields.to_struct(column), len(lists))
    return cases.with_columns(pl.when(pl.col(column).is_not_null()).then(rewritten).alias(column))


def _clocks(text: pl.Series, pen: Pen) -> pl.Series:
    rows = pen.rows(ODD).at
    return put(text, rows, text[rows].str.replace("T", " "))


def _cannot_be(cases: Frame, pen: Pen) -> Frame:
    """Add contradictions: entries before the birth, and removals in the future."""
    early, late = pen.rows(BEFORE_BIRTH).at, pen.rows(REMOVED_LATER).at
    early = early[cases["birth_date"][early].is_not_null().to_numpy()]
    entry = pl.Series([[{"date": "1902-03-04", "manner": "UNKNOWN"}]], dtype=CASES["entries"])
    removal = pl.Series([[{"date": "2014-06-02", "kind": "REMOVAL"}]], dtype=CASES["removals"])
    return cases.with_columns(
        put(cases["entries"], early, entry.new_from_index(0, len(early))).alias("entries"),
        put(cases["removals"], late, removal.new_from_index(0, len(late))).alias("removals"),
    )


def _older(cases: Frame) -> Frame:
    """Make what was known about cases some years earlier."""
    knew_less = ("convictions", "relatives", "applications", "ties", "next_hearing")
    return cases.with_columns(
        pl.lit("2010-06-01T08:00:00").alias("updated_at"),
        *(pl.lit(None, CASES[name]).alias(name) for name in knew_less),
    )
