"""Page: one HTML file that needs nothing else, neither a network nor, to be read, a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from schemas.conflicts import CONFLICTS
from schemas.manifest import Manifest
from schemas.outcomes import FORM_TEXTS, REVIEW_TEXTS, STATE_TEXTS, STATES
from schemas.rulebook.model import Rulebook
from schemas.rulebooks.in_force import outside, when
from schemas.shown import shown
from schemas.small_cells import LEAST
from schemas.words import day, label, warning_in_words
from transforms.explain.page import MARK, PROTECTED_BY
from transforms.explain.page import STATES as STATE_WORDS
from transforms.report import counts
from transforms.report.counts import Counted
from transforms.report.html import render
from transforms.report.model import ROUTE_COLUMNS, Comparison, Count
from transforms.report.tallies import horizon

MEANINGS = {
    "close": "end or pause the case, in the form that the guidance gives",
    "continue": "leave the case where it is, because the guidance or the facts don't decide it",
    "expedite": "pursue the case first",
}
QUEUE_HEADS = (
    ("id", "case"),
    ("court", "court"),
    ("state", "how firm"),
    ("score", "score"),
    ("reason", "reasons"),
    ("ask", "ask next"),
    ("hearing", "next hearing"),
    ("on", "changes to"),
)
CONTENTS = (
    ("routes", "Routes"),
    ("docket", "Docket"),
    ("reasons", "Reasons"),
    ("unknown", "Not known"),
    ("changes", "Changes"),
    ("quarantine", "Quarantine"),
    ("cases", "Cases"),
    ("rulebook", "Guidance"),
)


@dataclass(frozen=True)
class QueueShown:
    """A queue: its route, its size, how many cases the page holds, and the first ones in words."""

    route: str
    total: int
    held: int
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Page:
    """What a page shows.

    Args:
        counted: The run's counts.
        comparisons: What a night changed, and what moved since another run.
        rulebook_text: The rulebook as HTML.
        unread: Which input wasn't read, one line per file or field.
        entries: The first entries in quarantine: `reason`, `file`, `offset`, `detail`.
        queues: The queues; None for a page without cases.
        data: What the script reads (`transforms.report.island`).
    """

    counted: Counted
    comparisons: Sequence[Comparison]
    rulebook_text: Markup
    unread: Sequence[str]
    entries: Sequence[Mapping[str, Any]]
    queues: Sequence[QueueShown] | None
    data: str


def write_page(page: Page) -> str:
    """Write the HTML of a page."""
    return render("page.html.j2", _context(page))


def _context(page: Page) -> dict[str, Any]:
    counted, manifest = page.counted, page.counted.manifest
    return {
        "data": page.data,
        "has_cases": page.queues is not None,
        "protected_by": PROTECTED_BY,
        "mark": MARK,
        "contents": [
            CONTENTS[0],
            *((one.id, one.title.split()[0]) for one in page.comparisons),
            *CONTENTS[1:],
        ],
        "comparisons": page.comparisons,
        "meanings": MEANINGS,
        "state_texts": [text.split(": ", 1) for text in STATE_TEXTS.values()],
        "states": [STATE_WORDS[state] for state in STATES],
        "queue_heads": QUEUE_HEADS,
        "queues": page.queues,
        "least": LEAST,
        "rulebook_text": page.rulebook_text,
        "entries": page.entries,
        **asked(manifest, counted.rulebook.rulebook),
        **_counts(counted),
        "damaged": [shown(line) for line in page.unread],
    }


def asked(manifest: Manifest, rulebook: Rulebook) -> dict[str, Any]:
    """Say what was asked, and by which run."""
    return {
        "rulebook": rulebook,
        "as_of": day(manifest.as_of),
        "asked": _facts(manifest, rulebook),
        "run_id": shown(manifest.run_id),
        "started": day(manifest.started.date()),
        "version": manifest.versions.get("discretion", ""),
    }


def _facts(manifest: Manifest, rulebook: Rulebook) -> list[dict[str, str]]:
    not_in_force = outside(rulebook, manifest.as_of)
    others = [notice for notice in manifest.rulebook.notices if notice != not_in_force]
    found = []
    if not_in_force:
        found.append(("bad", not_in_force))
    elif rulebook.in_force:
        found.append(("good", f"in force on that date: {when(rulebook.in_force)}"))
    else:
        found.append(("plain", "the rulebook names no dates on which it is in force"))
    # A run notes it if its rulebook doesn't pass its check.
    found += [("bad", notice) for notice in others] or [("good", "the rulebook passes its check")]
    found.append(("plain", "presumptions applied" if manifest.presume else "without presumptions"))
    if manifest.scope:
        found.append(("plain", f"only the scope {manifest.scope}"))
    if manifest.courts:
        found.append(("plain", f"only {', '.join(manifest.courts)}"))
    return [{"kind": kind, "text": shown(text)} for kind, text in found]


def _counts(counted: Counted) -> dict[str, Any]:
    manifest = counted.manifest
    return {
        "routed": counted.routed,
        "read": manifest.counts.read,
        "columns": ROUTE_COLUMNS,
        "cards": counts.routes(counted),
        "accounted": counts.accounted(manifest),
        "accounted_notes": _unknown_places(manifest),
        "forms": _forms(counted),
        "review": _counted(
            manifest.review_reasons, lambda kind: REVIEW_TEXTS.get(kind, kind), "why"
        ),
        "ask_first": [
            Count(label(fact), number, route="expedite", wanted=f"check:{fact}")
            for fact, number in _ordered(manifest.ask_first)
        ],
        "leaning": manifest.states["expedite"].get("AFTER_CHECKS", 0),
        "open": sum(states.get("OPEN", 0) for states in manifest.states.values()),
        "dockets": counts.dockets(counted),
        "protected": counts.protected(counted),
        "reasons": counts.reasons(counted),
        "steps": counts.steps(counted),
        "settling": counts.settling(counted),
        "one_away": counts.one_away(counted),
        "changes": counts.changes(counted),
        "horizon": horizon(manifest.as_of).isoformat(),
        "quarantined": [replace(one, link="entries") for one in _counted(manifest.quarantine, str)],
        "warnings": _counted(manifest.warnings, warning_in_words, "warning"),
        "conflicts": _counted(
            manifest.conflicts,
            lambda name: CONFLICTS[name].says if name in CONFLICTS else name,
            "conflict",
        ),
    }


def _counted(numbers: Mapping[str, int], name: Any, wanted: str = "") -> list[Count]:
    return [
        Count(shown(name(key)), number, wanted=f"{wanted}:{key}" if wanted else None)
        for key, number in _ordered(numbers)
    ]


def _ordered(numbers: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return what was counted at least once, the largest number first."""
    ordered = sorted(numbers.items(), key=lambda one: (-one[1], one[0]))
    return [(key, number) for key, number in ordered if number]


def _forms(counted: Counted) -> list[Count]:
    texts: dict[str, str] = dict(FORM_TEXTS.items())
    routes: dict[str, set[str]] = {}
    for row in counted.rulebook.rulebook.routing:
        if row.form is not None:
            routes.setdefault(row.form, set()).add(row.route)
    return [
        Count(
            texts.get(form, shown(form)),
            number,
            # Where rows with different routes have a form, several queues list its cases.
            route=min(routes[form]) if len(routes.get(form, ())) == 1 else None,
            wanted=f"form:{form}",
        )
        for form, number in _ordered(counted.manifest.forms)
    ]


def _unknown_places(manifest: Manifest) -> list[str]:
    places = manifest.counts.unreadable_places
    if not places:
        return []
    holds = "1 unreadable place holds" if places == 1 else f"{places:,} unreadable places hold"
    return [f"{holds} an unknown number of records."]
