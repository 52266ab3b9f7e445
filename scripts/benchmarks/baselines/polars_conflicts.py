"""Baseline in plain Polars, part 3: statements in one record that can't both be true.

The catalog of conflicts, with the facts that each one makes unknown, is shared data.
"""

from __future__ import annotations

import datetime

import polars as pl

from schemas.conflicts import CONFLICTS
from scripts.benchmarks.baselines.polars_normalize import Tidied

col = pl.col
OUT_OF_RANGE = {
    "ARRESTS_OUT_OF_RANGE": ["arrests"],
    "OPEN_ARRESTS_OUT_OF_RANGE": ["arrests_without_disposition"],
    "PENDING_CHARGES_OUT_OF_RANGE": ["pending_charges"],
    "LAWFUL_MONTHS_OUT_OF_RANGE": ["months_in_lawful_status"],
    "SENTENCE_OUT_OF_RANGE": [
        f"convictions.{name}" for name in ("sentence_days", "custody_days", "maximum_sentence_days")
    ],
}


def find(facts: pl.DataFrame, tidied: Tidied, today: datetime.date) -> pl.DataFrame:
    """Make a Boolean column for each conflict that any case has, in catalog order."""
    read = facts.hstack(
        tidied.records.select(
            "nta_filed",
            "moved_docket_on",
            "order_not_complied_with",
            _no_orders=col("orders").list.len() == 0,
            _no_convictions=col("convictions").list.len() == 0,
            _written=pl.coalesce(col("updated_at").str.head(10), pl.lit(today.isoformat())),
            _born="birth_date",
        )
    ).with_columns(tidied.days["present_continuously_since"].alias("_shown"))
    found = read.select(e.fill_null(False).alias(name) for name, e in _signs(today).items())
    found = found.hstack(_by_rows(tidied, facts.height))
    return found.select(name for name in CONFLICTS if found[name].any())


def unsettle(facts: pl.DataFrame, conflicts: pl.DataFrame) -> pl.DataFrame:
    """Make facts in conflict unknown."""
    unknown = []
    settling = [c for c in conflicts.columns if not CONFLICTS[c].by_date]
    for fact in dict.fromkeys(fact for c in settling for fact in CONFLICTS[c].facts):
        bearing = [conflicts[c] for c in settling if fact in CONFLICTS[c].facts]
        known = ~pl.any_horizontal(pl.lit(series) for series in bearing)
        for column in (fact, f"{fact}.low", f"{fact}.high"):
            if column in facts.columns:
                count = column.endswith(".low") and facts.schema[column] != pl.Date
                none = 0 if count else None
                unknown.append(pl.when(known).then(col(column)).otherwise(none).alias(column))
    return facts.with_columns(unknown)


def _signs(today: datetime.date) -> dict[str, pl.Expr]:
    born, shown, resident = col("birth_date.low"), col("_shown"), col("lawful_permanent_resident")
    since = col("lpr_since.low")
    served = (
        col("_spouse").fill_null(False)
        | col("_spouse_in_service").fill_null(False)
        | col("spouse_severe_illness").fill_null(False)
        | col("spouse_pregnant_or_nursing").fill_null(False)
    )
    stay = (col("_written").str.to_date(strict=False) - col("first_entry.low")).dt.total_days()
    months = col("months_in_lawful_status.high")
    return {
        "UNMARRIED_WITH_SPOUSE": col("unmarried") & served,
        "ENTRY_BREAKS_PRESENCE": col("last_illegal_entry.low") > shown,
        "REMOVAL_BREAKS_PRESENCE": col("_last_return.low") > shown,
        "CRIMINAL_CHARGE_WITHOUT_CONVICTION": col("_sustained_crime") & col("_no_convictions"),
        "REMOVAL_CHARGE_WITHOUT_REMOVAL": col("sustained_prior_removal")
        & (col("removals.high") == 0),
        "FRAUD_CHARGE_WITHOUT_FINDING": col("sustained_fraud") & (col("fraud_findings.high") == 0),
        "ENTRY_CHARGE_WITHOUT_ENTRY": col("sustained_illegal_entry") & ~col("entered_illegally"),
        "STATUS_CHARGE_WITHOUT_VIOLATION": col("sustained_status_violation")
        & ~col("violated_status"),
        "SECURITY_CHARGE_WITHOUT_RISK": col("sustained_security_ground") & ~col("security_risk"),
        "RIGHTS_CHARGE_WITHOUT_VIOLATION": col("sustained_human_rights_ground")
        & ~col("human_rights_violator"),
        "RESIDENT_WITHOUT_DATE": resident & since.is_null(),
        "RESIDENCE_DATE_OF_NO_RESIDENT": ~resident & since.is_not_null(),
        "CONVICTION_AFTER_AS_OF": col("_last_conviction.low") > today,
        "REMOVAL_AFTER_AS_OF": col("_last_return.low") > today,
        "ENTRY_BEFORE_BIRTH": col("first_entry.high") < born,
        "CONVICTION_BEFORE_BIRTH": col("_first_conviction.high") < born,
        "PRESENCE_BEFORE_BIRTH": shown < born,
        "RESIDENCE_BEFORE_BIRTH": since < born,
        # Old births and juveniles are rare, so birthdays are computed only for them.
        "AGE_OUT_OF_RANGE": (col("_born") < "1930") & (col("_written") > _turned(111) + "~"),
        "JUVENILE_AFTER_21": col("_last_juvenile.low").dt.strftime("%Y-%m-%d") > _turned(21) + "~",
        "GANG_PARTICIPATION_BEFORE_16": col("gang_participation") & (col("_written") < _turned(16)),
        "ORDER_OUTSTANDING_AND_CARRIED_OUT": col("_first_outstanding.high")
        <= col("_last_removal.low"),
        "NO_ORDER_TO_COMPLY_WITH": col("order_not_complied_with") & col("_no_orders"),
        "NOTICE_FILED_AND_NOT": ~col("nta_filed_with_court") & col("nta_filed").is_not_null(),
        "DOCKET_MOVED_AND_NOT": ~col("moved_from_detained_docket")
        & col("moved_docket_on").is_not_null(),
        "MORE_OPEN_ARRESTS_THAN_ARRESTS": col("arrests.high")
        < col("arrests_without_disposition.high"),
        "CUSTODY_LONGER_THAN_SENTENCE": col("_served_too_long"),
        "SENTENCE_LONGER_THAN_MAXIMUM": col("_sentenced_too_long"),
        "LAWFUL_MONTHS_LONGER_THAN_STAY": (months > 0) & ((months - 1) * 28 > stay),
    }


def _turned(years: int) -> pl.Expr:
    """Return a birthday as ISO text, as precise as the birth."""
    born = col("_born")
    year = born.str.head(4).cast(pl.Int32, strict=False) + years
    return year.cast(pl.String) + born.str.slice(4)


def _by_rows(tidied: Tidied, height: int) -> pl.DataFrame:
    """Find conflicts that few rows have: charges ruled on twice, and impossible numbers."""
    charges = tidied.elements["charges"].filter(
        col("status").is_in(["SUSTAINED", "NOT_SUSTAINED"]) & col("code").is_not_null()
    )
    ruled = charges.group_by("_row", "code").agg(col("status").n_unique()).filter(status=2)
    rows = {"CHARGE_SUSTAINED_AND_NOT": ruled["_row"]}
    noted = pl.concat(
        [pl.DataFrame(schema={"_row": pl.UInt32, "label": pl.String}), *tidied.warnings]
    )
    for name, fields in OUT_OF_RANGE.items():
        labels = [f"{field}:OUT_OF_RANGE" for field in fields]
        rows[name] = noted.filter(col("label").is_in(labels))["_row"]
    never = pl.Series([False]).new_from_index(0, height)
    return pl.DataFrame(
        {name: never.clone().scatter(where.unique(), True) for name, where in rows.items()}
    )
