"""Read dates in the forms that agencies write, as ISO 8601 text.

Full dates: 2011-11-17 (also with a time after it), 11/17/2011, 11-17-2011, 17-NOV-2011, 17 Nov
2011, Nov 17, 2011, November 17 2011, 20111117. With slashes, the month comes first, as US agencies
write. A two-digit year isn't read: 11/17/45 could be 1945 or 2045. Months alone (births): 1975-11,
11/1975, Nov 1975. Years alone: 1975.

A day in schemas/codes/placeholders.yaml, such as 1/1/1900 or 9999-12-31, isn't a date.

Times, after 2011-11-17 or 11/17/2011: 09:05, 9:05, 9:05:30.5, 3:30 PM, each also with a time zone:
Z, -05:00, -0500, -05.
"""

from __future__ import annotations

import polars as pl

from schemas.codes import placeholder_days
from transforms.normalize.readings import Readings

PLAIN_DAY = (
    r"(?:(?:19|20|21)[0-9]{2}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    r"|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    r"|(?:(?:19|20|21)(?:0[48]|[2468][048]|[13579][26])|2000)-02-29)"
)
"""The days of 1900 to 2199 as YYYY-MM-DD. Matching takes a third of the time of parsing."""

_DAY_FORMS = (
    "%Y-%m-%d",
    "%m/%d/%Y",
    "%m-%d-%Y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d %Y",
    "%B %d %Y",
    "%Y%m%d",
)
# The parser tolerates missing blanks. Without this, it reads Nov 1975 as November 19 of the year
# 75.
_DAY_SHAPE = r"^([0-9]{4}-.*|[0-9]{8}|(?:.*[^0-9])?[0-9]{1,2}[^0-9]+[0-9]{4})$"
_TIMED = (
    r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4})"
    r"[ T][0-9]{1,2}:[-+0-9: APMTZapm]*$"
)
# Impossible dates that people type anyway, as written in the list of placeholders.
_NO_DAYS = {
    "9999-99-99": r"^(?:99[-/. ]?99[-/. ]?9999|9999[-/. ]?99[-/. ]?99)$",
    "1900-01-00": r"^(?:0?1/00?/1900|1900-01-00)$",
}
_PLACEHOLDERS = sorted(placeholder_days())
_MONTH_FORMS = ("%d %Y-%m", "%d %m/%Y", "%d %b %Y", "%d %B %Y")
_CLOCK = (
    r"^[-/0-9]+(?:T|[,\s]\s*)(?<hour>[01]?[0-9]|2[0-3]):(?<minute>[0-5][0-9])"
    r"(?<second>:[0-5][0-9](?:\.[0-9]+)?)?(?:\s*(?<half>[AaPp])\.?[Mm]\.?)?"
    r"(?:\s*(?:Z|(?<side>[+-])(?<hours>0[0-9]|1[0-4])(?::?(?<minutes>[0-5][0-9]))?))?$"
)


def iso_day(text: pl.Expr) -> pl.Expr:
    """Read text in any full-date form as YYYY-MM-DD.

    Args:
        text: String.

    Returns:
        String; null if it isn't such a date, is a placeholder, or is outside 1900 to 2199.
    """
    return real_date(_days(text).struct.field("iso"))


def written_day(text: pl.Expr) -> pl.Expr:
    """Read text in any full-date form as YYYY-MM-DD, including placeholders and any century.

    Args:
        text: String.

    Returns:
        String; for text such as 99/99/9999, its entry in the list of placeholders.
    """
    return _WRITTEN_DAYS.of(text)


def written_date(text: pl.Expr) -> pl.Expr:
    """Like `written_day`, but for text in any of the forms: YYYY-MM-DD, YYYY-MM, or YYYY."""
    return _WRITTEN_DATES.of(text)


def is_placeholder(iso: pl.Expr) -> pl.Expr:
    """Tell whether a date is a placeholder.

    Args:
        iso: From `written_day` or `written_date`.

    Returns:
        Boolean; null if there is no date.

    Examples:
        >>> dates = pl.DataFrame({"date": ["1/1/1900", "9999-12-31", "1975-11-05"]})
        >>> dates.select(is_placeholder(written_date(pl.col("date")))).to_series().to_list()
        [True, True, False]
    """
    return iso.is_in(_PLACEHOLDERS)


def real_date(iso: pl.Expr) -> pl.Expr:
    """Keep a date that can be a fact.

    Args:
        iso: From `written_day` or `written_date`.

    Returns:
        The same date; null if it is a placeholder or outside 1900 to 2199.
    """
    return pl.when(_is_inside(iso) & ~is_placeholder(iso)).then(iso)


def iso_time(text: pl.Expr) -> pl.Expr:
    """Read text in any full-date form, with a time of day after it, as text that sorts by time.

    A time with a time zone is converted to UTC; one without is taken as UTC.

    Args:
        text: String.

    Returns:
        String, YYYY-MM-DD or YYYY-MM-DDThh:mm[:ss[.f]]; null if the date or the time can't be read,
        or it is a placeholder or outside 1900 to 2199.

    Examples:
        >>> times = pl.DataFrame({"at": ["11/17/2011 3:30 PM", "2011-11-17T09:05-05:00"]})
        >>> times.select(iso_time(pl.col("at"))).to_series().to_list()
        ['2011-11-17T15:30', '2011-11-17T14:05']
    """
    part = pl.field
    # A time zone may shift it out of range.
    inside = _is_inside(part("iso")) & ~is_placeholder(part("day"))
    real = pl.when(inside).then(part("iso")).alias("real")
    return _time_parts(text).struct.with_fields(real).struct.field("real")


def written_time(text: pl.Expr) -> pl.Expr:
    """Like `iso_time`, including placeholders and any century."""
    return _WRITTEN_TIMES.of(text)


def real_time(iso: pl.Expr) -> pl.Expr:
    """Keep a time that can be a fact; null if it is a placeholder or outside 1900 to 2199.

    Args:
        iso: From `written_time`.

    Returns:
        String.
    """
    return pl.when(_is_inside(iso) & ~is_placeholder(iso.str.head(10))).then(iso)


def _is_inside(iso: pl.Expr) -> pl.Expr:
    # Years before 0 and after 9999 have a sign in front, which sorts before digits.
    return (iso >= "1900") & (iso < "2200")


def _read_day(text: pl.Expr) -> pl.Expr:
    return _days(text, *_no_days(pl.field("trimmed"))).struct.field("iso")


def _read_date(text: pl.Expr) -> pl.Expr:
    tidy = pl.field("tidy")
    month = pl.coalesce(
        ("01 " + tidy).str.to_date(form, strict=False) for form in _MONTH_FORMS
    ).dt.strftime("%Y-%m")
    year = tidy.str.extract(r"^([0-9]{4})$")
    return _days(text, *_no_days(pl.field("trimmed")), month, year).struct.field("iso")


def _read_time(text: pl.Expr) -> pl.Expr:
    return _time_parts(text).struct.field("iso")


def _time_parts(text: pl.Expr) -> pl.Expr:
    """Return a struct with `day` (YYYY-MM-DD as written), `iso` (day and time), and others."""
    part = pl.field
    # 12 AM is hour 0, and 12 PM is hour 12.
    hour = (
        pl.when(part("half").is_null())
        .then(part("hour"))
        .when(part("hour").is_between(1, 12))
        .then(part("hour") % 12 + 12 * part("half").is_in(["P", "p"]))
    )
    ahead = 60 * part("hours") + part("minutes").fill_null(0)
    west = pl.when(part("side") == "-").then(1).otherwise(-1)
    minutes = 60 * hour + part("minute") + (west * ahead).fill_null(0)
    moment = part("date").cast(pl.Datetime) + pl.duration(minutes=minutes)
    timed = moment.dt.strftime("%Y-%m-%dT%H:%M") + part("second").fill_null("")
    numbers = ("hour", "minute", "hours", "minutes")
    return (
        text.str.strip_chars()
        .str.extract_groups(_CLOCK)
        .struct.with_fields(
            *(part(name).cast(pl.Int64) for name in numbers),
            date=_day(text),
            clock=text.str.contains(":", literal=True),
        )
        .struct.with_fields(day=part("date").dt.strftime("%Y-%m-%d"))
        .struct.with_fields(iso=pl.when(part("clock")).then(timed).otherwise(part("day")))
    )


def _days(text: pl.Expr, *otherwise: pl.Expr) -> pl.Expr:
    """Return a struct of `day` (Date), `iso` (the day, or what else was read, as text), and more.

    polars evaluates an expression wherever it appears, so what many forms share is a field.
    """
    part = pl.field
    spaced = part("trimmed").str.replace_all(r"[,.\s]+", " ").str.strip_chars()
    read = pl.coalesce(part("whole").str.to_date(form, strict=False) for form in _DAY_FORMS)
    return (
        pl.struct(text.str.strip_chars().alias("trimmed"))
        .struct.with_fields(tidy=spaced.str.replace(_TIMED, "$1"))
        .struct.with_fields(whole=part("tidy").str.extract(_DAY_SHAPE))
        .struct.with_fields(day=read)
        .struct.with_fields(iso=pl.coalesce(part("day").dt.strftime("%Y-%m-%d"), *otherwise))
    )


def _day(text: pl.Expr) -> pl.Expr:
    return _days(text).struct.field("day")


def _no_days(trimmed: pl.Expr) -> list[pl.Expr]:
    return [pl.when(trimmed.str.contains(form)).then(pl.lit(day)) for day, form in _NO_DAYS.items()]


_WRITTEN_DAYS = Readings(_read_day)
_WRITTEN_DATES = Readings(_read_date)
_WRITTEN_TIMES = Readings(_read_time)
