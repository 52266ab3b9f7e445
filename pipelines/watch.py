"""Watch an inbox: apply events as their files arrive, and report what they change."""

from __future__ import annotations

import datetime
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines.cli import declare
from pipelines.cli.command import Command
from pipelines.cli.complain import complain
from pipelines.cli.declare import flags
from pipelines.cli.quick_beam import quick_options
from pipelines.cli.rulebooks import warn
from pipelines.cli.runners import beam_arguments, pipeline_options
from pipelines.engines.engine import FLINK, IN_PROCESS, Engine
from pipelines.engines.job import flink_of, running
from pipelines.engines.options import from_anywhere
from pipelines.inbox.batch_source import POLL_SECONDS, Batches
from pipelines.inbox.batches import Inbox
from pipelines.inbox.clock import tell_time
from pipelines.inbox.kept import events_of
from pipelines.inbox.live_source import RUNNER, LiveSource, Tick
from pipelines.inbox.plan import WatchPlan, plan_watch, utc_now
from pipelines.inbox.receive_process import ReceiveProcess
from pipelines.inbox.report import (
    BROKEN_OFF,
    exit_code,
    note_changed,
    note_left_out,
    print_reports,
    write_report,
)
from pipelines.nights.failures import read_text
from pipelines.nights.state import find_previous, instead_of_it
from pipelines.runs.latest import run_named
from pipelines.runs.lock import check_local, locked
from pipelines.runs.whole_directory import new_attempt
from schemas.errors import BusyError, DamagedError, InputError, RunError, UsageError
from schemas.rulebooks.in_force import outside
from schemas.watch import Batch
from transforms.watch.cases import News, WatchCases, by_shard

# The least time between two looks at the inbox, which cost 3 % of a processor if it is small.
LOOK_SECONDS = 0.1


def watch(batches: beam.PCollection[str], plan: WatchPlan) -> None:
    """The pipeline: from batches of event files to changes."""
    (
        batches
        | "Read" >> beam.FlatMap(_read, plan).with_output_types(tuple[int, News])
        | "Watch" >> WatchCases(plan.night, plan.shards)
        | "Write" >> beam.Map(write_report, plan)
    )


def _read(text: str, plan: WatchPlan) -> Iterator[tuple[int, News]]:
    """Return a batch's events, by shard."""
    batch = Batch.model_validate_json(text)
    events = events_of(batch, plan.place)
    return by_shard(batch.number, batch.silent, events, plan.night.buckets, plan.shards)


@dataclass(frozen=True, kw_only=True)
class Options:
    """What to watch, and on which snapshot."""

    state: str = declare.state()
    inbox: str = declare.option(
        "directory of event files, as in nightly --events", type=declare.place, metavar="DIR"
    )
    source: str | None = declare.option(
        "also run discretion receive, for kafka://HOST:PORT/TOPIC or pubsub://PROJECT/SUBSCRIPTION",
        default=None,
        metavar="URL",
    )
    kafka_config: str | None = declare.kafka_config()
    as_of: datetime.date | None = declare.option(
        "use this date as today; it moves on at midnight",
        default=None,
        type=declare.date,
        metavar="DATE",
    )
    readable_by: str | None = declare.readable_by()
    engine: Engine = declare.engine()
    json: bool = declare.switch("print a line of JSON for each batch")
    beam: tuple[str, ...] = ()


class _Stop(BaseException):
    """A signal asked the command to stop."""


class _Moved(BaseException):
    """There is a new night's snapshot."""


def _run(options: Options) -> int:
    on_engine = _engine_options(options)
    options = from_anywhere(options, "state", "inbox")
    state = options.state.rstrip("/")
    check_local(state)
    shift = datetime.timedelta()
    if options.as_of is not None:
        shift = options.as_of - utc_now().date()
    receiving = ReceiveProcess(options.source, options.inbox, options.kafka_config)
    _on(signal.SIGTERM, _Stop)
    _on(signal.SIGINT, _Stop)
    _on(signal.SIGUSR1, _Moved)
    try:
        if find_previous(state) is None:
            raise InputError(f"{state}: has no night yet; run discretion nightly first")
        with locked(f"{state}/watch"), receiving:
            while True:
                try:
                    if on_engine is None:
                        _watch_night(options, receiving, shift)
                    else:
                        _watch_on(on_engine, options, receiving, shift)
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


def _watch_night(options: Options, receiving: ReceiveProcess, shift: datetime.timedelta) -> None:
    """Watch on the latest night's snapshot until there is a newer one."""
    state, folder = options.state.rstrip("/"), options.inbox
    night = find_previous(state)
    assert night is not None
    plan = plan_watch(state, night, shift, as_json=options.json)
    plan.place.sweep()
    warn("watch", outside(plan.night.terms.rulebook.rulebook, plan.now().date()))
    inbox = Inbox(folder, state, night, note_left_out, note_changed)
    in_process = quick_options([RUNNER, "--streaming"])
    failed: list[Exception] = []
    begun = threading.Event()
    with LiveSource(lambda: _ticks(inbox, plan, receiving, begun, failed)) as source:
        pipeline = beam.Pipeline(options=in_process)
        watch(pipeline | "Live" >> source.read(), plan)
        live = pipeline.run()
        try:
            # Report a new night or a failure only once the pipeline is listening.
            begun.set()
            complain("watch", f"{folder}, from {night.run}")
            live.wait_until_finish()
            # A source that never ends ends only if something is wrong.
            raise InputError(BROKEN_OFF)
        except DamagedError as error:
            raise RunError(f"{error}; {instead_of_it(state)}") from None
        except _Moved:
            if failed:
                raise failed[0] from None
            raise
        finally:
            live.cancel()


def _engine_options(options: Options) -> PipelineOptions | None:
    """Return the options of Beam for a watch on an engine; None in process.

    Raises:
        UsageError: The engine can't run a watch, or there are options for none.
    """
    if options.engine.name == FLINK:
        return pipeline_options(options, "--streaming")
    if options.engine.name != IN_PROCESS:
        raise UsageError(f"--engine {options.engine.name}: a watch runs in process or on flink")
    if options.beam:
        beam_arguments(options.beam, flags(Options))
        raise UsageError(f"{options.beam[0]}: Beam's options need --engine flink here")
    return None


def _watch_on(
    engine: PipelineOptions, options: Options, receiving: ReceiveProcess, shift: datetime.timedelta
) -> None:
    """Watch on the latest night's snapshot, on an engine, until there is a newer one.

    This process finds and records the batches and prints the reports; the workers do the rest.
    """
    state = options.state.rstrip("/")
    night, address = find_previous(state), flink_of(engine)
    assert night is not None
    assert address is not None
    workers = int(engine.get_all_options()["parallelism"])
    plan = plan_watch(state, night, shift, as_json=options.json, workers=workers)
    plan.place.sweep()
    warn("watch", outside(plan.night.terms.rulebook.rulebook, plan.now().date()))
    inbox = Inbox(options.inbox, state, night, note_left_out, note_changed, plan.shards)
    for batch in inbox.start():
        events_of(batch, plan.place)
    pipeline = beam.Pipeline(options=engine)
    watch(pipeline | Batches(plan, inbox.begun), plan)
    try:
        with running(pipeline, address, "watch", f"{state}/watch", new_attempt()) as job:
            complain("watch", f"{options.inbox}, from {night.run}, on Flink's job {job.id}")
            # What some shards have reported must not be reported again on the next snapshot.
            while (is_latest := _latest(state) == plan.place.run_id) or not inbox.all_done():
                receiving.check()
                now = plan.now()
                if is_latest and inbox.all_done() and (new := inbox.next_batch(now)):
                    events_of(new, plan.place)
                tell_time(plan.place, now)
                print_reports(plan)
                if job.has_ended():
                    raise InputError(BROKEN_OFF)
                time.sleep(POLL_SECONDS)
    except DamagedError as error:
        raise RunError(f"{error}; {instead_of_it(state)}") from None
    finally:
        print_reports(plan)


def _ticks(
    inbox: Inbox,
    plan: WatchPlan,
    receiving: ReceiveProcess,
    begun: threading.Event,
    failed: list[Exception],
) -> Iterator[Tick]:
    """Yield the batches as they arrive, and the time.

    It never ends by itself: when a source ends, the pipeline's time runs to infinity, and every
    timer fires.
    """
    try:
        for batch in inbox.start():
            yield batch.at, batch.model_dump_json()
        while _latest(plan.place.state) == plan.place.run_id:
            now = plan.now()
            yield now, None
            receiving.check()
            began = time.monotonic()
            # Files that arrive while a batch is processed form one batch, not many.
            new = inbox.next_batch(now) if inbox.all_done() else None
            # If there are many files, most of the time isn't spent on looking.
            pause = max(LOOK_SECONDS, 4 * (time.monotonic() - began))
            if new is not None:
                yield new.at, new.model_dump_json()
            time.sleep(min(pause, POLL_SECONDS))
    except Exception as error:
        failed.append(error)
    while not begun.is_set():
        yield plan.now(), None
        time.sleep(POLL_SECONDS)
    os.kill(os.getpid(), signal.SIGUSR1)
    while True:
        yield plan.now(), None
        time.sleep(POLL_SECONDS)


def _latest(state: str) -> str:
    name = read_text(f"{state}/LATEST")
    if name is None:
        raise RunError(f"{state}/LATEST: is missing; write the name of the last good night to it")
    return run_named(name, f"{state}/LATEST")


main = Command(
    "watch",
    "Apply events as their files arrive, to last night's snapshot and on its terms, and report "
    "what they change. It runs until SIGTERM or Ctrl-C.",
    Options,
    _run,
).main

if __name__ == "__main__":
    sys.exit(main())
