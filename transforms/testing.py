"""Helpers for tests of transforms: make cases briefly, and compare cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from schemas.case_record import CaseRecord
from transforms.frames.frame import Frame
from transforms.normalize.case_frame import to_frame


def case_frame(cases: Iterable[Mapping[str, Any]]) -> Frame:
    """Make a frame of case records from the fields that matter; every other field is unknown.

    Args:
        cases: Fields of a case record by name, as in JSON.

    Returns:
        One row per case, with the columns and dtypes of case_record.avsc.

    Raises:
        pydantic.ValidationError: A field isn't in a case record, or has a value that it can't have.

    Examples:
        >>> case_frame([{"case_id": "1", "court": "BAL"}]).select("case_id", "court").rows()
        [('1', 'BAL')]
    """
    return to_frame(CaseRecord.model_validate(case) for case in cases)


def assert_cells(frame: Frame, expected: Iterable[Mapping[str, Any]]) -> None:
    """Compare the named cells of a frame, and show those that differ.

    Args:
        frame: The frame.
        expected: What each row must have, by column; columns that aren't named may hold anything.

    Raises:
        AssertionError: Some cells differ, or there are more or fewer rows; the message names each
            one.

    Examples:
        >>> import polars as pl
        >>> frame = pl.DataFrame({"case_id": ["1"], "route": ["close"]})
        >>> assert_cells(frame, [{"route": "close"}])
        >>> assert_cells(frame, [{"route": "continue"}])
        Traceback (most recent call last):
        AssertionError: row 0, route: 'close', expected 'continue'
    """
    rows, wanted = frame.to_dicts(), list(expected)
    differ = [
        f"row {number}, {name}: {row.get(name, 'no such column')!r}, expected {value!r}"
        for number, (row, cells) in enumerate(zip(rows, wanted, strict=False))
        for name, value in cells.items()
        if name not in row or row[name] != value
    ]
    if len(rows) != len(wanted):
        differ.append(f"{len(rows)} rows, expected {len(wanted)}")
    if differ:
        raise AssertionError("\n".join(differ))
