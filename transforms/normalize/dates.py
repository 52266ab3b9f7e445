"""Dates in the forms that agencies write, as ISO 8601 text.

Full dates: 2011-11-17 (also with a time behind it), 11/17/2011, 11-17-2011, 17-NOV-2011,
17 Nov 2011, Nov 17, 2011, November 17 2011, 20111117. Slashes are month first, as US agencies
write. A year of two digits is not read: 11/17/45 could be 1945 or 2045. Months alone (births):
1975-11, 11/1975, Nov 1975; years alone: 1975.

A day of schemas/codes/placeholders.yaml, such as 1/1/1900 or 9999-12-31, is not a date.

Times, behind 2011-11-17 or 11/17/2011: 09:05, 9:05, 9:05:30.5, 3:30 PM, each also with a zone: Z,
-05:00, -0500, -05.
"""

from __future__ import annotations

import polars as pl

from schemas.codes import placeholder_days

FIRST, LAST = "1900-01-01", "2200-01-01"
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
# The parser lets blanks be missing: without this it reads Nov 1975 as November 19 of the year 75.
_DAY_SHAPE = r"^([0-9]{4}-.*|[0-9]{8}|(?:.*[^0-9])?[0-9]{1,2}[^0-9]+[0-9]{4})$"
_TIMED = (
    r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4})"
    r"[ T][0-9]{1,2}:[-+0-9: APMTZapm]*$"
)
# What no calendar has, and people type all the same, as it stands in the list of placeholders.
_NO_DAYS = {
    "9999-99-99": r"^(?:99[-/. ]?99[-/. ]?9999|9999[-/. ]?99[-/. ]?99)$",
    "1900-01-00": r"^(?:0?1/00?/1900|1900-01-00)$",
}
_PLACEHOLDERS = sorted(placeholder_days())
_INSIDE = r"^((?:19|20|21)[0-9]{2}(?:-.*)?)$"
_MONTH_FORMS = ("%d %Y-%m", "%d %m/%Y", "%d %b %Y", "%d %B %Y")
_CLOCK = (
    r"^[-/0-9]+(?:T|[,\s]\s*)(?<hour>[01]?[0-9]|2[0-3]):(?<minute>[0-5][0-9])"
    r"(?<second>:[0-5][0-9](?:\.[0-9]+)?)?(?:\s*(?<half>[AaPp])\.?[Mm]\.?)?"
    r"(?:\s*(?:Z|(?<side>[+-])(?<hours>0[0-9]|1[0-4])(?::?(?<minutes>[0-5][0-9]))?))?$"
)


def iso_day(text: pl.Expr) -> pl.Expr:
    """Text in any of the full-date forms as YYYY-MM-DD.

    Args:
        text: String.

    Returns:
        String, null where it is no such date, a placeholder, or outside 1900 to 2199.
    """
    return real_date(_days(text).struct.field("iso"))


def iso_date(text: pl.Expr) -> pl.Expr:
    """Text in any of the forms as YYYY-MM-DD, YYYY-MM or YYYY.

    Args:
        text: String.

    Returns:
        String, null where it is no such date, a placeholder, or outside 1900 to 2199.
    """
    return real_date(written_date(text))


def written_day(text: pl.Expr) -> pl.Expr:
    """Text in any of the full-date forms as YYYY-MM-DD, placeholders and all centuries included.

    Args:
        text: String.

    Returns:
        String; of text such as 99/99/9999 what the list of placeholders has for it.
    """
    days = _days(text, *_no_days(pl.field("trimmed")))
    return days.struct.field("iso")


def written_date(text: pl.Expr) -> pl.Expr:
    """As `written_day`, of text in any of the forms: YYYY-MM-DD, YYYY-MM or YYYY."""
    tidy = pl.field("tidy")
    month = pl.coalesce(
        ("01 " + tidy).str.to_date(form, strict=False) for form in _MONTH_FORMS
    ).dt.strftime("%Y-%m")
    year = tidy.str.extract(r"^([0-9]{4})$")
    return _days(text, *_no_days(pl.field("trimmed")), month, year).struct.field("iso")


def is_placeholder(iso: pl.Expr) -> pl.Expr:
    """Whether a date stands where none was known.

    Args:
        iso: From `written_day` or `written_date`.

    Returns:
        Boolean; null where there is no date.
    """
    return iso.is_in(_PLACEHOLDERS)


def real_date(iso: pl.Expr) -> pl.Expr:
    """A date that can be a fact.

    Args:
        iso: From `written_day` or `written_date`.

    Returns:
        The same; null where it is a placeholder or outside 1900 to 2199.
    """
    # An expression is worked out wherever it stands: here once, not once a test.
    inside = iso.str.extract(_INSIDE)
    return inside.replace(_PLACEHOLDERS, [None] * len(_PLACEHOLDERS))


def iso_time(text: pl.Expr) -> pl.Expr:
    """Text in any of the full-date forms, and a time of day behind it, as text that sorts by time.

    A time with a zone is brought to UTC; one without stays as it is, as if it were UTC's.

    Args:
        text: String.

    Returns:
        String, YYYY-MM-DD or YYYY-MM-DDThh:mm[:ss[.f]], null where the date or what is written for
        the time cannot be read, or it is a placeholder or outside 1900 to 2199.
    """
    part = pl.field
    # A zone may shift it out of range.
    real = (
        pl.when(~part("day").is_in(_PLACEHOLDERS))
        .then(part("iso").str.extract(_INSIDE))
        .alias("real")
    )
    return _time_parts(text).struct.with_fields(real).struct.field("real")


def written_time(text: pl.Expr) -> pl.Expr:
    """As `iso_time`, placeholders and all centuries included."""
    return _time_parts(text).struct.field("iso")


def real_time(iso: pl.Expr) -> pl.Expr:
    """A time that can be a fact: null where it is a placeholder or outside 1900 to 2199.

    Args:
        iso: From `written_time`.

    Returns:
        String.
    """
    return pl.when(~is_placeholder(iso.str.head(10))).then(iso.str.extract(_INSIDE))


def _time_parts(text: pl.Expr) -> pl.Expr:
    """A struct of, among others, `day` (YYYY-MM-DD as written) and `iso`, the day and its time."""
    part = pl.field
    # 12 AM is the hour 0, and 12 PM the hour 12.
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
    """A struct of, among others, `day` (Date) and `iso`, it or what there is otherwise, as text.

    An expression is worked out wherever it stands, so what many forms read is a field.
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
