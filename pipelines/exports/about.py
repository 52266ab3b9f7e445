"""The description that goes with an export: the run, the law, and each column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.exports.not_routed import not_listed
from schemas.manifest import Manifest
from schemas.shown import shown
from schemas.worklist import CONFIDENTIAL_LINE, DECIDED, REASON_CODES, SHARED_LINE, Column

README = ".README.txt"


def terms(manifest: Manifest) -> str:
    """Say which rulebook was applied, and as of which date."""
    presumed = "" if manifest.presume else ", without presumptions"
    return f"{shown(manifest.rulebook.id)} as of {manifest.as_of}{presumed}"


def law(*, shared: bool) -> str:
    """Return the line about confidentiality for the top."""
    return SHARED_LINE if shared else CONFIDENTIAL_LINE


def about(manifest: Manifest, columns: Sequence[Column], cases: int, *, shared: bool) -> str:
    """Write the text that goes with a file that has no room for it.

    Args:
        manifest: The run's manifest.
        columns: The columns of the file.
        cases: How many cases it has.
        shared: Whether it is a copy to give away.
    """
    return "\n".join(_lines(manifest, columns, cases, shared)) + "\n"


def _lines(
    manifest: Manifest, columns: Sequence[Column], cases: int, shared: bool
) -> Iterator[str]:
    yield law(shared=shared)
    yield "It recommends. An attorney decides."
    yield ""
    yield f"{cases:,} cases, assessed under {terms(manifest)}."
    # In a copy to give away, these numbers may be too small.
    if not shared and (others := not_listed(manifest, cases)):
        yield f"Not in this file: {others}."
    yield f"Run {manifest.run_id}, rulebook digest {manifest.rulebook.digest}."
    for notice in manifest.rulebook.notices:
        yield f"Note: {shown(notice)}"
    yield ""
    yield "Columns"
    width = max(len(column.name) for column in columns)
    for column in columns:
        yield f"  {column.name:<{width}}  {column.says}"
    if set(DECIDED) <= set(columns):
        yield ""
        yield "Values of reason_code"
        wide = max(map(len, REASON_CODES))
        for code, meaning in REASON_CODES.items():
            yield f"  {code:<{wide}}  {meaning}"
