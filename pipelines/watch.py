"""Watch an inbox: apply events as their files arrive, and report what they change."""

from __future__ import annotations

import datetime
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines.cli.arguments import CommandParser, add_readers, checked, date
from pipelines.cli.console import complain
from pipelines.cli.rulebooks import warn
from pipelines.cli.run_command import run_command
from pipelines.inbox.batches import Inbox
from pipelines.inbox.found import read_found
from pipelines.inbox.live_source import RUNNER, LiveSource, Tick
from pipelines.inbox.plan import Job, plan_watch, utc_now
from pipelines.inbox.report import BROKEN_OFF, exit_code, note_damage, note_unread, say
from pipelines.nights.failures import read_text
from pipelines.nights.state import find_previous, instead_of_it
from pipelines.receive import Beside
from pipelines.runs.latest import run_named
from pipelines.runs.lock import locked
from schemas.avro import avro_schema
from schemas.errors import BusyError, DamagedError, InputError, RunError
from schemas.options import WatchOptions
from schemas.rulebooks.in_force import outside
from schemas.watch import Batch
from transforms.avro.quarantined import QUARANTINED
from transforms.frames.frame import Frame, concat_frames
from transforms.nightly.events import EVENTS
from transforms.watch.cases import News, WatchCases, by_shard

POLL_SECONDS = 0.5


def watch(batches: beam.PCollection[str], job: Job) -> None:
    """The pipeline: from batches of event files to changes."""
    (
        batches
        | "Read" >> beam.FlatMap(_read, job).with_output_types(tuple[int, News])
        | "Watch" >> WatchCases(job.night, job.shards)
        | "Write" >> beam.Map(say, job)
    )


def _read(text: str, job: Job) -> Iterator[tuple[int, News]]:
    """Return a batch's events, by shard."""
    batch = Batch.model_validate_json(text)
    schema = avro_schema("case_event")
    frames: list[Frame] = []
    quarantined: list[Frame] = []
    for file in batch.files:
        read, unread = read_found(file, schema)
        frames += read
        quarantined += unread
    # The next night quarantines what can't be read.
    note_damage(concat_frames(quarantined, QUARANTINED))
    events = concat_frames(frames, EVENTS)
    return by_shard(batch.number, batch.silent, events, job.night.buckets, job.shards)


def parser() -> CommandParser:
    """The command's options."""
    made = CommandParser(
        prog="discretion watch",
        description="Apply events as their files arrive, to last night's snapshot and "
        "on its terms, and report what they change. It runs until SIGTERM "
        "or Ctrl-C.",
        allow_abbrev=False,
    )
    made.add_argument(
        "--state", required=True, metavar="OUT", help="the state: the directory of the nights"
    )
    made.add_argument(
        "--inbox",
        required=True,
        metavar="DIR",
        help="directory of event files, as in nightly --events",
    )
    made.add_argument(
        "--source",
        metavar="URL",
        help="also run discretion receive, for pubsub://PROJECT/SUBSCRIPTION; for "
        "Kafka, run it yourself",
    )
    made.add_argument(
        "--as-of", type=date, metavar="DATE", help="use this date as today; it moves on at midnight"
    )
    add_readers(made)
    made.add_argument("--json", action="store_true", help="print a line of JSON for each batch")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: Its options; None for those of the process.

    Returns:
        An exit code (`pipelines.cli.exit_codes`).
    """
    options = parser().parse_args(arguments)
    return run_command("watch", lambda: _run(checked(WatchOptions, options), options.json))


class _Stop(BaseException):
    """A signal asked the command to stop."""


class _Moved(BaseException):
    """There is a new night's snapshot."""


def _run(options: WatchOptions, as_json: bool) -> int:
    state = options.state.rstrip("/")
    shift = datetime.timedelta()
    if options.as_of is not None:
        shift = options.as_of - utc_now().date()
    landing = Beside(options.source, options.inbox)
    _on(signal.SIGTERM, _Stop)
    _on(signal.SIGINT, _Stop)
    _on(signal.SIGUSR1, _Moved)
    # gRPC's log messages about a closed source help nobody.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    try:
        if find_previous(state) is None:
            raise InputError(f"{state}: has no night yet; run discretion nightly first")
        with locked(f"{state}/watch"), landing:
            while True:
                try:
                    _watch_night(options, landing, shift, as_json)
                except _Moved:
                    continue
    except BusyError:
        raise BusyError(f"{state}: another watch is running on it") from None
    except _Stop:
        complain("watch", "stopped")
        return exit_code()


def _on(number: signal.Signals, kind: type[BaseException]) -> None:
    def handle(*_: object) -> None:
        raise kind

    signal.signal(number, handle)


def _watch_night(
    options: WatchOptions, landing: Beside, shift: datetime.timedelta, as_json: bool
) -> None:
    """Watch on the latest night's snapshot until there is a newer one."""
    state, folder = options.state.rstrip("/"), options.inbox
    night = find_previous(state)
    assert night is not None
    job = plan_watch(state, night, shift, as_json=as_json)
    job.place.sweep()
    warn("watch", outside(job.night.terms.rulebook.rulebook, job.now().date()))
    inbox = Inbox(folder, state, night, note_unread)
    in_process = PipelineOptions([RUNNER, "--streaming"], save_main_session=False)
    failed: list[Exception] = []
    begun = threading.Event()
    with LiveSource(lambda: _ticks(inbox, job, landing, begun, failed)) as live:
        pipeline = beam.Pipeline(options=in_process)
        watch(pipeline | "Live" >> live.read(), job)
        running = pipeline.run()
        try:
            # Report a new night or a failure only once the pipeline is listening.
            begun.set()
            complain("watch", f"{folder}, from {night.run}")
            running.wait_until_finish()
            # A source that never ends ends only if something is wrong.
            raise InputError(BROKEN_OFF)
        except DamagedError as error:
            raise RunError(f"{error}; {instead_of_it(state)}") from None
        except _Moved:
            if failed:
                raise failed[0] from None
            raise
        finally:
            running.cancel()


def _ticks(
    inbox: Inbox,
    job: Job,
    landing: Beside,
    begun: threading.Event,
    failed: list[Exception],
) -> Iterator[Tick]:
    """Give the batches as they arrive, and the time.

    It never ends by itself: when a source ends, the pipeline's time runs to infinity, and every
    timer fires.
    """
    try:
        for batch in inbox.start():
            yield batch.at, batch.model_dump_json()
        while _latest(job.place.state) == job.place.run_id:
            now = job.now()
            yield now, None
            landing.check()
            # Files that arrive while a batch is processed form one batch, not many.
            if inbox.all_done() and (new := inbox.look(now)):
                yield new.at, new.model_dump_json()
            time.sleep(POLL_SECONDS)
    except Exception as error:
        failed.append(error)
    while not begun.is_set():
        yield job.now(), None
        time.sleep(POLL_SECONDS)
    os.kill(os.getpid(), signal.SIGUSR1)
    while True:
        yield job.now(), None
        time.sleep(POLL_SECONDS)


def _latest(state: str) -> str:
    name = read_text(f"{state}/LATEST")
    if name is None:
        raise RunError(f"{state}/LATEST: is missing; write the name of the last good night to it")
    return run_named(name, f"{state}/LATEST")


if __name__ == "__main__":
    os.environ.setdefault("RUST_BACKTRACE", "0")
    sys.exit(main())
