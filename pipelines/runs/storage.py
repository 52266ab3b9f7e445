"""Directories by Beam's file systems: an object store has none, only names that begin alike."""

from __future__ import annotations

import os
from collections.abc import Sequence

from apache_beam.io.filesystems import FileSystems


def exists(path: str) -> bool:
    """Whether there is such a directory, or a file of that name."""
    return FileSystems.exists(path) or bool(_names_below(path))


def remove(path: str) -> None:
    """Remove a directory with all that is in it, if there is one."""
    if _is_real(path):
        if FileSystems.exists(path):
            FileSystems.delete([path])
    elif names := _names_below(path):
        FileSystems.delete(names)


def rename(source: str, target: str, last: Sequence[str] = ()) -> None:
    """Give a directory another name.

    Args:
        source: The directory.
        target: Its name from now on.
        last: Files in it that say that all is there: in an object store, where each file is renamed
            by itself, they come last.
    """
    if _is_real(source):
        # Else a loss of power could leave the name, and files that are empty.
        write_through(source)
        FileSystems.rename([source], [target])
        return
    names = _names_below(source)
    closing = [f"{source}/{name}" for name in last]
    for batch in ([name for name in names if name not in closing], closing):
        if batch:
            FileSystems.rename(batch, [target + name.removeprefix(source) for name in batch])


def write_through(path: str) -> None:
    """Have a file, or all files of a directory, on the disk itself before its name says so.

    Args:
        path: On a local disk; elsewhere there is nothing to do.
    """
    if "://" in path:
        return
    below = [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]
    for name in [path] if os.path.isfile(path) else below:
        with open(name, "rb") as file:
            os.fsync(file.fileno())


def why_not(error: Exception) -> str:
    """Why something cannot be written, in the system's words, else by the error's kind."""
    causes = getattr(error, "exception_details", None)
    cause = next(iter(causes.values())) if isinstance(causes, dict) and causes else error
    # Beam wraps the error of the file system in another of its kind.
    inner = next((arg for arg in cause.args if isinstance(arg, OSError)), cause)
    return getattr(inner, "strerror", None) or type(cause).__name__


def _is_real(path: str) -> bool:
    return bool(FileSystems.get_filesystem(path).has_dirs())


def _names_below(path: str) -> list[str]:
    if _is_real(path):
        return []
    [found] = FileSystems.match([f"{path}/**"])
    return [str(file.path) for file in found.metadata_list]
