"""Ways to damage a file, and what a reader must still read.

A trial builds a file, damages it with a seed, has it read, and compares:

    container = build(schema, rows, "deflate", block_rows=10)
    damaged = WAYS["flip a bit"](container, random.Random(seed))
    wrong = unmet(damaged, read(damaged.content), reported=...)

`unmet` lists what the reader failed to deliver. Only snappy blocks have a checksum (xz, bzip2
and some zstandard streams bring their own), so a flipped bit may stay unseen. Then a value may
differ, an id too, but there are as many records as before.
"""

from __future__ import annotations

from scripts.fault_trials.damage import blocks, headers, stretches, values
from scripts.fault_trials.damage.way import WAYS, Damaged, unmet

__all__ = ["WAYS", "Damaged", "blocks", "headers", "stretches", "unmet", "values"]
