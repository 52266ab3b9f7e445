"""Attributes: what an audit groups people by, and what is recommended for them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

import polars as pl

from schemas.rulebook.compiled import CompiledRulebook
from transforms.frames.frame import Frame
from transforms.score.anniversaries import first_day, last_day
from transforms.score.list_facts import known

# Nationality, sex, and language are protected; the others are the ones that critics asked about.
PROTECTED = ("nationality", "sex", "language")
ATTRIBUTES = ("sex", "age", "representation", "custody", "nationality", "language", "court")
OF_CASE = (
    "case_id", "sex", "birth_date", "represented", "custody", "nationality",
    "language", "court",
)  # fmt: skip
OF_RECOMMENDATION = (
    "case_id", "route", "state", "possible_routes", "missing_facts", "criteria_true",
)  # fmt: skip
# The first age that isn't in the band any more.
_BANDS = ((18, "under 18"), (21, "18 to 20"), (35, "21 to 34"), (50, "35 to 49"), (65, "50 to 64"))
_OLDEST, _OLDEST_AGE = "65 or older", 110


def people(
    cases: Frame, recommended: Frame, as_of: datetime.date, leave_out: Sequence[str]
) -> Frame:
    """Put what people are beside what is recommended for them.

    Args:
        cases: The columns `OF_CASE` of case_record.avsc, as in a snapshot.
        recommended: The columns `OF_RECOMMENDATION` of recommendation.avsc.
        as_of: The as-of date.
        leave_out: Criteria that don't make cases alike, since they read a protected attribute.

    Returns:
        A row per recommendation: the columns `ATTRIBUTES` (String, null if not known); `close`,
        `expedite`, `open`, `may_close`, and `may_expedite` (Boolean: the route; whether the case
        is open; whether unknown facts could still give the route); `only_close` and `only_expedite`
        (no other route is possible); `asked` (how many facts could still change the route); and
        `alike` (UInt32: the same for cases on whose records the same criteria hold).
    """
    of_cases = cases.select(
        "case_id", "nationality", "language", "court",
        sex=known("sex").cast(pl.String).str.to_lowercase(),
        age=_band(as_of),
        representation=pl.when("represented").then(pl.lit("has a lawyer"))
        .when(~pl.col("represented")).then(pl.lit("has no lawyer")),
        custody=known("custody").cast(pl.String).str.to_lowercase().str.replace_all("_", " "),
    )  # fmt: skip
    holds = pl.col("criteria_true").list.set_difference(pl.lit(list(leave_out), pl.List(pl.String)))
    possible = pl.col("possible_routes")
    routes = {
        name: expression
        for route in ("close", "expedite")
        for name, expression in (
            (route, pl.col("route") == route),
            (f"may_{route}", possible.list.contains(route)),
            (f"only_{route}", (possible.list.len() == 1) & possible.list.contains(route)),
        )
    }
    asked = recommended.select(
        "case_id",
        open=pl.col("state") == "OPEN",
        asked=pl.col("missing_facts").list.len(),
        alike=holds.list.sort().list.join(" ").rank("dense"),
        **routes,
    )
    return asked.join(of_cases, on="case_id", how="left", maintain_order="left")


def _band(as_of: datetime.date) -> pl.Expr:
    """Return the age band; null if the birth date isn't known well enough to tell."""
    written = pl.col("birth_date")
    born_first = first_day(written)
    born_last = last_day(written, born_first)
    oldest, youngest = _age(born_first, as_of), _age(born_last, as_of)
    bands = [_of_age(age) for age in (youngest, oldest)]
    sane = (youngest >= 0) & (oldest <= _OLDEST_AGE)
    return pl.when((bands[0] == bands[1]) & sane).then(bands[0])


def _age(born: pl.Expr, as_of: datetime.date) -> pl.Expr:
    years = as_of.year - born.dt.year()
    before = (born.dt.month() > as_of.month) | (
        (born.dt.month() == as_of.month) & (born.dt.day() > as_of.day)
    )
    return years - before.cast(pl.Int32)


def _of_age(age: pl.Expr) -> pl.Expr:
    band: pl.Expr = pl.lit(_OLDEST)
    for above, name in reversed(_BANDS):
        band = pl.when(age < above).then(pl.lit(name)).otherwise(band)
    return pl.when(age.is_not_null()).then(band)


def of_protected(rulebook: CompiledRulebook) -> tuple[str, ...]:
    """Return the ids of the criteria that read a protected attribute."""
    return tuple(sorted({one for name in PROTECTED for one in rulebook.readers.get(name, ())}))


def band_order(values: Iterable[str]) -> list[str]:
    """Sort age bands, the youngest first."""
    names = [*(name for _, name in _BANDS), _OLDEST]
    return sorted(values, key=names.index)
