"""`--rulebook in-force`, and warnings about a rulebook that isn't in force or fails its check."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers.commands import discretion, run_of, unwrapped


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cases")
    assert discretion("sample", "--output", folder, "--cases", 60, "--clean").returncode == 0
    return folder


def backlog(sample: Path, output: Path, *words: object) -> tuple[int, str, str]:
    done = discretion("backlog", "--input", sample, "--output", output, *words)
    return done.returncode, done.stdout, done.stderr


def test_in_force_selects_the_rulebook_of_the_day_and_names_it(
    sample: Path, tmp_path: Path
) -> None:
    code, summary, stderr = backlog(
        sample, tmp_path, "--rulebook", "in-force", "--as-of", "2022-05-02"
    )
    assert code == 0
    assert "in force on 2022-05-02 for cases in court: opla-2022-04-03, OPLA guidance" in stderr
    assert "opla-2022-04-03 as of 2022-05-02" in summary
    manifest = json.loads((run_of(tmp_path) / "manifest.json").read_text())
    assert manifest["rulebook"]["id"] == "opla-2022-04-03"
    assert manifest["rulebook"]["notices"] == []


def test_a_day_without_guidance_is_a_usage_error(sample: Path, tmp_path: Path) -> None:
    code, summary, stderr = backlog(
        sample, tmp_path / "out", "--rulebook", "in-force", "--as-of", "2022-12-31"
    )
    assert (code, summary) == (2, "")
    assert stderr == (
        "discretion backlog: no rulebook is in force on 2022-12-31: opla-2022-04-03 was in force "
        "through 2022-06-23, and opla-2022-04-03 takes effect on 2023-07-28\n"
    )
    assert not (tmp_path / "out").exists()


def test_in_force_needs_a_day(sample: Path, tmp_path: Path) -> None:
    code, _, stderr = backlog(sample, tmp_path / "out", "--rulebook", "in-force")
    assert code == 2
    assert stderr == (
        "discretion backlog: --rulebook in-force needs --as-of: the date on which the rulebook is "
        "in force\n"
    )


def test_warns_in_three_places_about_a_rulebook_not_in_force(sample: Path, tmp_path: Path) -> None:
    warning = (
        "dhs-2017-02-20 is not in force on 2012-01-02: it is in force from 2017-02-20 through "
        "2021-01-19"
    )
    code, summary, stderr = backlog(
        sample, tmp_path, "--rulebook", "dhs-2017-02-20", "--as-of", "2012-01-02"
    )
    assert code == 0
    assert f"discretion backlog: warning: {warning}\n" in stderr
    assert f"note: {warning}" in unwrapped(summary)
    manifest = json.loads((run_of(tmp_path) / "manifest.json").read_text())
    assert manifest["rulebook"]["notices"] == [warning]


def test_marks_a_run_whose_rulebook_fails_its_check(sample: Path, tmp_path: Path) -> None:
    text = Path("schemas/rulebook/skeleton.yaml").read_text()
    text = text.replace("NAME", "mine").replace("ISSUED", "2012-01-02")
    file = tmp_path / "mine.yaml"
    file.write_text(text.replace("when: served", "when: served AND NOT served"))
    code, summary, stderr = backlog(
        sample, tmp_path / "out", "--rulebook", file, "--as-of", "2012-01-02"
    )
    assert code == 0
    manifest = json.loads((run_of(tmp_path / "out") / "manifest.json").read_text())
    [warning] = manifest["rulebook"]["notices"]
    assert warning.startswith("mine does not pass its check (")
    assert warning.endswith(f"problems); to see them, run discretion rulebook check {file}")
    assert f"warning: {warning}" in stderr
    assert unwrapped(f"note: {warning}") in unwrapped(summary)


def test_explain_uses_the_rulebook_in_force_and_warns(tmp_path: Path) -> None:
    case = tmp_path / "case.json"
    case.write_text(json.dumps({"case_id": "7"}))
    done = discretion("explain", case, "--rulebook", "in-force", "--as-of", "2018-03-01")
    assert done.returncode == 0
    assert "in force on 2018-03-01 for cases in court: dhs-2017-02-20" in done.stderr
    done = discretion("explain", case, "--rulebook", "dhs-2017-02-20", "--as-of", "2012-03-01")
    assert done.returncode == 0
    assert "warning: dhs-2017-02-20 is not in force on 2012-03-01" in done.stderr
    done = discretion("explain", case, "--rulebook", "in-force", "--as-of", "2021-01-25")
    assert done.returncode == 2


def test_prints_the_table_of_rulebooks_in_force() -> None:
    done = discretion("rulebook", "in-force")
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split()[:3] for line in done.stdout.splitlines() if line[:2] == "20"]
    assert rows[0] == ["2011-06-17", "2011-11-16", "ice-2011-06-17"]
    assert ["2021-01-20", "2021-01-31", "none"] in rows
    assert ["2022-06-24", "2023-07-27", "none"] in rows
    assert rows[-1][0] == "2025-01-20"
    assert "dhs-2025-01-20" in done.stdout
    one = discretion("rulebook", "in-force", "2021-03-01")
    assert one.returncode == 0
    assert one.stdout.splitlines()[0] == "ice-2021-02-18"
    assert one.stdout.endswith("also in force, but yields to it: dhs-2021-01-20\n")
    gap = discretion("rulebook", "in-force", "2021-01-25")
    assert (gap.returncode, gap.stdout) == (2, "")
    assert "no rulebook is in force on 2021-01-25" in gap.stderr
