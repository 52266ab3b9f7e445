"""The figures that `scripts/bench` measures, and the target for each."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass

from scripts.benchmarks.bench import EARLIER_IMPORT, IMPORT, Bench
from scripts.benchmarks.earlier import COMMIT
from scripts.benchmarks.nights import night_pairs, watch_run

Figures = dict[str, float]


@dataclass(frozen=True)
class Figure:
    """One figure.

    Args:
        name: Its name, as in `--json`.
        what: What it is.
        take: Measures it; raises `SkippedError` if it can't be measured here.
        reach: The target, in words.
        reached: Whether a value meets the target, given all figures; None if unknown.
    """

    name: str
    what: str
    take: Callable[[Bench], float]
    reach: str
    reached: Callable[[float, Figures], bool | None]


def _ratio(over: str, under: str, size: str) -> Callable[[Bench], float]:
    return lambda bench: statistics.median(
        one.seconds / other.seconds for one, other in bench.pairs(over, under, size)
    )


def _peak(size: str, program: str = "ours") -> Callable[[Bench], float]:
    return lambda bench: max(run.peak_mb for run in bench.runs(program, size))


def _pace(size: str) -> Callable[[Bench], float]:
    return lambda bench: (
        bench.sizes[size] / statistics.median(run.seconds for run in bench.runs("ours", size))
    )


def _median(command: str) -> Callable[[Bench], float]:
    return lambda bench: statistics.median(run.seconds for run in bench.commands(command))


def _night_over_backlog(bench: Bench) -> float:
    return statistics.median(
        night.seconds / backlog.seconds for night, backlog in night_pairs(bench, "300k")
    )


def _watch_delay(percent: int) -> Callable[[Bench], float]:
    def take(bench: Bench) -> float:
        delays = watch_run(bench, "300k").delays
        # The smallest that so many percent do not exceed.
        return delays[max(0, -(-len(delays) * percent // 100) - 1)]

    return take


def _at_most(limit: float) -> Callable[[float, Figures], bool | None]:
    return lambda value, _: value <= limit


def _steady(value: float, figures: Figures) -> bool | None:
    small = figures.get("peak_rss_mb_1m")
    return value < 1500 and (None if small is None else value <= 1.33 * small)


FIGURES = (
    Figure(
        "time_over_polars_300k",
        "time of backlog / time of the handwritten Polars script, 300,000 cases",
        _ratio("ours", "polars", "300k"),
        "at most 1.2",
        _at_most(1.2),
    ),
    Figure(
        "time_over_polars_3m",
        "the same, 3,000,000 cases",
        _ratio("ours", "polars", "3m"),
        "at most 1.2",
        _at_most(1.2),
    ),
    Figure(
        "row_beam_time_over_ours_300k",
        "time of plain Beam, one record at a time / time of backlog, 300,000 cases",
        _ratio("row_beam", "ours", "300k"),
        "at least 10",
        lambda value, _: value >= 10,
    ),
    Figure(
        f"time_of_{COMMIT}_over_ours_300k",
        f"time of backlog at commit {COMMIT}, on its own sample / today's, 300,000 cases",
        _ratio(COMMIT, "ours", "300k"),
        "at least 1.8",
        lambda value, _: value >= 1.8,
    ),
    Figure(
        f"time_of_{COMMIT}_over_ours_3m",
        "the same, 3,000,000 cases",
        _ratio(COMMIT, "ours", "3m"),
        "at least 1.8",
        lambda value, _: value >= 1.8,
    ),
    Figure(
        f"peak_memory_over_{COMMIT}_300k",
        f"peak memory of backlog / that of commit {COMMIT}, 300,000 cases",
        lambda bench: _peak("300k")(bench) / _peak("300k", COMMIT)(bench),
        "at most 1.0",
        _at_most(1.0),
    ),
    Figure(
        f"import_time_of_{COMMIT}_over_ours_300k",
        f"time of import-eoir at commit {COMMIT} / today's, a release of 300,000 cases",
        _ratio(EARLIER_IMPORT, IMPORT, "300k"),
        "at least 2",
        lambda value, _: value >= 2,
    ),
    Figure(
        "time_over_fastavro_300k",
        "time of backlog / time of fastavro reading and writing the same records, 300,000 cases",
        _ratio("ours", "fastavro", "300k"),
        "none set",
        lambda _value, _figures: None,
    ),
    Figure(
        "peak_rss_mb_1m",
        "peak memory of backlog in MB, 1,000,000 cases",
        _peak("1m"),
        "none set",
        lambda _value, _figures: None,
    ),
    Figure(
        "peak_rss_mb_3m",
        "the same, 3,000,000 cases",
        _peak("3m"),
        "under 1,500, and at most 1.33 times that at 1,000,000",
        _steady,
    ),
    Figure(
        "cases_per_second_3m",
        "cases per second of backlog, 3,000,000 cases",
        _pace("3m"),
        "none set",
        lambda _value, _figures: None,
    ),
    Figure(
        "help_seconds",
        "seconds of discretion --help",
        _median("help"),
        "under 0.3",
        lambda value, _: value < 0.3,
    ),
    Figure(
        "explain_seconds",
        "seconds of discretion explain for a case in JSON",
        _median("explain"),
        "under 0.5",
        lambda value, _: value < 0.5,
    ),
    Figure(
        "nightly_time_over_backlog_300k",
        "time of a night with 10,000 events and last night's results / time of "
        "backlog, 300,000 cases",
        _night_over_backlog,
        "at most 1.3",
        _at_most(1.3),
    ),
    Figure(
        "watch_events_per_second",
        "events per second of watch, about 9,500 that arrive at once for 300,000 cases",
        lambda bench: watch_run(bench, "300k").events_per_second,
        "none set",
        lambda _value, _figures: None,
    ),
    Figure(
        "watch_delay_p50_seconds",
        "seconds from an event file's arrival to its changes, median of 100 files",
        _watch_delay(50),
        "under 0.5",
        lambda value, _: value < 0.5,
    ),
    Figure(
        "watch_delay_p99_seconds",
        "the same, 99th percentile",
        _watch_delay(99),
        "seconds",
        lambda value, _: value < 10,
    ),
)
