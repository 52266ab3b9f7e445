"""An earlier commit of the project, to compare the current one with."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

# The last commit before performance work began.
COMMIT = "5380505"


class SkippedError(RuntimeError):
    """A figure can't be measured here; the message says why in one line."""


def checkout(repository: Path, place: Path) -> Path:
    """Unpack the files of `COMMIT`, once.

    Args:
        repository: The root of the project.
        place: Where to unpack it.

    Returns:
        The directory with the files.

    Raises:
        SkippedError: Git isn't installed, or this clone doesn't have the commit.
    """
    tree = place / f"commit-{COMMIT}"
    if tree.exists():
        return tree
    try:
        packed = subprocess.run(
            ["git", "archive", "--format=zip", COMMIT],
            cwd=repository,
            check=True,
            capture_output=True,
        ).stdout
    except OSError:
        raise SkippedError("git is not installed") from None
    except subprocess.CalledProcessError:
        raise SkippedError(f"commit {COMMIT} is not in this history; a full clone has it") from None
    archive, partial = place / f"{tree.name}.zip", place / f"{tree.name}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    archive.write_bytes(packed)
    shutil.unpack_archive(archive, partial)
    archive.unlink()
    partial.rename(tree)
    return tree
