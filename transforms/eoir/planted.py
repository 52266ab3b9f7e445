"""Planted: a docket on which the closures by discretion are those that were published, scaled.

What wasn't published, such as which court closed whose case, is drawn.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from schemas.eoir import published
from transforms.eoir.invented import Invented
from transforms.frames.frame import Frame
from transforms.sample.draw import Ints

PLANTED = pl.Schema(
    {"court": pl.String, "nation": pl.String, "opened": pl.Date, "ended": pl.Date,
     "letter": pl.String, "coded": pl.Boolean}
)  # fmt: skip
# Not published: all closures of a court whose share was, and pending cases of some nationalities.
_CLOSURES = 10_000
_PENDING = {"KS": 5_000, "CM": 1_000, "IN": 10_000, "CH": 26_579}
_COURTS = ("DEN", "SFR", "BAL", "ORL", "ATL", "BOS", "DAL", "CLE", "DET", "PHI", "SLC", "LVG",
           "SNA", "NEW")  # fmt: skip
_NATIONS = ("GT", "ES", "HO", "DR", "HA", "CU", "BR", "CO", "EC")
# One in four is a termination.
_LETTERS = ("I", "M", "Y", "Y")
_DECISIONS = ("X", "X", "R", "T")


def planted(scale: int, seed: int) -> Frame:
    """Plan cases so that closures by discretion are as published.

    Args:
        scale: What the published numbers are divided by; each is rounded.
        seed: The seed of what is drawn.

    Returns:
        A row per case, in a drawn order (columns `PLANTED`): the court, the nationality, the days
        on which it opened and ended, and the letter of its outcome, which is one of OTHER_COMP if
        `coded`. A pending case has neither an end nor a letter. The cases of the first docket come
        from `schemas.eoir.published.PENDING_ON`, with all closures of the first fiscal year.
    """
    random = np.random.default_rng([seed, scale])
    years = [
        (first, round(closed / scale), round(every / scale))
        for first, (closed, every) in published.BY_YEAR.items()
    ]
    days = _days(scale, years)
    early = _up_to(days, published.BY_COURT_TO)
    nations_until = _up_to(days, published.BY_NATIONALITY_TO)
    closed = pl.DataFrame(
        {
            "ended": days,
            "court": _courts_of_closures(scale, len(days), early, random),
            "nation": _nations_of_closures(scale, nations_until, len(days), random),
            "letter": [_LETTERS[n % len(_LETTERS)] for n in range(len(days))],
        }
    ).with_columns(coded=pl.lit(True))
    ends = [
        day for n, (first, mine, every) in enumerate(years)
        for day in _spread(first, _last(n), every - mine)
    ]  # fmt: skip
    otherwise = pl.DataFrame(
        {
            "ended": ends,
            "court": _courts_of_others(scale, closed, len(ends), random),
            "letter": [_DECISIONS[n % len(_DECISIONS)] for n in range(len(ends))],
        }
    ).with_columns(coded=pl.lit(False))
    ended = pl.concat([closed, otherwise], how="diagonal").sort("ended", maintain_order=True)
    still = round(published.PENDING / scale) - years[0][2]
    pending = pl.DataFrame({"court": random.choice([*published.SHARES, *_COURTS], still)})
    whole = pl.concat([ended, pending], how="diagonal")
    on_docket = (pl.col("ended") < years[1][0]).fill_null(True)
    whole = _with_nations(whole.with_columns(first=on_docket), scale, random)
    ago = pl.lit(pl.Series(random.integers(0, 1000, whole.height)))
    opened = (
        pl.when("first")
        .then(published.PENDING_ON - pl.duration(days=ago))
        .otherwise(published.FIRST + pl.duration(days=ago % 300))
    )
    order = random.permutation(whole.height)
    found = whole.select(
        (opened if name == "opened" else pl.col(name)).cast(dtype).alias(name)
        for name, dtype in PLANTED.items()
    )
    return found[order.tolist()]


def _last(year: int) -> datetime.date:
    firsts = list(published.BY_YEAR)
    following = firsts[year + 1] - datetime.timedelta(days=1) if year + 1 < len(firsts) else None
    return following or published.LAST


def _days(scale: int, years: Sequence[tuple[datetime.date, int, int]]) -> list[datetime.date]:
    """Spread the closures by discretion over the days between those with a published count."""
    days: list[datetime.date] = []
    since = published.FIRST
    for last, number in published.TO_DATE.items():
        days += _spread(since, last, round(number / scale) - len(days))
        since = last + datetime.timedelta(days=1)
    for n, (first, mine, _) in enumerate(years):
        before = len([day for day in days if day >= first])
        days += _spread(max(since, first), _last(n), mine - before)
    return days


def _spread(first: datetime.date, last: datetime.date, number: int) -> list[datetime.date]:
    span = (last - first).days + 1
    return [first + datetime.timedelta(days=n * span // number) for n in range(number)]


def _up_to(days: Sequence[datetime.date], last: datetime.date) -> int:
    return sum(day <= last for day in days)


def _dealt(names: Sequence[str], number: int) -> list[str]:
    return [names[n % len(names)] for n in range(number)]


def _courts_of_closures(
    scale: int, number: int, early: int, random: np.random.Generator
) -> list[str]:
    """Give the closures by discretion, by day, to courts."""
    named = [court for court, n in published.BY_COURT.items() for _ in range(round(n / scale))]
    others = [court for court in _COURTS if court not in published.BY_COURT]
    first = [*named, *_dealt(others, early - len(named))]
    shares = {court: round(share * _CLOSURES / scale) for court, share in published.SHARES.items()}
    left = [c for c, n in shares.items() for _ in range(n - first.count(c))]
    later = [*left, *_dealt(_COURTS, number - early - len(left))]
    return [*random.permutation(first).tolist(), *random.permutation(later).tolist()]


def _courts_of_others(
    scale: int, closed: Frame, number: int, random: np.random.Generator
) -> list[str]:
    """Give all other closures to courts, so that the published shares come out."""
    found = [
        court for court in published.SHARES
        for _ in range(round(_CLOSURES / scale) - closed.filter(court=court).height)
    ]  # fmt: skip
    return list(random.permutation([*found, *_dealt(_COURTS, number - len(found))]).tolist())


def _nations_of_closures(
    scale: int, early: int, number: int, random: np.random.Generator
) -> list[str]:
    """Give the closures by discretion, by day, to nationalities."""
    named = []
    for nation, (count, share) in published.BY_NATIONALITY.items():
        mine = count if count is not None else share * _PENDING[nation]
        named += [nation] * round(mine / scale)
    first = [*named, *_dealt(_NATIONS, early - len(named))]
    later = _dealt([*published.BY_NATIONALITY, *_NATIONS], number - early)
    return [*random.permutation(first).tolist(), *later]


def _with_nations(whole: Frame, scale: int, random: np.random.Generator) -> Frame:
    """Give nationalities to the other cases, so that the first docket has as many as published."""
    mexican, share = published.BY_NATIONALITY["MX"]
    assert mexican is not None
    wanted = {"MX": mexican / share, **_PENDING}
    docket = whole.filter("first")
    left = [
        nation for nation, number in wanted.items()
        for _ in range(round(number / scale) - docket.filter(nation=nation).height)
    ]  # fmt: skip
    lacking = docket["nation"].null_count()
    first = random.permutation([*left, *_dealt(_NATIONS, lacking - len(left))]).tolist()
    rest = _dealt(_NATIONS, whole["nation"].null_count() - lacking)
    for on_docket, names in ((True, first), (False, rest)):
        rows = whole.select((pl.col("first") == on_docket) & pl.col("nation").is_null())
        at = rows.to_series().arg_true()
        whole = whole.with_columns(
            nation=whole["nation"].scatter(at, pl.Series(names, dtype=pl.String))
        )
    return whole


def plant(invented: Invented, plan: Frame) -> Invented:
    """Change invented cases to those of a plan, each with all else that was drawn for it.

    Args:
        invented: The cases.
        plan: As many rows of `planted`.
    """
    opened, ended = (_number(plan[name]) for name in ("opened", "ended"))
    later = opened - invented.opened
    none = pl.Series([False]).new_from_index(0, plan.height).to_numpy()
    return replace(
        invented,
        court=plan["court"],
        nation=plan["nation"],
        issued=invented.issued + later,
        opened=opened,
        ended=ended,
        done=plan["ended"].is_not_null().to_numpy(),
        coded=plan["coded"].fill_null(False).to_numpy(),
        letter=plan["letter"],
        decision=plan["letter"],
        again=none,
        case_type=pl.Series(["RMV"]).new_from_index(0, plan.height),
        appeared=invented.appeared + later,
        born=invented.born + later,
        entered=invented.entered + later,
    )


def _number(days: pl.Series) -> Ints:
    """Number days from 1970; a missing one is long after all others."""
    return days.fill_null(datetime.date(2030, 1, 1)).to_physical().cast(pl.Int64).to_numpy()
