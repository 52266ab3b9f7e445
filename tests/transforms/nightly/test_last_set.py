from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from transforms.nightly.events import FIELDS, OPENERS
from transforms.nightly.last_set import OPENER, last_set

NAMES = [*FIELDS[:3], *FIELDS[-2:], "shoe_size"]
EVENTS = st.tuples(
    st.sampled_from("abc"),
    st.sampled_from(["FACT_CHANGED", *OPENERS]),
    st.lists(st.sampled_from(NAMES), max_size=4),
)
SCHEMA = pl.Schema({"case_id": pl.String(), "kind": pl.String(), "sets": pl.List(pl.String())})


@given(st.lists(EVENTS, max_size=12))
def test_agrees_with_going_through_the_events(events: list[tuple[str, str, list[str]]]) -> None:
    events.sort(key=lambda event: event[0])
    expected: dict[str, dict[str, int]] = {}
    for row, (case, kind, sets) in enumerate(events):
        last = expected.setdefault(case, {})
        last |= dict.fromkeys([*sets, *([OPENER] if kind in OPENERS else [])], row)
    found = last_set(pl.DataFrame(events, schema=SCHEMA, orient="row"))
    assert found.columns == ["case_id", *FIELDS, OPENER]
    for last in expected.values():
        last.pop("shoe_size", None)
    assert {
        case.pop("case_id"): {name: row for name, row in case.items() if row is not None}
        for case in found.to_dicts()
    } == expected
    assert found["case_id"].to_list() == list(expected)
