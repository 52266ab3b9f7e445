import typing

import pytest
from pydantic import BaseModel, ValidationError

from schemas import case_record
from schemas.avro import Schema, avro_schema
from schemas.case_record import CaseRecord, Entry

PLAIN = {"string": str, "boolean": bool, "int": int}


def declared(avro: Schema) -> object:
    """The Python type that a model of an Avro type should have."""
    kind = avro["type"]
    if isinstance(kind, list):
        assert kind[0] == "null"
        inner = kind[1]
        if isinstance(inner, str):
            return PLAIN[inner] | None
        if inner["type"] == "enum":
            return typing.Literal[tuple(inner["symbols"])] | None
        items = inner["items"][1]
        assert inner["items"][0] == "null"
        if isinstance(items, str):
            return list[PLAIN[items] | None] | None  # type: ignore[valid-type]  # by name
        return list[getattr(case_record, items["name"]) | None] | None  # type: ignore[misc]  # by name
    raise AssertionError(kind)


def pairs(avro: Schema, model: type[BaseModel]) -> list[tuple[Schema, type[BaseModel]]]:
    """Yield a record schema with its model, and those of nested records."""
    found = [(avro, model)]
    for field in avro["fields"]:
        inner = field["type"][1]
        if isinstance(inner, dict) and inner["type"] == "array":
            record = inner["items"][1]
            if isinstance(record, str):
                continue
            found += pairs(record, getattr(case_record, record["name"]))
    return found


@pytest.mark.parametrize(
    ("avro", "model"),
    pairs(avro_schema("case_record"), CaseRecord),
    ids=lambda part: part["name"] if isinstance(part, dict) else "",
)
def test_model_and_schema_declare_the_same_fields(avro: Schema, model: type[BaseModel]) -> None:
    assert list(model.model_fields) == [field["name"] for field in avro["fields"]]
    hints = typing.get_type_hints(model)
    for field in avro["fields"]:
        assert hints[field["name"]] == declared(field), field["name"]
        assert field["default"] is None
        assert model.model_fields[field["name"]].default is None


def test_a_record_survives_json() -> None:
    record = CaseRecord(
        case_id="1", entries=[Entry(date="2001-02-03", manner="PAROLED")], orders=[]
    )
    assert CaseRecord.model_validate_json(record.model_dump_json()) == record


@pytest.mark.parametrize(
    "text",
    [
        '{"case_idd": "1"}',
        '{"custody": "JAILED"}',
        '{"entries": [{"day": "x"}]}',
        '{"arrests": 1.5}',
    ],
)
def test_rejects_undeclared_fields(text: str) -> None:
    with pytest.raises(ValidationError):
        CaseRecord.model_validate_json(text)
