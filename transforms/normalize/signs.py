"""Signs of conflicts: how a record shows each of them.

`schemas.conflicts` is the catalog. Something that is merely unknown isn't a sign of anything.
"""

from __future__ import annotations

import datetime
import functools
from typing import NamedTuple

import polars as pl

from schemas.codes import charges_of
from schemas.facts import REMOVALS
from transforms.frames.days import iso_day

OLDEST, NO_JUVENILE, OLD_ENOUGH = 110, 21, 16
SHORTEST_MONTH = 28
CRIMINAL = ("CRIMINAL", "CONVICTION", "AGGRAVATED_FELONY")
OUT_OF_RANGE = {
    "ARRESTS_OUT_OF_RANGE": ("arrests",),
    "OPEN_ARRESTS_OUT_OF_RANGE": ("arrests_without_disposition",),
    "PENDING_CHARGES_OUT_OF_RANGE": ("pending_charges",),
    "LAWFUL_MONTHS_OUT_OF_RANGE": ("months_in_lawful_status",),
    "SENTENCE_OUT_OF_RANGE": (
        "convictions.sentence_days",
        "convictions.custody_days",
        "convictions.maximum_sentence_days",
    ),
}


class Element(NamedTuple):
    """An element of a list, by which records are recognized.

    Args:
        column: The list.
        holds: The condition, of columns of the record and, in the list's place, the element.
    """

    column: str
    holds: pl.Expr


class Sign(NamedTuple):
    """How to recognize a conflict.

    Args:
        among: A cheap condition for the records that can have it.
        shows: The condition for those that do have it; without one, all do.
    """

    among: pl.Expr | Element
    shows: pl.Expr | None = None


@functools.lru_cache(maxsize=8)
def signs(as_of: datetime.date) -> dict[str, Sign]:
    """Return the sign of each conflict, by its id."""
    today = as_of.isoformat()
    return {
        **_family(),
        **_movements(),
        **_rulings(),
        **_dates(today),
        **_numbers(today),
        **_files(),
    }


def _family() -> dict[str, Sign]:
    married = (
        _some("relatives", _field("relation") == "SPOUSE")
        | _some("military_service", _field("who") == "SPOUSE")
        | pl.col("spouse_severe_illness").fill_null(False)
        | pl.col("spouse_pregnant_or_nursing").fill_null(False)
    )
    return {"UNMARRIED_WITH_SPOUSE": Sign(pl.col("marital_status") == "UNMARRIED", married)}


def _movements() -> dict[str, Sign]:
    since = pl.col("present_continuously_since")
    entry, removal = pl.col("entries").struct, pl.col("removals").struct
    uninspected = entry.field("manner") == "WITHOUT_INSPECTION"
    resident, resident_since = pl.col("lawful_permanent_resident"), pl.col("lpr_since")
    return {
        "ENTRY_BREAKS_PRESENCE": Sign(
            Element("entries", uninspected & (entry.field("date") > since))
        ),
        "REMOVAL_BREAKS_PRESENCE": Sign(Element("removals", removal.field("date") > since)),
        "RESIDENT_WITHOUT_DATE": Sign(resident & resident_since.is_null()),
        "RESIDENCE_DATE_OF_NO_RESIDENT": Sign(~resident & resident_since.is_not_null()),
    }


def _rulings() -> dict[str, Sign]:
    removed = _field("kind").is_in(REMOVALS) | _unknown("kind")
    found = _field("found_by").is_in(["IMMIGRATION_JUDGE", "IMMIGRATION_OFFICER"])
    uninspected = (_field("manner") == "WITHOUT_INSPECTION") | _unknown("manner")
    denied: dict[str, tuple[tuple[str, ...], pl.Expr]] = {
        "REMOVAL_CHARGE_WITHOUT_REMOVAL": (
            ("PRIOR_REMOVAL",),
            pl.col("removals").is_not_null() & ~_some("removals", removed),
        ),
        "FRAUD_CHARGE_WITHOUT_FINDING": (
            ("FRAUD",),
            pl.col("fraud_findings").is_not_null()
            & ~_some("fraud_findings", found | _unknown("found_by")),
        ),
        "ENTRY_CHARGE_WITHOUT_ENTRY": (
            ("ENTRY_WITHOUT_INSPECTION",),
            pl.col("entries").is_not_null() & ~_some("entries", uninspected),
        ),
        "CRIMINAL_CHARGE_WITHOUT_CONVICTION": (CRIMINAL, _none("convictions")),
        "STATUS_CHARGE_WITHOUT_VIOLATION": (
            ("STATUS_VIOLATION",),
            _none("status_violations"),
        ),
        "SECURITY_CHARGE_WITHOUT_RISK": (("SECURITY",), ~pl.col("security_risk")),
        "RIGHTS_CHARGE_WITHOUT_VIOLATION": (
            ("HUMAN_RIGHTS",),
            ~pl.col("human_rights_violator"),
        ),
    }
    status, code = _field("status"), _field("code")
    sustained, not_sustained = (
        pl.col("charges").list.eval(pl.when(status == symbol).then(code).drop_nulls())
        for symbol in ("SUSTAINED", "NOT_SUSTAINED")
    )
    return {
        **{name: Sign(_sustained(families), denies) for name, (families, denies) in denied.items()},
        "CHARGE_SUSTAINED_AND_NOT": Sign(
            pl.col("charges").list.len() > 1,
            sustained.list.set_intersection(not_sustained).list.len() > 0,
        ),
    }


def _dates(today: str) -> dict[str, Sign]:
    born = pl.col("birth_date")
    entry, removal = pl.col("entries").struct, pl.col("removals").struct
    conviction = pl.col("convictions").struct
    too_old = conviction.field("date") > _turned(NO_JUVENILE) + _AT_LATEST
    updated = _updated(today)
    # ISO text compares like its dates, and 1975-11-05 isn't before 1975-11.
    before = {
        "PRESENCE_BEFORE_BIRTH": pl.col("present_continuously_since"),
        "RESIDENCE_BEFORE_BIRTH": pl.col("lpr_since"),
    }
    return {
        "CONVICTION_AFTER_AS_OF": Sign(Element("convictions", conviction.field("date") > today)),
        "REMOVAL_AFTER_AS_OF": Sign(Element("removals", removal.field("date") > today)),
        "ENTRY_BEFORE_BIRTH": Sign(Element("entries", entry.field("date") < born)),
        "CONVICTION_BEFORE_BIRTH": Sign(Element("convictions", conviction.field("date") < born)),
        **{name: Sign(day < born) for name, day in before.items()},
        "AGE_OUT_OF_RANGE": Sign(born < "1930", updated > _turned(OLDEST + 1) + _AT_LATEST),
        "JUVENILE_AFTER_21": Sign(
            Element("convictions", conviction.field("juvenile_adjudication") & too_old)
        ),
        "GANG_PARTICIPATION_BEFORE_16": Sign(
            pl.col("gang_participation") & born.is_not_null(),
            updated < _turned(OLD_ENOUGH),
        ),
    }


def _numbers(today: str) -> dict[str, Sign]:
    arrests, without_outcome = pl.col("arrests"), pl.col("arrests_without_disposition")
    conviction = pl.col("convictions").struct
    imposed = conviction.field("sentence_days")
    months = pl.col("months_in_lawful_status")
    undated = _some("entries", pl.element().is_null() | _field("date").is_null())
    here = iso_day(_updated(today)) - _first("entries", _field("date"))
    return {
        "MORE_OPEN_ARRESTS_THAN_ARRESTS": Sign(arrests < without_outcome),
        "CUSTODY_LONGER_THAN_SENTENCE": Sign(
            Element("convictions", conviction.field("custody_days") > imposed)
        ),
        "SENTENCE_LONGER_THAN_MAXIMUM": Sign(
            Element("convictions", imposed > conviction.field("maximum_sentence_days"))
        ),
        "LAWFUL_MONTHS_LONGER_THAN_STAY": Sign(
            (months > 0) & _any("entries"),
            ~undated & ((months - 1) * SHORTEST_MONTH > here.dt.total_days()),
        ),
        **{name: _out_of_range(fields) for name, fields in OUT_OF_RANGE.items()},
    }


def _out_of_range(fields: tuple[str, ...]) -> Sign:
    """Find numbers that were set to unknown because they are impossible."""
    warnings = [f"{field}:OUT_OF_RANGE" for field in fields]
    return Sign(Element("warnings", pl.col("warnings").is_in(warnings)))


def _files() -> dict[str, Sign]:
    not_filed = ~pl.col("nta_filed_with_court") & pl.col("nta_filed").is_not_null()
    not_moved = ~pl.col("moved_from_detained_docket") & pl.col("moved_docket_on").is_not_null()
    outstanding = pl.when(_field("outstanding")).then(_field("date"))
    removed = pl.when(_field("kind").is_in(REMOVALS)).then(_field("date"))
    disobeyed = pl.col("order_not_complied_with") & _none("orders")
    return {
        "ORDER_OUTSTANDING_AND_CARRIED_OUT": Sign(
            _any("orders") & _any("removals"),
            _first("orders", outstanding) <= _last("removals", removed),
        ),
        "NO_ORDER_TO_COMPLY_WITH": Sign(disobeyed),
        "NOTICE_FILED_AND_NOT": Sign(not_filed),
        "DOCKET_MOVED_AND_NOT": Sign(not_moved),
    }


def _updated(today: str) -> pl.Expr:
    """Return the date as of which the record was written, as ISO text."""
    return pl.coalesce(pl.col("updated_at").str.head(10), pl.lit(today))


# Sorts after anything that can follow a date with only a known year or month.
_AT_LATEST = "~"


def _turned(years: int) -> pl.Expr:
    """Return the birthday of an age as ISO text, as precise as the birth date."""
    born = pl.col("birth_date")
    year = born.str.head(4).cast(pl.Int32, strict=False) + years
    return year.cast(pl.String) + born.str.slice(4)


def _sustained(families: tuple[str, ...]) -> Element:
    """Return a charge of some families that a judge sustained."""
    charge = pl.col("charges").struct
    sustained = charge.field("status") == "SUSTAINED"
    return Element("charges", sustained & charge.field("code").is_in(charges_of(*families)))


def _field(name: str) -> pl.Expr:
    """Return a field of the elements of a list."""
    return pl.element().struct.field(name)


def _unknown(name: str) -> pl.Expr:
    """Tell whether an enum field of the elements, or the whole element, is unknown."""
    return _field(name).is_null() | (_field(name) == "UNKNOWN")


def _some(column: str, holds: pl.Expr) -> pl.Expr:
    """Tell whether an element holds; FALSE if that is unknown."""
    return pl.col(column).list.eval(holds.fill_null(False)).list.any().fill_null(False)


# Polars compares days several times as fast as it compares text.
def _first(column: str, date: pl.Expr) -> pl.Expr:
    return pl.col(column).list.eval(iso_day(date)).list.min()


def _last(column: str, date: pl.Expr) -> pl.Expr:
    return pl.col(column).list.eval(iso_day(date)).list.max()


def _any(column: str) -> pl.Expr:
    return pl.col(column).list.len() > 0


def _none(column: str) -> pl.Expr:
    """Tell whether a list is known to be empty."""
    return pl.col(column).list.len() == 0
