"""A run made without a pipeline: the same files as a backlog's, but quickly."""

from __future__ import annotations

import datetime
import time
from pathlib import Path

import polars as pl

from pipelines.runs.fields import computed, terms_fields
from pipelines.runs.run import PARTS, RunPlace
from pipelines.runs.tallies import Tallies
from schemas.avro import avro_schema
from schemas.manifest import Counts, Manifest
from schemas.outcomes import ROUTES
from transforms.assess.frame import Terms, assess
from transforms.assess.tally import tally
from transforms.avro.encode import encode_blocks, write_header
from transforms.frames.frame import Frame
from transforms.route.tally import tally_quarantined, tally_rows


def write_run(output: Path, cases: Frame, terms: Terms, run_id: str = "one") -> Path:
    """Assess cases and write a run.

    Args:
        output: The directory of the runs.
        cases: Columns of case_record.avsc.
        terms: The terms.
        run_id: The run's name.

    Returns:
        The run's directory.
    """
    started, clock = datetime.datetime.now(datetime.UTC), time.monotonic()
    done = assess(cases, terms)
    counted = Tallies(pl.concat([tally(done), tally_quarantined(done.quarantined),
                                 tally_rows("read", cases)]))  # fmt: skip
    place = RunPlace(str(output), run_id)
    parts: dict[str, Frame] = {route: done.recommendations.filter(route=route) for route in ROUTES}
    with place.alone():
        for part in PARTS:
            kind = "recommendation" if part in ROUTES else "quarantined"
            kind = "case_record" if part == "cases" else kind
            frame = done.records if part == "cases" else parts.get(part, done.quarantined.clear())
            schema = avro_schema(kind)
            content = write_header(schema) + encode_blocks(frame, schema)
            Path(place.partial, part, "part-0.avro").write_bytes(content)
        manifest = Manifest(
            run_id=run_id,
            **terms_fields(terms, ()),
            inputs=(),
            outputs=(),
            counts=Counts(
                read=cases.height,
                routed={route: parts[route].height for route in ROUTES},
                quarantined=counted.total("quarantined"),
                duplicates=0,
                completed=counted.total("completed"),
                out_of_scope=counted.total("out_of_scope"),
                unreadable_places=0,
            ),
            **counted.of_review(),
            **computed(started, clock),
        )
        place.close(manifest, terms.rulebook.rulebook)
    return Path(place.final)
