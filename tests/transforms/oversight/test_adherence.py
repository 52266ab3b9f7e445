"""Adherence of planted decisions, against plain counting."""

from __future__ import annotations

import copy
import datetime
import itertools
import random
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import fastavro
import polars as pl
import pytest

from schemas.avro import avro_schema
from schemas.outcomes import ROUTES
from transforms.avro.types import polars_schema
from transforms.avro.whole import read_whole
from transforms.nightly.reviews import REVIEWS
from transforms.oversight import outliers
from transforms.oversight.adherence import adherence
from transforms.oversight.decisions import READ, Decisions, match
from transforms.oversight.table import Findings

DAY = datetime.date(2011, 11, 17)
ROW = dict[str, Any]
# How often the attorneys of each office follow.
OFFICES = {"east": 0.95, "north": 0.95, "south": 0.95, "west": 0.6, None: 0.9, "tiny": 0.9}
SIZES = {"east": 220, "north": 180, "south": 160, "west": 140, None: 30, "tiny": 6}


def planted() -> tuple[list[ROW], list[ROW]]:
    """Make a run's recommendations, and the reviews of most of its cases."""
    rng = random.Random(13)
    cases, reviews = [], []
    for office, size in SIZES.items():
        for number in range(size):
            case = f"{office}-{number}"
            route = rng.choice(ROUTES)
            criteria = rng.choice([["A1"], ["A1", "F1"], []])
            cases.append(
                {"case_id": case, "court": "BAL", "opla_office": office, "route": route,
                 "state": rng.choice(["OPEN", "ON_THE_RECORD"]), "criteria_true": criteria,
                 "reasons": [{"criterion": one, "citation": "memo"} for one in criteria]}
            )  # fmt: skip
            if rng.random() < 0.05:
                continue
            follows = rng.random() < OFFICES[office]
            decided = route if follows else rng.choice([r for r in ROUTES if r != route])
            reviewer = f"{office}-{rng.randint(1, 2)}"
            reviews.append(
                {"review_id": f"R-{case}", "case_id": case, "reviewer": reviewer,
                 "supervisor": rng.choice([None, "chief", reviewer]),
                 "decided_at": str(DAY + datetime.timedelta(days=rng.randint(0, 30))),
                 "route": decided, "reason_code": "AS_RECOMMENDED" if follows else "NEW_FACT",
                 "offer": rng.choice([None, "OFFERED", "ACCEPTED", "DECLINED", "NOT_OFFERED"]),
                 "humanitarian_considered": rng.choice([True, True, False, None])}
            )  # fmt: skip
    return cases, reviews


CASES, REVIEWED = planted()
OTHERS: list[ROW] = [
    # Repeated, contradicting, of another case, without a route, and decided before the run's date.
    REVIEWED[0],
    REVIEWED[1] | {"reviewer": "somebody"},
    {"review_id": "X1", "case_id": "nowhere", "decided_at": "2011-11-20", "route": "close"},
    {"review_id": "X2", "case_id": "east-1", "decided_at": "2011-11-20", "route": "dismiss"},
    {"review_id": "X3", "case_id": "east-2", "decided_at": "2011-11-01", "route": "close",
     "reviewer": "east-1"},
    # Decided early, but it says what was recommended then.
    {"review_id": "X4", "case_id": "east-3", "decided_at": "2011-11-01", "route": "close",
     "reviewer": "east-2", "route_then": "expedite", "reasons_then": ["P9"]},
]  # fmt: skip


@pytest.fixture(scope="module")
def found() -> Decisions:
    schema = pl.Schema({name: polars_schema(avro_schema("recommendation"))[name] for name in READ})
    return match(
        pl.DataFrame([*REVIEWED, *OTHERS], schema=REVIEWS), pl.DataFrame(CASES, schema=schema),
        DAY, "opla_office",
    )  # fmt: skip


@pytest.fixture(scope="module")
def findings(found: Decisions) -> Findings:
    cases = pl.DataFrame(
        [{"case_id": c["case_id"], "route": c["route"], "office": c["opla_office"]} for c in CASES]
    )
    return adherence(found, cases, {"A1": "School", "F1": "Age"})


def rows(findings: Findings, name: str) -> list[ROW]:
    [table] = [table for table in findings.tables if table.name == name]
    return list(table.frame.iter_rows(named=True))


def plain() -> list[tuple[ROW, ROW, str | None]]:
    """The decisions that can be used, each with its case and what was recommended."""
    by_id = {case["case_id"]: case for case in CASES}
    kept = [(one, by_id[one["case_id"]], by_id[one["case_id"]]["route"]) for one in REVIEWED]
    # A review id with two contents keeps the lesser one, by its text.
    first = min(REVIEWED[1]["reviewer"], "somebody")
    kept[1] = (REVIEWED[1] | {"reviewer": first}, *kept[1][1:])
    late = [(OTHERS[4], by_id["east-2"], None), (OTHERS[5], by_id["east-3"], "expedite")]
    return [*kept, *late]


def test_every_review_is_accounted_for(found: Decisions) -> None:
    counts = dict(found.counts)
    read = counts.pop("read")
    assert read == len(REVIEWED) + len(OTHERS) == sum(counts.values())
    assert counts["of_no_case_of_the_run"] == counts["repeated"] == 1
    assert dict(found.refused) == {"REVIEW_CONFLICT": 1, "UNKNOWN_CODE": 1}


def test_counts_what_each_office_followed(findings: Findings) -> None:
    decided = defaultdict(list)
    for review, case, then in plain():
        decided[case["opla_office"] or "not known"].append((then, review["route"]))
    got = {row["office"]: row for row in rows(findings, "offices")}
    assert set(got) == {*decided, "all"}
    for office, pairs in decided.items():
        known = [pair for pair in pairs if pair[0] is not None]
        followed = sum(then == now for then, now in known)
        harsher = sum(ROUTES.index(now) > ROUTES.index(then) for then, now in known)
        row = got[office]
        assert (row["decisions"], row["known"]) == (len(pairs), len(known))
        assert (row["followed"], row["harsher"]) == (followed, harsher)
        assert row["milder"] == len(known) - followed - harsher
        if len(known) < 25:
            assert row["share"] is row["kappa"] is None
            continue
        assert row["share"] == pytest.approx(followed / len(known))
        before, after = Counter(a for a, _ in known), Counter(b for _, b in known)
        chance = sum(before[route] * after[route] for route in ROUTES) / len(known) ** 2
        assert row["kappa"] == pytest.approx((followed / len(known) - chance) / (1 - chance))
    assert got["tiny"]["share"] is None


def test_counts_who_considered_humanitarian_factors(findings: Findings) -> None:
    said = defaultdict(list)
    for review, case, _ in plain():
        office = case["opla_office"] or "not known"
        for group in ((office, ""), (office, review["reviewer"]), ("all", "")):
            said[group].append(review.get("humanitarian_considered"))
    got = {(row["office"], row["reviewer"]): row for row in rows(findings, "humanitarian")}
    assert set(got) == set(said)
    for group, answers in said.items():
        yes, no, row = answers.count(True), answers.count(False), got[group]
        assert (row["considered"], row["not_considered"], row["unsaid"]) == (
            yes, no, len(answers) - yes - no
        )  # fmt: skip
        assert row["share"] == (pytest.approx(yes / (yes + no)) if yes + no >= 25 else None)


def test_a_review_of_an_earlier_version_does_not_say(tmp_path: Path) -> None:
    schema = copy.deepcopy(avro_schema("review"))
    schema["fields"] = [f for f in schema["fields"] if f["name"] != "humanitarian_considered"]
    with (tmp_path / "old.avro").open("wb") as file:
        fastavro.writer(file, schema, [{"review_id": "R1", "case_id": "east-1"}])
    read = read_whole(str(tmp_path / "old.avro"), avro_schema("review"))
    assert read["humanitarian_considered"].to_list() == [None]


def test_counts_pairs_of_like_cases_one_by_one(findings: Findings) -> None:
    last: dict[str, tuple[str, str]] = {}
    for review, case, _ in plain():
        last[case["case_id"]] = max(
            last.get(case["case_id"], ("", "")), (review["decided_at"], review["review_id"])
        )
    cases = [
        (review, case) for review, case, then in plain()
        if last[case["case_id"]] == (review["decided_at"], review["review_id"])
        and then == case["route"]
    ]  # fmt: skip
    counted: Counter[tuple[str, bool]] = Counter()
    for (one, a), (two, b) in itertools.combinations(cases, 2):
        key = [(c["route"], c["state"], sorted(c["criteria_true"])) for c in (a, b)]
        if key[0] != key[1]:
            continue
        unlike = one["route"] != two["route"]
        counted["all pairs of like cases", unlike] += 1
        if a["opla_office"] is None or b["opla_office"] is None:
            continue
        if a["opla_office"] != b["opla_office"]:
            counted["in two offices", unlike] += 1
        elif one["reviewer"] == two["reviewer"]:
            counted["by one attorney", unlike] += 1
        else:
            counted["by two attorneys of one office", unlike] += 1
    for row in rows(findings, "pairs"):
        unlike, alike = counted[row["who"], True], counted[row["who"], False]
        assert (row["pairs"], row["unlike"]) == (unlike + alike, unlike)
        assert row["share"] == pytest.approx(unlike / (unlike + alike))
    assert (
        sum(row["unlike"] for row in rows(findings, "strata"))
        == counted["all pairs of like cases", True]
    )


def test_finds_the_office_that_departs(findings: Findings) -> None:
    outliers = {row["group"]: row["outlier"] for row in rows(findings, "outliers")}
    assert outliers.pop("west") == "more"
    assert "more" not in outliers.values()
    # Too few decisions, or no office: compared with nobody.
    assert set(outliers) == {"east", "north", "south"}
    assert "Offices that depart in more decisions: west." in findings.lines


def test_says_how_decisions_are_made(findings: Findings) -> None:
    by_office = {row["office"]: row for row in rows(findings, "handling")}
    west = [review for review, case, _ in plain() if case["opla_office"] == "west"]
    row = by_office["west"]
    assert (row["routed"], row["decided"]) == (140, len(west))
    assert row["signed"] == sum(one["supervisor"] == "chief" for one in west)
    assert row["signed_by_self"] == sum(one["supervisor"] == one["reviewer"] for one in west)
    assert row["declined"] == sum(one["offer"] == "DECLINED" for one in west)
    assert row["offered"] == sum(
        one["offer"] in ("OFFERED", "ACCEPTED", "DECLINED") for one in west
    )
    days = sorted((datetime.date.fromisoformat(one["decided_at"]) - DAY).days for one in west)
    assert row["days_most"] == days[-1]
    assert row["days_median"] == (days[len(days) // 2] + days[(len(days) - 1) // 2]) / 2
    assert by_office["all"]["before"] == 2


def test_counts_overrides_by_criterion_and_reason(findings: Findings) -> None:
    plainly: Counter[str] = Counter()
    for review, case, then in plain():
        if then is None or then == review["route"]:
            continue
        for one in review.get("reasons_then") or case["criteria_true"] or [""]:
            plainly[one] += 1
    assert {row["criterion"]: row["departed"] for row in rows(findings, "criteria")
            if row["departed"]} == dict(plainly)  # fmt: skip
    reasons = {row["reason_code"]: row["departed"] for row in rows(findings, "reasons")}
    assert reasons["NEW_FACT"] + reasons[""] == sum(
        then is not None and then != review["route"] for review, _, then in plain()
    )


def test_a_few_offices_far_out_do_not_make_the_others_outliers() -> None:
    rows = [
        {"office": f"{office:02}", "reviewer": "one", "followed": n >= (300 if office < 3 else 100)}
        for office in range(12)
        for n in range(1000)
    ]
    found = outliers.tested(pl.DataFrame(rows), ["office"])
    assert {row["office"]: row["outlier"] for row in found if row["outlier"]} == {
        "00": "more",
        "01": "more",
        "02": "more",
    }
    assert {row["expected"] for row in found} == {0.1}
    # Most never depart, so that the share of all takes the place of the median.
    rare = [row | {"followed": row["office"] != "00" or n % 10 > 0} for n, row in enumerate(rows)]
    assert outliers.tested(pl.DataFrame(rare), ["office"])[0]["expected"] == 100 / 12_000
