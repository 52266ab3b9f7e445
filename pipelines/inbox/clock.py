"""The time of a watch, as its command tells it to workers in other processes.

The command records a batch at a time, and tells that time only once the batch is there. A worker
that read its own clock could pass midnight before it sees the last batch of the day; applied again
after a failure, that batch would then count for another day.
"""

from __future__ import annotations

import datetime

from pipelines.inbox.batches import Place
from transforms.files import storage


def tell_time(place: Place, now: datetime.datetime) -> None:
    """Tell workers that every batch up to a time is there.

    Args:
        place: Where the watch writes.
        now: The time by the watch's clock.
    """
    # Lost with the machine's power, it is told again.
    storage.write_whole(_path(place), now.isoformat().encode(), durable=False)


def time_told(place: Place) -> datetime.datetime | None:
    """Return the time that was last told; None before the first.

    Args:
        place: Where the watch writes.
    """
    try:
        told = storage.read_bytes(_path(place))
    except FileNotFoundError:
        return None
    return datetime.datetime.fromisoformat(told.decode())


def _path(place: Place) -> str:
    return f"{place.folder('batches')}/clock"
