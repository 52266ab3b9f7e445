"""Run the notebook, cell by cell; it prints its stored output."""

from __future__ import annotations

import json

import pytest

from tests.docs.test_docs import ROOT
from tests.helpers.notebooks import code_cells, run

NOTEBOOK = json.loads((ROOT / "docs/walkthrough.ipynb").read_text("utf-8"))
CELLS = code_cells(NOTEBOOK)


@pytest.fixture(scope="module")
def outputs() -> list[list[dict[str, object]]]:
    return run(NOTEBOOK)


@pytest.mark.parametrize("number", range(len(CELLS)))
def test_each_cell_prints_its_stored_output(
    number: int, outputs: list[list[dict[str, object]]]
) -> None:
    assert outputs[number] == CELLS[number]["outputs"], "".join(CELLS[number]["source"])


def test_walks_through_the_rooms_in_order() -> None:
    headings = [
        line.removeprefix("## ").split(":")[0]
        for cell in NOTEBOOK["cells"]
        if cell["cell_type"] == "markdown"
        for line in cell["source"]
        if line.startswith("## ")
    ]
    assert headings[:4] == ["Read", "Normalize", "Score", "Route"]
