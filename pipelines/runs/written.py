"""Files that a pipeline has written under names of its own: counted, and named."""

from __future__ import annotations

from collections import defaultdict

from pipelines.runs.tallies import Tallies
from transforms.files.storage import rename
from transforms.frames.frame import Frame
from transforms.route.tally import SCHEMA

_WRITTEN = "written"


def tally_written(path: str, records: int) -> Frame:
    """Make a tally of a file that `WriteFrames` has written.

    Args:
        path: The file, relative to the run's directory.
        records: How many records it holds.
    """
    return Frame({"of": [_WRITTEN], "key": [path], "count": [records]}, schema=SCHEMA)


def name_written(root: str, tallies: Tallies) -> None:
    """Give the files that count their names, `DESTINATION/part-NAME-NUMBER-of-NUMBER.avro`.

    What a bundle that was run again has left keeps its name, and is removed with the other
    unfinished files (`WholeDirectory.close`).

    Args:
        root: The directory in which the run is written.
        tallies: The run's tallies.
    """
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in sorted(tallies.counts(_WRITTEN)):
        folder, _, file = path.rpartition("/")
        name = file.rsplit("-", 2)[0].removeprefix("_")
        groups[folder, name].append(path)
    for (folder, name), paths in groups.items():
        for number, path in enumerate(paths):
            target = f"{folder}/part-{name}-{number:05d}-of-{len(paths):05d}.avro"
            rename(f"{root}/{path}", f"{root}/{target}", durable=False)
