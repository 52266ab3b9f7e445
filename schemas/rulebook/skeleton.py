"""Skeleton: the text of a new rulebook that passes its check, to be filled in."""

from __future__ import annotations

import datetime
from pathlib import Path


def skeleton(name: str, issued: datetime.date) -> str:
    """Write a new rulebook's text (`rulebook_skeleton.yaml`).

    Args:
        name: Its id.
        issued: The date of the document.

    Returns:
        YAML that `rulebook check` passes.
    """
    text = Path(__file__).with_suffix(".yaml").read_text("utf-8")
    return text.replace("NAME", name).replace("ISSUED", issued.isoformat())
