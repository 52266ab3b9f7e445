"""Small cells: counts so low that they could tell a person."""

from __future__ import annotations

# As federal health agencies do: a count of 1 to 10 isn't shown.
LEAST = 11
FEWER = f"<{LEAST}"
