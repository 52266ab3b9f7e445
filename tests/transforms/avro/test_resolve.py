"""Schema resolution, compared with fastavro's own and with the Avro specification."""

from __future__ import annotations

import copy
import io
import itertools
from typing import Any

import fastavro
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.avro import Schema
from schemas.errors import DecodeError, SchemaMismatchError
from tests.helpers.random_avro import schemas, values, written
from tests.transforms.avro.test_decode import decoded, decoder, enum, one_way, parts, record
from transforms.avro.resolve import resolve
from transforms.avro.types import polars_schema

# polars can't decode a map: with one in the file, fastavro decodes it; without one, polars does.
# A union that polars can't skip, so it is cut out of each record.
CUT: Any = ("m", ["null", "string", {"type": "map", "values": "int"}])
NUMBERS = {
    "int": {"int", "long", "float", "double"},
    "long": {"long", "float", "double"},
    "float": {"float", "double"},
    "double": {"double"},
}
PROMOTED = NUMBERS | {
    "string": {"string", "bytes"},
    "bytes": {"string", "bytes"},
    "boolean": {"boolean"},
    "null": {"null"},
}
SAMPLES: dict[str, Any] = {
    "int": -7,
    "long": 1 << 40,
    "float": 0.5,
    "double": 0.1,
    "string": "é",
    "bytes": "é".encode(),
    "boolean": True,
}


def array(items: Any) -> Schema:
    return {"type": "array", "items": items}


def one(writer: Any, reader: Any, value: Any, *more: Any, **of_field: Any) -> Any:
    """Write a field `v` as one type, and read it as another."""
    row = {"key": "k", "v": value, "m": {"a": 1}}
    file = written(record(("key", "string"), ("v", writer), *more), [row])
    wanted = record(("key", "string"), ("v", reader, of_field))
    frame = decoded(file, wanted)
    assert frame.schema == polars_schema(wanted)
    assert one_way(decoder(file, wanted), slow=True).decode(parts(file)).equals(frame)
    return frame["v"].to_list()[0]


@pytest.mark.parametrize("more", [[], [CUT]], ids=["whole", "cut"])
@pytest.mark.parametrize(("ours", "theirs"), list(itertools.product(SAMPLES, SAMPLES)))
def test_promotes_primitives_as_the_specification_says(
    theirs: str, ours: str, more: list[Any]
) -> None:
    if (theirs, ours) == ("long", "int"):
        # Beyond the specification: accepted if the value fits.
        assert one(theirs, ours, 7, *more) == 7
        with pytest.raises(DecodeError, match="does not fit an int"):
            one(theirs, ours, 1 << 40, *more)
        return
    if ours == "string" and theirs not in ("string", "bytes"):
        # Also beyond it: any number is a text.
        assert one(theirs, ours, SAMPLES[theirs], *more) == str(SAMPLES[theirs]).lower()
        return
    if ours not in PROMOTED[theirs]:
        with pytest.raises(SchemaMismatchError, match=f"has {theirs} in the field v, but {ours}"):
            one(theirs, ours, SAMPLES[theirs], *more)
        return
    value = one(theirs, ours, SAMPLES[theirs], *more)
    assert value in (SAMPLES[theirs], SAMPLES[ours])
    assert type(value) is type(SAMPLES[ours])


@st.composite
def evolved(draw: st.DrawFn, avro: Any) -> Any:
    """A type that values of another type can be read as."""
    if isinstance(avro, list):
        branches = [b if b == "null" else draw(evolved_value(b)) for b in avro]
        return branches[::-1] if draw(st.booleans()) else branches
    made = draw(evolved_value(avro))
    return ["null", made] if draw(st.booleans()) else made


@st.composite
def evolved_value(draw: st.DrawFn, avro: Any) -> Any:
    """The same, for a type that isn't a union."""
    if isinstance(avro, str):
        return draw(st.sampled_from(sorted(PROMOTED[avro])))
    made = {**avro}
    if avro["type"] == "enum":
        symbols = draw(st.permutations([*avro["symbols"], "NEWER"]))
        if draw(st.booleans()):
            symbols = [symbol for symbol in symbols if symbol in ("UNKNOWN", "A")]
            made["default"] = symbols[0]
        made["symbols"] = symbols
    elif avro["type"] == "array":
        made["items"] = draw(evolved(avro["items"]))
    elif avro["type"] == "record":
        fields = [{**f, "type": draw(evolved(f["type"]))} for f in avro["fields"]]
        for field in fields:
            if draw(st.booleans()):
                field |= {"name": f"new_{field['name']}", "aliases": ["other", field["name"]]}
        kept = draw(st.lists(st.sampled_from(fields), min_size=1, unique_by=lambda f: f["name"]))
        added = draw(st.lists(st.sampled_from(ADDED), max_size=2, unique_by=lambda f: f["name"]))
        made["fields"] = draw(st.permutations([*kept, *added]))
    return made


ADDED: list[Any] = [
    {"name": "added", "type": ["null", "string"], "default": None},
    {"name": "added_text", "type": "string", "default": "é"},
    {"name": "added_number", "type": ["double", "null"], "default": 0.5},
    {"name": "added_list", "type": array("int"), "default": [1]},
]


@settings(max_examples=80)
@given(st.data(), st.booleans())
def test_an_evolved_schema_reads_the_same_as_fastavro(data: st.DataObject, with_map: bool) -> None:
    more = [{"name": "m", "type": CUT[1]}] if with_map else []
    schema = data.draw(schemas())
    text = {"name": "text", "type": "string"}
    writer = {**schema, "fields": [*schema["fields"], text, *more]}
    rows = data.draw(st.lists(values(schema), max_size=4))
    file = written(writer, [{**row, "text": "t", "m": {}} for row in rows])
    reader = data.draw(evolved_value(schema))
    reader = {**reader, "fields": [*reader["fields"], text]}
    try:
        expected = list(fastavro.reader(io.BytesIO(file), copy.deepcopy(reader)))
    except UnicodeDecodeError:
        with pytest.raises(DecodeError):
            decoded(file, reader)
        return
    frame = decoded(file, reader)
    assert frame.schema == polars_schema(reader)
    # Through a frame, because a float isn't a double.
    assert frame.equals(pl.DataFrame(expected, schema=polars_schema(reader)))


@given(schemas(), st.data())
def test_ignores_the_names_of_records_and_enums(schema: Schema, data: st.DataObject) -> None:
    rows = data.draw(st.lists(values(schema), max_size=3))
    file = written(schema, rows)
    assert decoded(file, renamed(schema)).to_dicts() == rows


def renamed(avro: Any) -> Any:
    """A type with other names for its records and enums, and the same for its fields."""
    if isinstance(avro, list):
        return [renamed(branch) for branch in avro]
    if not isinstance(avro, dict):
        return avro
    made = {**avro}
    if "name" in avro:
        made["name"] = f"elsewhere.Other{avro['name']}"
    if "items" in avro:
        made["items"] = renamed(avro["items"])
    if "fields" in avro:
        made["fields"] = [{**f, "type": renamed(f["type"])} for f in avro["fields"]]
    return made


A, B = record(("x", "int"), name="A"), record(("y", "string"), name="space.B")
E, F = enum("P", "Q", name="E"), enum("R", name="F")


@pytest.mark.parametrize("more", [[], [CUT]], ids=["whole", "cut"])
@pytest.mark.parametrize(
    ("writer", "reader", "value", "expected"),
    [
        (["null", A, B], ["null", A], {"x": 1}, {"x": 1}),
        (["null", A, B], ["null", B], {"y": "a"}, {"y": "a"}),
        (["null", A, B], ["null", {**B, "name": "elsewhere.B"}], {"y": "a"}, {"y": "a"}),
        (["null", A, B], ["null", A], None, None),
        ([A, B], record(("x", "long"), name="A"), {"x": 1}, {"x": 1}),
        ([A, "int"], record(("z", "int", {"aliases": ["x"]}), name="A"), {"x": 1}, {"z": 1}),
        (["null", E, F, "int"], ["null", E], "Q", "Q"),
        (["string", "int", "null"], ["null", "double"], 3, 3.0),
        (["null", array(A), "int"], ["null", array(A)], [{"x": 1}], [{"x": 1}]),
        (["null", array(["null", A, B]), "int"], ["null", array(["null", A])], [A], [A]),
    ],
)
def test_reads_the_fitting_branch_of_a_wider_union(
    writer: Any, reader: Any, value: Any, expected: Any, more: list[Any]
) -> None:
    if value == [A]:
        value = expected = [{"x": 1}, None]
    assert one(writer, reader, value, *more) == expected


@pytest.mark.parametrize("more", [[], [CUT]], ids=["whole", "cut"])
def test_rejects_the_other_branch_of_a_wider_union(more: list[Any]) -> None:
    with pytest.raises(DecodeError):
        one(["null", A, B], ["null", A], {"y": "a"}, *more)
    with pytest.raises(SchemaMismatchError, match="in the field v"):
        one(["null", A, B], ["null", "int"], {"y": "a"}, *more)


@pytest.mark.parametrize("more", [[], [CUT]], ids=["whole", "cut"])
def test_distinguishes_places_whose_names_join_to_the_same_word(more: list[Any]) -> None:
    deep = record(("b_c", record(("x", "int"), name="P")), name="S")
    wide = record(("c", record(("y", "int"), name="T")), name="U")
    items, unread = record(("p", "int"), name="V"), record(("q", "int"), name="W")
    schema = record(
        ("key", "string"),
        ("a", deep),
        ("a_b", wide),
        ("l", array(items)),
        ("l_items", unread),
    )
    row = {
        "key": "k",
        "a": {"b_c": {"x": 1}},
        "a_b": {"c": {"y": 2}},
        "l": [{"p": 3}],
        "l_items": {"q": 4},
    }
    file = written(
        {**schema, "fields": [*schema["fields"], *record(*more)["fields"]]}, [{**row, "m": {}}]
    )
    assert decoded(file, schema).to_dicts() == [row]


@pytest.mark.parametrize("more", [[], [CUT]], ids=["whole", "cut"])
def test_unknown_enum_symbols_become_the_default(more: list[Any]) -> None:
    old, new = enum("UNKNOWN", "A", default="UNKNOWN"), enum("C", "A", "B", "UNKNOWN")
    assert one(new, old, "A", *more) == "A"
    assert one(new, old, "C", *more) == "UNKNOWN"
    assert one(array(["null", new]), array(["null", old]), ["B", None, "A"], *more) == [
        "UNKNOWN",
        None,
        "A",
    ]
    # Without a default, it is damage, but only if such a symbol occurs.
    bare = enum("UNKNOWN", "A")
    assert one(new, bare, "A", *more) == "A"
    with pytest.raises(DecodeError):
        one(new, bare, "B", *more)


def test_ignores_the_writers_enum_default() -> None:
    with pytest.raises(DecodeError):
        one(enum("A", "B", default="A"), enum("A"), "B")


@pytest.mark.parametrize("more", [[], [CUT]], ids=["whole", "cut"])
@pytest.mark.parametrize(
    ("avro", "default"),
    [
        (["null", "string"], None),
        (["string", "null"], "é"),
        ("long", 1 << 40),
        ("double", 2),
        ("boolean", True),
        (["null", E], None),
        (E, "Q"),
        (array("int"), [1, 2]),
        (["null", array(A)], None),
        (A, {"x": 3}),
    ],
)
def test_fills_in_a_missing_field_with_its_default(
    avro: Any, default: Any, more: list[Any]
) -> None:
    file = written(record(("key", "string"), *more), [{"key": k, "m": {}} for k in "ab"])
    reader = record(("key", "string"), ("v", avro, {"default": default}))
    frame = decoded(file, reader)
    assert frame.schema == polars_schema(reader)
    assert frame["v"].to_list() == [default, default]


def test_counts_a_missing_day_from_the_epoch() -> None:
    file = written(record(("key", "string")), [{"key": "k"}])
    day = {"type": "int", "logicalType": "date"}
    reader = record(("key", "string"), ("v", day, {"default": 31}))
    assert str(decoded(file, reader)["v"][0]) == "1970-02-01"


def test_reads_a_day_as_a_number_but_a_time_not_as_a_day() -> None:
    day, micros = ("int", "date"), ("long", "timestamp-micros")
    types = [{"type": kind, "logicalType": logical} for kind, logical in (day, micros)]
    file = written(record(("key", "string"), ("v", types[0])), [{"key": "k", "v": "1970-02-01"}])
    assert decoded(file, record(("key", "string"), ("v", "long")))["v"].to_list() == [31]
    with pytest.raises(SchemaMismatchError, match="has date int in the field v, but timestamp"):
        decoded(file, record(("key", "string"), ("v", types[1])))


def test_a_fields_own_name_takes_precedence_over_its_aliases() -> None:
    file = written(record(("old", "string"), ("new", "string")), [{"old": "o", "new": "n"}])
    by_name = record(("new", "string", {"aliases": ["old"]}))
    assert decoded(file, by_name).to_dicts() == [{"new": "n"}]
    by_alias = record(("newest", "string", {"aliases": ["none", "old", "new"]}))
    assert decoded(file, by_alias).to_dicts() == [{"newest": "o"}]


@pytest.mark.parametrize("more", [[], [CUT]], ids=["whole", "cut"])
def test_an_unread_field_never_hides_a_wanted_one(more: list[Any]) -> None:
    fields = [("junk", "int"), ("unread_0", "string"), ("old", "string"), ("text", "string")]
    file = written(
        record(*fields, *more), [{"junk": 1, "unread_0": "u", "old": "o", "text": "t", "m": {}}]
    )
    reader = record(("text", "string"), ("new", "string", {"aliases": ["old"]}), fields[1])
    assert decoded(file, reader).to_dicts() == [{"text": "t", "new": "o", "unread_0": "u"}]


def test_expands_a_type_that_is_named_again() -> None:
    writer = record(("a", A), ("b", ["null", "A"]), ("c", array("A")))
    row = {"a": {"x": 1}, "b": None, "c": [{"x": 2}]}
    reader = record(("c", array("long"))) | writer
    assert decoded(written(writer, [row]), reader).to_dicts() == [row]
    both = resolve(writer, writer)
    names = [named["name"] for named in named_types(both.writer)]
    assert len(names) == len(set(names)) == 4
    assert both.writer == both.reader


def named_types(avro: Any) -> list[Any]:
    if isinstance(avro, list):
        return [named for branch in avro for named in named_types(branch)]
    if not isinstance(avro, dict):
        return []
    inner = [named for f in avro.get("fields", []) for named in named_types(f["type"])]
    return [avro] * ("name" in avro) + inner + named_types(avro.get("items"))


@given(schemas())
def test_a_schema_resolves_to_itself_with_one_name_per_place(schema: Schema) -> None:
    both = resolve(schema, schema)
    assert both.writer == both.reader
    assert polars_schema(both.writer) == polars_schema(schema)
    names = [named["name"] for named in named_types(both.writer)]
    assert len(names) == len(set(names))
    # Once resolved, it is in those terms.
    assert resolve(both.writer, both.reader) == both
