"""A directory of results that appears whole: written under another name, renamed when complete."""

from __future__ import annotations

import contextlib
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipelines.cli.output import print_no_more
from pipelines.cli.signals import finishing
from pipelines.runs.lock import sole_writer
from schemas.errors import OutputError
from transforms.files import storage
from transforms.files.reach import check_place

NOTHING_LEFT = "nothing was left behind"
# Letters and digits in the name of an attempt.
ATTEMPT = 12
# How often a directory is removed while a worker may still add to it.
_TRIES = 3


def new_attempt() -> str:
    """Make a name that no other attempt has."""
    return uuid.uuid4().hex[:ATTEMPT]


@dataclass(frozen=True, slots=True)
class WholeDirectory:
    """Where results will be, and where they are written.

    Args:
        final: The directory once it is complete.
        instead: What to suggest if it already exists, such as "another --output".
        attempt: What tells this attempt from others: work of a lost one may still be running
            somewhere, and must not get into this one.
    """

    final: str
    instead: str
    attempt: str = field(default_factory=new_attempt)

    @property
    def partial(self) -> str:
        """Return the directory in which it is written; nothing reads names that start with `_`."""
        parent, slash, name = self.final.rpartition("/")
        return f"{parent}{slash}_{name}.{self.attempt}.partial"

    @contextlib.contextmanager
    def alone(self, *parts: str) -> Iterator[None]:
        """Write it as the only process; if that fails, nothing is left.

        Args:
            parts: Subdirectories to create.

        Raises:
            BusyError: Another process is writing it.
            OutputError: It already exists, or nothing can be written there.
        """
        check_place(self.final, OutputError)
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(sole_writer(self.final))
            except OSError as error:
                raise self._problem(error) from None
            try:
                self.open(*parts)
                yield
            except BaseException as error:
                self.abandon(error)
                if isinstance(error, OSError) and self._is_mine(error):
                    raise self._problem(error) from None
                raise

    def open(self, *parts: str) -> None:
        """Make the directory, and remove what a killed command left behind.

        Args:
            parts: Subdirectories to create.

        Raises:
            OutputError: It already exists, or nothing can be written there.
        """
        if not self.final.rpartition("/")[2].strip("."):
            raise OutputError(f"{self.final or '/'}: isn't a valid name for a new directory")
        try:
            if storage.exists(self.final):
                raise OutputError(f"{self.final}: already exists; give {self.instead} or remove it")
            self._sweep()
            for part in parts:
                storage.make_directory(f"{self.partial}/{part}")
        except OSError as error:
            raise self._problem(error) from None

    def _sweep(self) -> None:
        """Remove what earlier attempts left."""
        parent, slash, name = self.final.rpartition("/")
        of_attempt = re.compile(rf"_{re.escape(name)}\.([0-9a-f]{{{ATTEMPT}}}\.)?partial")
        for left in storage.names_in(parent or slash or ".", f"_{name}."):
            if of_attempt.fullmatch(left):
                storage.remove(f"{parent}{slash}{left}")

    def write(self, name: str, text: str) -> None:
        """Write a small file into the unfinished directory."""
        storage.write_whole(f"{self.partial}/{name}", text.encode())

    def close(self, *last: str) -> None:
        """Give the directory its name; from then on no signal ends the command.

        Args:
            last: Files that show that the directory is complete.
        """
        storage.remove_unfinished(self.partial)
        storage.rename_all_but(self.partial, self.final, last)
        with finishing(print_no_more):
            storage.rename(self.partial, self.final)

    def abandon(self, error: BaseException) -> None:
        """Remove what was written, and note on the error whether that worked.

        Args:
            error: Why the directory won't be completed.
        """
        try:
            self._remove()
            if not storage.exists(self.partial) and not storage.exists(self.final):
                error.add_note(NOTHING_LEFT)
        except OSError:
            error.add_note(f"{self.partial} is left behind; running this again removes it")

    def _remove(self) -> None:
        """Remove the directory; a worker that was told to stop may just be adding a file."""
        for _ in range(_TRIES - 1):
            with contextlib.suppress(OSError):
                storage.remove(self.partial)
                return
        storage.remove(self.partial)

    def _is_mine(self, error: OSError) -> bool:
        # Whoever reads the directory reports what can't be read.
        return error.filename is None or str(error.filename).startswith((self.partial, self.final))

    def _problem(self, error: Exception) -> OutputError:
        return OutputError(f"{self.final}: cannot be written ({storage.why_not(error)})")
