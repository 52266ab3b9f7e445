"""Catalogs: the project's YAML files of words and codes, in which every value is text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from schemas.cache import cached


def read_catalog(path: Path) -> Any:
    """Read a catalog.

    Args:
        path: One of the project's own files.

    Returns:
        Mappings, lists, and text; a code such as NO (Norway) or 245 is text, too.
    """
    return cached(path, lambda: _parsed(path))


def _parsed(path: Path) -> Any:
    # What is in the cache needn't wait for PyYAML.
    import yaml

    return yaml.load(path.read_text("utf-8"), Loader=yaml.CBaseLoader)
