"""Conflicts: two statements in a normalized record that can't both be true.

`schemas.conflicts` is the catalog: what each conflict says, and which facts it affects. This module
finds them. Something that is merely unknown doesn't conflict with anything, and no conflict
quarantines a case.
"""

from __future__ import annotations

import datetime
import functools
from typing import NamedTuple

import polars as pl

from schemas.codes import charge_families
from schemas.conflicts import CONFLICTS
from schemas.facts import REMOVALS
from transforms.frames.frame import Frame
from transforms.frames.labels import labels_at

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


class _Sign(NamedTuple):
    """How to recognize a conflict.

    Args:
        among: A cheap condition for the records that can have it.
        shows: The condition for those that do have it.
    """

    among: pl.Expr
    shows: pl.Expr


def find_conflicts(records: Frame, as_of: datetime.date) -> pl.Series:
    """Find the conflicts in each record.

    Args:
        records: Normalized case records, with `warnings`.
        as_of: The as-of date.

    Returns:
        `conflicts` (List(String), never null): ids from `schemas.conflicts`, in its order.
    """
    signs = _signs(as_of)
    among = records.select(sign.among.fill_null(False).alias(name) for name, sign in signs.items())
    found = {}
    for name, sign in signs.items():
        if not among[name].any():
            continue
        rows = among[name].arg_true()
        read = records.select(*dict.fromkeys(sign.shows.meta.root_names()))[rows]
        shown = read.select(sign.shows.fill_null(False).alias("shown"))["shown"]
        if shown.any():
            found[name] = rows.filter(shown)
    in_order = {name: found[name] for name in CONFLICTS if name in found}
    return labels_at(in_order, records.height).alias("conflicts")


@functools.lru_cache(maxsize=8)
def _signs(as_of: datetime.date) -> dict[str, _Sign]:
    today = as_of.isoformat()
    return {
        **_family(),
        **_movements(),
        **_rulings(),
        **_dates(today),
        **_numbers(today),
        **_files(),
    }


def _family() -> dict[str, _Sign]:
    married = (
        _some("relatives", _field("relation") == "SPOUSE")
        | _some("military_service", _field("who") == "SPOUSE")
        | pl.col("spouse_severe_illness").fill_null(False)
        | pl.col("spouse_pregnant_or_nursing").fill_null(False)
    )
    return {"UNMARRIED_WITH_SPOUSE": _Sign(pl.col("marital_status") == "UNMARRIED", married)}


def _movements() -> dict[str, _Sign]:
    since = pl.col("present_continuously_since")
    uninspected = pl.when(_field("manner") == "WITHOUT_INSPECTION").then(_field("date"))
    resident, resident_since = pl.col("lawful_permanent_resident"), pl.col("lpr_since")
    return {
        "ENTRY_BREAKS_PRESENCE": _Sign(
            since.is_not_null() & _any("entries"), _last("entries", uninspected) > since
        ),
        "REMOVAL_BREAKS_PRESENCE": _Sign(
            since.is_not_null() & _any("removals"), _last("removals", _field("date")) > since
        ),
        "RESIDENT_WITHOUT_DATE": _Sign(resident & resident_since.is_null(), resident),
        "RESIDENCE_DATE_OF_NO_RESIDENT": _Sign(~resident & resident_since.is_not_null(), ~resident),
    }


def _rulings() -> dict[str, _Sign]:
    removed = _field("kind").is_in(REMOVALS) | _unknown("kind")
    found = _field("found_by").is_in(["IMMIGRATION_JUDGE", "IMMIGRATION_OFFICER"])
    uninspected = (_field("manner") == "WITHOUT_INSPECTION") | _unknown("manner")
    charged = _any("charges")
    denied = {
        "REMOVAL_CHARGE_WITHOUT_REMOVAL": (
            ("PRIOR_REMOVAL",),
            pl.col("removals").is_not_null(),
            ~_some("removals", removed),
        ),
        "FRAUD_CHARGE_WITHOUT_FINDING": (
            ("FRAUD",),
            pl.col("fraud_findings").is_not_null(),
            ~_some("fraud_findings", found | _unknown("found_by")),
        ),
        "ENTRY_CHARGE_WITHOUT_ENTRY": (
            ("ENTRY_WITHOUT_INSPECTION",),
            pl.col("entries").is_not_null(),
            ~_some("entries", uninspected),
        ),
        "CRIMINAL_CHARGE_WITHOUT_CONVICTION": (CRIMINAL, _none("convictions"), pl.lit(True)),
        "STATUS_CHARGE_WITHOUT_VIOLATION": (
            ("STATUS_VIOLATION",),
            _none("status_violations"),
            pl.lit(True),
        ),
        "SECURITY_CHARGE_WITHOUT_RISK": (("SECURITY",), ~pl.col("security_risk"), pl.lit(True)),
        "RIGHTS_CHARGE_WITHOUT_VIOLATION": (
            ("HUMAN_RIGHTS",),
            ~pl.col("human_rights_violator"),
            pl.lit(True),
        ),
    }
    status, code = _field("status"), _field("code")
    sustained, not_sustained = (
        pl.col("charges").list.eval(pl.when(status == symbol).then(code).drop_nulls())
        for symbol in ("SUSTAINED", "NOT_SUSTAINED")
    )
    return {
        **{
            name: _Sign(charged & among, _sustained(families) & denies)
            for name, (families, among, denies) in denied.items()
        },
        "CHARGE_SUSTAINED_AND_NOT": _Sign(
            pl.col("charges").list.len() > 1,
            sustained.list.set_intersection(not_sustained).list.len() > 0,
        ),
    }


def _dates(today: str) -> dict[str, _Sign]:
    born, date = pl.col("birth_date"), _field("date")
    juvenile = pl.when(_field("juvenile_adjudication")).then(date)
    updated = _updated(today)
    # ISO text compares like its dates, and 1975-11-05 isn't before 1975-11.
    before = {
        "PRESENCE_BEFORE_BIRTH": pl.col("present_continuously_since"),
        "RESIDENCE_BEFORE_BIRTH": pl.col("lpr_since"),
    }
    return {
        "CONVICTION_AFTER_AS_OF": _Sign(_any("convictions"), _last("convictions", date) > today),
        "REMOVAL_AFTER_AS_OF": _Sign(_any("removals"), _last("removals", date) > today),
        "ENTRY_BEFORE_BIRTH": _Sign(
            born.is_not_null() & _any("entries"), _first("entries", date) < born
        ),
        "CONVICTION_BEFORE_BIRTH": _Sign(
            born.is_not_null() & _any("convictions"), _first("convictions", date) < born
        ),
        **{name: _Sign(day < born, day < born) for name, day in before.items()},
        "AGE_OUT_OF_RANGE": _Sign(born < "1930", updated > _turned(OLDEST + 1) + _AT_LATEST),
        "JUVENILE_AFTER_21": _Sign(
            born.is_not_null() & _any("convictions"),
            _last("convictions", juvenile) > _turned(NO_JUVENILE) + _AT_LATEST,
        ),
        "GANG_PARTICIPATION_BEFORE_16": _Sign(
            pl.col("gang_participation") & born.is_not_null(),
            updated < _turned(OLD_ENOUGH),
        ),
    }


def _numbers(today: str) -> dict[str, _Sign]:
    arrests, without_outcome = pl.col("arrests"), pl.col("arrests_without_disposition")
    served, imposed = _field("custody_days"), _field("sentence_days")
    months = pl.col("months_in_lawful_status")
    undated = _some("entries", pl.element().is_null() | _field("date").is_null())
    here = _day(_updated(today)) - _first_day("entries", _field("date"))
    return {
        "MORE_OPEN_ARRESTS_THAN_ARRESTS": _Sign(
            arrests < without_outcome, arrests < without_outcome
        ),
        "CUSTODY_LONGER_THAN_SENTENCE": _Sign(
            _any("convictions"), _some("convictions", served > imposed)
        ),
        "SENTENCE_LONGER_THAN_MAXIMUM": _Sign(
            _any("convictions"),
            _some("convictions", imposed > _field("maximum_sentence_days")),
        ),
        "LAWFUL_MONTHS_LONGER_THAN_STAY": _Sign(
            (months > 0) & _any("entries"),
            ~undated & ((months - 1) * SHORTEST_MONTH > here.dt.total_days()),
        ),
        **{name: _out_of_range(fields) for name, fields in OUT_OF_RANGE.items()},
    }


def _out_of_range(fields: tuple[str, ...]) -> _Sign:
    """Find numbers that were set to unknown because they are impossible."""
    warned = [pl.col("warnings").list.contains(f"{field}:OUT_OF_RANGE") for field in fields]
    return _Sign(pl.col("warnings").list.len() > 0, pl.any_horizontal(warned))


def _files() -> dict[str, _Sign]:
    not_filed = ~pl.col("nta_filed_with_court") & pl.col("nta_filed").is_not_null()
    not_moved = ~pl.col("moved_from_detained_docket") & pl.col("moved_docket_on").is_not_null()
    outstanding = pl.when(_field("outstanding")).then(_field("date"))
    removed = pl.when(_field("kind").is_in(REMOVALS)).then(_field("date"))
    disobeyed = pl.col("order_not_complied_with") & _none("orders")
    return {
        "ORDER_OUTSTANDING_AND_CARRIED_OUT": _Sign(
            _any("orders") & _any("removals"),
            _first("orders", outstanding) <= _last("removals", removed),
        ),
        "NO_ORDER_TO_COMPLY_WITH": _Sign(disobeyed, disobeyed),
        "NOTICE_FILED_AND_NOT": _Sign(not_filed, not_filed),
        "DOCKET_MOVED_AND_NOT": _Sign(not_moved, not_moved),
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


def _sustained(families: tuple[str, ...]) -> pl.Expr:
    """Tell whether a judge sustained a charge of some families."""
    table = charge_families()
    codes = sorted(frozenset().union(*(table[family] for family in families)))
    return _some("charges", (_field("status") == "SUSTAINED") & _field("code").is_in(codes))


def _field(name: str) -> pl.Expr:
    """Return a field of the elements of a list."""
    return pl.element().struct.field(name)


def _unknown(name: str) -> pl.Expr:
    """Tell whether an enum field of the elements, or the whole element, is unknown."""
    return _field(name).is_null() | (_field(name) == "UNKNOWN")


def _some(column: str, holds: pl.Expr) -> pl.Expr:
    """Tell whether an element holds; FALSE if that is unknown."""
    return pl.col(column).list.eval(holds.fill_null(False)).list.any().fill_null(False)


def _first(column: str, date: pl.Expr) -> pl.Expr:
    return _first_day(column, date).cast(pl.String)


def _first_day(column: str, date: pl.Expr) -> pl.Expr:
    # Polars compares days several times as fast as it compares text.
    return pl.col(column).list.eval(_day(date)).list.min()


def _last(column: str, date: pl.Expr) -> pl.Expr:
    return pl.col(column).list.eval(_day(date)).list.max().cast(pl.String)


def _day(text: pl.Expr) -> pl.Expr:
    return text.str.to_date("%Y-%m-%d", strict=False)


def _any(column: str) -> pl.Expr:
    return pl.col(column).list.len() > 0


def _none(column: str) -> pl.Expr:
    """Tell whether a list is known to be empty."""
    return pl.col(column).list.len() == 0
