"""Turn rows of the release into case records.

| field | from | as of a day |
|---|---|---|
| case_id | IDNCASE | |
| court, case_type, nationality, language | the current proceeding; without one, the case | the case's court isn't used |
| nta_issued | OSC_DATE of the current proceeding | by the day |
| nta_filed_with_court | true for RMV, DEP, and EXC cases that have a proceeding | |
| nta_filed | nothing: INPUT_DATE is when the row was made, not when the notice was filed | |
| custody | tbl_CustodyHistory, or CUSTODY of the current proceeding (N, D; without a day also R), or of the case (N; without a day also D and R) | latest by the day |
| calendar_type, next_hearing | tbl_schedule | first hearing after the day that was scheduled by the day |
| represented | true if E_28_DATE is in the case or in tbl_RepsAssigned | by the day |
| represented_since | tbl_RepsAssigned; the case's date may be overwritten | by the day |
| family_role, lead_case_id | tbl_Lead_Rider | joined by the day, not yet severed |
| juvenile | tbl_JuvenileHistory | latest by the day |
| birth_date | C_BIRTHDATE, a month | |
| sex | Sex | |
| entries | DATE_OF_ENTRY, taken as the only one; the manner from a sustained charge | by the day |
| lawful_permanent_resident | LPR if it is 1; otherwise unknown (under 7,000 cases are flagged) | no date: as in the release |
| charges and their consequences | `transforms.eoir.charges` | no date: as old as their proceeding |
| orders | DEC_CODE X of RMV, D of DEP, E of EXC | by the day |
| applications | tbl_Court_Appln, so before the court | received by the day, decided as far as the proceeding had ended |
| completed_on | COMP_DATE of the last proceeding, if none is open | nothing: the case is pending |
| court_outcome, its kind and date | the last outcome that isn't a move to another court | the first such after the day |

Every other field is null, because the release doesn't say. Lists in `MAY_BE_MORE` end in a null,
because the release covers one case, and not what came before it or was decided elsewhere. The
charges of a case also end in a null if an unreadable row may belong to the case.
"""  # noqa: E501 - a row of a table is one line

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl

from transforms.eoir import facts as eoir_facts
from transforms.eoir.charges import charge_columns, charges_in_time
from transforms.eoir.docket import Day, current_proceedings, orders, outcomes, place_proceedings
from transforms.eoir.read import LEAD_RIDER
from transforms.eoir.rows import Rows, Rules, count, height
from transforms.eoir.tables import tally_of
from transforms.frames.frame import Frame
from transforms.frames.labels import lists_of
from transforms.normalize.case_frame import CASES

SOURCE = "EOIR"
NOTICE_TYPES = ("RMV", "DEP", "EXC")
MAY_BE_MORE = ("removals", "orders", "fraud_findings", "status_violations", "applications")


def assemble(rows: Rows, rules: Rules) -> tuple[Frame, Frame]:
    """Make case records from rows.

    Args:
        rows: The rows of some cases.
        rules: How.

    Returns:
        Case records by IDNCASE, and a tally for each table of the rows that were `used`, `repeated`
        (a key seen before), `no_case`, `not_pending`, and `after` (later than the day, or without a
        date).
    """
    day, counts = rules.day, dict(rows.counts)
    placed = place_proceedings(rows.tables["B_TblProceeding"], day)
    current = current_proceedings(placed, day)
    known = rows.tables
    if day is not None:
        kept = current.filter("pending")
        known = {name: _of_cases(table, kept) for name, table in known.items()}
        placed, current = _of_cases(placed, kept), _of_cases(current, kept)
        for name, table in known.items():
            count(counts, "not_pending", name, rows.tables[name], table)

    timely = _in_time(known, placed, day)
    for name, there in timely.items():
        counts["used", name] = height(name, there)
        count(counts, "after", name, known[name], there)

    facts = [outcomes(placed, day), *_facts(timely, placed, current, rules.juveniles, day)]
    wide = _wide(known["A_TblCase"], current, facts, rows.unread)
    made = _columns(day) | {
        "completed_on": pl.when(pl.col("ended").fill_null(False) & (day is None)).then(
            pl.col("COMP_DATE").cast(pl.String)
        )
    }
    return _records(wide, made), tally_of(counts)


def _of_cases(rows: Frame, cases: Frame) -> Frame:
    return rows.join(cases, on="IDNCASE", how="semi", maintain_order="left")


def on_own_day(rows: Rows, ending: Frame, juveniles: dict[str, str]) -> Frame:
    """Make case records, each as of a day of its own, from what has a date by then.

    Args:
        rows: The rows.
        ending: One row per case: `IDNCASE`, `IDNPROCEEDING`, the proceeding that the case is in,
            and `day` (Date). The proceeding was open then.
        juveniles: The release's own lookup table of juvenile codes.

    Returns:
        Case records by IDNCASE, without an outcome; `updated_at` is the day.
    """
    day = pl.col("day")
    days = ending.select("IDNCASE", "day")
    known = {
        name: table.join(days, on="IDNCASE", how="inner", maintain_order="left")
        for name, table in rows.tables.items()
    }
    _forget_undated(known, day)
    placed = place_proceedings(known["B_TblProceeding"], day)
    current = placed.join(ending, on=["IDNCASE", "IDNPROCEEDING"], how="semi")
    facts = _facts(_in_time(known, placed, day), placed, current, juveniles, day)
    wide = _wide(known["A_TblCase"], current, facts, rows.unread)
    by_then = pl.col("C_BIRTHDATE") <= day.dt.strftime("%Y-%m")
    made = _columns(day) | {
        "updated_at": day.cast(pl.String),
        "custody": pl.col("custody"),
        "birth_date": pl.when(by_then).then("C_BIRTHDATE"),
        # The court's flag isn't dated, and neither is the proceeding's or the case's custody.
        "lawful_permanent_resident": pl.lit(None),
    }
    return _records(wide, made)


def _forget_undated(known: dict[str, Frame], day: pl.Expr) -> None:
    """Remove what the release says without a date, or sets at the end: it may be from later."""
    dated = pl.col("COMP_DATE").is_not_null()
    proceedings = known["B_TblProceeding"].with_columns(
        pl.when(dated).then(name).alias(name) for name in ("DEC_CODE", "OTHER_COMP")
    )
    known["B_TblProceeding"] = proceedings
    known["B_TblProceedCharges"] = known["B_TblProceedCharges"].join(
        proceedings, on="IDNPROCEEDING", how="semi", maintain_order="left"
    )
    over = proceedings.filter(pl.col("COMP_DATE") <= day)["IDNPROCEEDING"].unique()
    decided = pl.when(pl.col("IDNPROCEEDING").is_in(over.implode())).then("APPL_DEC")
    known["tbl_Court_Appln"] = known["tbl_Court_Appln"].with_columns(APPL_DEC=decided)
    known[LEAD_RIDER] = known[LEAD_RIDER].with_columns(BLNACTIVE=pl.lit(None, pl.Boolean))


def _in_time(known: dict[str, Frame], placed: Frame, day: Day) -> dict[str, Frame]:
    """Select the rows of each table that were known on the day."""
    timely = {name: eoir_facts.in_time(name, rows, day) for name, rows in known.items()}
    timely["B_TblProceeding"] = placed.filter("opened")
    timely["B_TblProceedCharges"] = charges_in_time(known["B_TblProceedCharges"], placed, day)
    return timely


def _facts(
    timely: dict[str, Frame],
    placed: Frame,
    current: Frame,
    juveniles: dict[str, str],
    day: Day,
) -> Iterator[Frame]:
    """Collect the facts of each case from the tables, by `IDNCASE`."""
    still_open = current.filter(~pl.col("ended"))["IDNCASE"]
    yield orders(placed, day)
    yield charge_columns(timely["B_TblProceedCharges"])
    yield eoir_facts.applications(timely["tbl_Court_Appln"], placed, day)
    yield eoir_facts.next_hearings(timely["tbl_schedule"], still_open, day)
    yield eoir_facts.custody(timely["tbl_CustodyHistory"], day)
    yield eoir_facts.families(timely[LEAD_RIDER], day)
    yield eoir_facts.juveniles(timely["tbl_JuvenileHistory"], juveniles)
    yield eoir_facts.appearances(timely["tbl_RepsAssigned"])


def _wide(cases: Frame, current: Frame, facts: Iterable[Frame], unread: pl.Series) -> Frame:
    """Put the facts of each case beside it."""
    wide = cases.join(current, on="IDNCASE", how="left", suffix=":p", maintain_order="left")
    for part in facts:
        wide = wide.join(part, on="IDNCASE", how="left", maintain_order="left")
    return wide.with_columns(more_charges=pl.col("IDNCASE").is_in(unread.implode()))


def _columns(day: Day) -> dict[str, pl.Expr]:
    """Return the fields of a record that aren't columns of their own (`_wide`), as of a day."""
    case_type = pl.coalesce("CASE_TYPE:p", "CASE_TYPE")
    court = pl.col("BASE_CITY_CODE")
    lawyer_by = pl.col("E_28_DATE").is_not_null() if day is None else pl.col("E_28_DATE") <= day
    entered = _by(pl.col("DATE_OF_ENTRY"), day)
    return {
        "case_id": pl.col("IDNCASE").cast(pl.String),
        "source": pl.lit(SOURCE),
        "court": court if day is not None else pl.coalesce(court, "UPDATE_SITE"),
        "case_type": case_type,
        "custody": pl.coalesce("custody", _custody_without_history(day)),
        "nta_issued": _by(pl.col("OSC_DATE"), day).cast(pl.String),
        "nta_filed_with_court": pl.when(
            pl.col("IDNPROCEEDING").is_not_null() & case_type.is_in(NOTICE_TYPES)
        ).then(True),
        "represented": pl.when(
            lawyer_by.fill_null(False) | pl.col("represented_since").is_not_null()
        ).then(True),
        "birth_date": pl.col("C_BIRTHDATE"),
        "birth_precision": pl.when(pl.col("C_BIRTHDATE").is_not_null()).then(pl.lit("MONTH")),
        "nationality": pl.coalesce("NAT:p", "NAT"),
        "sex": pl.col("GENDER").replace_strict(
            {"F": "FEMALE", "M": "MALE"}, default=None, return_dtype=pl.String
        ),
        "language": pl.coalesce("LANG:p", "LANG"),
        "entries": pl.when(entered.is_not_null() | pl.col("manner").is_not_null()).then(
            pl.concat_list(pl.struct(entered.cast(pl.String).alias("date"), "manner"))
        ),
        "lawful_permanent_resident": pl.when(pl.col("LPR")).then(True),
    }


def _records(wide: Frame, made: dict[str, pl.Expr]) -> Frame:
    records = wide.select(
        made.get(name, pl.col(name) if name in wide.columns else pl.lit(None))
        .cast(dtype)
        .alias(name)
        for name, dtype in CASES.items()
    )
    every = pl.repeat(True, records.height, eager=True)
    return records.with_columns(
        *(and_more(records[name], every) for name in MAY_BE_MORE),
        # If none of a case's charges could be read, the list stays unknown.
        and_more(records["charges"], wide["more_charges"]),
    )


def and_more(lists: pl.Series, there: pl.Series) -> pl.Series:
    """Add a null to the end of some lists, since there may be more; an unknown list stays unknown.

    Polars concatenates lists one by one, which takes fifteen times as long.

    Args:
        lists: The lists.
        there: To which lists to add one (Boolean).
    """
    lengths = lists.list.len().fill_null(0).to_numpy()
    listed = np.repeat(np.arange(len(lists)), lengths)
    more = np.flatnonzero((there & lists.is_not_null()).to_numpy())
    elements = lists.filter(pl.Series(lengths > 0)).explode()
    rows = np.concatenate([listed, more])
    order = np.argsort(rows, kind="stable")
    values = elements.extend_constant(None, len(more)).gather(pl.Series(order.astype(np.uint32)))
    longer = lists_of(rows[order], values, len(lists)).alias(lists.name)
    return longer.zip_with(lists.is_not_null(), lists)


def _by(date: pl.Expr, day: Day) -> pl.Expr:
    return date if day is None else pl.when(date <= day).then(date)


def _custody_without_history(day: Day) -> pl.Expr:
    """Read custody from the codes of the proceeding and the case, as far as they apply to the day.

    The proceeding's code is set when it ends: N never detained, D detained throughout. The case's
    code is as of the release, so only "never" says something about an earlier day.
    """
    symbols_by_column = {
        "CUSTODY:p": eoir_facts.CUSTODY if day is None else _only("ND"),
        "CUSTODY": eoir_facts.CUSTODY if day is None else _only("N"),
    }
    return pl.coalesce(
        pl.col(column).replace_strict(symbols, default=None, return_dtype=pl.String)
        for column, symbols in symbols_by_column.items()
    )


def _only(codes: str) -> dict[str, str]:
    return {code: eoir_facts.CUSTODY[code] for code in codes}
