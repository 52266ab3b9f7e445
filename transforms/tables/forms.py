"""Forms: the sheets of the template, derived from the schema of a case record.

The sheet `cases` has a column for each field that isn't a list. Each list of records has a sheet of
its own, whose rows name their case, and a column `no_other_...` on `cases`: yes means that the rows
of the list are all there are, so without a row, there is nothing to list. Blank is unknown.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any, Literal

from schemas.avro import Schema, avro_schema
from schemas.codes import number_ranges
from schemas.facts import FACTS
from transforms.avro.types import kind_of, value_type
from transforms.normalize.fields import LIST_DATES, OTHER_DATES, PAST_DATES, TABLES

Kind = Literal["text", "date", "code", "boolean", "number", "enum", "list"]

CASES_SHEET = "cases"
CASE_ID = "case_id"
NO_OTHER = "no_other_"
READ_ME, CODES = EXTRA_SHEETS = ("Read me", "Codes")
"""Sheets of the template that hold no cases."""

EXAMPLE = "EXAMPLE"
"""The case id of example rows, which are ignored."""

_DATES = {
    *PAST_DATES,
    *OTHER_DATES,
    "updated_at",
    *(f"{of}.{name}" for of, names in LIST_DATES.items() for name in names),
}
_CODES = {**TABLES, "charges.code": "charges"}
# Sentences of the schema that say how a value is stored, or what the form says by itself.
_TECHNICAL = re.compile(
    r"\s*(?:A date as the agency wrote it;[^.]*\.|null = [^.]*\.|Protected\.|"
    r"Confidential by law \([^)]*\)\.|Confidential by law if [^.]*\.[^.]*\.)"
)
_CAPITALS = {word.lower(): word for word in ("NTA", "LPR", "OPLA", "ID", "US", "USCIS")}
_CAPITALS |= {"united": "United", "states": "States"}


@dataclass(frozen=True)
class Column:
    """A column of a form.

    Args:
        field: Its stable name: the field's, or `no_other_...`.
        path: The field's name with that of its list, such as `convictions.grade`.
        title: Its name for a person.
        ask: What to fill in, as a question or a sentence.
        kind: What it holds. `list` is for files whose records have lists within them.
        avro: The type of its values in the schema, without null.
        table: The table of its codes (`schemas.codes`), or None.
        confidential: The law that protects it, or None.
        protected: Whether it is a protected attribute.
    """

    field: str
    path: str
    title: str
    ask: str
    kind: Kind
    avro: Any
    table: str | None = None
    confidential: str | None = None
    protected: bool = False

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the values to choose from, for a person: those of an enum, or yes and no."""
        if self.kind == "boolean":
            return ("yes", "no")
        symbols = self.avro["symbols"] if self.kind == "enum" else ()
        return tuple(title_of(symbol) for symbol in symbols if symbol != "UNKNOWN")

    @property
    def allowed(self) -> str:
        """Say which values are allowed."""
        if self.choices:
            *others, last = self.choices
            return f"{', '.join(others)} or {last}"
        if self.kind == "number":
            least, most = number_ranges()[self.path]
            return f"a whole number from {least} to {most:,}"
        if self.kind == "date":
            parts = "; a month (11/1975) or a year is enough" if self.path == "birth_date" else ""
            return f"a date such as 11/17/2011 or 2011-11-17{parts}"
        if self.kind == "code":
            return f"a code or name that `discretion codes {self.table}` lists"
        if self.kind == "list":
            return f"nothing here: each has a row on the sheet {self.field}"
        return "A and 7 to 9 digits" if self.field == "a_number" else "text"


@dataclass(frozen=True)
class Form:
    """A sheet to fill in.

    Args:
        name: Its name: `cases`, or the list's.
        doc: What its rows are.
        columns: Its columns; `case_id` comes first.
        confidential: The law that protects all of it, or None.
    """

    name: str
    doc: str
    columns: tuple[Column, ...]
    confidential: str | None = None

    def column(self, field: str) -> Column:
        """Return the column of a field."""
        return next(column for column in self.columns if column.field == field)

    @property
    def names(self) -> dict[str, str]:
        """Return the field for each name that a column may have, the field's own first."""
        found = {column.field: column.field for column in self.columns}
        found |= {column.title: column.field for column in self.columns}
        labels = [(FACTS[f].label, f) for f in found.values() if f in FACTS and self._is_main]
        once = {label for label, _ in labels if [other for other, _ in labels].count(label) <= 2}
        return {label: field for label, field in labels if label in once} | found

    @property
    def _is_main(self) -> bool:
        return self.name == CASES_SHEET


@functools.cache
def forms() -> dict[str, Form]:
    """Return the sheets of the template by name: `cases`, then each list in the schema's order."""
    schema = avro_schema("case_record")
    cases = [column for field in schema["fields"] for column in _of_cases(field)]
    lists = [_of_list(field, cases[0]) for field in schema["fields"] if _item(field)]
    main = Form(CASES_SHEET, "One row per case.", tuple(cases))
    return {form.name: form for form in (main, *lists)}


@functools.cache
def list_fields() -> dict[str, tuple[str, ...]]:
    """Return the lists of records in a case record, each with its fields."""
    return {
        name: tuple(column.field for column in form.columns[1:])
        for name, form in forms().items()
        if name != CASES_SHEET
    }


def title_of(name: str) -> str:
    """Write the name of a field or a symbol for a person.

    Examples:
        >>> title_of("nta_filed_with_court"), title_of("NEVER_DETAINED")
        ('NTA filed with court', 'Never detained')
    """
    words = [_CAPITALS.get(word, word) for word in name.lower().split("_")]
    text = " ".join(words).replace("a number", "A-number")
    return text[:1].upper() + text[1:]


def _item(field: Schema) -> Schema | None:
    """Return the record that a list has as items; None for other fields, and lists of text."""
    avro = value_type(field["type"])
    item = value_type(avro["items"]) if kind_of(avro) == "array" else None
    return item if isinstance(item, dict) and kind_of(item) == "record" else None


def _of_cases(field: Schema) -> list[Column]:
    if kind_of(value_type(field["type"])) != "array":
        return [_column(field, field["name"])]
    if _item(field) is None:
        return []
    name, words = field["name"], field["name"].replace("_", " ")
    ask = (
        f"Are the rows of this case on the sheet {name} all there are? yes, with no row there: "
        "known to have none. Blank or no: there may be more, or it isn't known."
    )
    law = field.get("confidential")
    other = Column(
        NO_OTHER + name, NO_OTHER + name, f"No other {words}", ask, "boolean", "boolean",
        confidential=law,
    )  # fmt: skip
    return [other]


def _of_list(field: Schema, case_id: Column) -> Form:
    item, law = _item(field), field.get("confidential")
    assert item is not None
    columns = [
        _column({"confidential": law, **inner}, f"{field['name']}.{inner['name']}")
        for inner in item["fields"]
    ]
    return Form(field["name"], _plain(field["doc"]), (case_id, *columns), law)


def _column(field: Schema, path: str) -> Column:
    avro, name = value_type(field["type"]), field["name"]
    fact = FACTS.get(path)
    asked = fact.question if fact is not None and fact.fields == (path,) else ""
    return Column(
        field=name,
        path=path,
        title=title_of(name),
        ask=asked
        or _plain(field["doc"])
        or ("When it was." if name == "date" else f"When {name}."),
        kind=_kind(avro, path),
        avro=avro,
        table=_CODES.get(path),
        confidential=field.get("confidential"),
        protected=bool(field.get("protected")),
    )


def _kind(avro: Any, path: str) -> Kind:
    if path in _DATES:
        return "date"
    if path in _CODES:
        return "code"
    kinds: dict[str, Kind] = {"enum": "enum", "boolean": "boolean", "int": "number"}
    return kinds.get(kind_of(avro), "text")


def _plain(doc: str) -> str:
    return _TECHNICAL.sub("", doc).strip()
