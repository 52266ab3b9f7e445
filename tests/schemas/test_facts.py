from __future__ import annotations

import pytest

from schemas.avro import avro_schema
from schemas.facts import FACTS, Fact
from transforms.avro.types import value_type
from transforms.score.facts import FACT_COLUMNS


def fields() -> set[str]:
    """The fields of a case record, those of its lists as `list.field`."""
    found = set()
    for field in avro_schema("case_record")["fields"]:
        found.add(field["name"])
        avro = value_type(field["type"])
        if isinstance(avro, dict) and avro["type"] == "array":
            item = value_type(avro["items"])
            if isinstance(item, str):
                continue
            found |= {f"{field['name']}.{part['name']}" for part in item["fields"]}
    return found


def test_the_catalog_and_the_derived_columns_agree() -> None:
    columns = [column for fact in FACTS.values() for column in fact.columns]
    assert list(FACT_COLUMNS) == columns
    assert len(set(columns)) == len(columns)


@pytest.mark.parametrize("fact", FACTS.values(), ids=FACTS)
def test_facts_are_derived_from_existing_fields(fact: Fact) -> None:
    assert fact.fields
    assert set(fact.fields) <= fields()
    assert fact.doc.endswith(".")
    assert fact.only_if is None or FACTS[fact.only_if].kind == "bool"


def test_a_fact_of_a_protected_field_is_protected() -> None:
    protected = {f["name"] for f in avro_schema("case_record")["fields"] if f.get("protected")}
    assert {name for name, fact in FACTS.items() if set(fact.fields) & protected} == {
        name for name, fact in FACTS.items() if fact.protected
    }
