"""Write whole parts of a run, one file per bucket."""

from __future__ import annotations

import apache_beam as beam

from schemas.avro import Schema
from transforms.avro.encode import encode_blocks, write_header
from transforms.files.storage import check_kept, write_whole
from transforms.frames.frame import Frame
from transforms.frames.side_by_side import SideBySide


class WriteWhole(beam.PTransform[beam.PCollection[tuple[str, Frame]], beam.PCollection[str]]):
    """Writes (path, frame) pairs, each as the Avro file with that path.

    Args:
        root: The run's directory; paths are relative to it, starting with a part's name.
        schemas: The schema of each part.
    """

    def __init__(self, root: str, schemas: dict[str, Schema]) -> None:
        super().__init__()
        self.root = root
        self.schemas = schemas

    def expand(self, pcoll: beam.PCollection[tuple[str, Frame]]) -> beam.PCollection[str]:
        """Expand from pairs to paths."""
        return pcoll | beam.ParDo(SideBySide(self.write)).with_output_types(str)

    def write(self, file: tuple[str, Frame]) -> list[str]:
        """Write one file."""
        path, frame = file
        part, place = path.split("/")[0], f"{self.root}/{path}"
        schema = self.schemas[part]
        content = write_header(schema) + encode_blocks(frame, schema)
        # Only now: to encode takes long enough for the run to be given up meanwhile.
        check_kept(self.root)
        # A worker may try again, and nobody sees the file half-written.
        write_whole(place, content, durable=False)
        return [path]
