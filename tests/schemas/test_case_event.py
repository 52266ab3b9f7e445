import datetime
import typing

import pytest
from pydantic import BaseModel, ValidationError

from schemas.avro import Schema, avro_schema
from schemas.case_event import CaseEvent
from schemas.case_record import CaseRecord, Conviction
from schemas.review import Review
from transforms.avro.encode import check_encodable


def declared(avro: Schema) -> object:
    """The Python type that a model of an Avro type should have."""
    null, inner = avro["type"]
    assert null == "null"
    if inner == "string":
        return str | None
    if inner == "boolean":
        return bool | None
    if inner["type"] == "enum":
        return typing.Literal[tuple(inner["symbols"])] | None
    if inner["type"] == "array":
        assert inner["items"] == ["null", "string"]
        return list[str] | None
    if inner.get("logicalType") == "date":
        return datetime.date | None
    assert inner == avro_schema("case_record")
    return CaseRecord | None


@pytest.mark.parametrize(("name", "model"), [("case_event", CaseEvent), ("review", Review)])
def test_model_and_schema_declare_the_same_fields(name: str, model: type[BaseModel]) -> None:
    avro = avro_schema(name)
    assert list(model.model_fields) == [field["name"] for field in avro["fields"]]
    hints = typing.get_type_hints(model)
    for field in avro["fields"]:
        assert hints[field["name"]] == declared(field), field["name"]
        assert field["default"] is None
        assert model.model_fields[field["name"]].default is None


@pytest.mark.parametrize("name", ["case_event", "review", "change", "queue"])
def test_every_field_can_be_written_and_is_documented(name: str) -> None:
    avro = avro_schema(name)
    check_encodable(avro)
    assert all(field["doc"] for field in avro["fields"])


def test_an_event_survives_json() -> None:
    event = CaseEvent(
        event_id="e1", case_id="1", adds=["convictions"],
        facts=CaseRecord(convictions=[Conviction(grade="FELONY")]),
    )  # fmt: skip
    assert CaseEvent.model_validate_json(event.model_dump_json()) == event
    with pytest.raises(ValidationError):
        CaseEvent.model_validate_json('{"kind": "SOMETHING"}')
