"""Fields of input files that aren't read: in the manifest, and in words."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.avro import avro_schema
from schemas.manifest import InputKind, Manifest, UnreadField
from transforms.avro.unread import unread_in_files
from transforms.files.find import FoundFile

MOST = 10
_LONGEST = 100


def unread_in(
    cases: Sequence[FoundFile],
    events: Sequence[FoundFile] = (),
    reviews: Sequence[FoundFile] = (),
) -> tuple[UnreadField, ...]:
    """Find the fields of files that aren't read, as a manifest lists them.

    Args:
        cases: Files of case records.
        events: Files of events.
        reviews: Files of reviews.
    """
    found: list[UnreadField] = []
    read: tuple[tuple[InputKind, str, Sequence[FoundFile]], ...] = (
        ("cases", "case_record", cases),
        ("events", "case_event", events),
        ("reviews", "review", reviews),
    )
    for of, kind, files in read:
        found += [
            UnreadField(
                of=of,
                field=one.field.field,
                meant=one.field.meant,
                files=one.files,
                first=one.first,
            )
            for one in unread_in_files(files, avro_schema(kind))
        ]
    return tuple(found)


def unread_field_lines(manifest: Manifest) -> list[str]:
    """List the fields of a run's input that weren't read, one line per field."""
    return in_lines(manifest.unread_fields, "; manifest.json names them")


def in_lines(unread: Sequence[UnreadField], where: str = "") -> list[str]:
    """Describe unread fields: a line for each of the first ones, and how many more there are.

    Args:
        unread: The fields.
        where: Says where the others are named.
    """
    fields = sorted(unread, key=lambda one: one.meant is None)
    lines = [_line(field) for field in fields[:MOST]]
    if (more := len(fields) - MOST) > 0:
        lines.append(f"{more:,} more fields that weren't read{where}")
    return lines


def _line(unread: UnreadField) -> str:
    name = unread.field if len(unread.field) <= _LONGEST else f"{unread.field[:_LONGEST]}..."
    others = f" and {unread.files - 1:,} more" if unread.files > 1 else ""
    meant = "" if unread.meant is None else f"; did you mean {unread.meant}?"
    case = unread.meant is not None and unread.meant.lower() == unread.field.lower()
    why = " (names are case-sensitive)" if case else ""
    where = f"{unread.first}{others}"
    return f"{where}: the field {name} is not in the schema{why}: nothing in it was read{meant}"
