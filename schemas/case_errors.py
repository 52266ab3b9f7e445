"""Case errors: everything that is wrong with a JSON case record, line by line, without values."""

from __future__ import annotations

import re
import typing
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from schemas.case_record import CaseRecord
from schemas.near import close_to
from schemas.shown import shown

_QUOTED = re.compile(r"'([^']*)'")
_POSITION = re.compile(r"line (\d+) column (\d+)")
_KINDS = {
    "string": "must be text in quotes",
    "bool": "must be true or false",
    "int": "must be a whole number",
    "list": "must be a list, like [...]; [] means known to have none",
    "model": "must be an object, like {...}",
}
_OR_NULL = ", or null if it isn't known"


def errors_in_words(error: ValidationError) -> list[str]:
    """Describe what is wrong with a JSON case record.

    Args:
        error: The error from validating it as a `CaseRecord`.

    Returns:
        One line per mistake, in order: its place in the record, what is allowed there, and a
        similar name if there is one. No line holds a value from the record.
    """
    return [_line(one) for one in error.errors(include_url=False)]


def _line(error: Any) -> str:
    kind, place = error["type"], _place(error["loc"])
    if kind == "json_invalid":
        found = _POSITION.search(error["msg"])
        where = f"line {found[1]}, column {found[2]}: " if found else ""
        return f"{where}is not JSON"
    if not place:
        return "must be an object of fields, like {...}"
    if kind == "extra_forbidden":
        return f"{place}: there is no such field{_fields_instead(error['loc'])}"
    if kind == "literal_error":
        return f"{place}: must be {_values_instead(error)}"
    words = [words for start, words in _KINDS.items() if kind.startswith(start)]
    return f"{place}: {words[0]}{_OR_NULL}" if words else f"{place}: {kind.replace('_', ' ')}"


def _fields_instead(loc: Sequence[str | int]) -> str:
    fields = _fields(loc[:-1])
    if near := _nearest(str(loc[-1]), fields):
        return near
    # A whole record has too many fields to list.
    return f"; the fields are {', '.join(fields)}" if loc[:-1] else "; docs/data.md lists them"


def _values_instead(error: Any) -> str:
    values = [value for value in _QUOTED.findall(error["ctx"]["expected"]) if value != "UNKNOWN"]
    near = _nearest(str(error["input"]).upper().replace(" ", "_"), values)
    return f"{', '.join(values[:-1])} or {values[-1]}{_OR_NULL}{near}"


def _place(loc: Sequence[str | int]) -> str:
    """Write a place as `convictions[0].grade`; as in JSON paths, the first item is 0."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{shown(part)}" for part in loc)
    return "".join(parts).removeprefix(".")


def _nearest(name: str, names: Sequence[str]) -> str:
    near = close_to(name, names, alike=0.7)
    return f"; did you mean {near}" if near else ""


def _fields(parents: Sequence[str | int]) -> list[str]:
    """Return the fields of the record at a place."""
    model: type[BaseModel] = CaseRecord
    for part in parents:
        if isinstance(part, str):
            model = _record_in(typing.get_type_hints(model)[part])
    return list(model.model_fields)


def _record_in(hint: Any) -> type[BaseModel]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return hint
    found = (_record_in(part) for part in typing.get_args(hint) if part is not type(None))
    return next(found)
