from __future__ import annotations

import datetime
import hashlib
from typing import NamedTuple

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from schemas.rulebooks import load
from transforms.frames.frame import Frame
from transforms.normalize.case_frame import CASES
from transforms.normalize.duplicates import resolve
from transforms.normalize.records import normalize
from transforms.route.recommendation import recommend_records
from transforms.sample.backlog import BLOCK, sample_block, sample_blocks, sample_cases
from transforms.sample.kinds import COURTS, KINDS, SILENCE, TELLING
from transforms.sample.mess import TWICE

SEED = 2011
# Of the first 20,000 cases. If you change the sample, change the numbers in the docs too.
DIGEST = "28066d7659e0c8223606d59f40d33ebf30cf2911284aec9a1f4617bc581c309a"
AS_OF = datetime.date(2011, 11, 17)


class Sample(NamedTuple):
    clean: Frame
    messy: Frame
    normal: Frame
    quarantined: Frame
    recommended: Frame


@pytest.fixture(scope="module")
def sample() -> Sample:
    """A sample of 20,000 cases, and its results."""
    clean, messy = (
        pl.concat([sample_block(SEED, block, clean=tidy) for block in (0, 1)]).select(CASES.names())
        for tidy in (True, False)
    )
    normal, quarantined = normalize(messy, AS_OF)
    latest, _ = resolve(normal)
    recommended = recommend_records(latest, load("ice-2011-11-17"), AS_OF)
    return Sample(clean, messy, normal, quarantined, recommended)


def written(seed: int, cases: int, files: int) -> Frame:
    return pl.concat([frame for _, frame in sample_cases(seed, cases, files)])


def test_the_same_seed_gives_the_same_cases_however_many_are_made(sample: Sample) -> None:
    assert_frame_equal(sample_block(SEED, 1), sample_block(SEED, 1))
    assert not sample_block(SEED, 0).equals(sample_block(SEED + 1, 0))
    few = written(SEED, 700, 3).filter(pl.col("case_id").str.strip_chars() != "")
    many = sample.messy.filter(pl.col("case_id").str.strip_chars().is_in(few_ids(few)))
    assert_frame_equal(few, many, check_row_order=False)


# What normalizing adds is the precision of births, UNKNOWN for none, and warnings, if only none.
KEPT = [name for name in CASES if name not in ("birth_precision", "warnings")]


def few_ids(cases: Frame) -> pl.Series:
    return cases["case_id"].str.strip_chars().unique().implode()


def test_different_blocks_hold_different_cases() -> None:
    first, second = (sample_block(SEED, block, clean=True) for block in (0, 1))
    assert second["_number"].to_list() == list(range(BLOCK, 2 * BLOCK))
    assert not set(first["case_id"]) & set(second["case_id"])
    assert not set(first["a_number"]) & set(second["a_number"]) - {None}
    assert (first["birth_date"] == second["birth_date"]).mean() < 0.01  # type: ignore[operator]


@pytest.mark.parametrize("clean", [True, False])
def test_blocks_made_together_are_the_same_as_one_by_one(clean: bool) -> None:
    together = list(sample_blocks(SEED, range(1, 4), clean=clean))
    assert len(together) == 3
    for block, made in enumerate(together, 1):
        assert_frame_equal(made, sample_block(SEED, block, clean=clean))


def test_the_sample_is_still_the_one_whose_numbers_the_docs_show(sample: Sample) -> None:
    text = sample.messy.write_ndjson().encode()
    assert hashlib.sha256(text).hexdigest() == DIGEST


def test_distributes_all_cases_to_files_in_order() -> None:
    frames = list(sample_cases(SEED, 12_345, 3, clean=True))
    assert [file for file, _ in frames] == sorted(file for file, _ in frames)
    of_file = [sum(f.height for n, f in frames if n == file) for file in range(3)]
    assert of_file == [4_115, 4_115, 4_115]
    dealt = pl.concat([frame for _, frame in frames])
    assert dealt["case_id"].to_list() == [f"7{n:08d}" for n in range(1, 12_346)]


def test_clean_cases_are_normalized(sample: Sample) -> None:
    normal, quarantined = normalize(sample.clean, AS_OF)
    assert quarantined.is_empty()
    assert normal["warnings"].list.len().sum() == 0
    assert_frame_equal(normal.select(KEPT), sample.clean.select(KEPT))


def test_messy_cases_normalize_to_the_clean_ones(sample: Sample) -> None:
    slips = ["ENTRY_BEFORE_BIRTH", "REMOVAL_AFTER_AS_OF"]
    whole = sample.normal.filter(
        pl.col("warnings").list.len() == 0,
        ~pl.col("conflicts").list.eval(pl.element().is_in(slips)).list.any(),
        pl.col("updated_at") > "2010-06-01T08:00:00",
    ).sort("case_id")
    assert whole.height > 0.985 * 2 * BLOCK
    clean = sample.clean.filter(pl.col("case_id").is_in(whole["case_id"].implode()))
    assert_frame_equal(whole.select(KEPT), clean.select(KEPT).sort("case_id"))
    assert (sample.messy["birth_date"].str.contains(r"^\d{4}(-\d\d){0,2}$")).mean() < 0.95  # type: ignore[operator]


def test_a_messy_sample_has_every_reason_to_quarantine_and_every_kind_of_warning(
    sample: Sample,
) -> None:
    faults = set(sample.quarantined.select("reason", "field").iter_rows())
    assert faults == {("MISSING_CASE_ID", "case_id")}
    assert 0.0001 < sample.quarantined.height / sample.messy.height < 0.005
    conflicts = set(sample.normal["conflicts"].explode().drop_nulls())
    assert {"ENTRY_BEFORE_BIRTH", "REMOVAL_AFTER_AS_OF"} <= conflicts
    warnings = sample.normal["warnings"].explode().drop_nulls()
    assert {warning.split(":")[1] for warning in warnings} == {
        "BAD_DATE",
        "FUTURE_DATE",
        "UNKNOWN_CODE",
        "UNREADABLE_CHARGE",
        "BAD_NUMBER",
    }


def test_some_cases_appear_twice_and_the_older_record_loses(sample: Sample) -> None:
    winners, superseded = resolve(sample.normal)
    # Four standard deviations about the rate.
    expected = TWICE * 2 * BLOCK
    assert abs(superseded.height - expected) < 4 * expected**0.5
    assert (winners["updated_at"] == "2010-06-01T08:00:00").sum() <= sample.quarantined.height


def test_every_criterion_is_true_of_some_cases_and_false_of_others(sample: Sample) -> None:
    ids = {criterion.id for criterion in load("ice-2011-11-17").criteria}
    true = sample.recommended["criteria_true"]
    assert set(true.explode().drop_nulls()) == ids
    not_false = pl.concat([true.explode(), sample.recommended["criteria_unknown"].explode()])
    counts = dict(not_false.drop_nulls().value_counts().iter_rows())
    assert all(counts[criterion] < sample.recommended.height for criterion in ids)


@pytest.mark.parametrize(
    ("court", "low", "high"), [(None, 0.064, 0.10), ("BAL", 0.06, 0.16), ("DEN", 0.12, 0.20)]
)
def test_shares_closed_are_near_the_published_ones(
    sample: Sample, court: str | None, low: float, high: float
) -> None:
    cases = sample.recommended
    cases = cases if court is None else cases.filter(court=court)
    assert low <= (cases["route"] == "close").sum() / cases.height <= high


def test_shares_of_courts_and_custody_are_near_the_published_ones(sample: Sample) -> None:
    # 56,180 of 288,361; 3,759 and 7,923 of 300,000; within four standard deviations.
    for share, held in (
        (56_180 / 288_361, sample.clean["custody"] == "DETAINED"),
        (3_759 / 300_000, sample.clean["court"] == "BAL"),
        (7_923 / 300_000, sample.clean["court"] == "DEN"),
    ):
        spread = (share * (1 - share) / (2 * BLOCK)) ** 0.5
        assert abs(held.to_list().count(True) / (2 * BLOCK) - share) < 4 * spread + 0.01 * share


def test_few_of_those_closed_are_detained(sample: Sample) -> None:
    # About 40 of 20,648 were; the sample has more, yet far fewer than the docket's fifth.
    closed = sample.recommended.filter(route="close").select("case_id")
    detained = sample.clean.filter(custody="DETAINED").join(closed, on="case_id", how="semi")
    assert 0 < detained.height / closed.height < 0.04


def test_includes_partial_birth_dates_and_leap_days(sample: Sample) -> None:
    born = sample.clean["birth_date"].drop_nulls()
    assert set(born.str.len_bytes()) == {4, 7, 10}
    assert born.str.ends_with("-02-29").any()


def test_dates_of_a_case_follow_each_other(sample: Sample) -> None:
    """Birth, entry, violation, Notice to Appear, filing, and a hearing still to come."""
    element = pl.element().struct.field("date")
    cases = sample.clean.select(
        "next_hearing",
        "nta_issued",
        "nta_filed",
        "lpr_since",
        birth=pl.col("birth_date"),
        first=pl.col("entries").list.eval(element).list.min(),
        last=pl.col("entries").list.eval(element).list.max(),
        violated=pl.col("status_violations").list.eval(element).list.max(),
        entries=pl.col("entries").list.eval(element.is_null()).list.any(),
        removed=pl.col("removals").list.eval(element).list.max(),
        convicted=pl.col("convictions").list.eval(element).list.min(),
        final=pl.col("entries").list.last().struct.field("date"),
    )
    orders = {
        "birth before entry": pl.col("birth") < pl.col("first"),
        "entry before the Notice to Appear": pl.col("final") <= pl.col("nta_issued"),
        "entry before the violation": pl.col("final") < pl.col("violated"),
        "violation before the Notice to Appear": pl.col("violated") <= pl.col("nta_issued"),
        "removal before the last entry": pl.col("removed") < pl.col("final"),
        "entry before residence": pl.col("final") <= pl.col("lpr_since"),
        "issued before filed": pl.col("nta_issued") <= pl.col("nta_filed"),
        "birth before conviction": pl.col("birth") < pl.col("convicted"),
        "hearing to come": pl.col("next_hearing") > AS_OF.isoformat(),
    }
    broken = cases.select((~holds).sum().alias(name) for name, holds in orders.items()).row(0)
    assert dict(zip(orders, broken, strict=True)) == dict.fromkeys(orders, 0)


def test_facts_of_a_case_are_consistent(sample: Sample) -> None:
    cases = sample.clean
    child = pl.col("birth_date") > "1993-11-17"
    codes = pl.col("charges").list.eval(pl.element().struct.field("code"))
    manner = pl.col("entries").list.last().struct.field("manner")
    grades = pl.col("convictions").list.eval(pl.element().struct.field("grade"))
    inside = codes.list.contains("212a06Ai")
    impossible = {
        "a married child": child & (pl.col("marital_status") == "MARRIED"),
        "a resident charged with entry": pl.col("lawful_permanent_resident") & inside,
        "an admitted person charged with entry": inside
        & manner.is_in(["ADMITTED", "PAROLED", "VISA_WAIVER"]),
        "an uninspected person charged as deportable": (manner == "WITHOUT_INSPECTION")
        & codes.list.eval(pl.element().str.starts_with("237")).list.any(),
        "a felon of under sixteen": (pl.col("birth_date") > "1995-11-17")
        & grades.list.contains("FELONY"),
        "pregnant man": (pl.col("sex") == "MALE") & pl.col("pregnant_or_nursing"),
        "a hearing without a filing": ~pl.col("nta_filed_with_court")
        & pl.col("next_hearing").is_not_null(),
        "a spouse of the unmarried": (pl.col("marital_status") == "UNMARRIED")
        & pl.col("relatives")
        .list.eval(pl.element().struct.field("relation"))
        .list.contains("SPOUSE"),
        "no ground charged": codes.list.len() == 0,
    }
    found = cases.select(is_so.sum().alias(name) for name, is_so in impossible.items()).row(0)
    assert dict(zip(impossible, found, strict=True)) == dict.fromkeys(impossible, 0)


def test_fields_are_unknown_as_often_as_planned(sample: Sample) -> None:
    """For facts that every case would have, and that no kind states more often."""
    telling = {name for names in TELLING.values() for name in names}
    conditional = {"next_hearing", "nta_filed", "represented_since", "lpr_since"}
    conditional |= {"moved_docket_on", "released_from_incarceration"}
    for name in SILENCE.keys() - telling - conditional:
        spread = (SILENCE[name] * (1 - SILENCE[name]) / (2 * BLOCK)) ** 0.5
        silent = sample.clean[name].null_count() / (2 * BLOCK)
        assert abs(silent - SILENCE[name]) < 5 * spread, name


def test_the_tables_of_kinds_and_courts_add_up() -> None:
    for favored in (True, False):
        assert sum(kind.share for kind in KINDS.values() if kind.favored is favored) > 0
    assert TELLING.keys() <= KINDS.keys()
    assert sum(court.share for court in COURTS.values()) == pytest.approx(1, abs=0.001)
