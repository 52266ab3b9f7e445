"""What workers have counted, from Beam's metrics as Flink shows them."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from apache_beam.coders.coder_impl import VarIntCoderImpl

from pipelines.cli.progress import NAMESPACE

_COUNTER = "beam:metric:user:sum_int64:v1"


def counters_in(text: str) -> Counter[str]:
    """Return our counters by name, added up over the steps that count.

    Args:
        text: Beam's metrics, as Flink shows them: JSON with a list of `MonitoringInfo` somewhere.
    """
    found: Counter[str] = Counter()
    try:
        metrics = json.loads(text)
    except ValueError:
        return found
    for one in _objects(metrics):
        labels = one.get("labels", {})
        if one.get("urn") == _COUNTER and labels.get("NAMESPACE") == NAMESPACE:
            payload = base64.b64decode(one.get("payload", ""))
            found[labels["NAME"]] += VarIntCoderImpl().decode(payload) if payload else 0
    return found


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from _objects(part)
    elif isinstance(value, list):
        for part in value:
            yield from _objects(part)
