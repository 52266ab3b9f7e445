"""A live source for Beam's in-process runner: elements and watermark as they arrive.

Of the runners in the package, only `BundleBasedDirectRunner` keeps watermarks while a source runs,
and only TestStream, fed by a service, can move that watermark; Beam's own notebooks use it for live
data. Here, the service runs in this process, behind a socket in a directory that only the user can
enter. `PeriodicImpulse` and `MatchContinuously` fail on that runner, and on FnApiRunner event-time
timers fire at once.
"""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import apache_beam as beam
from apache_beam.coders import StrUtf8Coder
from apache_beam.portability.api import beam_runner_api_pb2
from apache_beam.testing.test_stream import TestStream
from apache_beam.testing.test_stream_service import TestStreamServiceController
from apache_beam.utils.timestamp import MAX_TIMESTAMP, MIN_TIMESTAMP, TIME_GRANULARITY, Timestamp

RUNNER = "--runner=apache_beam.runners.direct.direct_runner.BundleBasedDirectRunner"
_EVENT = beam_runner_api_pb2.TestStreamPayload.Event
_ROOT = "_TestStream_Watermark"
_CODER = StrUtf8Coder()
# After 30 seconds of silence, the runner assumes that the source has ended.
SILENCE = 5.0

# A text and its time; None only moves the watermark to that time.
Tick = tuple[datetime.datetime, str | None]


class LiveSource:
    """Serves ticks to a pipeline for the duration of the `with` block.

    When the ticks end, the pipeline's time runs to infinity and every timer fires. The same happens
    if the process is suspended for longer than the runner waits. A caller that must tell this from
    real time has to compare with the clock.

    Args:
        ticks: Makes the ticks. Times are UTC without a time zone; midnight here is midnight in the
            pipeline's event time.
        silence: Seconds to wait for a slow tick before telling the runner that more is coming.
    """

    def __init__(self, ticks: Callable[[], Iterator[Tick]], silence: float = SILENCE) -> None:
        self.ticks = ticks
        self.silence = silence
        self.folder = tempfile.TemporaryDirectory(prefix="discretion-")
        self.service = TestStreamServiceController(self, f"unix:{self.folder.name}/live")

    def __enter__(self) -> LiveSource:
        self.service.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.service.stop()
        self.folder.cleanup()

    def read(self) -> beam.PTransform:
        """Read the texts: from the start of a pipeline to a collection."""
        return _Read(self.service.endpoint)

    def read_multiple(self, outputs: list[tuple[str, str]]) -> Iterator[Any]:
        """Send the events of the stream; its controller calls this."""
        [(_, tag)] = outputs
        reached = MIN_TIMESTAMP
        yield _watermark(MIN_TIMESTAMP, _ROOT)
        yield _watermark(MIN_TIMESTAMP, tag)
        yield _watermark(MAX_TIMESTAMP - TIME_GRANULARITY, _ROOT)
        ticks = self.ticks()
        with ThreadPoolExecutor(1) as maker:
            while True:
                making = maker.submit(next, ticks, None)
                while wait([making], self.silence).not_done:
                    yield _watermark(reached, tag)
                tick = making.result()
                if tick is None:
                    return
                at, text = tick
                # A clock that is set back doesn't move the watermark back.
                time = Timestamp.from_utc_datetime(at.replace(tzinfo=datetime.UTC))
                reached = max(reached, time)
                if text is not None:
                    yield _element(text, time, tag)
                yield _watermark(reached, tag)


class _Read(beam.PTransform[beam.pvalue.PBegin, beam.PCollection[str]]):
    def __init__(self, endpoint: str) -> None:
        super().__init__()
        self.endpoint = endpoint

    def expand(self, pbegin: beam.pvalue.PBegin) -> beam.PCollection[str]:
        stream = TestStream(coder=_CODER, output_tags=["live"], endpoint=self.endpoint)
        # Depending on Beam's version, a stream with one output is a dict or the output itself.
        read = pbegin | stream
        return read["live"] if isinstance(read, dict) else read


def _watermark(time: Timestamp, tag: str) -> Any:
    return _EVENT(watermark_event=_EVENT.AdvanceWatermark(new_watermark=time.micros, tag=tag))


def _element(text: str, time: Timestamp, tag: str) -> Any:
    element = beam_runner_api_pb2.TestStreamPayload.TimestampedElement(
        encoded_element=_CODER.encode(text), timestamp=time.micros
    )
    return _EVENT(element_event=_EVENT.AddElements(elements=[element], tag=tag))
