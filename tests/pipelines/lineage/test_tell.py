"""A backlog and nights with `--lineage`: a catalog's server, a file, and nobody at the address."""

from __future__ import annotations

import fcntl
import http.server
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines import backlog, nightly
from pipelines.cli.exit_codes import ExitCode
from pipelines.commands import sample
from pipelines.inbox.queues import write_messages
from pipelines.lineage.tell import Result, telling
from schemas.case_event import CaseEvent

Event = dict[str, Any]


class Catalog(http.server.ThreadingHTTPServer):
    """A server that keeps what is posted to it, and answers with a status."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.posted: list[tuple[str, str | None, Event]] = []
        self.status = 201

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Catalog

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers.get("Authorization")
        self.server.posted.append((self.path, key, json.loads(content)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def catalog() -> Iterator[Catalog]:
    with Catalog() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("cases")
    assert sample.main(["--output", f"{place}/s", "--cases", "40", "--files", "2"]) == 0
    return place / "s"


def nobody() -> str:
    """An address on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


def told(path: Path) -> list[Event]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def by_name(datasets: list[Event]) -> dict[str, Event]:
    return {dataset["name"]: dataset for dataset in datasets}


def test_a_backlog_tells_a_catalog_what_it_read_and_wrote(
    catalog: Catalog, cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENLINEAGE_API_KEY", "the key")
    words = ["--input", str(cases), "--output", f"{tmp_path}/out", "--json"]
    assert backlog.main([*words, "--lineage", catalog.address]) == 0
    [(path, key, start), (_, _, end)] = catalog.posted
    assert (path, key) == ("/api/v1/lineage", "Bearer the key")
    assert (start["eventType"], end["eventType"]) == ("START", "COMPLETE")
    assert start["run"]["runId"] == end["run"]["runId"]
    assert start["job"]["name"] == "backlog"
    [run] = (tmp_path / "out/runs").iterdir()
    manifest = json.loads((run / "manifest.json").read_text("utf-8"))
    about = end["run"]["facets"]["discretion_run"]
    assert about["counts"] == manifest["counts"]
    assert about["versions"] == manifest["versions"]
    assert (about["rulebook"], about["rulebook_digest"]) == (
        *("ice-2011-11-17", manifest["rulebook"]["digest"]),
    )
    [read] = end["inputs"]
    assert [one["name"] for one in start["inputs"]] == [read["name"]] == [str(cases)]
    statistics = read["inputFacets"]["inputStatistics"]
    assert (statistics["rowCount"], statistics["fileCount"]) == (manifest["counts"]["read"], 2)
    assert statistics["size"] == sum(file.stat().st_size for file in cases.iterdir())
    written = by_name(end["outputs"])
    closed = written[f"{tmp_path}/out/close"]
    assert closed["facets"]["version"]["datasetVersion"] == manifest["run_id"]
    rows = closed["outputFacets"]["outputStatistics"]["rowCount"]
    assert rows == manifest["counts"]["routed"]["close"] > 0
    assert f"{tmp_path}/out/cases" in written


def test_nights_tell_a_file_and_one_that_reaches_nobody_is_as_good(
    cases: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state, events, file = tmp_path / "OUT", tmp_path / "events", tmp_path / "lineage.ndjson"
    words = ["--state", str(state), "--events", str(events), "--json", "--as-of"]
    write_messages([CaseEvent(event_id="e", case_id="x").model_dump_json().encode()], str(events))
    first = [*words, "2011-11-17", "--input", f"{cases}/*.avro", "--lineage", str(file)]
    assert nightly.main(first) == 0
    night = json.loads(capsys.readouterr().out)

    # Somebody else's night is running, so this one is aborted; and it isn't this one's failure.
    with (state / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        late = [*words, "2011-11-18", "--lineage", str(file)]
        assert nightly.main(late) == ExitCode.BUSY
    # There is nothing new.
    assert nightly.main([*words, "2011-11-17", "--lineage", str(file)]) == 0
    early = [*words, "2011-11-01", "--lineage", str(file)]
    assert nightly.main(early) == ExitCode.USAGE
    kinds = [event["eventType"] for event in told(file)]
    assert kinds == ["START", "COMPLETE", "START", "ABORT", "START", "COMPLETE", "START", "FAIL"]
    done, nothing, failed = (told(file)[number] for number in (1, 5, 7))
    reads = by_name(done["inputs"])
    assert (
        reads[str(cases)]["inputFacets"]["inputStatistics"]["rowCount"] == (night["counts"]["read"])
    )
    assert reads[str(events)]["inputFacets"]["inputStatistics"]["rowCount"] == 1
    assert {Path(name).name for name in by_name(done["outputs"])} >= {"queue", "cases"}
    assert nothing["inputs"] == nothing["outputs"] == []
    message = failed["run"]["facets"]["errorMessage"]["message"]
    assert "last night was as of 2011-11-17" in message

    capsys.readouterr()
    assert nightly.main([*words, "2011-11-18", "--lineage", nobody()]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["nightly"]["cases_before"] == night["nightly"]["cases"]
    assert said.err.count("no lineage is sent: it can't be reached (ConnectionError)") == 1


@pytest.mark.parametrize("status", [404, 500])
def test_a_catalog_that_refuses_gets_one_warning_without_the_password(
    catalog: Catalog, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    catalog.status = status
    address = catalog.address.replace("//", "//user:secret@")
    with telling(f"{address}/events", "backlog", ["in"], {}) as finished:
        finished(Result())
    assert [path for path, _, _ in catalog.posted] == ["/events"]
    assert capsys.readouterr().err == (
        f"discretion backlog: warning: {catalog.address}/events: no lineage "
        f"is sent: it answers with status {status}; the run itself goes on\n"
    )


def test_a_file_that_cannot_be_written_gets_one_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with telling(f"{tmp_path}/no/file", "backlog", ["in"], {}) as finished:
        finished(Result())
    assert capsys.readouterr().err == (
        f"discretion backlog: warning: {tmp_path}/no/file: no lineage is sent: No such file or "
        "directory; the run itself goes on\n"
    )


def test_refuses_other_places(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        backlog.main(["--input", "x", "--output", "y", "--lineage", "s3://bucket/file"])
    assert "write a local file, or an address with http:// or https://" in capsys.readouterr().err
