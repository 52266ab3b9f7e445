"""The account of a run's input files: read whole, and matching their digests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import apache_beam as beam
import polars as pl

from pipelines.runs.tallies import read_frame, write_frame
from schemas.errors import InputError
from schemas.manifest import InputFile
from transforms.avro.account import Digest, digest, why_not_whole
from transforms.avro.file import STRETCHES
from transforms.avro.stream import Stretch
from transforms.files.find import FoundFile
from transforms.files.names import text_path
from transforms.files.storage import open_file, remove, why_not
from transforms.frames.frame import Frame

_STRETCHES = "_stretches.ndjson"
_DIGESTS = "_digests.ndjson"
_DIGEST = pl.Schema({"path": pl.String, "bytes": pl.Int64, "sha256": pl.String, "crc": pl.Int64})


class WriteAccount(beam.PTransform[tuple[beam.PCollection[Frame], ...], object]):
    """Writes what was read from each input file, and its digest, into the run's directory.

    Apply it to the `stretches` of every reading.

    Args:
        root: The directory in which the run is written.
        files: The files.
    """

    def __init__(self, root: str, files: Sequence[FoundFile]) -> None:
        super().__init__()
        self.root = root
        self.files = files

    def expand(self, stretches: tuple[beam.PCollection[Frame], ...]) -> object:
        """Expand from the stretches of all readings to the two files."""
        first = stretches[0]
        read = stretches | "All stretches" >> beam.Flatten()
        names = first.pipeline | beam.Create([file.name for file in self.files])
        digests = names | "Digest" >> beam.Map(_digest).with_output_types(Frame)
        for name, found, schema in (
            (_STRETCHES, read, STRETCHES),
            (_DIGESTS, digests, _DIGEST),
        ):
            (
                found
                | f"Join {name}" >> beam.CombineGlobally(_Concat(schema))
                | f"Write {name}" >> beam.Map(write_frame, f"{self.root}/{name}")
            )
        return digests


def accounted(root: str, files: Sequence[FoundFile]) -> dict[str, InputFile]:
    """Check that each input file of a run was read whole.

    Args:
        root: The directory in which the run is written.
        files: The files as listed.

    Returns:
        Each file by name, with its digest.

    Raises:
        InputError: A file changed while it was read.
    """
    stretches, digests = (
        read_frame(f"{root}/{name}", schema)
        for name, schema in ((_STRETCHES, STRETCHES), (_DIGESTS, _DIGEST))
    )
    for name in (_STRETCHES, _DIGESTS):
        remove(f"{root}/{name}")
    readings: dict[str, list[Stretch]] = {}
    for name, *stretch in stretches.iter_rows():
        readings.setdefault(name, []).append(Stretch(*stretch))
    found = {name: Digest(*rest) for name, *rest in digests.iter_rows()}
    for file in files:
        wrong = why_not_whole(file.bytes, found[file.name], readings.get(file.name, []))
        if wrong is not None:
            raise InputError(f"{file.name}: {wrong}; run it again when nothing writes to it")
    return {
        file.name: InputFile(path=file.name, bytes=file.bytes, sha256=found[file.name].sha256)
        for file in files
    }


def _digest(name: str) -> Frame:
    try:
        with open_file(text_path(name)) as stream:
            found = digest(stream)
    except OSError as error:
        reason = f"cannot be read ({why_not(error)})"
        raise InputError(f"{name}: changed while it was read: {reason}") from None
    return pl.DataFrame([(name, *found)], schema=_DIGEST, orient="row")


class _Concat(beam.CombineFn):
    def __init__(self, schema: pl.Schema) -> None:
        self.schema = schema

    def create_accumulator(self) -> Frame:
        return self.schema.to_frame()

    def add_input(self, mutable_accumulator: Frame, element: Frame) -> Frame:
        return pl.concat([mutable_accumulator, element])

    def merge_accumulators(self, accumulators: Iterable[Frame]) -> Frame:
        return pl.concat([self.schema.to_frame(), *accumulators])

    def extract_output(self, accumulator: Frame) -> Frame:
        return accumulator.sort(self.schema.names())
