"""A directory of results that appears whole: written beside its place, renamed when complete."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from apache_beam.io.filesystem import BeamIOError
from apache_beam.io.filesystems import FileSystems

from pipelines.cli.arguments import OutputProblem
from pipelines.runs import storage as directories
from pipelines.runs.lock import sole_writer


@dataclass(frozen=True, slots=True)
class OutputDir:
    """Where results will be, and where they are written.

    Args:
        final: The directory once it is complete.
    """

    final: str

    @property
    def partial(self) -> str:
        """The directory in which it is written; a name that starts with `_` is read by nothing."""
        parent, slash, name = self.final.rpartition("/")
        return f"{parent}{slash}_{name}.partial"

    @contextlib.contextmanager
    def writing(self, *parts: str) -> Iterator[None]:
        """Write it as the only process that does; what fails leaves nothing.

        Args:
            parts: Directories to make in it.

        Raises:
            BusyError: Another process is writing it.
            OutputProblem: It exists, or nothing can be written there.
        """
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(sole_writer(self.final))
            except OSError as error:
                raise self._problem(error) from None
            try:
                self.open(*parts)
                yield
                self.close()
            except BaseException as error:
                self.discard()
                if isinstance(error, OSError) and self._is_mine(error):
                    raise self._problem(error) from None
                raise

    def open(self, *parts: str) -> None:
        """Make room; what a killed command left behind is removed.

        Args:
            parts: Directories to make in it.

        Raises:
            OutputProblem: It exists, or nothing can be written there.
        """
        if not self.final.rpartition("/")[2].strip("."):
            raise OutputProblem(f"{self.final or '/'}: is no name for a new directory")
        try:
            if directories.exists(self.final):
                raise OutputProblem(f"{self.final}: exists; give another --output or remove it")
            self.discard()
            for part in parts:
                FileSystems.mkdirs(f"{self.partial}/{part}")
        except (BeamIOError, OSError) as error:
            raise self._problem(error) from None

    def discard(self) -> None:
        """Remove what a command that did not finish has written."""
        directories.remove(self.partial)

    def write(self, name: str, text: str) -> None:
        """Write a small file into the directory while it is written."""
        path = f"{self.partial}/{name}"
        with FileSystems.create(path, "text/plain", compression_type="uncompressed") as file:
            file.write(text.encode())

    def close(self) -> None:
        """Give the directory its name."""
        directories.rename(self.partial, self.final, last=["manifest.json"])

    def _is_mine(self, error: OSError) -> bool:
        # What cannot be read is another's to say.
        return error.filename is None or str(error.filename).startswith((self.partial, self.final))

    def _problem(self, error: Exception) -> OutputProblem:
        return OutputProblem(f"{self.final}: cannot be written ({directories.why_not(error)})")
