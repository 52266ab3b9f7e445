"""Imports checked against the one before: cases that vanish and come back, and a false count."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scripts.eoir_release import write_release
from tests.helpers.commands import discretion


def checks(output: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((output / "checks.json").read_text())
    return found


def test_each_import_is_checked_against_the_one_before(tmp_path: Path) -> None:
    release = tmp_path / "release"
    release.mkdir()
    write_release(release, 60, 3, tidy=True)
    case, stated = release / "A_TblCase.csv", release / "Count.txt"
    all_lines, all_stated = case.read_bytes().splitlines(keepends=True), stated.read_text()
    gone = all_lines[1].split(b"\t")[0].decode()
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    assert discretion("import-eoir", release, "--output", first).returncode == 0

    # The release loses a case.
    case.write_bytes(b"".join([all_lines[0], *all_lines[2:]]))
    stated.write_text(all_stated.replace("A_TblCase.csv\t60", "A_TblCase.csv\t59"))
    done = discretion("import-eoir", release, "--output", second, "--against", first)
    assert done.returncode == 0, done.stderr
    assert "0 new cases, 1 vanished, 0 reappeared" in " ".join(done.stdout.split())
    assert checks(second)["cases"]["vanished"] == 1
    assert (second / "vanished.csv").read_text() == f"case_id\n{gone}\n"
    assert "Release checks" in (second / "checks.html").read_text()

    # The case is back, and the release's own count is wrong.
    case.write_bytes(b"".join(all_lines))
    words = ("import-eoir", release, "--output", third, "--against", second)
    done = discretion(*words)
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert "A_TblCase: the release says 59 rows, and has 60" in done.stderr
    assert "--anyway" in done.stderr
    assert not third.exists()
    page = tmp_path / "third-checks.html"
    assert str(page) in done.stderr
    assert ">59<" in page.read_text()
    assert discretion(*words, "--anyway").returncode == 0
    found = checks(third)["cases"]
    assert (found["new"], found["vanished"], found["reappeared"]) == (0, 0, 1)
    assert (third / "vanished.csv").read_text() == "case_id\n"

    for wrong, code, why in (
        (["--anyway"], 2, "goes with --against"),
        (["--against", tmp_path], 3, "no finished import there"),
        (["--against", first, "--pending-on", "2011-11-17"], 3, "imports of the same day"),
    ):
        done = discretion("import-eoir", release, "--output", tmp_path / "x", *wrong)
        assert (done.returncode, done.stderr.count("\n")) == (code, 1), done.stderr
        assert why in done.stderr
