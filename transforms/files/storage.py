"""Files and directories by their literal names, through Beam's file systems.

Beam's own `match` and `delete` treat every name as a pattern, so they can't find a file named
`a[1].avro`. An object store has no directories, only names with a common prefix.
"""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import re
import shutil
import stat
import uuid
import warnings
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any, BinaryIO, NamedTuple

from transforms.files.clients import bring_in

# It would warn about an escaped bracket, as in `pattern_of`.
warnings.filterwarnings("ignore", "Possible nested set", FutureWarning)


def is_local(path: str) -> bool:
    """Tell whether a path is on a local or mounted disk."""
    return "://" not in path


def scheme_of(path: str) -> str:
    """Return the scheme of a path that isn't local, such as `s3`."""
    return path.partition("://")[0]


class ListedFile(NamedTuple):
    """A file of a folder, its size, and when it was last written, in seconds since 1970."""

    path: str
    size_in_bytes: int
    last_updated_in_seconds: float


def beam_files(path: str) -> Any:
    """Return Beam's file systems, ready for a path."""
    # Beam takes as long to import as it takes to read a run on a disk, which doesn't need it.
    from apache_beam.io.filesystems import FileSystems

    if not is_local(path):
        bring_in(scheme_of(path))
    return FileSystems


def open_file(path: str) -> BinaryIO:
    """Open a file to read its bytes as they are, whatever its extension is."""
    if is_local(path):
        return open(path, "rb")
    stream: BinaryIO = beam_files(path).open(path, compression_type="uncompressed")
    return stream


def create_file(path: str) -> BinaryIO:
    """Create a file to write bytes to it as they are, whatever its extension is."""
    if is_local(path):
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        return open(path, "wb")
    stream: BinaryIO = beam_files(path).create(path, compression_type="uncompressed")
    return stream


def check_kept(folder: str) -> None:
    """Check that a folder in which results are written hasn't been given up and removed.

    A worker may go on for a while after its job was canceled; creating a file would make the folder
    again.

    Args:
        folder: The folder.

    Raises:
        FileNotFoundError: It is gone.
    """
    if is_local(folder) and not os.path.isdir(folder):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), folder)


def size_of(path: str) -> int:
    """Return a file's size in bytes.

    Raises:
        OSError: The file doesn't exist.
    """
    return (
        os.stat(path).st_size
        if is_local(path)
        else beam_files(path).get_filesystem(path).size(path)
    )


def read_bytes(path: str) -> bytes:
    """Read all bytes of a file."""
    with like_a_disk(path), open_file(path) as stream:
        return stream.read()


def write_whole(path: str, content: bytes, *, durable: bool = True) -> None:
    """Write a small file under another name first, so that nobody sees it half-written.

    Args:
        path: The file; an existing one is replaced.
        content: Its bytes.
        durable: Whether it must survive a loss of power; a file in a directory that is renamed
            later doesn't need to.
    """
    folder, slash, name = path.rpartition("/")
    temporary = f"{folder}{slash}_{name}.{uuid.uuid4().hex}"
    try:
        with like_a_disk(path):
            with create_file(temporary) as file:
                file.write(content)
            rename(temporary, path, durable=durable)
    except BaseException:
        with like_a_disk(path):
            remove(temporary)
        raise


@contextlib.contextmanager
def like_a_disk(path: str) -> Iterator[None]:
    """Raise an OSError, as for a disk, in place of any error that a store's client has."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise OSError(None, why_not(error), path) from error


def list_files(folder: str, start: str = "", ending: str = "") -> list[ListedFile]:
    """List the files in a folder, not below it, sorted by path.

    Args:
        folder: The folder; if it doesn't exist, there are no files.
        start: The start of their names.
        ending: The end of their names.
    """
    if is_local(folder):
        try:
            with os.scandir(folder) as entries:
                found = [
                    file
                    for entry in entries
                    if entry.name.startswith(start) and entry.name.endswith(ending)
                    if (file := _file_of(entry)) is not None
                ]
        except (FileNotFoundError, NotADirectoryError):
            return []
    else:
        # Beam's `*` doesn't match names with a backslash.
        [result] = beam_files(folder).match([f"{pattern_of(folder)}/{start}**"])
        found = [
            ListedFile(path, file.size_in_bytes, file.last_updated_in_seconds)
            for file in result.metadata_list
            if "/" not in (path := str(file.path)).removeprefix(f"{folder}/")
            if path.endswith(ending)
        ]
    return sorted(found)


def exists(path: str) -> bool:
    """Tell whether a directory or a file with that name exists."""
    return is_file(path) or bool(_names_below(path))


def is_file(path: str) -> bool:
    """Tell whether a file with that name exists; on a disk, a directory counts, too."""
    return os.path.exists(path) if is_local(path) else bool(beam_files(path).exists(path))


def make_directory(path: str) -> None:
    """Make a directory and its parents, if the file system has directories."""
    if is_local(path):
        os.makedirs(path, exist_ok=True)
    elif not beam_files(path).exists(path):
        beam_files(path).mkdirs(path)


def remove(path: str) -> None:
    """Remove a file, or a directory with everything in it, if it exists."""
    if is_local(path):
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        elif os.path.lexists(path):
            os.remove(path)
    elif beam_files(path).exists(path):
        beam_files(path).delete([path])
    elif names := _names_below(path):
        beam_files(path).delete(names)


def remove_unfinished(folder: str) -> None:
    """Remove the files in the folders of a folder whose names start with `_`.

    Args:
        folder: The folder; its own files stay.
    """
    if is_local(folder):
        below = glob.glob(f"{glob.escape(folder)}/*/**/_*", recursive=True)
    else:
        starts = len(folder) + 1
        names = (name for name in _names_below(folder) if "/" in name[starts:])
        below = [name for name in names if name.rpartition("/")[2].startswith("_")]
    for path in below:
        remove(path)


def rename(source: str, target: str, *, durable: bool = True) -> None:
    """Rename a file or a directory, once all its content is on the disk.

    Args:
        source: The file or directory.
        target: Its new name.
        durable: Whether the new name must survive a loss of power.
    """
    if is_local(source):
        if durable:
            # Otherwise, a loss of power could leave the name, but empty files.
            write_through(source)
        os.replace(source, target)
        if durable:
            for folder in {os.path.dirname(source), os.path.dirname(target)}:
                _sync(folder or ".")
    elif _is_one(source):
        beam_files(source).rename([source], [target])
    else:
        _rename_files(source, target, _names_below(source))


def rename_all_but(source: str, target: str, last: Sequence[str]) -> None:
    """Do the slow part of renaming a directory; what is left for `rename` is a single step.

    On a local disk, this flushes everything in it. In an object store, where each file is renamed
    by itself, it renames all but the last.

    Args:
        source: The directory.
        target: Its new name.
        last: Files that show that the directory is complete.
    """
    if is_local(source):
        write_through(source)
    elif not _is_one(source):
        closing = [f"{source}/{name}" for name in last]
        names = [name for name in _names_below(source) if name not in closing]
        _rename_files(source, target, names)


def _file_of(entry: os.DirEntry[str]) -> ListedFile | None:
    """Describe an entry that is a file; one that is gone, or a link to nothing or itself, isn't."""
    try:
        status = entry.stat()
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return ListedFile(entry.path, status.st_size, status.st_mtime)


def _is_one(path: str) -> bool:
    """Tell whether a remote file or directory is renamed in a single step."""
    return bool(beam_files(path).get_filesystem(path).has_dirs() or beam_files(path).exists(path))


def _rename_files(source: str, target: str, names: Sequence[str]) -> None:
    if names:
        beam_files(source).rename(names, [target + name.removeprefix(source) for name in names])


def write_through(path: str) -> None:
    """Flush a file, or everything in a directory, to the disk.

    Args:
        path: A path on a local disk; elsewhere, there is nothing to do.
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
    """Say why something can't be read or written, in the system's words or by the error's kind."""
    causes = getattr(error, "exception_details", None)
    cause = next(iter(causes.values())) if isinstance(causes, dict) and causes else error
    # Beam wraps a file system's error in one of its own.
    inner = next((arg for arg in cause.args if isinstance(arg, OSError)), cause)
    return getattr(inner, "strerror", None) or _http_phrase(cause) or type(cause).__name__


def _http_phrase(error: Any) -> str | None:
    """Return what the HTTP status of a client's error means, such as `Forbidden`."""
    code = getattr(error, "code", None)
    return HTTPStatus(code).phrase if code in list(HTTPStatus) else None


def pattern_of(path: str) -> str:
    """Escape a path for Beam's functions that take patterns."""
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
    [found] = beam_files(path).match([f"{pattern_of(path)}/**"])
    return [str(file.path) for file in found.metadata_list]


def names_in(folder: str, start: str) -> list[str]:
    """List the names of files and folders directly in a folder.

    Args:
        folder: The folder; if it doesn't exist, there are none.
        start: The start of their names.
    """
    if is_local(folder):
        try:
            names = os.listdir(folder)
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(name for name in names if name.startswith(start))
    [found] = beam_files(folder).match([f"{pattern_of(folder)}/{start}**"])
    below = (str(file.path).removeprefix(f"{folder}/") for file in found.metadata_list)
    return sorted({path.split("/")[0] for path in below})


def folders_in(folder: str, start: str) -> list[str]:
    """List the folders in a local folder whose names start with a prefix."""
    if not is_local(folder) or not os.path.isdir(folder):
        return []
    with os.scandir(folder) as entries:
        # Unlike an entry's own is_dir, this says no to a link to itself.
        return sorted(
            entry.path
            for entry in entries
            if entry.name.startswith(start) and os.path.isdir(entry.path)
        )
