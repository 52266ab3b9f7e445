"""What a command reports about files that couldn't be read, or only in part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.cli.complain import complain
from pipelines.cli.exit_codes import ExitCode
from schemas.errors import InputError
from schemas.manifest import DamagedFile, LeftOutFile, Manifest
from transforms.files.find import LeftOut
from transforms.files.names import path_text

MOST = 20
AGAIN = "; ask for it again, under a new name"


def report_unread_input(command: str, manifest: Manifest) -> ExitCode:
    """Report on standard error which input wasn't read, and what happened to it.

    Args:
        command: The command's name.
        manifest: The run's manifest.

    Returns:
        The exit code of such a run.
    """
    lines = unread_lines(manifest)
    for line in lines[:MOST]:
        complain(command, line)
    if len(lines) > MOST:
        complain(command, f"{len(lines) - MOST} more such lines; manifest.json lists them all")
    return ExitCode.DAMAGED if lines else ExitCode.OK


def unread_lines(manifest: Manifest) -> list[str]:
    """Say which of a run's input wasn't read, one line per file or folder."""
    lines = {file.path: damaged_file_line(file) for file in manifest.damaged}
    lines |= {file.path: left_out_line(file.path, file.reason) for file in manifest.left_out}
    # No night reads them again, and events and reviews that were already read count once.
    read = {file.path for file in manifest.nightly.consumed} if manifest.nightly else set()
    return [f"{line}{AGAIN if path in read else ''}" for path, line in lines.items()]


def left_out_line(path: str, reason: str) -> str:
    """Say that nothing in a file or folder was read, and why."""
    return f"{path}: {reason}: nothing in it was read"


def left_out_files(left_out: Iterable[LeftOut]) -> tuple[LeftOutFile, ...]:
    """Return what was left out, as a manifest lists it."""
    return tuple(LeftOutFile(path=path_text(path), reason=reason) for path, reason in left_out)


def refuse_all_damaged(damaged: Sequence[DamagedFile], read: int) -> None:
    """Refuse input if nothing in it could be read.

    Args:
        damaged: The damaged files.
        read: How many records could be read.

    Raises:
        InputError: No record could be read, and there is damage.
    """
    if damaged and not read:
        others = f", and {len(damaged) - 1} more such files" if len(damaged) > 1 else ""
        raise InputError(f"{damaged[0].path}: {_wrong(damaged[0])}{others}: nothing can be read")


def damaged_file_line(file: DamagedFile) -> str:
    """Say in one line what is wrong with a file, and what happened to it."""
    least = f"at least {file.records:,}" if file.records else "an unknown number of"
    records = f"{least} records" if file.uncounted else _number(file.records, "record")
    behind = "; records after the cut aren't counted" if file.cut_short else ""
    were = "was" if records == "1 record" else "were"
    return f"{file.path}: {_wrong(file)}: {records} in it {were} quarantined unread{behind}"


def _wrong(file: DamagedFile) -> str:
    places = file.places - file.cut_short
    damaged = f"is damaged in {_number(places, 'place')}" if places else ""
    cut = "is cut short, or damaged at its end" if file.cut_short else ""
    return " and ".join(part for part in (damaged, cut) if part)


def _number(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
