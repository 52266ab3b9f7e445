"""Write frames to Avro files with the declared schema, including names and docs."""

from __future__ import annotations

import hashlib
import uuid
from collections import deque
from collections.abc import Iterator
from typing import Protocol

import apache_beam as beam
from apache_beam.utils.windowed_value import WindowedValue

from schemas.avro import Schema
from transforms.avro.encode import DEFAULT_CODEC, check_encodable
from transforms.avro.encode import encode_blocks as encode_blocks
from transforms.avro.encode import write_header as write_header
from transforms.files.storage import check_kept, create_file, rename
from transforms.frames.at_end import at_end
from transforms.frames.background import Job
from transforms.frames.frame import Frame

# How many frames of a file may be in the encoder, which trades memory for background work.
HELD_BACK = 1


class Writable(Protocol):
    """What bytes can be written to."""

    def write(self, data: bytes, /) -> object:
        """Write bytes."""


class AvroSink:
    """Writes (destination, frame) pairs of one destination as an Avro file.

    Args:
        schemas: The schema of each destination.
        codec: The codec of the files.
    """

    def __init__(self, schemas: dict[str, Schema], codec: str = DEFAULT_CODEC) -> None:
        for schema in schemas.values():
            check_encodable(schema)
        self.schemas = schemas
        self.codec = codec
        self.file: Writable | None = None
        self.opened = False
        self.encoding: deque[Job[bytes]] = deque()

    def open(self, fh: Writable) -> None:
        """Start a new file."""
        self.file, self.opened = fh, False

    def write(self, record: tuple[str, Frame]) -> None:
        """Append a frame; the first one also writes the header."""
        assert self.file is not None
        schema = self.schemas[record[0]]
        if not self.opened:
            self.file.write(write_header(schema, self.codec))
            self.opened = True
        self.encoding.append(Job(encode_blocks, record[1], schema, self.codec))
        while len(self.encoding) > HELD_BACK:
            self.file.write(self.encoding.popleft().result())

    def flush(self) -> None:
        """Write what is still in the encoder."""
        assert self.file is not None
        while self.encoding:
            # Nothing else is left to do, so this thread encodes, too.
            self.file.write(self.encoding.popleft().now())


class WriteFrames(
    beam.PTransform[beam.PCollection[tuple[str, Frame]], beam.PCollection[tuple[str, int]]]
):
    """Writes (destination, frame) pairs to files in `ROOT/DESTINATION/`.

    A bundle writes one file per destination. An engine may run a bundle again, so that each file
    has a name of its own that starts with `_`, which nothing reads; only those in the result count.
    `pipelines.runs.written` gives them their names.

    Args:
        root: The directory.
        schemas: The schema of each destination.
        name: Part of the files' names, so that two writers never use the same one.
    """

    def __init__(self, root: str, schemas: dict[str, Schema], name: str) -> None:
        super().__init__()
        self.root = root
        self.schemas = schemas
        self.name = name

    def expand(
        self, pcoll: beam.PCollection[tuple[str, Frame]]
    ) -> beam.PCollection[tuple[str, int]]:
        """Expand from pairs to files, relative to the root, with their numbers of records."""
        write = _WriteBundle(self.root, self.schemas, self.name)
        return pcoll | beam.ParDo(write).with_output_types(tuple[str, int])


class _Digested:
    """A file that is being written, and the digest of what was written to it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.file = create_file(path)
        self.digest = hashlib.sha256()
        self.records = 0

    def write(self, data: bytes) -> None:
        self.file.write(data)
        self.digest.update(data)


class _WriteBundle(beam.DoFn):
    def __init__(self, root: str, schemas: dict[str, Schema], name: str) -> None:
        self.root = root
        self.schemas = schemas
        self.name = name
        self.sinks: dict[str, tuple[AvroSink, _Digested]] = {}

    def start_bundle(self) -> None:
        self.sinks = {}

    def process(self, element: tuple[str, Frame]) -> None:
        destination, frame = element
        if destination not in self.sinks:
            check_kept(self.root)
            file = _Digested(f"{self.root}/{destination}/_{self.name}.{uuid.uuid4().hex}")
            sink = AvroSink(self.schemas)
            sink.open(file)
            self.sinks[destination] = sink, file
        sink, file = self.sinks[destination]
        sink.write(element)
        file.records += frame.height

    def finish_bundle(self) -> Iterator[WindowedValue]:
        for sink, file in self.sinks.values():
            sink.flush()
            file.file.close()
            # The order of the names is that of the content, whichever bundle comes first.
            folder, _, unique = file.path.rpartition("/")
            path = f"{folder}/_{self.name}-{file.digest.hexdigest()[:16]}-{unique[-32:]}.avro"
            rename(file.path, path, durable=False)
            written = path.removeprefix(f"{self.root}/"), file.records
            yield at_end(written)
        self.sinks = {}
