"""Damage to a sample backlog: a block of a file that can't be read."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from transforms.avro.blocks import Block, blocks
from transforms.avro.header import read_header


def overwrite_block(path: Path, seed: int) -> None:
    """Overwrite the content of a file's middle block with noise, but not its header.

    Args:
        path: An Avro file that has records.
        seed: The seed of the noise.
    """
    with path.open("r+b") as file:
        header = read_header(file)
        found = list(blocks(file, header, len(header.raw), path.stat().st_size))
        block = found[len(found) // 2]
        assert isinstance(block, Block)
        noise = np.random.default_rng(seed).bytes(len(block.data))
        # After the block's count and size.
        content = path.read_bytes().index(block.data, block.offset)
        file.seek(content)
        file.write(noise)
