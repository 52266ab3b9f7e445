"""Event files that no night will read again, moved to an archive."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator, Sequence

from pipelines.nights.state import consumed_by
from schemas.errors import InputError, UsageError
from transforms.avro.account import sha256
from transforms.files.find import find_below


def check_apart(events: str, archive: str) -> None:
    """Refuse an archive inside the events folder, where it would be read again.

    Raises:
        InputError: The directory of events doesn't exist.
        UsageError: One of them is inside the other.
    """
    if not os.path.isdir(events):
        raise InputError(f"{events}: no such directory")
    real = [os.path.realpath(folder) for folder in (events, archive)]
    if os.path.commonpath(real) in real:
        raise UsageError(f"--archive {archive}: give a directory outside {events}")


def move_read(
    runs: Sequence[str], events: str, archive: str, *, dry_run: bool = False
) -> Iterator[str]:
    """Move the event files that every night has read. You can still continue from any of them.

    Args:
        runs: The directories of all remaining nights.
        events: The directory of event files.
        archive: Where to move them, under the same relative path as in `events`.
        dry_run: Whether to only report what would be moved.

    Yields:
        A line for each file that was moved, or kept and why.

    Raises:
        RunError: It isn't known what one of the nights read.
    """
    read_by = [
        {(file.path, file.bytes): file.sha256 for file in consumed_by(run) if file.kind == "events"}
        for run in runs
    ]
    folder = os.path.abspath(events)
    for file in find_below(folder).files:
        digests = {read.get((file.name, file.bytes)) for read in read_by}
        if None in digests:
            continue
        target = os.path.join(archive, os.path.relpath(file.path, folder))
        digest = sha256(file.path)
        if digests != {digest}:
            yield f"kept {file.path}: it has changed since it was read"
        elif os.path.exists(target) and sha256(target) != digest:
            yield f"kept {file.path}: {target} already exists and differs"
        else:
            if not dry_run:
                move_file(file.path, target)
            yield f"{'would move' if dry_run else 'moved'} {file.path} to {target}"


def move_file(path: str, target: str) -> None:
    """Move a file, even to another disk. At any moment, it is whole in one of the two places."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    try:
        os.rename(path, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        shutil.copy2(path, f"{target}.new")
        os.rename(f"{target}.new", target)
        os.remove(path)
