"""Cache: what was made of the project's own files, kept where Python keeps its bytecode.

To parse and compile a rulebook takes 0.1 seconds, half of that to import PyYAML and sqlglot, and
`explain` needs one for a single case. As with bytecode, what is kept counts only if all that it was
made from is still the same, and nothing is kept where Python may not write or was told not to
(`python -B`).
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pydantic

Made = TypeVar("Made")


def cached(path: Path, make: Callable[[], Made]) -> Made:
    """Return what was made of a file, as it was kept; otherwise, make it, and keep it.

    Args:
        path: One of the project's own files. Only one thing is made of it.
        make: Makes it; it must pickle.
    """
    place = place_of(path)
    with contextlib.suppress(OSError):
        seal, content = _split(place.read_bytes())
        # Nothing is unpickled that isn't what was pickled here.
        if seal == _seal(content):
            kept: Made = pickle.loads(content)
            return kept
    made = make()
    if not sys.dont_write_bytecode:
        _keep(path, place, pickle.dumps(made))
    return made


def place_of(path: Path) -> Path:
    """Return where what was made of a file is kept."""
    return Path(importlib.util.cache_from_source(str(path))).with_suffix(".pickle")


def _split(written: bytes) -> tuple[bytes, bytes]:
    size = hashlib.sha256().digest_size
    return written[:size], written[size:]


def _seal(content: bytes) -> bytes:
    return hashlib.sha256(_MADE_FROM + content).digest()


def sources(folder: Path) -> bytes:
    """Return a digest of all that anything is made from, and of all that makes it.

    Args:
        folder: The package whose files these are.
    """
    versions = (sys.version, pydantic.VERSION, importlib.metadata.version("sqlglot"))
    digest = hashlib.sha256(repr(versions).encode())
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".yaml"):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(folder)} {len(content)}\n".encode() + content)
    return digest.digest()


# As this process has imported them: an upgrade meanwhile doesn't change what it makes.
_MADE_FROM = sources(Path(__file__).parent)


def _keep(path: Path, place: Path, content: bytes) -> None:
    draft = place.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(_seal(content) + content)
        # Whoever may read the file may read this, whatever the process's own files are.
        draft.chmod(path.stat().st_mode & 0o666 | 0o600)
        draft.replace(place)
