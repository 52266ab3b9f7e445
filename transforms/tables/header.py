"""Headers: which column holds what, however its name is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from schemas.errors import InputError
from schemas.near import close_to
from transforms.tables.sheet import Sheet, column_letter, column_name

_ALIKE = 0.75


class Unknown(NamedTuple):
    """A column whose name isn't known.

    Args:
        position: Its position, from 0.
        name: Its name as written; "" if it has none.
        meant: The name that was probably meant; None if none is similar.
    """

    position: int
    name: str
    meant: str | None


class Matched(NamedTuple):
    """Which column of a sheet holds which field.

    Args:
        columns: For each field, the name of its column in the sheet's frames.
        unknown: The other columns.
    """

    columns: dict[str, str]
    unknown: tuple[Unknown, ...]


def name_key(name: str) -> str:
    """Return the form in which names are compared: lower case, only letters and digits.

    What is in parentheses at the end, such as `(confidential)`, doesn't count.

    Examples:
        >>> name_key(" Case ID "), name_key("case_id (as in the file)")
        ('caseid', 'caseid')
    """
    return re.sub(r"[^a-z0-9]", "", re.sub(r"\([^()]*\)\s*$", "", name).lower())


def match_header(sheet: Sheet, names: Mapping[str, str]) -> Matched:
    """Find the columns of a sheet.

    Args:
        sheet: The sheet.
        names: The field for each name that a column may have; case, blanks, and punctuation don't
            count.

    Raises:
        InputError: Two columns are of the same field.
    """
    keys = {name_key(name): field for name, field in names.items()}
    shown = {name_key(name): name for name in reversed(list(names))}
    found: dict[str, int] = {}
    unknown = []
    for position, name in enumerate(sheet.header):
        field = keys.get(name_key(name))
        if field is None:
            unknown.append((position, name))
        elif field in found:
            first, second = column_letter(found[field]), column_letter(position)
            raise InputError(
                f"{sheet.file}: {sheet.name}: columns {first} and {second} are both {field}; "
                "remove one"
            )
        else:
            found[field] = position
    free = [key for key, field in keys.items() if field not in found]
    return Matched(
        {field: column_name(position) for field, position in found.items()},
        tuple(Unknown(at, name, _nearest(name, free, shown)) for at, name in unknown),
    )


def _nearest(name: str, free: list[str], shown: Mapping[str, str]) -> str | None:
    near = close_to(name_key(name), free, _ALIKE)
    return None if near is None else shown[near]
