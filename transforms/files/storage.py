"""Files and directories by their literal names, through Beam's file systems.

Beam's own `match` and `delete` take every name for a pattern, so a file called `a[1].avro` is not
found. An object store has no directories, only names that begin alike.
"""

from __future__ import annotations

import os
import re
import shutil
import uuid
import warnings
from collections.abc import Sequence
from typing import BinaryIO

from apache_beam.io.filesystem import FileMetadata
from apache_beam.io.filesystems import FileSystems

# Of a bracket that stands for itself, as in `pattern_of`, it would warn.
warnings.filterwarnings("ignore", "Possible nested set", FutureWarning)


def is_local(path: str) -> bool:
    """Whether a path is on a local or mounted disk."""
    return "://" not in path


def open_file(path: str) -> BinaryIO:
    """Open a file to read its bytes as they are, whatever its name ends in."""
    stream: BinaryIO = FileSystems.open(path, compression_type="uncompressed")
    return stream


def size_of(path: str) -> int:
    """A file's size in bytes.

    Raises:
        OSError: There is no such file.
    """
    return os.stat(path).st_size if is_local(path) else FileSystems.get_filesystem(path).size(path)


def read_bytes(path: str) -> bytes:
    """All bytes of a file."""
    with open_file(path) as stream:
        return stream.read()


def write_whole(path: str, content: bytes, *, durable: bool = True) -> None:
    """Write a small file under another name first, so that it is never seen half written.

    Args:
        path: The file; one that is there is replaced.
        content: Its bytes.
        durable: Whether it is to outlast a loss of power; what stands in a directory that is
            renamed later need not.
    """
    folder, slash, name = path.rpartition("/")
    aside = f"{folder}{slash}_{name}.{uuid.uuid4().hex}"
    try:
        with FileSystems.create(aside, compression_type="uncompressed") as file:
            file.write(content)
        rename(aside, path, durable=durable)
    except BaseException:
        remove(aside)
        raise


def list_files(folder: str, start: str = "", ending: str = "") -> list[FileMetadata]:
    """The files of a folder, not of those below it, sorted by path.

    Args:
        folder: The folder; where there is none there are no files.
        start: What their names start with.
        ending: What their names end in.
    """
    if is_local(folder):
        try:
            with os.scandir(folder) as entries:
                found = [
                    FileMetadata(entry.path, entry.stat().st_size, entry.stat().st_mtime)
                    for entry in entries
                    if entry.name.startswith(start) and entry.name.endswith(ending)
                    if entry.is_file()
                ]
        except (FileNotFoundError, NotADirectoryError):
            return []
    else:
        # Beam's `*` finds no name with a backslash in it.
        [result] = FileSystems.match([f"{pattern_of(folder)}/{start}**"])
        names = {str(file.path).removeprefix(f"{folder}/"): file for file in result.metadata_list}
        found = [file for name, file in names.items() if "/" not in name and name.endswith(ending)]
    return sorted(found, key=lambda file: str(file.path))


def exists(path: str) -> bool:
    """Whether there is such a directory, or a file of that name."""
    return FileSystems.exists(path) or bool(_names_below(path))


def make_directory(path: str) -> None:
    """Make a directory and those above it, where the file system has directories."""
    if is_local(path):
        os.makedirs(path, exist_ok=True)
    elif not FileSystems.exists(path):
        FileSystems.mkdirs(path)


def remove(path: str) -> None:
    """Remove a file, or a directory with all that is in it, if there is one."""
    if is_local(path):
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        elif os.path.lexists(path):
            os.remove(path)
    elif FileSystems.exists(path):
        FileSystems.delete([path])
    elif names := _names_below(path):
        FileSystems.delete(names)


def rename(source: str, target: str, *, durable: bool = True) -> None:
    """Give a file or a directory another name, once all that it holds is on the disk.

    Args:
        source: The file or directory.
        target: Its name from now on.
        durable: Whether the name is to outlast a loss of power.
    """
    if is_local(source):
        if durable:
            # Else a loss of power could leave the name, and files that are empty.
            write_through(source)
        os.replace(source, target)
        if durable:
            for folder in {os.path.dirname(source), os.path.dirname(target)}:
                _sync(folder or ".")
    elif _is_one(source):
        FileSystems.rename([source], [target])
    else:
        _rename_files(source, target, _names_below(source))


def rename_all_but(source: str, target: str, last: Sequence[str]) -> None:
    """Do what takes long in renaming a directory; what is left to do for `rename` is one step.

    On a local disk all that it holds is written through. In an object store, where each file is
    renamed by itself, all are but the last.

    Args:
        source: The directory.
        target: Its name once it is renamed.
        last: Files in it that say that all is there.
    """
    if is_local(source):
        write_through(source)
    elif not _is_one(source):
        closing = [f"{source}/{name}" for name in last]
        names = [name for name in _names_below(source) if name not in closing]
        _rename_files(source, target, names)


def _is_one(path: str) -> bool:
    """Whether a remote file or directory is renamed as one."""
    return bool(FileSystems.get_filesystem(path).has_dirs() or FileSystems.exists(path))


def _rename_files(source: str, target: str, names: Sequence[str]) -> None:
    if names:
        FileSystems.rename(names, [target + name.removeprefix(source) for name in names])


def write_through(path: str) -> None:
    """Have a file, or all of a directory, on the disk itself before its name says so.

    Args:
        path: On a local disk; elsewhere there is nothing to do.
    """
    if not is_local(path):
        return
    for folder, _, names in os.walk(path):
        for name in names:
            _sync(os.path.join(folder, name))
        _sync(folder)
    if os.path.isfile(path):
        _sync(path)


def why_not(error: Exception) -> str:
    """Why something cannot be read or written, in the system's words, else by the error's kind."""
    causes = getattr(error, "exception_details", None)
    cause = next(iter(causes.values())) if isinstance(causes, dict) and causes else error
    # Beam wraps the error of the file system in another of its kind.
    inner = next((arg for arg in cause.args if isinstance(arg, OSError)), cause)
    return getattr(inner, "strerror", None) or type(cause).__name__


def pattern_of(path: str) -> str:
    """The pattern that finds the one path, for those of Beam's functions that take patterns."""
    return re.sub(r"[*?[]", r"[\g<0>]", path)


def _sync(path: str) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _names_below(path: str) -> list[str]:
    if is_local(path):
        return []
    [found] = FileSystems.match([f"{pattern_of(path)}/**"])
    return [str(file.path) for file in found.metadata_list]


def folders_in(folder: str, start: str) -> list[str]:
    """The folders in a local folder whose names start so; an object store has none."""
    if not is_local(folder) or not os.path.isdir(folder):
        return []
    with os.scandir(folder) as entries:
        return sorted(
            entry.path for entry in entries if entry.name.startswith(start) and entry.is_dir()
        )
