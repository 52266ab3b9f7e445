"""Island: data inside a page, compressed, which its script reads and nothing can break out of."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any


def island(data: Any) -> str:
    """Write data as text of letters, digits, `+`, `/`, and `=`.

    Args:
        data: Anything that JSON can hold.

    Returns:
        Its JSON, compressed with zlib, in base64.
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode())).decode()


def read_island(text: str) -> Any:
    """Read what `island` wrote."""
    return json.loads(zlib.decompress(base64.b64decode(text)))
