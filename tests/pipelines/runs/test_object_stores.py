"""Backlogs and nights in object stores, over the protocols of S3 and of Google."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import fastavro
import pytest

from pipelines import backlog, nightly
from pipelines.cli.exit_codes import ExitCode
from pipelines.commands import explain, export, sample, show, status
from pipelines.inbox.queues import write_messages
from schemas.case_event import CaseEvent
from schemas.outcomes import ROUTES
from tests.helpers.commands import PARTS, Row, Running, argv, discretion, environment, rows, run_of
from tests.helpers.doc_commands import documented
from tests.helpers.stores import Store, store
from tests.helpers.watches import until


def page(there: Store, command: str, given: str = "") -> list[str]:
    """The options of the command that `docs/storage.md` gives, in this store.

    Args:
        there: The store.
        command: The command.
        given: What the options begin with, if the page has several such commands.
    """
    buckets = {"s3://BUCKET": there.root, "gs://BUCKET": there.root}
    return documented("storage.md", f"{command} {given}", buckets)[1:]


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample, and a run of it on disk."""
    place = tmp_path_factory.mktemp("local")
    assert sample.main(["--output", f"{place}/s", "--cases", "60"]) == 0
    assert backlog.main(["--input", f"{place}/s", "--output", f"{place}/out"]) == 0
    return place


@pytest.fixture(scope="module", params=["s3", "gs"])
def there(request: pytest.FixtureRequest, local: Path) -> Store:
    """A store with the sample, and one run that was killed and run again."""
    there = store(request.param)
    for path in (local / "s").iterdir():
        there.objects.put(f"cases/{path.name}", path.read_bytes())
    words = page(there, "backlog", "--")
    _killed(there, ["backlog", *words])
    assert show.main([f"{there.root}/out"]) == ExitCode.INPUT
    assert backlog.main(words) == 0
    return there


def _killed(there: Store, words: list[str]) -> None:
    """Kill a backlog once it has written some of its run."""
    process = subprocess.Popen(
        argv(*words), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment()
    )
    while not any(".partial/close" in name for name in there.objects.names()):
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not any("runs/2011" in name for name in there.objects.names())


def records(there: Store, part: str) -> list[Row]:
    """The records of a part of the run, by case."""
    found = [
        row
        for name in there.objects.names()
        if f"/{part}/part-" in name and name.startswith("out/runs/2011")
        for row in fastavro.reader(io.BytesIO(there.objects.read(name)))
        if isinstance(row, dict)
    ]
    return sorted(found, key=lambda row: (str(row["case_id"]), repr(row)))


def test_a_killed_backlog_runs_again_with_the_content_that_it_has_on_disk(
    there: Store, local: Path
) -> None:
    assert not any(".partial" in name or ".temp" in name for name in there.objects.names())
    for part in PARTS:
        expected = rows(run_of(local / "out"), part)
        if part in ("quarantine", "duplicates"):
            # These name the file that a record came from.
            assert len(records(there, part)) == len(expected)
        else:
            assert records(there, part) == expected


def test_shows_explains_and_exports_a_run(
    there: Store,
    local: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = records(there, "close")[0]["case_id"]
    said: list[tuple[object, str, bytes]] = []
    monkeypatch.chdir(tmp_path)
    for output in (f"{there.root}/out", f"{local}/out"):
        shows, explains, exports = (
            [case if word == "CASE" else word.replace(f"{there.root}/out", output)
             for word in page(there, command)]
            for command in ("show", "explain", "export")
        )  # fmt: skip
        assert show.main([*shows, "--json"]) == 0
        counts = json.loads(capsys.readouterr().out)["counts"]
        assert explain.main(explains) == 0
        explained = capsys.readouterr().out
        exported = tmp_path / f"{len(said)}.csv"
        assert export.main([*exports[:-1], str(exported)]) == 0
        capsys.readouterr()
        said.append((counts, explained, exported.read_bytes()))
    assert said[0] == said[1]


def test_of_two_nights_at_once_the_first_to_finish_wins(
    there: Store,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    events = f"{there.root}/events"
    case = records(there, "close")[0]["case_id"]
    write_messages([hearing("e1", case)], events)
    words = [*page(there, "nightly", "--state s3"), "--json", "--as-of"]
    first = [*words, "2011-11-17", "--input", f"{there.root}/cases"]
    assert nightly.main(first) == 0
    night = json.loads(capsys.readouterr().out)
    assert night["nightly"]["events"]["read"] == 1
    assert sum(night["counts"]["routed"].values()) == sum(
        len(records(there, route)) for route in ROUTES
    )

    write_messages([hearing("e2", case)], events)

    err = tmp_path / "err.txt"
    late = Running("nightly", *words, "2011-11-18", out=os.devnull, err=err)
    until(lambda: "nights/runs/_night-2011-11-18.claim" in there.objects.names())
    late.send_signal(signal.SIGSTOP)
    done = discretion("nightly", *words, "2011-11-18")
    assert (done.returncode, json.loads(done.stdout)["run_id"]) == (0, "night-2011-11-18.2")
    late.send_signal(signal.SIGCONT)
    assert late.wait() == ExitCode.BUSY
    assert (
        "another night has finished meanwhile, so nothing of this one was kept" in err.read_text()
    )
    assert there.objects.read("nights/LATEST") == b"night-2011-11-18.2\n"
    names = {name.split("/")[2] for name in there.objects.names() if name.startswith("nights/runs")}
    assert names == {"night-2011-11-17", "night-2011-11-18.2"}
    assert "nights/FAILED" not in there.objects.names()
    assert status.main(page(there, "status")) == 0
    assert "night-2011-11-18.2" in capsys.readouterr().out

    # The same news, with the state on a disk.
    monkeypatch.chdir(tmp_path)
    here = [*page(there, "nightly", "--state OUT"), "--json", "--as-of", "2011-11-18"]
    assert nightly.main(here) == 0
    assert json.loads(capsys.readouterr().out)["nightly"]["events"]["read"] == 2
    assert run_of(tmp_path / "OUT").name == "night-2011-11-18"


def hearing(event_id: str, case_id: str) -> bytes:
    event = CaseEvent(event_id=event_id, case_id=case_id, kind="HEARING_SET")
    return event.model_dump_json().encode()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["backlog", "--input", "{0}://nowhere/cases", "--output", "x"], ExitCode.INPUT),
        (["backlog", "--input", "{1}/s", "--output", "{0}://nowhere/out"], ExitCode.OUTPUT),
        (["show", "{0}://nowhere/out"], ExitCode.INPUT),
    ],
)
def test_names_a_bucket_that_is_not_there(
    there: Store,
    local: Path,
    words: list[str],
    code: ExitCode,
    capsys: pytest.CaptureFixture[str],
) -> None:
    scheme = there.root.partition(":")[0]
    name, *rest = (word.format(scheme, local) for word in words)
    assert {"backlog": backlog, "show": show}[name].main(rest) == code
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"{scheme}://nowhere/" in said
    assert "there is no such bucket; correct its name, or make it" in said


@pytest.mark.parametrize(
    ("scheme", "says"),
    [("s3", "there are no AWS credentials; run aws configure"),
     ("gs", "there are no Google credentials; run gcloud auth")],
)  # fmt: skip
def test_says_what_to_do_without_credentials(
    scheme: str, says: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in [*os.environ]:
        if name.startswith(("AWS_", "GOOGLE_", "STORAGE_EMULATOR")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    # No service of a cloud machine offers any.
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    done = discretion("show", f"{scheme}://bucket/out")
    assert (done.returncode, done.stderr.count("\n")) == (ExitCode.INPUT, 1)
    assert says in done.stderr
