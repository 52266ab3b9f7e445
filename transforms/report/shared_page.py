"""Shared page: a run's counts as HTML that is fit to give away."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from schemas.outcomes import STATE_TEXTS
from schemas.small_cells import LEAST
from transforms.frames.frame import Frame
from transforms.report.counts import Counted
from transforms.report.html import render
from transforms.report.model import Count
from transforms.report.page import CONTENTS as ALL
from transforms.report.page import MEANINGS, asked
from transforms.report.shared_counts import Shared
from transforms.report.sharing import Group

CONTENTS = tuple(one for one in ALL if one[0] != "cases")


def write_shared_page(counted: Counted, overlaps: Frame, rulebook_text: Markup) -> str:
    """Write the HTML of a page that says nothing of a case.

    Args:
        counted: The run's counts, of at least `LEAST` cases.
        overlaps: `transforms.report.overlaps.SCHEMA`, added up.
        rulebook_text: The rulebook as HTML.
    """
    shared, manifest = Shared(counted, overlaps), counted.manifest
    return render(
        "shared.html.j2",
        {
            "contents": CONTENTS,
            "has_cases": False,
            "least": LEAST,
            "routed": counted.routed,
            "read": manifest.counts.read if shared.is_accounted else None,
            "is_damaged": bool(manifest.damaged or manifest.left_out or manifest.unread_fields),
            "columns": [one.column for one in shared.groups],
            "cards": [_card(shared, one) for one in shared.groups],
            "accounted": (Count("routed", counted.routed), *shared.accounted),
            "state_texts": [text.split(": ", 1) for text in STATE_TEXTS.values()],
            "forms": shared.forms(),
            "review": shared.review(),
            "ask_first": shared.ask_first(),
            "dockets": shared.tables(),
            "protected": shared.protected(),
            "reasons": shared.reasons(),
            "open": shared.open,
            "steps": shared.steps(),
            "one_away": shared.one_away(),
            "changes": shared.changes(),
            "quarantined": shared.quarantined,
            "warnings": shared.warnings(),
            "conflicts": shared.conflicts(),
            "rulebook_text": rulebook_text,
            **asked(manifest, counted.rulebook.rulebook),
        },
    )


def _card(shared: Shared, group: Group) -> dict[str, Any]:
    certain, possible = shared.bounds(group)
    return {
        "name": group.name,
        "tone": group.tone,
        "meaning": MEANINGS[group.routes[0]] if len(group.routes) == 1 else "",
        "cases": group.cases,
        "routed": shared.counted.routed,
        "certain": certain,
        "possible": possible,
        "states": shared.states(group),
        "needs_review": shared.needs_review(group),
    }
