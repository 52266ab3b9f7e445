"""Load the declared Avro schemas by name."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

Schema = dict[str, Any]


@functools.cache
def avro_schema(name: str) -> Schema:
    """Load the schema in `schemas/NAME.avsc`, as JSON objects.

    Args:
        name: `case_record`, `recommendation`, `quarantined`, `case_event`, `review`, `change`, or
            `queue`.

    Returns:
        The record schema; don't change it. A type that another file declares is spelled out.
    """
    text = Path(__file__).with_name(f"{name}.avsc").read_text("utf-8")
    schema: Schema = json.loads(text, object_hook=_spelt_out)
    return schema


# Types that a file may name although another file declares them.
_ELSEWHERE = {"CaseRecord": "case_record"}


def _spelt_out(node: dict[str, Any]) -> dict[str, Any]:
    if isinstance(node.get("type"), list):
        node["type"] = [_declared(branch) for branch in node["type"]]
    return node


def _declared(branch: Any) -> Any:
    named = isinstance(branch, str) and branch in _ELSEWHERE
    return avro_schema(_ELSEWHERE[branch]) if named else branch
