"""Sample: an invented backlog like that of 2011, messy on purpose.

Nobody in it exists: there are no names, and every number and date is drawn at random. It is made
block by block, in whole columns. The seed and the block's number determine a block, so the same
seed gives the same cases, however many are made. What is true and how it is written are drawn
separately, so a clean sample and a messy one hold the same cases.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import polars as pl

from transforms.frames.frame import Frame
from transforms.normalize.case_frame import CASES
from transforms.sample.crimes import crimes
from transforms.sample.docket import docket
from transforms.sample.draw import Columns, Draw, nulls, where
from transforms.sample.favor import favor
from transforms.sample.findings import findings
from transforms.sample.history import history
from transforms.sample.kinds import LATER, SILENCE, TELLING, TELLING_SHARE
from transforms.sample.mess import mess_up
from transforms.sample.people import People, health, person, presence, school

BLOCK = 10_000
# How many blocks are made at once: enough to make each of the thousand steps worth its call.
TOGETHER = 5
_NUMBER = "_number"


def sample_block(seed: int, block: int, *, clean: bool = False) -> Frame:
    """Make one block of cases.

    Args:
        seed: The sample's seed.
        block: The block's number, which with the seed determines the block.
        clean: Whether to leave out the mess.

    Returns:
        Columns of case_record.avsc and `_number` (Int64), the case's place in the sample from 0. A
        messy block has older records of some cases after the `BLOCK` cases.
    """
    [made] = sample_blocks(seed, range(block, block + 1), clean=clean)
    return made


def sample_blocks(seed: int, blocks: range, *, clean: bool = False) -> Iterator[Frame]:
    """Make blocks of cases as `sample_block` does, faster than one by one.

    Args:
        seed: The sample's seed.
        blocks: The numbers of the blocks.
        clean: Whether to leave out the mess.

    Yields:
        The blocks, in order.
    """
    cases = _cases(seed, blocks)
    if clean:
        yield from cases.iter_slices(BLOCK)
    else:
        yield from mess_up(cases, [[seed, block, 1] for block in blocks])


def _cases(seed: int, blocks: range) -> Frame:
    """Make the cases of blocks, written without a mess."""
    number = np.arange(len(blocks) * BLOCK) + blocks.start * BLOCK
    draw, later = (Draw([[seed, block, kind] for block in blocks], BLOCK) for kind in (0, 2))
    people = People(draw, later)
    past = history(people)
    fraud = past.pop("fraud").to_numpy()
    columns: Columns = {
        **docket(people, number + 1),
        **person(people),
        **presence(people),
        **past,
        **crimes(people, fraud),
        **favor(people),
        **health(people),
        **school(people),
    }
    columns |= findings(people, columns)
    known = _silence(columns, people)
    return pl.DataFrame(
        [
            (known[name].cast(dtype) if name in known else nulls(dtype, draw.cases)).alias(name)
            for name, dtype in CASES.items()
        ]
    ).with_columns(pl.Series(_NUMBER, number))


def sample_cases(
    seed: int, cases: int, files: int, *, clean: bool = False
) -> Iterator[tuple[int, Frame]]:
    """Make a sample backlog, block by block, divided into files.

    Args:
        seed: The sample's seed.
        cases: The number of cases.
        files: The number of files; each one gets the same number of cases, in order.
        clean: Whether to leave out the mess.

    Yields:
        A file's number, from 0 and in order, and a frame of some of its records (columns of
        case_record.avsc).
    """
    starts = [cases * number // files for number in range(files + 1)]
    last_block = -(-cases // BLOCK)
    made = itertools.chain.from_iterable(
        sample_blocks(seed, range(start, min(start + TOGETHER, last_block)), clean=clean)
        for start in range(0, last_block, TOGETHER)
    )
    for block, records in enumerate(made):
        for file in range(files):
            first, last = starts[file], starts[file + 1]
            if first < (block + 1) * BLOCK and last > block * BLOCK:
                of_file = pl.col(_NUMBER).is_between(first, last, closed="left")
                yield file, records.filter(of_file).select(CASES.names())


def _silence(columns: Columns, people: People) -> Columns:
    """Make unknown what the files say nothing about."""
    known = dict(columns)
    for name, rate in SILENCE.items():
        kinds = {kind: rate * TELLING_SHARE for kind, telling in TELLING.items() if name in telling}
        rates = people.kind.replace_strict(kinds, default=rate).to_numpy() if kinds else rate
        draw = people.later if name in LATER else people.draw
        known[name] = where(~draw.chance(rates), columns[name])
    return known
