"""The forms have every field of a case record, and every value that they offer is read."""

from __future__ import annotations

import polars as pl
import pytest

from schemas.avro import avro_schema
from transforms.normalize.case_frame import CASES
from transforms.tables.forms import NO_OTHER, Column, Form, forms
from transforms.tables.header import name_key
from transforms.tables.judge import judge
from transforms.tables.template import _choices_of, example

# Reading fills it in, so there's nothing to ask.
NOT_ASKED = {"warnings"}


def test_every_field_of_a_record_has_a_place() -> None:
    cases = [column.field for column in forms()["cases"].columns]
    alone = [field for field in cases if not field.startswith(NO_OTHER)]
    listed = [field.removeprefix(NO_OTHER) for field in cases if field.startswith(NO_OTHER)]
    assert set(alone) | set(listed) | NOT_ASKED == set(CASES)
    assert list(forms()) == ["cases", *listed]
    for name in listed:
        dtype = CASES[name]
        assert isinstance(dtype, pl.List)
        assert isinstance(dtype.inner, pl.Struct)
        columns = [column.field for column in forms()[name].columns]
        assert columns == ["case_id", *(field.name for field in dtype.inner.fields)]


def test_confidential_columns_are_marked_as_in_the_schema() -> None:
    laws = {f["name"]: f["confidential"] for f in avro_schema("case_record")["fields"]
            if "confidential" in f}  # fmt: skip
    assert len(laws) == 4
    marked = {
        column.field.removeprefix(NO_OTHER): column.confidential
        for column in forms()["cases"].columns
        if column.confidential
    }
    assert marked == laws
    for name in ("victimization", "applications"):
        assert forms()[name].confidential == laws[name]
        assert {column.confidential for column in forms()[name].columns[1:]} == {laws[name]}


@pytest.mark.parametrize("form", forms().values(), ids=lambda form: form.name)
def test_column_names_are_unique_and_every_offered_value_is_read(form: Form) -> None:
    for name, field in form.names.items():
        assert {of for other, of in form.names.items() if name_key(other) == name_key(name)} == {
            field
        }
    for column in form.columns:
        offered = [example(column), *column.choices]
        offered += _choices_of(column.table) if column.table else []
        texts = [text or None for text in offered]
        frame = pl.DataFrame({"row": range(len(texts)), column.field: texts},
                             schema_overrides={column.field: pl.String})  # fmt: skip
        judged = judge(frame, [column])
        assert judged.refused.is_empty(), column.path
        read = judged.frame[column.field]
        if column.kind == "enum":
            assert read.drop_nulls().unique().sort().to_list() == sorted(
                set(column.avro["symbols"]) - {"UNKNOWN"}, key=column.avro["symbols"].index
            )


def test_each_column_asks_a_question_in_plain_words() -> None:
    def column(path: str) -> Column:
        of, _, field = path.rpartition(".")
        return forms()[of or "cases"].column(field)

    assert column("nta_filed_with_court").title == "NTA filed with court"
    assert column("court").ask == "Which immigration court has the case?"
    assert column("custody").allowed == "Detained, Released or Never detained"
    assert column("convictions.date").ask == "When it was."
    assert column("convictions.custody_days").allowed == "a whole number from 0 to 182,621"
    stored = ("null", "ISO 8601 (YYYY", "normalized", "As the agency")
    asks = [each.ask for form in forms().values() for each in form.columns]
    assert [ask for ask in asks if not ask.strip() or any(word in ask for word in stored)] == []
