"""Find input files: those that a user names, and those in folders.

The user may name a file, a folder, or a pattern; a path that is found is literal from then on. In
folders, every regular file with the right extension (`.avro`, in any case) is found once, through
links. Names that start with `_` or `.` are skipped, because they are being written or hidden.
Anything else that can't be read is named with the reason; nothing is left out silently.
"""

from __future__ import annotations

import fnmatch
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from schemas.errors import InputError
from transforms.files.names import path_text
from transforms.files.reach import check_place
from transforms.files.storage import beam_files, exists, is_local, pattern_of, why_not

ENDING = ".avro"
Endings: TypeAlias = str | tuple[str, ...]
_PASSED_OVER = ("_", ".")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to read.

    Args:
        path: Its literal path.
        bytes: Its size in bytes.
        updated: When it was last written, in seconds since 1970.
    """

    path: str
    bytes: int
    updated: float = field(default=0.0, compare=False)

    @property
    def name(self) -> str:
        """Return its path as text (`path_text`)."""
        return path_text(self.path)


class LeftOut(NamedTuple):
    """A file or folder that can't be read, and why."""

    path: str
    reason: str


class Found(NamedTuple):
    """What was found: files, sorted by path, and what was left out."""

    files: tuple[FoundFile, ...]
    left_out: tuple[LeftOut, ...]


def find_files(patterns: Sequence[str]) -> Found:
    """Find the files that a user names.

    Args:
        patterns: Files, folders, or patterns (`*`, `?`, `[...]`, and `**` for any folders). If a
            file or folder has exactly that name, it isn't a pattern.

    Returns:
        The files, each once, however they are spelled.

    Raises:
        InputError: One of the patterns finds nothing, or is empty.
    """
    walk = _Walk()
    # In order, so that the chosen spelling of a file doesn't depend on the order of the patterns.
    for pattern in sorted(patterns):
        if not pattern:
            raise InputError("an empty path: name a file, a folder, or a pattern")
        check_place(pattern, InputError)
        before = walk.met
        if is_local(pattern):
            _find_local(pattern, walk)
        else:
            _find_remote(pattern, walk)
        if walk.met == before:
            raise InputError(f"{pattern}: no such file, or no {ENDING} file there")
    return walk.found()


def find_below(folder: str, endings: Endings = ENDING) -> Found:
    """Find the files in a folder and below it.

    Args:
        folder: The literal path of the folder.
        endings: The files' extensions, in lower case.

    Raises:
        InputError: The folder doesn't exist.
    """
    walk = _Walk(endings)
    check_place(folder, InputError)
    if not is_local(folder):
        _below_remote(folder.rstrip("/"), walk)
        return walk.found()
    folder = os.path.abspath(folder)
    if not os.path.isdir(folder):
        raise InputError(f"{folder}: no such directory")
    walk.folder(folder)
    return walk.found()


class _Walk:
    """What has been found so far."""

    def __init__(self, endings: Endings = ENDING) -> None:
        self.endings = endings
        self.files: dict[str, FoundFile] = {}
        self.met = 0
        self.left_out: dict[str, LeftOut] = {}
        self.folders: set[str] = set()

    def found(self) -> Found:
        files = sorted(self.files.values(), key=lambda file: file.path)
        return Found(tuple(files), tuple(self.left_out[path] for path in sorted(self.left_out)))

    def leave_out(self, path: str, reason: str) -> None:
        self.met += 1
        self.left_out[path] = LeftOut(path, reason)

    def add(self, real: str, file: FoundFile) -> None:
        self.met += 1
        self.files.setdefault(real, file)

    def path(self, path: str, real: str | None = None) -> None:
        """Add what is at a path, whatever its name is.

        Args:
            path: The path.
            real: The same path without links, if known.
        """
        try:
            status = os.stat(path)
        except OSError as error:
            is_link = os.path.islink(path) and isinstance(error, FileNotFoundError)
            reason = "is a broken link" if is_link else f"cannot be read ({error.strerror})"
            self.leave_out(path, reason)
            return
        if stat.S_ISDIR(status.st_mode):
            self.folder(path)
        elif not stat.S_ISREG(status.st_mode):
            self.leave_out(path, "is not a regular file")
        elif not os.access(path, os.R_OK):
            self.leave_out(path, "cannot be read (Permission denied)")
        else:
            file = FoundFile(path, status.st_size, status.st_mtime)
            self.add(real or os.path.realpath(path), file)

    def folder(self, folder: str) -> None:
        """Add what is in a folder and below it; no folder is walked twice."""
        waiting = [folder]
        while waiting:
            folder = waiting.pop()
            real = os.path.realpath(folder)
            if real in self.folders:
                self.met += 1
                continue
            self.folders.add(real)
            for name in self.names(folder):
                path = os.path.join(folder, name)
                if name.startswith(_PASSED_OVER):
                    continue
                is_link = os.path.islink(path)
                if os.path.isdir(path):
                    waiting.append(path)
                elif name.lower().endswith(self.endings) or (is_link and not os.path.exists(path)):
                    self.path(path, None if is_link else os.path.join(real, name))

    def names(self, folder: str) -> list[str]:
        """Return the sorted names in a folder; if it can't be read, note that, and return none."""
        try:
            return sorted(os.listdir(folder))
        except OSError as error:
            self.leave_out(folder, f"cannot be read ({error.strerror})")
            return []


def _find_local(pattern: str, walk: _Walk) -> None:
    if os.path.lexists(pattern):
        # Otherwise, a folder spelled in two ways would count as two. As typed, it is easy to find.
        walk.path(os.path.normpath(pattern))
    elif _is_pattern(pattern):
        for path in _matches(pattern, walk):
            walk.path(path)


def _is_pattern(text: str) -> bool:
    return any(mark in text for mark in "*?[")


def _matches(pattern: str, walk: _Walk) -> Iterator[str]:
    """Find the paths that match a pattern, folder by folder, to notice unreadable folders."""
    start = "/" if pattern.startswith("/") else ""
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    places = [start]
    for number, part in enumerate(parts):
        is_last = number == len(parts) - 1
        places = list(_step(places, part, walk, is_last=is_last))
    yield from sorted(set(places))


def _step(places: Iterable[str], part: str, walk: _Walk, *, is_last: bool) -> Iterator[str]:
    for place in places:
        if part == "**":
            yield from _all_below(place, walk, is_last=is_last)
        elif not _is_pattern(part) or os.path.lexists(os.path.join(place, part)):
            if os.path.lexists(os.path.join(place, part)):
                yield os.path.join(place, part)
        elif os.path.isdir(place or "."):
            matches = re.compile(fnmatch.translate(part)).match
            for name in walk.names(place or "."):
                path = os.path.join(place, name)
                if matches(name) and not name.startswith(_PASSED_OVER):
                    yield path


def _all_below(place: str, walk: _Walk, *, is_last: bool) -> Iterator[str]:
    """Return a folder and all folders below it; as a pattern's last part, what they contain."""
    if is_last:
        yield place or "."
        return
    waiting, seen = [place], set()
    while waiting:
        folder = waiting.pop()
        real = os.path.realpath(folder or ".")
        if real in seen or not os.path.isdir(folder or "."):
            continue
        seen.add(real)
        yield folder
        for name in walk.names(folder or "."):
            path = os.path.join(folder, name)
            if os.path.isdir(path) and not name.startswith(_PASSED_OVER):
                waiting.append(path)


def _find_remote(pattern: str, walk: _Walk) -> None:
    folder = pattern.rstrip("/")
    try:
        if exists(folder) and not _below_remote(folder, walk):
            [result] = beam_files(folder).match([pattern_of(folder)])
            _add_remote(result.metadata_list, walk)
        elif _is_pattern(folder):
            [result] = beam_files(folder).match([folder])
            parts = folder.split("/")
            plain = next((n for n, part in enumerate(parts) if _is_pattern(part)), len(parts))
            _add_remote(result.metadata_list, walk, "/".join(parts[:plain]))
    except Exception as error:
        # Each client has its own errors, for example about credentials.
        raise InputError(f"{pattern}: cannot be read ({why_not(error)})") from None


def _below_remote(folder: str, walk: _Walk) -> int:
    """Add the files below a folder of an object store, and count them."""
    [result] = beam_files(folder).match([f"{pattern_of(folder)}/**"])
    found = [file for file in result.metadata_list if str(file.path).lower().endswith(walk.endings)]
    _add_remote(found, walk, folder)
    return len(found)


def _add_remote(found: Sequence[Any], walk: _Walk, folder: str = "") -> None:
    for one in found:
        path = str(one.path)
        parts = path.removeprefix(f"{folder}/").split("/") if folder else [path.rsplit("/", 1)[-1]]
        if not any(part.startswith(_PASSED_OVER) for part in parts if part):
            walk.add(path, FoundFile(path, one.size_in_bytes, one.last_updated_in_seconds))
