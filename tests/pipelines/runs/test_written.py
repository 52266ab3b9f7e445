"""Files that count get their names in the order of their content; others get none."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.runs.tallies import Tallies
from pipelines.runs.whole_directory import WholeDirectory
from pipelines.runs.written import name_written, tally_written


def test_names_what_counts_and_removes_the_rest(tmp_path: Path) -> None:
    place = WholeDirectory(str(tmp_path / "run"), "another")
    place.open("cases", "quarantine")
    root = Path(place.partial)
    counted = ["cases/_a-22-x.avro", "cases/_a-11-z.avro", "cases/_b-33-y.avro"]
    # The same content twice, from two bundles, is two files.
    counted += ["quarantine/_a-44-v.avro", "quarantine/_a-44-w.avro"]
    for path in (*counted, "cases/_a-11-again.avro", "cases/_a.unfinished", "_LATEST"):
        (root / path).write_text(path)
    tallies = Tallies(pl.concat(tally_written(path, 1) for path in counted))
    name_written(str(root), tallies)
    place.close()
    found = {str(path.relative_to(tmp_path / "run")): path.read_text()
             for path in sorted((tmp_path / "run").rglob("*")) if path.is_file()}  # fmt: skip
    assert found == {
        "_LATEST": "_LATEST",
        "cases/part-a-00000-of-00002.avro": "cases/_a-11-z.avro",
        "cases/part-a-00001-of-00002.avro": "cases/_a-22-x.avro",
        "cases/part-b-00000-of-00001.avro": "cases/_b-33-y.avro",
        "quarantine/part-a-00000-of-00002.avro": "quarantine/_a-44-v.avro",
        "quarantine/part-a-00001-of-00002.avro": "quarantine/_a-44-w.avro",
    }


def test_an_attempt_removes_what_an_earlier_one_left_and_nothing_else(tmp_path: Path) -> None:
    for name in ("_night.0123456789ab.partial", "_night.partial", "_night.2.0123456789ab.partial",
                 "_nights.0123456789ab.partial"):  # fmt: skip
        (tmp_path / name).mkdir()
    first, second = (WholeDirectory(f"{tmp_path}/night", "another") for _ in range(2))
    assert first.partial != second.partial
    first.open("cases")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["_night.2.0123456789ab.partial", "_nights.0123456789ab.partial",
         Path(first.partial).name]
    )  # fmt: skip
