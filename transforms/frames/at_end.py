"""At the end of a bundle, Beam wants to be told the timestamp and the window of an element."""

from __future__ import annotations

from typing import Any

from apache_beam.pvalue import TaggedOutput
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.timestamp import MIN_TIMESTAMP
from apache_beam.utils.windowed_value import WindowedValue


def at_end(element: Any) -> Any:
    """Give an element, tagged or not, what it needs in a collection without windows."""
    if isinstance(element, TaggedOutput):
        return TaggedOutput(element.tag, at_end(element.value))
    return WindowedValue(element, MIN_TIMESTAMP, [GlobalWindow()])
