"""`audit`, as a user runs it."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

from schemas.rulebooks import load_text
from tests.helpers.commands import discretion
from tests.helpers.small_run import write_run
from tests.transforms.oversight.test_counterfactual import CASES, PLANTED
from transforms.assess.frame import Terms


def test_lists_each_case_that_a_planted_rule_moves(tmp_path: Path) -> None:
    rulebook = load_text("planted.yaml", PLANTED)
    write_run(tmp_path, CASES, Terms(rulebook, datetime.date(2011, 11, 17)))
    page = tmp_path / "audit.html"
    done = discretion("audit", tmp_path, "--json", "--output", page)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert (found["counts"]["cases"], found["counts"]["moved"]) == (30, 47)
    assert len(found["tables"]["moved"]) == 47
    [haiti] = [
        row for row in found["tables"]["nationality"]
        if (row["value"], row["route"]) == ("HA", "expedited")
    ]  # fmt: skip
    assert (haiti["cases"], haiti["share"], haiti["ratio"]) == (10, 1.0, None)
    assert "Changing nationality, sex, language moved routes 47 times" in page.read_text("utf-8")
