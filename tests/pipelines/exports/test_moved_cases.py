"""The list of who moved is sorted, whichever part a case came with."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.exports.moved_cases import MOVED_AVRO, MOVED_CSV, MovedCases
from schemas.avro import avro_schema
from transforms.avro.whole import read_whole
from transforms.export.compare import MOVED

COURTS = st.sampled_from(["BAL", "MIA", "NYC", None])


@given(parts=st.lists(st.lists(COURTS, max_size=6), max_size=4))
def test_cases_are_sorted_by_court_and_id(
    tmp_path_factory: pytest.TempPathFactory, parts: list[list[str | None]]
) -> None:
    folder = tmp_path_factory.mktemp("moved")
    for name in ("shuffle", "moved"):
        (folder / name).mkdir()
    who = MovedCases(str(folder / "shuffle"))
    added = []
    for number, courts in enumerate(parts):
        cases = [
            dict.fromkeys(MOVED.names())
            | {"case_id": f"{place}-{number}", "court": court, "from_reasons": ["P1", "F7"]}
            for place, court in enumerate(courts)
        ]
        who.add(pl.DataFrame(cases, schema=MOVED))
        added += [(court is None, court or "", f"{place}-{number}")
                  for place, court in enumerate(courts)]  # fmt: skip
    who.write(str(folder))
    listed = read_whole(f"{folder}/{MOVED_AVRO}", avro_schema("moved")).to_dicts()
    assert [(row["court"], row["case_id"]) for row in listed] == [
        (court or None, case) for _, court, case in sorted(added)
    ]
    cells = pl.read_csv(folder / MOVED_CSV, infer_schema=False)
    assert cells.columns == MOVED.names()
    assert cells["case_id"].to_list() == [row["case_id"] for row in listed]
    assert set(cells["from_reasons"].to_list()) <= {"P1 F7"}
