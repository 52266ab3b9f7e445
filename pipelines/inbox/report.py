"""What a watch says: changes, each written once, and a line for people or machines."""

from __future__ import annotations

import json

from pipelines.inbox.batches import batch_name
from pipelines.inbox.plan import Job
from schemas.avro import avro_schema
from schemas.errors import InputError
from transforms.avro.encode import encode_blocks, write_header
from transforms.files.storage import exists, write_whole
from transforms.frames.frame import Frame
from transforms.watch.cases import Said

# The live source has ended, and the pipeline's time has run on to infinity without the clock.
BROKEN_OFF = (
    "time ran ahead of the clock, since the machine stood still or its clock was set back; "
    "nothing is lost, start it again"
)


def say(said: Said, job: Job) -> None:
    """Write what there is to say, unless it was said before.

    Raises:
        InputError: It is of a day that has not come.
    """
    if said.name > f"day-{job.now().date()}":
        raise InputError(BROKEN_OFF)
    path = job.place.file("changes", said.name, said.shard)
    if said.name == batch_name(0) or exists(path):
        return
    if said.changes.height:
        _write_whole(
            job.place.file("recommendations", said.name, said.shard),
            said.recommendations,
            "recommendation",
        )
    # This file says that all is written.
    _write_whole(path, said.changes, "change")
    words = {"said": said.name, "events": said.events, "unusable": said.aside,
             "changes": said.changes.height, "file": path}  # fmt: skip
    if job.as_json:
        print(json.dumps(words), flush=True)
    elif said.changes.height or said.aside:
        aside = f", {said.aside:,} left for the night to set aside" if said.aside else ""
        print(
            f"{said.name}: {said.events:,} events, {said.changes.height:,} changes{aside}: {path}",
            flush=True,
        )


def _write_whole(path: str, frame: Frame, name: str) -> None:
    schema = avro_schema(name)
    write_whole(path, write_header(schema) + encode_blocks(frame, schema))
