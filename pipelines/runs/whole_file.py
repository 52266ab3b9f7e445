"""A file that appears whole: written in a directory next to it, renamed when complete."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence

from pipelines.cli.output import print_no_more
from pipelines.cli.signals import finishing
from pipelines.runs.whole_directory import WholeDirectory
from schemas.errors import OutputError, UsageError
from transforms.files import storage


@contextlib.contextmanager
def whole_file(final: str, others: Sequence[str] = ()) -> Iterator[str]:
    """Write a file, and perhaps others next to it; if that fails, nothing is left.

    Args:
        final: The file.
        others: The names of the other files.

    Yields:
        The directory in which to write them all, under their names.

    Raises:
        BusyError: Another process is writing it.
        OutputError: One of them already exists, or nothing can be written there.
        UsageError: It isn't on this machine.
    """
    if not storage.is_local(final):
        raise UsageError(f"--output: {final}: give a file on this machine, then copy it")
    folder, name = os.path.split(final)
    directory = WholeDirectory(final, "another --output")
    for other in others:
        if os.path.lexists(os.path.join(folder, other)):
            path = os.path.join(folder, other)
            raise OutputError(f"{path}: already exists; give another --output or remove it")
    with directory.alone("whole"):
        place = f"{directory.partial}/whole"
        yield place
        storage.write_through(place)
        with finishing(print_no_more):
            for one in (*others, name):
                storage.rename(f"{place}/{one}", os.path.join(folder, one))
            storage.remove(directory.partial)
