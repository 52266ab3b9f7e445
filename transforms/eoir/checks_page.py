"""Checks page: how an import differs from the one before it, as one HTML file."""

from __future__ import annotations

from schemas.release_checks import (
    LACK_CHANGE,
    ROWS_CHANGE,
    STOP_SHARE,
    WARN_SHARE,
    Level,
    ReleaseChecks,
)
from schemas.shown import shown
from schemas.words import day
from transforms.report.html import render

# In words, and with the class that gives it its color.
_LEVELS: dict[Level, str] = {"fine": "", "look": "look at it", "stop": "stop"}


def checks_page(checks: ReleaseChecks, *, stopped: bool = False) -> str:
    """Write the page.

    Args:
        checks: What differs.
        stopped: Whether nothing was imported because of them.
    """
    parts = (checks.tables, checks.codes, checks.fields, checks.days, (checks.cases,))
    levels = [one.level for part in parts for one in part]
    docket = checks.pending_on
    return render(
        "checks.html.j2",
        {
            "checks": checks,
            "release": shown(checks.release),
            "against": shown(checks.against),
            "docket": "every case" if docket is None else f"pending on {day(docket)}",
            "stops": levels.count("stop"),
            "looks": levels.count("look"),
            "levels": _LEVELS,
            "stopped": stopped,
            "limits": {
                "warn": 100 * WARN_SHARE,
                "stop": 100 * STOP_SHARE,
                "lack": 100 * LACK_CHANGE,
                "rows": 100 * ROWS_CHANGE,
            },
        },
        package="transforms.eoir",
        script="",
    )
