"""The tables of shares add up, and go between the markers of a page."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_the_shares_of_routes_and_of_states_add_up(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- shares: begin -->\nold\n<!-- shares: end -->\nafter\n")
    done = subprocess.run(
        [sys.executable, "-m", "scripts.shares", "--cases", "300", "--rulebook", "dhs-2025-01-20",
         "--into", str(page)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    rows = re.findall(r"^\| `dhs-2025-01-20` \|(.*)\|$", done.stdout, re.MULTILINE)
    assert len(rows) == 2
    for row in rows:
        shares = [float(cell.strip(" %")) for cell in row.split("|")]
        assert sum(shares[:3]) == pytest.approx(100, abs=0.2)
        assert sum(shares[3:6]) == pytest.approx(100, abs=0.2)
        # It closes nothing.
        assert shares[0] == 0
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert all(row in text for row in rows)


def test_the_page_about_rulebooks_has_a_row_for_each_one() -> None:
    from schemas.rulebooks import names

    page = (ROOT / "docs/rulebooks.md").read_text("utf-8")
    kept = page.split("<!-- shares: begin -->")[1].split("<!-- shares: end -->")[0]
    assert re.findall(r"^\| `([a-z0-9-]+)` ", kept, re.MULTILINE) == [*names(), *names()]
