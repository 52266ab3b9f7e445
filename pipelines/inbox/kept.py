"""A batch's events, kept with the batch, so that a watch can restart without the inbox's files.

Senders may remove or replace a file as soon as it has been read, but what the watch reported is
based on the file's content at that time.
"""

from __future__ import annotations

import contextlib

from pipelines.inbox.batches import Place, batch_name
from pipelines.inbox.found import REPLACED, read_found, why_not_there
from pipelines.inbox.report import note_changed, note_damage, note_unread_fields
from schemas.avro import avro_schema
from schemas.errors import DamagedError
from schemas.watch import Batch
from transforms.avro.encode import encode_blocks, write_header
from transforms.avro.quarantined import QUARANTINED
from transforms.avro.whole import read_whole
from transforms.files.storage import exists, write_whole
from transforms.frames.frame import Frame, concat_frames
from transforms.nightly.events import EVENTS


def events_of(batch: Batch, place: Place) -> Frame:
    """Return a batch's events, reading them from the inbox the first time.

    The first time they are read from the inbox, where the night quarantines what cannot be read,
    and kept. A file that has changed since it was found holds nothing of this batch; what it holds
    now is of a later one.

    Args:
        batch: The batch.
        place: Where the watch writes.

    Returns:
        Columns of case_event.avsc, as they were sent.
    """
    if not batch.files:
        return EVENTS.to_frame()
    schema = avro_schema("case_event")
    path = f"{place.folder('batches')}/{batch_name(batch.number)}.avro"
    # If the kept file is damaged, read from the inbox again.
    with contextlib.suppress(DamagedError):
        if exists(path):
            return read_whole(path, schema)
    frames: list[Frame] = []
    quarantined: list[Frame] = []
    for file in batch.files:
        found = read_found(file, schema)
        if found is None:
            note_changed(file.path, why_not_there(file) or REPLACED, before=True)
            continue
        frames += found[0]
        quarantined += found[1]
    note_damage(concat_frames(quarantined, QUARANTINED))
    note_unread_fields(batch.files)
    events = concat_frames(frames, EVENTS)
    write_whole(path, write_header(schema) + encode_blocks(events, schema))
    return events
