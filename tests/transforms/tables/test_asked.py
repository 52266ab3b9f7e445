"""A template for one rulebook asks for what its rules depend on, and for nothing else."""

from __future__ import annotations

import pytest

from schemas.facts import FACTS
from schemas.rulebooks import load, names
from transforms.tables.asked import ALWAYS, asked_forms
from transforms.tables.forms import NO_OTHER, forms


def test_a_small_rulebook_asks_for_few_columns() -> None:
    # Its criteria read an entry, whether it was legal, a date of presence, and applications.
    asked = asked_forms(load("dhs-2025-01-20"))
    assert list(asked) == ["cases", "entries", "applications"]
    assert [column.field for column in asked["entries"].columns] == ["case_id", "date"]
    cases = {column.field for column in asked["cases"].columns}
    assert ALWAYS - {"convictions.offense"} <= cases
    assert {"no_other_entries", "no_other_applications"} <= cases
    assert "no_other_convictions" not in cases


@pytest.mark.parametrize("name", names())
def test_every_fact_of_a_criterion_can_be_filled_in(name: str) -> None:
    rulebook = load(name)
    asked = asked_forms(rulebook)
    paths = {column.path for form in asked.values() for column in form.columns}
    for fact in rulebook.readers:
        for field in FACTS[fact].fields:
            assert field in paths or (field in asked and NO_OTHER + field in paths)
    for of, form in asked.items():
        assert [column for column in forms()[of].columns if column in form.columns] == [
            *form.columns
        ]
