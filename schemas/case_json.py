"""A case record as JSON text: read within bounds, and refused if a field appears twice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from schemas.case_record import CaseRecord
from schemas.codes import number_ranges
from schemas.errors import InputError
from schemas.shown import shown

# A record with every field filled in has a few kilobytes.
MOST_BYTES, MOST_DEPTH, MOST_FIELDS, MOST_ITEMS = 1 << 20, 16, 500, 2_000
_LOWEST, _HIGHEST = -(2**31), 2**31 - 1
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,\n]', re.DOTALL)


def read_case(file: str) -> CaseRecord:
    """Read a case record.

    Args:
        file: The file.

    Returns:
        The record, with its values as written.

    Raises:
        InputError: The file can't be read, exceeds a bound, or has a field twice.
        pydantic.ValidationError: It isn't a case record (see `schemas.case_errors`).
    """
    try:
        with Path(file).open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise InputError(f"{file}: is larger than {MOST_BYTES:,} bytes, too large for one case")
        return parse_case(data.decode("utf-8-sig"), file)
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise InputError(f"{file}: is not UTF-8 text") from None


def parse_case(text: str, file: str) -> CaseRecord:
    """Parse a case record.

    Args:
        text: JSON.
        file: The file's name, for messages.

    Returns:
        The record.

    Raises:
        InputError: The text exceeds a bound, or has a field twice.
        pydantic.ValidationError: It isn't a case record.
    """
    _scan(text, file)
    record = CaseRecord.model_validate_json(text)
    for place, field, number in _numbers(record):
        if not _LOWEST <= number <= _HIGHEST:
            least, most = number_ranges()[field]
            raise InputError(f"{file}: {place}: must be a whole number from {least} to {most:,}")
    return record


def _scan(text: str, file: str) -> None:
    """Refuse text that is too large for a case, and fields that appear twice in an object."""
    line = 1
    # For each open bracket: the fields of an object, or None and the number of items in a list.
    opened: list[tuple[set[str] | None, list[int]]] = []
    word, word_line = "", 1
    for found in _TOKEN.finditer(text):
        token = found[0]
        if token == "\n":
            line += 1
        elif token in "{[":
            opened.append((set() if token == "{" else None, [1]))
            if len(opened) > MOST_DEPTH:
                raise InputError(f"{file}: line {line}: is nested deeper than {MOST_DEPTH} levels")
        elif token in "}]":
            if opened:
                opened.pop()
        elif token == "," and opened:
            fields, count = opened[-1]
            count[0] += 1
            most = MOST_ITEMS if fields is None else MOST_FIELDS
            if count[0] > most:
                kind = "items in a list" if fields is None else "fields in an object"
                raise InputError(f"{file}: line {line}: has more than {most:,} {kind}")
        elif token == ":" and opened and (fields := opened[-1][0]) is not None:
            if word in fields:
                raise InputError(
                    f"{file}: line {word_line}: the field {shown(word)} appears twice; remove one"
                )
            fields.add(word)
        elif token[0] == '"':
            word, word_line = _unescaped(token), line


def _unescaped(token: str) -> str:
    """Decode a string; return it as written if its escapes aren't valid JSON."""
    if "\\" not in token:
        return token[1:-1]
    try:
        return str(json.loads(token, strict=False))
    except ValueError:
        return token


def _numbers(record: BaseModel, place: str = "", field: str = "") -> Iterator[tuple[str, str, int]]:
    """Give each whole number in a record: its place, its field, and its value."""
    for name, value in record:
        if isinstance(value, bool):
            continue
        if isinstance(value, int):
            yield place + name, field + name, value
        elif isinstance(value, list):
            for at, item in enumerate(value):
                if isinstance(item, BaseModel):
                    yield from _numbers(item, f"{place}{name}[{at}].", f"{name}.")
