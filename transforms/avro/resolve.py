"""Avro's schema resolution: a file's records in terms of the expected schema.

A writer's and a reader's schema are walked once, side by side. The result is the same pair in the
same terms: names spelled out, aliases followed, records named by their place. So a decoder only
needs to compare shapes, and different names don't matter. A field that nothing reads, of a type
that the decoder can't skip, is dropped: the checker cuts out its bytes before decoding.

Some rules are wider than Avro's, because many writers have neither ints nor enums, and dates are
text here (`transforms.avro.values`): numbers, texts, and booleans are read as each other if a value
fits, a string as an enum that has a default for unknown symbols, and a date or a timestamp as text.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from schemas.avro import Schema
from schemas.errors import SchemaMismatchError
from transforms.avro.parse import NO_DEFAULT, Field, SchemaError, Type, parse
from transforms.avro.spell import Speller, default_of, enum_at, place_of, record_at
from transforms.avro.types import MOMENTS
from transforms.avro.values import NARROWED, WARNINGS, is_read

_PROMOTIONS = {
    "int": {"int", "long", "float", "double"},
    "long": {"long", "float", "double"},
    "float": {"float", "double"},
    "string": {"string", "bytes"},
    "bytes": {"string", "bytes"},
}


@dataclass(frozen=True)
class Resolved:
    """A writer's and a reader's record schema in the same terms.

    Args:
        writer: The writer's schema, without dropped fields.
        reader: The reader's schema.
        layout: The writer's schema as stored in the file, marking values that are dropped, don't
            fit, or must fit a narrower type.
        dropped: Whether any field is dropped.
    """

    writer: Schema
    reader: Schema
    layout: Type = field(compare=False)
    dropped: bool


def resolve(writer: Schema, reader: Schema) -> Resolved:
    """Match a writer's schema with a reader's by Avro's rules; record names may differ.

    Args:
        writer: The schema of a file.
        reader: The expected schema.

    Returns:
        Both schemas, with names spelled out, the reader's field names in both, and no
        documentation.

    Raises:
        SchemaMismatchError: Records of one can't be read as the other; the message names the field.
    """
    try:
        written = parse(writer)
    except SchemaError as error:
        raise SchemaMismatchError(f"has a schema that is not valid: it {error}") from None
    wanted = parse(reader)
    theirs = {part.name for part in written.fields}
    ours = {name for part in wanted.fields for name in _names(part)}
    if not theirs & ours:
        raise SchemaMismatchError(
            f"holds other records: no field matches{_but_for_case(theirs, ours)}"
        )
    resolution = _Resolution()
    matched = resolution.records(written, wanted, "", "record", warns=False)
    return Resolved(matched.writer, matched.reader, matched.layout, resolution.dropped)


@dataclass(frozen=True)
class _Matched:
    """A writer's and a reader's type in the same terms, and the type as stored in the file."""

    writer: Any
    reader: Any
    layout: Type


class _Resolution:
    """One walk over both schemas."""

    def __init__(self) -> None:
        self.speller = Speller()
        self.dropped = False

    def both(self, writer: Type, reader: Type, field: str, path: str, *, warns: bool) -> _Matched:
        """Return both types in the same terms; `field` is for messages, `path` names types."""
        of_writer, of_reader = writer.value, reader.value
        if "union" in (of_writer.kind, of_reader.kind):
            return _Matched(
                self.speller.alone(writer, field, path),
                self.speller.alone(reader, field, path),
                self._union(writer, reader, field, path),
            )
        if writer.kind == "null" and reader.nullable:
            return _Matched("null", self.speller.alone(reader, field, path), writer)
        both = self._values(of_writer, of_reader, field, path, warns=warns and reader.nullable)
        return _Matched(
            _as_nullable(writer, both.writer),
            _as_nullable(reader, both.reader),
            _nullable_layout(writer, both.layout, reader.nullable),
        )

    def _union(self, writer: Type, reader: Type, field: str, path: str) -> Type:
        """Return the union as stored, marking branches that no reader's branch accepts."""
        if writer.kind != "union":
            self._see_that_it_fits(writer, reader, field, path)
            return writer
        branches, failure = [], None
        for branch in writer.branches:
            try:
                self._see_that_it_fits(branch, reader, field, path)
            except SchemaMismatchError as error:
                failure = error
                branches.append(replace(branch, unfit=True))
            else:
                branches.append(branch)
        if all(branch.unfit or branch.kind == "null" for branch in branches):
            raise failure or SchemaMismatchError(f"has another type in the field {field}")
        return replace(writer, branches=branches)

    def _see_that_it_fits(self, writer: Type, reader: Type, field: str, path: str) -> None:
        failure = None
        for ours in reader.branches or [reader]:
            if "null" in (writer.kind, ours.kind):
                if writer.kind == ours.kind:
                    return
                continue
            if is_read(writer.kind, ours.kind, warns=True):
                # fastavro decodes the branches of a wider union, with only Avro's own conversions.
                continue
            try:
                self._values(writer, ours, field, path, warns=False)
            except SchemaMismatchError as error:
                failure = error
            else:
                return
        raise failure or SchemaMismatchError(f"has another type in the field {field}")

    def _values(
        self, writer: Type, reader: Type, field: str, path: str, *, warns: bool
    ) -> _Matched:
        kinds = writer.kind, reader.kind
        if kinds == ("array", "array"):
            assert writer.items is not None
            assert reader.items is not None
            items = self.both(
                writer.items, reader.items, f"{field}[]", f"{path}_items", warns=warns
            )
            return _Matched(
                {"type": "array", "items": items.writer},
                {"type": "array", "items": items.reader},
                replace(writer, items=items.layout),
            )
        if kinds == ("record", "record"):
            return self.records(writer, reader, field, path, warns=warns)
        if kinds[1] == "string" and (writer.kind, writer.logical) in MOMENTS:
            # Without its logical type, because fastavro would make dates from it, and fail on some.
            return _Matched({"type": writer.kind, "moment": writer.logical}, "string", writer)
        both_mean = writer.logical and reader.logical
        ours = is_read(*kinds, warns=warns) and (kinds[1] != "enum" or reader.default is not None)
        if (both_mean and writer.logical != reader.logical) or not (
            ours or kinds[1] in _PROMOTIONS.get(kinds[0], {kinds[0]})
        ):
            raise SchemaMismatchError(
                f"has {_words(writer)} in the field {field}, but {_words(reader)} is expected"
            )
        layout = replace(writer, narrow=True) if kinds == NARROWED and not warns else writer
        if kinds == ("enum", "enum") and reader.default is None:
            known = tuple(symbol in reader.symbols for symbol in writer.symbols)
            layout = replace(writer, taken=known)
        if "enum" in kinds:
            # Named by the field's place, so that a decoder sees the same name in both.
            return _Matched(enum_at(path, writer), enum_at(path, reader), layout)
        return _Matched(
            self.speller.alone(writer, field, path), self.speller.alone(reader, field, path), layout
        )

    def records(
        self, writer: Type, reader: Type, field: str, path: str, *, warns: bool
    ) -> _Matched:
        """Match two records, field by field."""
        warns = warns or any(part.name == WARNINGS for part in reader.fields)
        theirs = {part.name: part for part in writer.fields}
        matched: dict[str, tuple[str, _Matched]] = {}
        wanted = []
        for part in reader.fields:
            place = f"{field}.{part.name}".lstrip(".")
            within = place_of(path, part.name)
            source = next((known for known in _names(part) if known in theirs), None)
            if source is None:
                if part.default is NO_DEFAULT:
                    raise SchemaMismatchError(f"has no field {place}, which has no default")
                ours = self.speller.alone(part.type, place, within)
            else:
                both = self.both(theirs[source].type, part.type, place, within, warns=warns)
                matched[source], ours = (part.name, both), both.reader
            wanted.append({"name": part.name, "type": ours, **default_of(part)})
        fields, layout = [], []
        for part in writer.fields:
            # An unwanted field keeps its name; if a wanted one had that name, it would be wanted.
            if part.name in matched:
                name, both = matched[part.name]
                fields.append({"name": name, "type": both.writer})
                layout.append(Field(name, both.layout))
            elif self.speller.is_plain(part.type, []):
                place = f"{field}.{part.name}".lstrip(".")
                kept = self.speller.alone(part.type, place, place_of(path, part.name))
                fields.append({"name": part.name, "type": kept})
                layout.append(part)
            else:
                self.dropped = True
                layout.append(replace(part, dropped=True))
        return _Matched(
            record_at(path, fields), record_at(path, wanted), replace(writer, fields=layout)
        )


def _but_for_case(theirs: set[str], ours: set[str]) -> str:
    """Say if some names differ only in case."""
    folded = {name.lower() for name in ours}
    alike = sorted(name for name in theirs if name.lower() in folded)
    return f" (names are case-sensitive: {alike[0]} is not {alike[0].lower()})" if alike else ""


def _as_nullable(like: Type, value: Any) -> Any:
    if like.kind != "union":
        return value
    return ["null" if branch.kind == "null" else value for branch in like.branches]


def _nullable_layout(like: Type, value: Type, nullable: bool) -> Type:
    if like.kind != "union":
        return value
    return replace(
        like,
        branches=[
            replace(branch, unfit=not nullable) if branch.kind == "null" else value
            for branch in like.branches
        ],
    )


def _names(part: Field) -> tuple[str, ...]:
    return (part.name, *part.aliases)


def _words(avro: Type) -> str:
    return " ".join(word for word in (avro.logical, avro.kind) if word)
