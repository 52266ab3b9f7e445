"""Case records from a frame, for tests that compare them."""

from __future__ import annotations

from schemas.case_record import CaseRecord
from transforms.frames.frame import Frame
from transforms.normalize.case_frame import CASES


def from_frame(frame: Frame) -> list[CaseRecord]:
    """Convert a frame's rows to case records.

    Args:
        frame: Columns of case_record.avsc, and possibly others.

    Returns:
        One record per row.
    """
    return [CaseRecord.model_validate(row) for row in frame.select(CASES.names()).to_dicts()]
