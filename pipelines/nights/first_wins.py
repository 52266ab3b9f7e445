"""Nights whose state is in an object store, where nothing can be locked: the first to finish wins.

A night claims its run's id by making an object that nobody else can make, so that no two write the
same files. LATEST moves only if it is still what it was when the night began; otherwise, the night
built on a snapshot that isn't the last any more, and removes what it wrote.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import uuid
from collections.abc import Iterator

from pipelines.nights.plan import NightPlan
from pipelines.nights.state import run_ids
from pipelines.runs.latest import LATEST, Unmoved
from transforms.files import storage
from transforms.files.versions import read_version, write_if


def unmoved_latest(state: str) -> Unmoved:
    """Return what LATEST is now; read it before the night that it names."""
    found = read_version(f"{state}/{LATEST}")
    return Unmoved(None if found is None else found.tag)


@contextlib.contextmanager
def claimed(plan: NightPlan, unmoved: Unmoved) -> Iterator[NightPlan]:
    """Give a night a run's id that no other night has, for the duration of the `with` block.

    Args:
        plan: The night.
        unmoved: What LATEST was before the plan was made.

    Yields:
        The plan with that id.
    """
    place = plan.place
    run_id, claim = _claim(place.output, plan.night.terms.as_of)
    place = dataclasses.replace(place, run_id=run_id, unmoved=unmoved)
    try:
        yield dataclasses.replace(plan, place=place)
    finally:
        storage.remove(claim)


def _claim(state: str, as_of: datetime.date) -> tuple[str, str]:
    mine = uuid.uuid4().hex.encode()
    for run_id in run_ids(as_of):
        run, claim = f"{state}/runs/{run_id}", f"{state}/runs/_{run_id}.claim"
        if storage.exists(run) or not write_if(claim, mine, None):
            continue
        if not storage.exists(run):
            return run_id, claim
        # Its night finished, and gave up its claim, just before this one was made.
        storage.remove(claim)
    raise AssertionError("a day has fewer nights than that")
