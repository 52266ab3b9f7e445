"""A night's plan: what it starts from, what it reads, and its terms."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass

from pipelines.nights.new_files import NewFiles, find_new_files
from pipelines.nights.options import NightlyOptions
from pipelines.nights.state import Previous, find_previous, free_run_id, instead_of_it, nights_there
from pipelines.runs.run import RunPlace
from pipelines.runs.table_inputs import refuse_tables
from schemas.avro import avro_schema
from schemas.errors import DiscretionError, InputError, UsageError
from transforms.assess.frame import Terms
from transforms.avro.blocks import count_records
from transforms.avro.read import expand_inputs
from transforms.files.find import Found, FoundFile, LeftOut
from transforms.files.storage import open_file
from transforms.nightly.buckets import bucket_count
from transforms.nightly.night import Night


@dataclass(frozen=True)
class NightPlan:
    """What a night reads, and where it writes.

    Args:
        night: The night's terms.
        previous: Last night; None on a first night.
        place: Where the run is written.
        cases: On a first night, the case files.
        left_out: On a first night, the case files that can't be read, each with the reason.
        events: Event files that no night has read.
        reviews: Review files that no night has read.
        notices: Warnings about using the rulebook on that date.
    """

    night: Night
    previous: Previous | None
    place: RunPlace
    cases: tuple[FoundFile, ...]
    left_out: tuple[LeftOut, ...]
    events: NewFiles
    reviews: NewFiles
    notices: tuple[str, ...]

    @property
    def reads(self) -> tuple[FoundFile, ...]:
        """Return the files to read."""
        return (*self.cases, *self.events.files, *self.reviews.files)


def plan_night(
    options: NightlyOptions, state: str, terms: Terms, notices: tuple[str, ...] = ()
) -> NightPlan:
    """Plan a night.

    Args:
        options: The user's options.
        state: The directory of the nights.
        terms: The terms.
        notices: Warnings about using the rulebook on that date.

    Raises:
        InputError: There is nothing to start from.
        UsageError: The options don't fit the state.
    """
    previous = find_previous(state)
    if previous is None:
        cases, left_out = _first_cases(options, state)
        buckets = bucket_count(sum(_records(file) for file in cases))
    else:
        _check_continues(options, state, previous, terms.as_of)
        cases, left_out = Found((), ())
        buckets = previous.nightly.buckets
    done = previous.consumed if previous else ()
    since = math.inf if previous is None else previous.since
    return NightPlan(
        night=Night(
            terms=terms,
            buckets=buckets,
            second_reader=options.second_reader is not None,
            last_run=previous.run if previous else None,
            last=previous.terms if previous else None,
        ),
        previous=previous,
        place=RunPlace(state, free_run_id(state, terms.as_of)),
        cases=cases,
        left_out=left_out,
        events=find_new_files(options.events, avro_schema("case_event"), done, since),
        reviews=find_new_files(options.reviews, avro_schema("review"), done, since),
        notices=notices,
    )


def _first_cases(options: NightlyOptions, state: str) -> Found:
    """Find the case files that a first night starts from, and those that can't be read."""
    if options.input is None:
        raise InputError(_nothing_to_start_from(state))
    refuse_tables(options.input)
    return expand_inputs(options.input, avro_schema("case_record"))


def _check_continues(
    options: NightlyOptions, state: str, previous: Previous, as_of: datetime.date
) -> None:
    """Check that the options can continue from last night."""
    if options.input is not None:
        raise UsageError(
            f"{previous.run} already has the cases; leave out --input, and send new records as "
            "RECORD_REPLACED events"
        )
    if as_of < previous.manifest.as_of:
        raise _too_early(options, state, previous, as_of)


def _too_early(
    options: NightlyOptions, state: str, previous: Previous, as_of: datetime.date
) -> DiscretionError:
    last = previous.manifest.as_of
    if options.as_of is not None:
        return UsageError(f"last night was as of {last}, after {as_of}")
    return InputError(
        f"last night was as of {last}, after {as_of}, which is today by the clock; set the clock, "
        f"or, if it was wrong last night, {instead_of_it(state)}"
    )


def _nothing_to_start_from(state: str) -> str:
    if nights := nights_there(state):
        return (
            f"{state}/LATEST: is missing; the newest night is {nights[-1]}; write the name of the "
            "last good night to that file"
        )
    return f"{state}: has no night yet; give the case files with --input"


def _records(file: FoundFile) -> int:
    """Estimate how many records a file holds."""
    with open_file(file.path) as stream:
        try:
            return count_records(stream, file.bytes)
        except ValueError:
            # The file is damaged, but the rest will be read. A record has some hundred bytes.
            return file.bytes // 100


def nothing_new(plan: NightPlan) -> str | None:
    """Return a message if the night is already done."""
    night, previous = plan.night, plan.previous
    news = (plan.events, plan.reviews)
    if previous is None or any(new.files or new.others for new in news):
        return None
    if (previous.terms, previous.nightly.second_reader) != (night.terms.key, night.second_reader):
        return None
    left = sum(len(new.cut_short) for new in news)
    waits = f"; {left} files are cut short and wait for the next night" if left else ""
    return f"nothing new since {previous.run}: nothing done{waits}"


def plan_text(plan: NightPlan) -> str:
    """Describe what a night would do, in a few lines."""
    terms, previous = plan.night.terms, plan.previous
    begin = f"from {previous.run}" if previous else f"from {len(plan.cases)} case files"
    lines = [
        f"would assess {begin} as of {terms.as_of} under {terms.rulebook.id}",
        f"would write {plan.place.final}",
    ]
    for name, new in (("event", plan.events), ("review", plan.reviews)):
        lines += [f"would read {name} file {file.path}" for file in new.files]
        lines += [f"would leave {file.path}, which is cut short" for file in new.cut_short]
        lines += [f"would skip {file.path}: it {reason}" for file, reason in new.others]
    return "\n".join(lines)
