"""Watches as their user runs them: real processes, arriving files, kills, and nights in between."""

from __future__ import annotations

import datetime
import shutil
import signal
import time
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines.inbox.batches import Inbox
from pipelines.inbox.live_source import RUNNER, LiveSource
from pipelines.inbox.plan import plan_watch
from pipelines.nights.state import find_previous
from pipelines.watch import watch
from schemas.avro import avro_schema
from schemas.case_record import CaseRecord
from schemas.errors import InputError
from tests.helpers.commands import discretion, rows, run_of
from tests.helpers.news import CLEAN, ELDER, VETERAN, completed, events_of, felony
from tests.helpers.watches import (
    N1,
    N2,
    N3,
    N4,
    PATIENCE,
    changes,
    encoded,
    land,
    land_bytes,
    lines_of,
    nightly,
    printed,
    stopped,
    until,
    watching,
)
from transforms.avro.encode import encode_blocks, sync_marker, write_header
from transforms.normalize.case_frame import to_frame
from transforms.sample.events import sample_events


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A first night."""
    place = tmp_path_factory.mktemp("watch")
    (place / "inbox").mkdir()
    assert discretion("sample", "--output", place / "cases", "--cases", 250,
                      "--files", 1).returncode == 0  # fmt: skip
    known = [CaseRecord(**{**CLEAN, "case_id": f"known {n}"}) for n in range(9)]
    turning = [CaseRecord(**{**facts, "case_id": name, "updated_at": "2011-11-01"})
               for name, facts in (("elder", ELDER), ("veteran", VETERAN))]  # fmt: skip
    cases = encoded(to_frame([*known, *turning]), "case_record")
    (place / "cases/known.avro").write_bytes(cases)
    nightly(place, N1, "--input", place / "cases")
    return place


@pytest.fixture(scope="module")
def killed(begun: Path) -> Path:
    """A watch that is killed in the middle of a batch, and the one that takes over from it."""
    place, inbox = begun, begun / "inbox"
    run = f"night-{N1}"
    batches = place / "OUT/watch/batches" / run
    with watching(place, N2) as process:
        land(inbox, "1", felony("e1", "known 1"))
        until(lambda: "batch-000001" in printed(place))
        # Cut short, as if it were still being written.
        whole = encoded(events_of(felony("e2", "known 2")), "case_event")
        (inbox / "2.avro").write_bytes(whole[:-9])
        land(inbox, "3", completed("e3", "known 3"), felony("e1", "known 1"))
        until(lambda: "batch-000002" in printed(place))
        land(inbox, "4", felony("e4", "known 4"))
        until(lambda: (batches / "batch-000003.json").exists())
        process.send_signal(signal.SIGKILL)
    (inbox / "2.avro").write_bytes(whole)
    ids = sorted(str(row["case_id"]) for row in rows(run_of(place / "OUT"), "continue"))
    frame = sample_events([i for i in ids if "known" not in i], 80, N2, 1)
    with watching(place, N2) as process:
        until(lambda: (place / "OUT/watch/changes" / run / "batch-000004-0.avro").exists())
        land_bytes(inbox, "5", encoded(frame, "case_event"))
        until(lambda: "batch-000005" in printed(place))
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    assert lines_of((place / "err.txt").read_text())[1:] == ["discretion watch: stopped"]
    return place


def test_a_kill_loses_nothing_and_a_restart_repeats_nothing(killed: Path) -> None:
    found = changes(killed, f"night-{N1}")
    batches = {name: [row["case_id"] for row in part] for name, part in found.items()
               if name.startswith("batch")}  # fmt: skip
    assert batches | {"batch-000005": []} == {
        "batch-000001": ["known 1"],
        "batch-000002": ["known 3"],
        "batch-000003": ["known 4"],
        "batch-000004": ["known 2"],
        "batch-000005": [],
    }
    assert found["batch-000005"]
    [row] = found["batch-000001"]
    assert (row["from_route"], row["to_route"]) == ("continue", "expedite")
    assert row["to_reasons"] == ["P2a"]
    # The second watch reported only what the first one hadn't.
    assert not {"batch-000001", "batch-000002"} & set(printed(killed))


def test_streaming_and_nightly_agree_and_a_night_takes_over(killed: Path) -> None:
    place = killed
    watched = [row for part in changes(place, f"night-{N1}").values() for row in part]
    folder = place / "OUT/watch/recommendations"
    recommended = {row["case_id"]: row for row in rows(folder, f"night-{N1}")}
    with watching(place, N2) as process:
        until(lambda: "inbox, from" in (place / "err.txt").read_text())
        nightly(place, N2)
        until(lambda: f"night-{N2}" in (place / "err.txt").read_text())
        land(place / "inbox", "6", felony("e6", "known 6"))
        until(lambda: "batch-000001" in printed(place))
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
    night = rows(run_of(place / "OUT"), "changes")
    assert len({row["case_id"] for row in watched}) == len(watched) > 10
    assert sorted(watched, key=lambda row: row["case_id"]) == night
    routed = {row["case_id"]: row for route in ("close", "continue", "expedite")
              for row in rows(run_of(place / "OUT"), route)}  # fmt: skip
    assert recommended
    assert recommended == {case: routed[case] for case in recommended}
    assert [row["case_id"] for row in changes(place, f"night-{N2}")["batch-000001"]] == ["known 6"]

    # The next night doesn't read the reports; the watch after it does, and doesn't repeat them.
    (place / "inbox/6.avro").rename(place / "6")
    nightly(place, N3)
    (place / "6").rename(place / "inbox/6.avro")
    with watching(place, N3):
        until(lambda: "batch-000001" in printed(place))
        land(place / "inbox", "7", completed("e7", "known 6"))
        until(lambda: "batch-000002" in printed(place))
    found = changes(place, f"night-{N3}")
    assert found["batch-000001"] == []
    [row] = found["batch-000002"]
    assert (row["case_id"], row["from_route"]) == ("known 6", "expedite")
    assert row["status"] == "completed"


def test_reports_each_day_that_passed_once(begun: Path, tmp_path: Path) -> None:
    another(begun, tmp_path)
    for _ in range(2):
        with watching(tmp_path, N3):
            land(tmp_path / "inbox", str(time.time_ns()), felony("e1", "known 1"))
            until(lambda: any("batch" in name for name in printed(tmp_path)))
    found = changes(tmp_path, f"night-{N1}")
    row, other = (next(row for row in found["day-2011-11-17"] if row["case_id"] == name)
                  for name in ("elder", "veteran"))  # fmt: skip
    assert (row["to_route"], row["as_of"]) == ("close", datetime.date(2011, 11, 17))
    assert (other["differs"], other["to_reasons"]) == (["reasons"], ["F1", "F4"])
    for one in (row, other):
        assert [cause["milestone"] for cause in one["causes"]] == ["turned_65", "turned_elderly"]
    every = [row["case_id"] for part in found.values() for row in part]
    assert every.count("elder") == every.count("known 1") == 1


def another(begun: Path, place: Path) -> Path:
    """Copy the first night to a new place."""
    (place / "inbox").mkdir()
    (place / "OUT/runs").mkdir(parents=True)
    first = begun / "OUT/runs" / f"night-{N1}"
    (place / "OUT/runs" / first.name).symlink_to(first)
    (place / "OUT/LATEST").write_text(first.name + "\n")
    return place


def test_files_may_grow_change_and_disappear_while_watches_restart(
    begun: Path, tmp_path: Path
) -> None:
    place, file = another(begun, tmp_path), tmp_path / "inbox/grows.avro"
    one, other = (events_of(felony(f"e{n}", f"known {n}")) for n in (1, 2))
    first = encoded(one, "case_event")
    file.write_bytes(first)
    with watching(place, N2):
        until(lambda: "batch-000001" in printed(place))
    with file.open("ab") as end:
        end.write(encode_blocks(other, avro_schema("case_event")))
    with watching(place, N2):
        until(lambda: "batch-000002" in printed(place))
    found = changes(place, f"night-{N1}")
    assert [[row["case_id"] for row in found[f"batch-00000{n}"]] for n in (1, 2)] == [
        ["known 1"],
        ["known 2"],
    ]

    file.write_bytes(encoded(events_of(felony("e3", "known 3")), "case_event"))
    with watching(place, N2) as process:
        until(lambda: "batch-000003" in printed(place))
        file.unlink()
        land(place / "inbox", "other", completed("e4", "known 1"))
        until(lambda: "batch-000004" in printed(place))
        assert stopped(process) == 0
    assert lines_of((place / "err.txt").read_text())[1:] == [
        f"discretion watch: {file}: was replaced since the watch read it; what it held counts "
        "until the next night, which reads it as it is then",
        "discretion watch: stopped",
    ]
    with watching(place, N2) as process:
        until(lambda: "is gone since" in (place / "err.txt").read_text())
        land(place / "inbox", "last", completed("e5", "known 2"))
        until(lambda: "batch-000005" in printed(place))
        assert stopped(process) == 0
    found = changes(place, f"night-{N1}")
    # What was reported for the first two is based on content that the file no longer has.
    assert [
        [(row["case_id"], row["from_route"], row["status"]) for row in found[f"batch-00000{n}"]]
        for n in (3, 4, 5)
    ] == [
        [("known 3", "continue", "routed")],
        [("known 1", "expedite", "completed")],
        [("known 2", "expedite", "completed")],
    ]


def test_reports_damage_and_unread_fields_and_exits_with_seven(begun: Path, tmp_path: Path) -> None:
    place = another(begun, tmp_path)
    schema = avro_schema("case_event")
    fields = [{**f, "name": "Kind"} if f["name"] == "kind" else f for f in schema["fields"]]
    odd = {**schema, "fields": fields}
    content = encode_blocks(events_of(felony("e1", "known 1")), schema)
    land_bytes(place / "inbox", "odd", write_header(odd, "snappy") + content.replace(
        sync_marker(schema), sync_marker(odd)))  # fmt: skip
    whole = encoded(events_of(felony("e2", "known 2")), "case_event")
    bad = encode_blocks(events_of(felony("e3", "known 3")), schema)
    damaged = whole + bad[:30] + bytes([bad[30] ^ 1]) + bad[31:]
    land_bytes(place / "inbox", "damaged", damaged)
    with watching(place, N2) as process:
        until(lambda: "batch-000001" in printed(place))
        assert stopped(process) == 7
    lines = lines_of((place / "err.txt").read_text())[1:]
    assert sorted(lines) == sorted([
        f"discretion watch: {place}/inbox/odd.avro: the field Kind is not in the schema (names are "
        "case-sensitive): nothing in it was read; did you mean kind?",
        f"discretion watch: {place}/inbox/damaged.avro: is damaged in 1 place: an unknown number "
        "of records in it were quarantined unread; the night does the same, and its manifest "
        "counts it",
        "discretion watch: stopped",
    ])  # fmt: skip
    ids = {row["case_id"] for part in changes(place, f"night-{N1}").values() for row in part}
    assert {"known 1", "known 2"} <= ids
    assert "known 3" not in ids


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--state", "/nowhere"], 3, "/nowhere: has no night yet"),
        (["--inbox", "/nowhere"], 3, "/nowhere: no such directory"),
        (["--as-of", "2011-11-01"], 2, "last night was as of 2011-11-15"),
        (["--as-of", "2012-11-01"], 2, "run discretion nightly first"),
    ],
)
def test_reports_invalid_options_in_one_line(
    begun: Path, tmp_path: Path, words: list[str], code: int, says: str
) -> None:
    another(begun, tmp_path)
    done = discretion("watch", "--state", tmp_path / "OUT", "--inbox", tmp_path, "--as-of", N2,
                      *words)  # fmt: skip
    lines = [line for line in lines_of(done.stderr) if "from /" not in line]
    assert done.returncode == code
    assert len(lines) == 1
    assert says in lines[0]


def test_a_broken_source_ends_the_watch_without_writing_future_days(
    begun: Path, tmp_path: Path
) -> None:
    place = another(begun, tmp_path)
    state, last = str(place / "OUT"), find_previous(str(place / "OUT"))
    assert last is not None
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    plan = plan_watch(state, last, datetime.datetime.combine(N2, now.time()) - now, as_json=True)
    inbox = Inbox(str(place), state, last, lambda *_: None, lambda *_: None)
    ticks = [(batch.at, batch.model_dump_json()) for batch in inbox.start()]
    with LiveSource(lambda: iter(ticks)) as source:
        pipeline = beam.Pipeline(options=PipelineOptions([RUNNER, "--streaming"]))
        watch(pipeline | source.read(), plan)
        running = pipeline.run()
        # On the next day two turn 65: the end of the ticks brings it too early.
        with pytest.raises(InputError, match="its clock was set back"):
            running.wait_until_finish()
    assert not [name for name in changes(place, f"night-{N1}") if name > f"day-{N2}"]


def test_reports_a_state_damaged_during_a_watch_in_one_line(begun: Path, tmp_path: Path) -> None:
    place = another(begun, tmp_path)
    run = place / "OUT/runs" / f"night-{N1}"
    run.unlink()
    shutil.copytree(begun / "OUT/runs" / run.name, run)
    [cases] = (run / "cases").iterdir()
    whole = cases.read_bytes()
    cases.write_bytes(whole[: len(whole) // 2] + b"\xff" * 99 + whole[len(whole) // 2 + 99 :])
    with watching(place, N2) as process:
        assert process.wait(PATIENCE) == 3
    _, line = lines_of((place / "err.txt").read_text())
    assert line.startswith(f"discretion watch: {cases}: ")
    assert line.endswith(f"; restore that run, or write the name of an earlier one to {place}/OUT/"
                         "LATEST")  # fmt: skip

    cases.write_bytes(whole)
    with watching(place, N2) as process:
        until(lambda: "inbox, from" in (place / "err.txt").read_text())
        (place / "OUT/LATEST").unlink()
        assert process.wait(PATIENCE) == 3
    assert lines_of((place / "err.txt").read_text())[1:] == [
        f"discretion watch: {place}/OUT/LATEST: is missing; write the name of the last good night "
        "to it"
    ]


def test_a_second_watch_at_once_reports_that_the_state_is_busy(begun: Path) -> None:
    with watching(begun, N4):
        until(lambda: "inbox, from" in (begun / "err.txt").read_text())
        done = discretion("watch", "--state", begun / "OUT", "--inbox", begun / "inbox",
                          "--as-of", N4)  # fmt: skip
    assert done.returncode == 5
    assert lines_of(done.stderr) == [
        f"discretion watch: {begun}/OUT: another watch is running on it"
    ]
