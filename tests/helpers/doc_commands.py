"""Commands that the docs give, for tests that have the service that these need."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def documented(page: str, start: str, names: Mapping[str, str]) -> list[str]:
    """The words after `discretion` of the one indented command on a page that starts so.

    Args:
        page: The page's name, such as `storage.md`.
        start: What the command starts with.
        names: What to write for the names that stand for the reader's own.
    """
    lines = (DOCS / page).read_text("utf-8").splitlines()
    [line] = [line for line in lines if line.startswith(f"    discretion {start}")]
    for name, own in names.items():
        line = line.replace(name, own)
    return shlex.split(line.partition("     (")[0])[1:]
